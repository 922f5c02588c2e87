"""What happens to a task: the entries of its log.

Agent events say what an agent did; these say what became of the task. They are what is stored,
numbered and read.
"""

from dataclasses import field
from typing import TypeAlias

from a2a_agent.domain.model import JsonObject, JsonValue, Message, Part, TaskState
from a2a_agent.domain.record import record


@record()
class MessageAccepted:
    """The client's message: opens the task, or takes it on from an interruption."""

    message: Message


@record()
class StatusChanged:
    """A new status. `resume` belongs to the agent and never leaves the server."""

    state: TaskState
    parts: tuple[Part, ...] = ()
    metadata: JsonObject | None = None
    resume: JsonValue = None


@record()
class ArtifactChunk:
    """A piece of an artifact: the first opens or replaces it, `last` closes it."""

    artifact_id: str
    parts: tuple[Part, ...]
    append: bool = False
    last: bool = False
    name: str | None = None
    description: str | None = None
    metadata: JsonObject | None = None

    def closed(self) -> "ArtifactChunk":
        """The same chunk as the last of its artifact."""
        return ArtifactChunk(
            self.artifact_id,
            self.parts,
            self.append,
            True,
            self.name,
            self.description,
            self.metadata,
        )


@record()
class Noted:
    """A detail for streams in mode `all` (reasoning, steps, raw events): no part of the task."""

    note: JsonObject


@record()
class Replied:
    """The agent answered with a Message: for its client there is no task."""

    parts: tuple[Part, ...]
    metadata: JsonObject | None = None


TaskEvent: TypeAlias = MessageAccepted | StatusChanged | ArtifactChunk | Noted | Replied


MAX_KEPT_BYTES = 4096
"""The largest wire form that is kept: of a file's pieces the log holds enough."""


@record()
class Entry:
    """A task event with its number in the log (from 1) and its time in Unix milliseconds."""

    sequence: int
    timestamp_ms: int
    event: TaskEvent
    encoded: dict[str, bytes] = field(default_factory=dict, compare=False, repr=False)
    """The entry's wire form by version: made once, by whoever reads it first."""

    @property
    def is_resting(self) -> bool:
        """Whether a stream closes after this entry."""
        event = self.event
        return (isinstance(event, StatusChanged) and event.state.is_resting) or isinstance(
            event, Replied
        )

"""The nouns of A2A as plain values: parts, messages, artifacts, tasks.

Knows no wire version, no clock and no storage. Nobody assigns to a value; whoever wants another
one builds another one.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import TypeAlias

from a2a_agent.domain.record import record

JsonValue: TypeAlias = (
    "None | bool | int | float | str | list[JsonValue] | tuple[JsonValue, ...]"
    " | Mapping[str, JsonValue]"
)
JsonObject: TypeAlias = Mapping[str, JsonValue]

ANSWER_ARTIFACT_ID = "response"
"""The artifact that holds the agent's answer."""


class Role(StrEnum):
    """Who speaks."""

    USER = "user"
    AGENT = "agent"


class TaskState(StrEnum):
    """The states of a task (0.3 §6.3, 1.0 §4.1.3), by their 0.3 names."""

    SUBMITTED = "submitted"
    WORKING = "working"
    INPUT_REQUIRED = "input-required"
    AUTH_REQUIRED = "auth-required"
    COMPLETED = "completed"
    CANCELED = "canceled"
    FAILED = "failed"
    REJECTED = "rejected"

    @property
    def is_terminal(self) -> bool:
        """Nothing may follow."""
        return self in TERMINAL

    @property
    def is_interrupted(self) -> bool:
        """The task waits for its client."""
        return self in INTERRUPTED

    @property
    def is_resting(self) -> bool:
        """Terminal or interrupted: a stream closes here."""
        return self in RESTING


TERMINAL = frozenset(
    {TaskState.COMPLETED, TaskState.CANCELED, TaskState.FAILED, TaskState.REJECTED}
)
INTERRUPTED = frozenset({TaskState.INPUT_REQUIRED, TaskState.AUTH_REQUIRED})
RESTING = TERMINAL | INTERRUPTED


@record()
class TextPart:
    """Plain text."""

    text: str
    media_type: str | None = None
    filename: str | None = None
    metadata: JsonObject | None = None


@record(kw_only=True)
class FilePart:
    """A file, either by its bytes or by a URL; exactly one of the two."""

    raw: bytes | None = None
    url: str | None = None
    media_type: str | None = None
    filename: str | None = None
    metadata: JsonObject | None = None

    def __post_init__(self) -> None:
        if (self.raw is None) == (self.url is None):
            raise ValueError("a file part has either raw bytes or a url, and not both")


@record()
class DataPart:
    """Structured data: any JSON value (0.3 clients see non-objects as `{"value": …}`)."""

    data: JsonValue
    media_type: str | None = None
    filename: str | None = None
    metadata: JsonObject | None = None


Part: TypeAlias = TextPart | FilePart | DataPart


@record(kw_only=True)
class Message:
    """One turn of a conversation."""

    message_id: str
    role: Role
    parts: tuple[Part, ...]
    context_id: str | None = None
    task_id: str | None = None
    metadata: JsonObject | None = None
    extensions: tuple[str, ...] = ()
    reference_task_ids: tuple[str, ...] = ()

    def placed(self, task_id: str, context_id: str) -> "Message":
        """The message as part of this task in this context."""
        return Message(
            message_id=self.message_id,
            role=self.role,
            parts=self.parts,
            context_id=context_id,
            task_id=task_id,
            metadata=self.metadata,
            extensions=self.extensions,
            reference_task_ids=self.reference_task_ids,
        )

    @property
    def text(self) -> str:
        """The text parts, joined by newlines; `""` without any."""
        return "\n".join(part.text for part in self.parts if isinstance(part, TextPart))


@record(kw_only=True)
class TaskStatus:
    """The state of a task, with what the agent said about it; the time is in Unix milliseconds."""

    state: TaskState
    timestamp_ms: int
    message: Message | None = None


@record(kw_only=True)
class Artifact:
    """An output of a task."""

    artifact_id: str
    parts: tuple[Part, ...]
    name: str | None = None
    description: str | None = None
    metadata: JsonObject | None = None
    extensions: tuple[str, ...] = ()


@record(kw_only=True)
class Task:
    """A unit of work: the fold of its log."""

    id: str
    context_id: str
    status: TaskStatus
    artifacts: tuple[Artifact, ...] = ()
    history: tuple[Message, ...] = ()
    metadata: JsonObject | None = None

    @property
    def answer(self) -> str | None:
        """The text of the answer artifact, or None where there is none."""
        for artifact in self.artifacts:
            if artifact.artifact_id == ANSWER_ARTIFACT_ID:
                return "".join(p.text for p in artifact.parts if isinstance(p, TextPart))
        return None

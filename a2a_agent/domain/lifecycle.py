"""The only judge of what may follow what in a task's log.

Knows the table of transitions and which artifacts are open. It keeps a slim `Progress`, not the
parts, and `advance` either takes an event or raises `IllegalEvent` and changes nothing.
"""

from collections.abc import Iterable
from typing import assert_never

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import RESTING, JsonValue, TaskState
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)

_FROM_ALIVE = RESTING | {TaskState.WORKING}

TRANSITIONS: dict[TaskState, frozenset[TaskState]] = {
    TaskState.SUBMITTED: _FROM_ALIVE,
    TaskState.WORKING: _FROM_ALIVE,
    # An interrupted task goes on by its client's message only, see `_accept`.
    TaskState.INPUT_REQUIRED: frozenset({TaskState.CANCELED, TaskState.FAILED}),
    TaskState.AUTH_REQUIRED: frozenset({TaskState.CANCELED, TaskState.FAILED}),
    TaskState.COMPLETED: frozenset(),
    TaskState.CANCELED: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.REJECTED: frozenset(),
}
"""Which states a status change may lead to."""


class Progress:
    """How far a task is: its state, the length of its log, its artifacts and which are open."""

    __slots__ = ("artifacts", "has_replied", "sequence", "state", "usage")

    def __init__(self) -> None:
        self.state: TaskState | None = None
        self.sequence = 0
        self.artifacts: dict[str, bool] = {}
        """Artifact ids; True while the artifact is open."""
        self.has_replied = False
        self.usage: JsonValue = None
        """What was used so far, as the last status that tells it has it in its metadata."""

    @classmethod
    def of(cls, entries: Iterable[Entry]) -> "Progress":
        """The progress after these entries of one log, which are known to be legal."""
        progress = cls()
        for entry in entries:
            progress.advance(entry.event)
        return progress

    def advance(self, event: TaskEvent) -> None:
        """Takes the event. Raises IllegalEvent, and changes nothing, if it may not follow."""
        match event:
            case ArtifactChunk():
                self._add(event)
            case StatusChanged():
                self._change(event)
            case Noted():
                self._require_work("a note")
            case MessageAccepted():
                self._accept()
            case Replied():
                self._reply()
            case _:
                assert_never(event)
        self.sequence += 1

    def close(self, artifact_id: str) -> None:
        """Marks an open artifact as closed: its last chunk, still unsent, was marked so."""
        self.artifacts[artifact_id] = False

    @property
    def open_artifacts(self) -> list[str]:
        """The ids of the artifacts that await further chunks."""
        return [artifact_id for artifact_id, is_open in self.artifacts.items() if is_open]

    def _add(self, chunk: ArtifactChunk) -> None:
        self._require_work("an artifact")
        if chunk.append and not self.artifacts.get(chunk.artifact_id, False):
            known = chunk.artifact_id in self.artifacts
            raise IllegalEvent(
                f"nothing can be appended to artifact {chunk.artifact_id!r}: "
                + ("its last chunk has been sent" if known else "it has no first chunk")
            )
        self.artifacts[chunk.artifact_id] = not chunk.last

    def _change(self, change: StatusChanged) -> None:
        state = self.state
        if state is None or self.has_replied:
            raise IllegalEvent("there is no task whose status could change")
        if change.state not in TRANSITIONS[state]:
            raise IllegalEvent(f"a task that is {state.value} cannot become {change.state.value}")
        if change.state is TaskState.REJECTED and self.artifacts:
            raise IllegalEvent("a task that has given output cannot be rejected any more")
        if change.state is TaskState.COMPLETED and any(self.artifacts.values()):
            raise IllegalEvent(f"artifacts are still open: {', '.join(self.open_artifacts)}")
        self.state = change.state
        if change.metadata is not None:
            self.usage = change.metadata.get("usage", self.usage)

    def _accept(self) -> None:
        if self.state is None:
            self.state = TaskState.SUBMITTED
        elif self.state.is_interrupted:
            self.state = TaskState.WORKING
        else:
            raise IllegalEvent(f"a task that is {self.state.value} takes no message")

    def _reply(self) -> None:
        if self.state is not TaskState.SUBMITTED or self.sequence != 1:
            raise IllegalEvent("a reply must be the first and only event")
        self.has_replied = True
        self.state = TaskState.COMPLETED

    def _require_work(self, what: str) -> None:
        if self.state is not TaskState.WORKING:
            state = self.state.value if self.state else "not there"
            raise IllegalEvent(f"{what} needs a task that is working; this one is {state}")

"""Runs for the tests of the mapping: agent events in, task events out."""

from typing import Any

from a2a_agent.domain.agent_events import (
    RunFinished,
)
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.mapping import Mapper
from a2a_agent.domain.model import (
    DataPart,
    JsonValue,
    Message,
    Role,
    TaskState,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    MessageAccepted,
    StatusChanged,
    TaskEvent,
)

MESSAGE = Message(message_id="m-1", role=Role.USER, parts=(TextPart("Hi"),), context_id="c")
ANSWER = Message(message_id="m-2", role=Role.USER, parts=(TextPart("yes"),), context_id="c")

WORKING = StatusChanged(TaskState.WORKING)
COMPLETED = StatusChanged(TaskState.COMPLETED)
CLOSED = ArtifactChunk("response", (TextPart(""),), append=True, last=True)


class Play:
    """A run on a task whose message has been accepted; `out` holds what has not left yet."""

    def __init__(self, *, interval_seconds: float = 0.0) -> None:
        self.progress = Progress()
        self.progress.advance(MessageAccepted(MESSAGE))
        self.mapper = Mapper(self.progress, progress_interval_seconds=interval_seconds)
        self.out: list[TaskEvent] = []

    def feed(self, *events: Any, now: float = 0.0) -> list[TaskEvent]:
        """What has not left yet, with what the events become."""
        for event in events:
            self.mapper.feed(event, self.out, now)
        return self.out

    def finish(self, end: RunFinished | None = None) -> list[TaskEvent]:
        self.mapper.finish(self.out, end)
        return self.out

    def resume(self) -> None:
        """The client answers, and another run goes on with the task."""
        self.progress.advance(MessageAccepted(ANSWER))
        self.mapper = Mapper(self.progress)

    def leave(self) -> None:
        """The journal takes what is there."""
        self.out.clear()


def mapped(*events: Any) -> list[TaskEvent]:
    """What becomes of the events of a run that goes on."""
    return Play().feed(*events)


def finished(*events: Any) -> list[TaskEvent]:
    """What becomes of a run of these events whose generator then returns."""
    play = Play()
    play.feed(*events)
    return play.finish()


def first(text: str, *, last: bool = False) -> ArtifactChunk:
    return ArtifactChunk("response", (TextPart(text),), False, last, "response")


def more(text: str, *, last: bool = False) -> ArtifactChunk:
    return ArtifactChunk("response", (TextPart(text),), True, last)


def said(data: JsonValue) -> StatusChanged:
    return StatusChanged(TaskState.WORKING, (DataPart(data),))

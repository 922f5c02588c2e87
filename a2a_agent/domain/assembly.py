"""The fold: a log read into the Task it describes, as any client of the stream would read it."""

from collections.abc import Iterable, Mapping
from typing import TypeGuard, assert_never

from a2a_agent.domain.model import (
    Artifact,
    JsonObject,
    Message,
    Part,
    Role,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
)


def status_message(
    task_id: str, context_id: str, sequence: int, parts: tuple[Part, ...]
) -> Message | None:
    """The agent's message that goes with entry `sequence`; its id follows from the log."""
    if not parts:
        return None
    return Message(
        message_id=f"{task_id}-{sequence}",
        role=Role.AGENT,
        parts=parts,
        context_id=context_id,
        task_id=task_id,
    )


def reply_message(task: Task, reply: Replied) -> Message:
    """The Message that answers instead of the task; its client never sees the task's id."""
    return Message(
        message_id=f"{task.id}-reply",
        role=Role.AGENT,
        parts=reply.parts,
        context_id=task.context_id,
        metadata=reply.metadata,
    )


def assemble(task_id: str, entries: Iterable[Entry]) -> Task:
    """The task that the entries, from the first on, describe. At least one entry is needed."""
    assembly = Assembly(task_id)
    for entry in entries:
        assembly.add(entry)
    return assembly.task()


class Assembly:
    """A fold under way: takes the entries one by one, gives the Task as it is by then."""

    __slots__ = ("_artifacts", "_context_id", "_history", "_metadata", "_status", "_task_id")

    def __init__(self, task_id: str) -> None:
        self._task_id = task_id
        self._context_id = ""
        self._status: TaskStatus | None = None
        self._history: list[Message] = []
        self._artifacts: dict[str, _OpenArtifact] = {}
        self._metadata: dict[str, object] = {}

    def add(self, entry: Entry) -> None:
        """Folds the next entry in."""
        event = entry.event
        match event:
            case ArtifactChunk():
                if event.append:
                    self._artifacts[event.artifact_id].append(event)
                else:
                    self._artifacts[event.artifact_id] = _OpenArtifact(event)
            case StatusChanged():
                message = status_message(
                    self._task_id, self._context_id, entry.sequence, event.parts
                )
                self._enter(event.state, entry.timestamp_ms, message)
                if event.metadata:
                    self._metadata.update(event.metadata)
            case MessageAccepted():
                self._context_id = event.message.context_id or ""
                first = self._status is None
                state = TaskState.SUBMITTED if first else TaskState.WORKING
                self._enter(state, entry.timestamp_ms, None)
                self._history.append(event.message)
            case Noted() | Replied():
                pass
            case _:
                assert_never(event)

    def task(self) -> Task:
        """The task so far. Raises ValueError when nothing was added."""
        if self._status is None:
            raise ValueError("a task has at least one entry")
        metadata: JsonObject | None = self._metadata or None  # type: ignore[assignment]  # JSON in, JSON out
        return Task(
            id=self._task_id,
            context_id=self._context_id,
            status=self._status,
            artifacts=tuple(artifact.whole() for artifact in self._artifacts.values()),
            history=tuple(self._history),
            metadata=metadata,
        )

    def _enter(self, state: TaskState, timestamp_ms: int, message: Message | None) -> None:
        if self._status is not None and self._status.message is not None:
            self._history.append(self._status.message)
        self._status = TaskStatus(state=state, timestamp_ms=timestamp_ms, message=message)


class _OpenArtifact:
    """An artifact that grows: text appended to plain text is joined, once, when asked for."""

    __slots__ = ("_first", "_metadata", "_parts", "_texts")

    def __init__(self, chunk: ArtifactChunk) -> None:
        self._first = chunk
        self._parts: list[Part] = list(chunk.parts)
        self._texts: list[str] = []
        """What was appended to the last part, a plain text."""
        self._metadata: Mapping[str, object] | None = chunk.metadata

    def append(self, chunk: ArtifactChunk) -> None:
        for part in chunk.parts:
            if not is_plain_text(part):
                self._settle()
                self._parts.append(part)
            elif self._parts and is_plain_text(self._parts[-1]):
                self._texts.append(part.text)
            elif part.text:
                self._parts.append(part)
        if chunk.metadata:
            self._metadata = {**(self._metadata or {}), **chunk.metadata}

    def whole(self) -> Artifact:
        self._settle()
        first = self._first
        metadata: JsonObject | None = self._metadata  # type: ignore[assignment]  # JSON in, JSON out
        return Artifact(
            artifact_id=first.artifact_id,
            parts=tuple(self._parts),
            name=first.name,
            description=first.description,
            metadata=metadata,
        )

    def _settle(self) -> None:
        last = self._parts[-1]
        if self._texts and isinstance(last, TextPart):
            self._parts[-1] = TextPart(last.text + "".join(self._texts))
            self._texts.clear()


def is_plain_text(part: Part) -> TypeGuard[TextPart]:
    """Whether the part is text and nothing but text."""
    return (
        isinstance(part, TextPart)
        and part.media_type is None
        and part.filename is None
        and part.metadata is None
    )

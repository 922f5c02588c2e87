"""Changes of logs, as the runtime makes them."""

from collections.abc import Sequence

from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Replied,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.runtime.store import Change, Head, Scope, TaskStore

WORKING = StatusChanged(TaskState.WORKING)
COMPLETED = StatusChanged(TaskState.COMPLETED)
ASKING = StatusChanged(TaskState.INPUT_REQUIRED)
REPLIED = Replied((TextPart("Hello"),))


def chunk(text: str = "twenty chars of text") -> ArtifactChunk:
    """A piece of the answer."""
    return ArtifactChunk("response", (TextPart(text),), append=True)


def opening(
    task_id: str = "task",
    *events: TaskEvent,
    scope: Scope | None = None,
    context_id: str = "context",
    at_ms: int = 1,
    message_key: bytes | None = None,
) -> Change:
    """The first change of a log: a message, and what else happened."""
    message = Message(
        message_id="message",
        role=Role.USER,
        parts=(TextPart("Hello"),),
        context_id=context_id,
        task_id=task_id,
    )
    nothing = Head(
        task_id=task_id,
        scope=scope or Scope(),
        context_id=context_id,
        state=TaskState.SUBMITTED,
        sequence=0,
        updated_ms=at_ms,
    )
    return following(
        nothing, MessageAccepted(message), *events, at_ms=at_ms, message_key=message_key
    )


def following(
    head: Head, *events: TaskEvent, at_ms: int = 1, message_key: bytes | None = None
) -> Change:
    """What happened next to a task."""
    state, updated_ms = head.state, head.updated_ms
    for event in events:
        if isinstance(event, StatusChanged):
            state, updated_ms = event.state, at_ms
        elif isinstance(event, Replied):
            state, updated_ms = TaskState.COMPLETED, at_ms
    return Change(
        head=Head(
            task_id=head.task_id,
            scope=head.scope,
            context_id=head.context_id,
            state=state,
            sequence=head.sequence + len(events),
            updated_ms=updated_ms,
            is_replied=any(isinstance(event, Replied) for event in events),
        ),
        entries=entries(events, after=head.sequence, at_ms=at_ms),
        creates=head.sequence == 0,
        message_key=message_key,
    )


def entries(events: Sequence[TaskEvent], *, after: int = 0, at_ms: int = 1) -> list[Entry]:
    """The events, numbered."""
    return [Entry(number, at_ms, event) for number, event in enumerate(events, after + 1)]


async def taken(store: TaskStore, *changes: Change) -> Head:
    """The head after the last of the changes, all of which the store takes."""
    assert list(await store.append(changes)) == [None] * len(changes)
    return changes[-1].head

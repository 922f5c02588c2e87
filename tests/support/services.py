"""The runtime as tests work with it: a service with an agent and a store, and what to ask it."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from contextlib import asynccontextmanager
from dataclasses import replace
from itertools import count
from typing import Any, TypeVar

from a2a_agent.domain.mapping import SENTENCES
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    DataPart,
    Message,
    Role,
    Task,
    TaskState,
    TextPart,
)
from a2a_agent.domain.requests import GetTask, SendMessage, StreamItem, SubscribeToTask, View
from a2a_agent.domain.task_events import ArtifactChunk, Entry, StatusChanged, TaskEvent
from a2a_agent.runtime.agent import Agent, AgentDescription
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.service import Service, Stream
from a2a_agent.runtime.store import MemoryTaskStore, Scope, TaskStore
from tests.support.stores import log

T = TypeVar("T")

SCOPE = Scope()

LIMITS = Limits(
    concurrent_runs=100,
    streams_per_caller=100,
    events_per_task=10_000,
    events_ahead=64,
    history_length=100,
    context_messages=100,
    parts=10,
    page_size=100,
    default_page_size=50,
    run_seconds=10.0,
    idle_seconds=10.0,
    answer_seconds=10.0,
    cancel_seconds=5.0,
    shutdown_seconds=0.0,
    reply_wait_seconds=5.0,
    keep_alive_seconds=5.0,
    tool_progress_seconds=0.0,
    retention_seconds=0.0,
    retention_interval_seconds=10.0,
)
"""Far more time than anything takes."""

DESCRIPTION = AgentDescription(
    name="tested",
    description="Does what a test has written.",
    input_modes=("text/plain", "application/json"),
    output_modes=("text/plain",),
)

WORKING = StatusChanged(TaskState.WORKING)
COMPLETED = StatusChanged(TaskState.COMPLETED)
CANCELED = StatusChanged(TaskState.CANCELED)

_numbers = count(1)


@asynccontextmanager
async def serving(
    agent: Agent, store: TaskStore | None = None, **limits: Any
) -> AsyncIterator[Service]:
    """The service of an agent, for as long as the block runs."""
    changed = replace(LIMITS, **limits)
    async with Service(agent, DESCRIPTION, store or MemoryTaskStore(), changed) as service:
        yield service


def asking(text: str = "Hello", message_id: str | None = None, **more: Any) -> SendMessage:
    """A message of the client's, with an id of its own unless one is given.

    `context_id` and `task_id` go on the message, all else on the request.
    """
    message = Message(
        message_id=message_id or f"message-{next(_numbers)}",
        role=Role.USER,
        parts=(TextPart(text),),
        context_id=more.pop("context_id", None),
        task_id=more.pop("task_id", None),
    )
    return SendMessage(message=message, **more)


async def soon(awaitable: Awaitable[T]) -> T:
    """What the awaitable gives, which must not take long."""
    async with asyncio.timeout(5):
        return await awaitable


async def drained(stream: Stream) -> list[StreamItem]:
    """All that is left of the stream, which must not take long."""
    try:
        async with asyncio.timeout(5):
            return [item async for item in stream.items]
    finally:
        stream.discard()


def answer(text: str, *, append: bool = False, last: bool = False) -> ArtifactChunk:
    """A piece of the answer, as it is in the log."""
    name = None if append else ANSWER_ARTIFACT_ID
    return ArtifactChunk(ANSWER_ARTIFACT_ID, (TextPart(text),), append, last, name)


def failed(reason: str) -> StatusChanged:
    """The end of a task that failed for one of our own reasons."""
    parts = (TextPart(SENTENCES[reason]), DataPart({"reason": reason}))
    return StatusChanged(TaskState.FAILED, parts)


async def becomes(agent: Agent, store: TaskStore | None = None, **limits: Any) -> list[TaskEvent]:
    """What is in the log, after its message, when the agent has run."""
    store = store or MemoryTaskStore()
    async with serving(agent, store, **limits) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        return (await log(store, task.id))[1:]


async def started(service: Service, request: SendMessage | None = None) -> Task:
    """The task of a message whose client does not wait."""
    request = replace(request or asking(), returns_immediately=True)
    task = await soon(service.send(SCOPE, request))
    assert isinstance(task, Task)
    return task


async def for_ever() -> None:
    """Waits until it is cancelled."""
    await asyncio.Event().wait()


async def rest(service: Service, task_id: str) -> Task:
    """The task when it rests."""
    stream = await soon(service.subscribe(SCOPE, SubscribeToTask(task_id=task_id), 0, View()))
    await drained(stream)
    return await soon(service.get(SCOPE, GetTask(task_id=task_id)))


def flat(items: Iterable[StreamItem]) -> list[Any]:
    """The items of a stream, with batches of entries taken apart."""
    return [one for item in items for one in (item if isinstance(item, list) else [item])]


def events(items: Iterable[StreamItem]) -> list[TaskEvent]:
    """What happened to the task, as its stream tells."""
    return [one.event for one in flat(items) if isinstance(one, Entry)]

"""How messages come in: new ones, follow-ups, repeats, and what an agent is handed with them."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from a2a_agent.domain.agent_events import InputRequired, RunFinished, RunStarted
from a2a_agent.domain.errors import (
    A2AError,
    Busy,
    ContentTypeNotSupported,
    InvalidParams,
    PushNotificationNotSupported,
    StoreUnavailable,
    TaskNotFound,
    UnsupportedOperation,
)
from a2a_agent.domain.model import (
    DataPart,
    FilePart,
    Message,
    Task,
    TaskState,
    TextPart,
)
from a2a_agent.domain.requests import CancelTask, ListTasks, Snapshot, View
from a2a_agent.domain.task_events import MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import Conflict, MemoryTaskStore, Query, Scope
from tests.support.agents import Listener, Worker, asks_twice
from tests.support.services import (
    SCOPE,
    WORKING,
    asking,
    drained,
    flat,
    for_ever,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


async def asks_for_ever(request: RunRequest) -> Events:
    yield InputRequired(prompt="Which?")


def said(task_id: str, context_id: str, text: str, message_id: str) -> Message:
    """A message of the client's as it is kept."""
    return asking(text, message_id).message.placed(task_id, context_id)


async def test_message_is_stored_before_its_agent_hears_of_it() -> None:
    listener, store = Listener(), StagedStore()
    store.before_append.shut()
    async with serving(listener, store) as service:
        sending = asyncio.create_task(service.send(SCOPE, asking()))
        await store.before_append.knocked()
        heard_before = len(listener.requests)
        store.before_append.open()
        await soon(sending)

    assert (heard_before, len(listener.requests)) == (0, 1)


async def test_agent_is_handed_the_request() -> None:
    listener = Listener()
    request = asking(
        "Hello",
        "m",
        context_id="context",
        metadata={"key": "value"},
        extensions=frozenset({"urn:x"}),
        accepted_output_modes=("text/plain",),
    )
    async with serving(listener) as service:
        task = await soon(service.send(Scope("Ann"), request))

    assert isinstance(task, Task)
    (handed,) = listener.requests
    assert handed == RunRequest(
        message=said(task.id, "context", "Hello", "m"),
        task_id=task.id,
        context_id="context",
        caller="Ann",
        metadata={"key": "value"},
        extensions=frozenset({"urn:x"}),
        accepted_output_modes=("text/plain",),
        ask=handed.ask,
    )


async def test_message_without_a_context_gets_one_of_its_own() -> None:
    async with serving(Listener()) as service:
        one, other = [await soon(service.send(SCOPE, asking())) for _ in range(2)]

    assert one.context_id and other.context_id and one.context_id != other.context_id


@pytest.mark.parametrize(
    ("change", "error"),
    [
        ({"has_push_config": True}, PushNotificationNotSupported),
        ({"accepted_output_modes": ("audio/wav",)}, ContentTypeNotSupported),
        ({"parts": (FilePart(raw=b""),)}, ContentTypeNotSupported),
        ({"parts": (TextPart(""),) * 11}, InvalidParams),
        ({"task_id": "unknown"}, TaskNotFound),
    ],
    ids=["push", "output", "input", "too-many-parts", "unknown-task"],
)
async def test_message_that_is_refused_leaves_nothing(
    change: dict[str, Any], error: type[A2AError]
) -> None:
    parts = change.pop("parts", (TextPart("Hello"),))
    request = asking(**change)
    request = replace(request, message=replace(request.message, parts=parts))
    store = MemoryTaskStore()
    async with serving(Listener(), store) as service:
        with pytest.raises(error):
            await service.send(SCOPE, request)

    assert (await store.find(Query())).total == 0


async def test_message_that_cannot_be_stored_is_refused_and_leaves_nothing() -> None:
    listener, store = Listener(), StagedStore()
    async with serving(listener, store) as service:
        store.failure = StoreUnavailable("no disk")
        with pytest.raises(StoreUnavailable):
            await soon(service.send(SCOPE, asking()))
        store.failure = None

        tasks = await service.list(SCOPE, ListTasks())

    assert (tasks.tasks, listener.requests) == ((), [])


async def test_runs_at_the_same_time_are_limited() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        await for_ever()

    async with serving(agent, concurrent_runs=2) as service:
        first = await started(service)
        await started(service)
        with pytest.raises(Busy):
            await started(service)
        await soon(service.cancel(SCOPE, CancelTask(task_id=first.id)))

        assert await started(service)


async def test_runs_that_begin_at_once_are_limited_too() -> None:
    async with serving(Listener(), StagedStore(), concurrent_runs=2) as service:
        outcomes = await soon(
            asyncio.gather(*(started(service) for _ in range(5)), return_exceptions=True)
        )

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Busy"] * 3 + ["Task"] * 2


async def test_repeat_needs_no_place_of_a_run() -> None:
    worker = Worker()
    async with serving(worker, concurrent_runs=1) as service:
        first = await started(service, asking("Hello", "m"))

        assert (await started(service, asking("Hello", "m"))).id == first.id


async def test_follow_ups_are_limited_like_new_messages() -> None:
    async def agent(request: RunRequest) -> Events:
        if request.text == "ask":
            yield InputRequired(prompt="Which?")
        else:
            await for_ever()

    async with serving(agent, concurrent_runs=1) as service:
        task = await soon(service.send(SCOPE, asking("ask")))
        assert isinstance(task, Task)
        await started(service, asking("work"))

        with pytest.raises(Busy):
            await started(service, asking(task_id=task.id))


async def test_message_that_is_refused_takes_no_place_of_a_run() -> None:
    store = StagedStore()
    async with serving(Listener(), store, concurrent_runs=1) as service:
        store.failure = StoreUnavailable("no disk")
        with pytest.raises(StoreUnavailable):
            await started(service)
        store.failure = None

        assert await started(service)


async def test_run_that_follows_is_handed_what_the_last_one_left() -> None:
    async with serving(asks_twice) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        await soon(service.send(SCOPE, asking("b", task_id=task.id)))
        done = await soon(service.send(SCOPE, asking("c", task_id=task.id)))

    assert isinstance(done, Task)
    assert done.answer == "a, b, c"


async def test_log_goes_on_with_the_message() -> None:
    store = MemoryTaskStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a", "first"))
        await rest(service, task.id)
        await soon(service.send(SCOPE, asking("b", "second", task_id=task.id)))

    def asked(text: str, *resume: str) -> StatusChanged:
        parts = (TextPart(text), DataPart({"requestId": "r", "kind": "text"}))
        return StatusChanged(TaskState.INPUT_REQUIRED, parts, None, [*resume])

    assert await log(store, task.id) == [
        MessageAccepted(said(task.id, task.context_id, "a", "first")),
        WORKING,
        asked("And after a?", "a"),
        MessageAccepted(said(task.id, task.context_id, "b", "second")),
        asked("And after b?", "a", "b"),
    ]


async def test_run_that_follows_is_handed_the_task_as_it_was() -> None:
    listener = Listener()

    def agent(request: RunRequest) -> Events:
        return (asks_twice if request.text == "ask" else listener.run)(request)

    async with serving(agent) as service:
        task = await started(service, asking("ask", "first"))
        asked = await rest(service, task.id)
        await soon(service.send(SCOPE, asking("tell", "second", task_id=task.id)))

    (handed,) = listener.requests
    assert handed.task == asked
    assert handed.history == (*asked.history, asked.status.message)


async def test_stream_of_a_follow_up_begins_with_its_message() -> None:
    store = MemoryTaskStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        stream = await service.stream(SCOPE, asking("b", task_id=task.id), View())
        first, *others = await drained(stream)

    assert isinstance(first, Snapshot)
    assert (first.sequence, first.task.status.state) == (4, TaskState.WORKING)
    assert flat(others) == (await store.read(task.id))[4:]


@pytest.mark.parametrize("context_id", [None, "context"])
async def test_follow_up_may_name_its_context_or_not(context_id: str | None) -> None:
    async with serving(asks_for_ever) as service:
        task = await started(service, asking(context_id="context"))
        await rest(service, task.id)

        follow_up = asking(task_id=task.id, context_id=context_id)
        assert (await started(service, follow_up)).id == task.id


async def test_follow_up_that_names_another_context_is_refused() -> None:
    async with serving(asks_for_ever) as service:
        task = await started(service)
        await rest(service, task.id)

        with pytest.raises(InvalidParams) as refusal:
            await service.send(SCOPE, asking(task_id=task.id, context_id="another"))

    assert refusal.value.violations == (("message.contextId", "is not the context of this task"),)


async def test_message_to_a_task_at_work_is_refused() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        await for_ever()

    async with serving(agent) as service:
        task = await started(service)

        with pytest.raises(UnsupportedOperation):
            await service.send(SCOPE, asking(task_id=task.id))


@pytest.mark.parametrize("state", [TaskState.COMPLETED, TaskState.FAILED, TaskState.REJECTED])
async def test_message_to_a_task_that_has_ended_is_refused(state: TaskState) -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunFinished(state=state)

    async with serving(agent) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)

        with pytest.raises(UnsupportedOperation) as refusal:
            await service.send(SCOPE, asking(task_id=task.id))

    assert refusal.value.message == (
        f"task {task.id} is {state.value}; it takes a message only while it is "
        "input-required or auth-required"
    )


async def test_message_to_the_task_of_another_caller_finds_none() -> None:
    async with serving(asks_for_ever) as service:
        task = await soon(service.send(Scope("Ann"), asking()))
        assert isinstance(task, Task)

        with pytest.raises(TaskNotFound):
            await service.send(Scope("Bob"), asking(task_id=task.id))


async def test_run_that_follows_waits_until_the_last_one_has_cleaned_up() -> None:
    steps: list[str] = []
    may_end = asyncio.Event()

    async def agent(request: RunRequest) -> Events:
        steps.append(request.text)
        try:
            yield InputRequired(prompt="Which?")
        finally:
            await may_end.wait()
            steps.append("cleaned up")

    async with serving(agent) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        following = asyncio.create_task(started(service, asking("b", task_id=task.id)))
        await asyncio.wait([following], timeout=0.01)
        may_end.set()
        await soon(following)
        await rest(service, task.id)

    assert steps[:3] == ["a", "cleaned up", "b"]


async def test_follow_up_that_cannot_be_stored_is_refused_and_may_be_sent_again() -> None:
    store = StagedStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        store.failure = StoreUnavailable("no disk")
        with pytest.raises(StoreUnavailable):
            await soon(service.send(SCOPE, asking("b", "m", task_id=task.id)))
        store.failure = None

        again = await soon(service.send(SCOPE, asking("b", "m", task_id=task.id)))

    assert isinstance(again, Task)
    assert again.status.state is TaskState.INPUT_REQUIRED


async def test_follow_up_that_somebody_else_was_faster_with_is_refused() -> None:
    store = StagedStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        store.refusal = Conflict()

        with pytest.raises(UnsupportedOperation):
            await soon(service.send(SCOPE, asking("b", task_id=task.id)))

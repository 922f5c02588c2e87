"""Sending and streaming, getting and listing: what clients are given."""

import asyncio
from dataclasses import replace
from typing import Any

import pytest

from a2a_agent.domain.agent_events import Reply
from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.errors import (
    Busy,
    InvalidParams,
    TaskNotFound,
)
from a2a_agent.domain.model import Message, Role, Task, TaskState, TextPart
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    Snapshot,
    SubscribeToTask,
    TaskList,
    View,
)
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import MemoryTaskStore, Scope
from tests.support.agents import Listener, Worker, asks, asks_twice
from tests.support.services import (
    COMPLETED,
    SCOPE,
    WORKING,
    answer,
    asking,
    drained,
    flat,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


async def replies(_: RunRequest) -> Events:
    yield Reply.of_text("Hi")


async def replies_late(_: RunRequest) -> Events:
    await asyncio.sleep(0.02)  # longer than a stream waits, in the tests of it
    yield Reply.of_text("Hi")


async def test_send_gives_the_task_when_it_has_ended() -> None:
    store = MemoryTaskStore()
    async with serving(Listener(), store) as service:
        task = await soon(service.send(SCOPE, asking()))

    assert isinstance(task, Task)
    assert task == assemble(task.id, await store.read(task.id))
    assert (task.status.state, task.answer) == (TaskState.COMPLETED, "answer 1")


async def test_send_gives_the_task_when_it_waits_for_its_client() -> None:
    async with serving(asks) as service:
        task = await soon(service.send(SCOPE, asking()))

    assert isinstance(task, Task)
    assert task.status.state is TaskState.INPUT_REQUIRED


async def test_send_that_does_not_wait_gives_the_task_at_once() -> None:
    store = MemoryTaskStore()
    async with serving(Worker(), store) as service:
        task = await started(service)

        assert task == assemble(task.id, (await store.read(task.id))[:1])


async def test_send_gives_the_message_of_an_agent_that_replies() -> None:
    async with serving(replies_late) as service:
        reply = await soon(service.send(SCOPE, asking(context_id="context")))

    assert isinstance(reply, Message)
    assert reply == Message(
        message_id=reply.message_id,
        role=Role.AGENT,
        parts=(TextPart("Hi"),),
        context_id="context",
    )


async def test_reply_to_a_send_that_did_not_wait_is_the_answer_of_its_task() -> None:
    store = MemoryTaskStore()
    async with serving(replies, store) as service:
        task = await started(service)
        await rest(service, task.id)

    assert (await log(store, task.id))[1:] == [WORKING, answer("Hi", last=True), COMPLETED]


async def test_client_that_leaves_does_not_stop_the_run() -> None:
    worker, store = Worker(), StagedStore()
    async with serving(worker, store) as service:
        sending = asyncio.create_task(service.send(SCOPE, asking()))
        await soon(worker.is_at_work.wait())
        (task,) = (await service.list(SCOPE, ListTasks())).tasks

        sending.cancel()
        await asyncio.wait([sending])
        worker.may_end.set()
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [WORKING, COMPLETED]


async def test_stream_is_the_task_and_all_that_follows() -> None:
    store = MemoryTaskStore()
    async with serving(Listener(), store) as service:
        first, *others = await drained(await service.stream(SCOPE, asking(), View()))

    assert isinstance(first, Snapshot)
    entries = await store.read(first.task.id)
    assert first == Snapshot(assemble(first.task.id, entries[:1]), 1)
    assert flat(others) == entries[1:]


async def test_stream_of_a_reply_is_the_message_alone() -> None:
    async with serving(replies) as service:
        items = await drained(await service.stream(SCOPE, asking(), View()))

    assert [type(item) for item in items] == [Message]


async def test_reply_that_comes_too_late_for_a_stream_is_the_answer_of_its_task() -> None:
    async with serving(replies_late, reply_wait_seconds=0.001) as service:
        first, *others = await drained(await service.stream(SCOPE, asking(), View()))

    assert isinstance(first, Snapshot)
    assert [entry.event for entry in flat(others)] == [
        WORKING,
        answer("Hi", last=True),
        COMPLETED,
    ]


async def test_stream_begins_as_soon_as_the_agent_works_whatever_the_store_does() -> None:
    store = StagedStore()
    async with serving(Worker(), store, reply_wait_seconds=60.0) as service:
        stream = await service.stream(SCOPE, asking(), View())
        store.before_append.shut()

        first = await soon(anext(stream.items))
        store.before_append.open()

    assert isinstance(first, Snapshot)


async def test_reply_on_its_way_into_the_store_is_waited_for() -> None:
    store = StagedStore()
    async with serving(replies, store, reply_wait_seconds=0.001) as service:
        stream = await service.stream(SCOPE, asking(), View())
        store.before_append.shut()
        reading = asyncio.create_task(drained(stream))
        await store.before_append.knocked()
        await asyncio.wait([reading], timeout=0.01)
        store.before_append.open()

        items = await soon(reading)

    assert [type(item) for item in items] == [Message]


async def test_stream_that_is_left_ends_and_the_run_goes_on() -> None:
    worker, store = Worker(), StagedStore()
    async with serving(worker, store) as service:
        stream = await service.stream(SCOPE, asking(), View())
        reading = asyncio.create_task(drained(stream))
        await soon(worker.is_at_work.wait())

        stream.leave()
        items = await soon(reading)
        worker.may_end.set()
        (task,) = (await service.list(SCOPE, ListTasks())).tasks
        await soon(store.ended[task.id].wait())

    assert COMPLETED not in [getattr(item, "event", None) for item in flat(items)]
    assert (await log(store, task.id))[1:] == [WORKING, COMPLETED]


async def test_streams_of_a_caller_are_limited() -> None:
    ann, bob = Scope("Ann"), Scope("Bob")
    async with serving(Listener(), streams_per_caller=2) as service:
        streams = [await service.stream(ann, asking(), View()) for _ in range(2)]

        with pytest.raises(Busy):
            await service.stream(ann, asking(), View())
        assert await service.stream(bob, asking(), View())
        await drained(streams[0])
        assert await service.stream(ann, asking(), View())


async def test_streams_that_begin_at_once_are_limited_too() -> None:
    async with serving(Listener(), StagedStore(), streams_per_caller=2) as service:
        beginning = (service.stream(SCOPE, asking(), View()) for _ in range(5))
        outcomes = await soon(asyncio.gather(*beginning, return_exceptions=True))

    assert sorted(type(outcome).__name__ for outcome in outcomes) == ["Busy"] * 3 + ["Stream"] * 2


async def test_stream_that_is_refused_does_not_count() -> None:
    async with serving(Listener(), streams_per_caller=1) as service:
        with pytest.raises(TaskNotFound):
            await service.stream(SCOPE, asking(task_id="unknown"), View())
        with pytest.raises(TaskNotFound):
            await service.subscribe(SCOPE, SubscribeToTask(task_id="unknown"), None, View())

        assert await service.stream(SCOPE, asking(), View())


async def test_stream_shows_as_much_history_as_was_asked_for() -> None:
    async with serving(Listener()) as service:
        stream = await service.stream(SCOPE, asking(history_length=0), View())
        first, *others = await drained(stream)

    assert isinstance(first, Snapshot)
    assert first.task.history == ()
    assert flat(others)


async def test_task_can_be_looked_at_while_it_is_worked_on() -> None:
    worker, store = Worker(), MemoryTaskStore()
    async with serving(worker, store) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        await asyncio.sleep(0)

        found = await service.get(SCOPE, GetTask(task_id=task.id))

        assert found == assemble(task.id, (await store.read(task.id))[:2])


@pytest.mark.parametrize("scope", [Scope("Bob"), Scope("Ann", "tenant")], ids=["owner", "tenant"])
async def test_task_of_somebody_else_does_not_exist(scope: Scope) -> None:
    ann = Scope("Ann")
    async with serving(asks) as service:
        task = await soon(service.send(ann, asking()))
        assert isinstance(task, Task)

        for looking in (
            service.get(scope, GetTask(task_id=task.id)),
            service.cancel(scope, CancelTask(task_id=task.id)),
            service.subscribe(scope, SubscribeToTask(task_id=task.id), None, View()),
            service.send(scope, asking(task_id=task.id)),
        ):
            with pytest.raises(TaskNotFound):
                await looking
        assert (await service.list(scope, ListTasks())).tasks == ()


async def test_task_that_was_answered_by_a_message_does_not_exist() -> None:
    async with serving(replies) as service:
        reply = await soon(service.send(SCOPE, asking()))
        assert isinstance(reply, Message)

        with pytest.raises(TaskNotFound):
            await service.get(SCOPE, GetTask(task_id=reply.message_id.removesuffix("-reply")))


@pytest.mark.parametrize(("wanted", "given"), [(None, 3), (0, 0), (2, 2), (3, 3), (9, 3)])
async def test_history_is_as_long_as_was_asked_for_and_allowed(
    wanted: int | None, given: int
) -> None:
    async with serving(asks_twice, history_length=3) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        for text in "bc":
            await soon(service.send(SCOPE, asking(text, task_id=task.id)))

        whole = ("a", "And after a?", "b", "And after b?", "c")
        found = await service.get(SCOPE, GetTask(task_id=task.id, history_length=wanted))
        (listed,) = (await service.list(SCOPE, ListTasks(history_length=wanted))).tasks

    texts = tuple(message.text for message in found.history)
    assert texts == whole[len(whole) - given :]
    assert listed.history == found.history


async def test_list_gives_the_callers_tasks_without_artifacts() -> None:
    async with serving(Listener()) as service:
        task = await soon(service.send(SCOPE, asking()))
        listed = await service.list(SCOPE, ListTasks())
        whole = await service.list(SCOPE, ListTasks(includes_artifacts=True))

    assert isinstance(task, Task)
    assert whole.tasks == (task,)
    assert listed == TaskList(
        tasks=(replace(task, artifacts=()),), next_page_token="", page_size=50, total_size=1
    )


async def test_list_goes_through_all_tasks_page_by_page() -> None:
    async with serving(Listener()) as service:
        tasks = {(await started(service)).id for _ in range(5)}
        pages = [await service.list(SCOPE, ListTasks(page_size=2))]
        while token := pages[-1].next_page_token:
            pages.append(await service.list(SCOPE, ListTasks(page_size=2, page_token=token)))

    assert [len(page.tasks) for page in pages] == [2, 2, 1]
    assert {task.id for page in pages for task in page.tasks} == tasks
    assert {(page.page_size, page.total_size) for page in pages} == {(2, 5)}


async def test_list_can_be_narrowed() -> None:
    def agent(request: RunRequest) -> Events:
        return (asks if request.text == "ask" else Listener().run)(request)

    async with serving(agent) as service:
        asked = await soon(service.send(SCOPE, asking("ask", context_id="one")))
        done = await soon(service.send(SCOPE, asking("tell", context_id="two")))
        assert isinstance(asked, Task) and isinstance(done, Task)

        async def found(**narrowed: Any) -> set[str]:
            return {task.id for task in (await service.list(SCOPE, ListTasks(**narrowed))).tasks}

        last = max(asked.status.timestamp_ms, done.status.timestamp_ms)
        assert await found(context_id="one") == {asked.id}
        assert await found(state=TaskState.COMPLETED) == {done.id}
        assert await found(updated_after_ms=last + 1) == set()
        assert await found() == {asked.id, done.id}


async def test_list_has_no_page_larger_than_allowed_even_without_a_wish() -> None:
    async with serving(Listener(), page_size=2, default_page_size=50) as service:
        assert (await service.list(SCOPE, ListTasks())).page_size == 2


@pytest.mark.parametrize("size", [0, -1, 101])
async def test_page_of_an_impossible_size_is_refused(size: int) -> None:
    async with serving(Listener()) as service:
        with pytest.raises(InvalidParams) as refusal:
            await service.list(SCOPE, ListTasks(page_size=size))

    assert refusal.value.violations == (("pageSize", "must be 1 to 100"),)


async def test_page_token_that_is_none_is_refused() -> None:
    async with serving(Listener()) as service:
        with pytest.raises(InvalidParams) as refusal:
            await service.list(SCOPE, ListTasks(page_token="nonsense"))

    assert refusal.value.violations == (("pageToken", "is none that this server gave"),)


async def test_list_leaves_out_what_is_removed_meanwhile() -> None:
    store = StagedStore()
    async with serving(Listener(), store) as service:
        await soon(service.send(SCOPE, asking()))
        store.after_find.shut()
        listing = asyncio.create_task(service.list(SCOPE, ListTasks()))
        await store.after_find.knocked()
        await store.prune(2**60)
        store.after_find.open()

        assert (await soon(listing)).tasks == ()

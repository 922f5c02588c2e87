"""Canceling: when it answers, the task has ended, once."""

import asyncio

import pytest

from a2a_agent.domain.agent_events import InputRequired, RunStarted
from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.errors import (
    TaskNotCancelable,
    UnsupportedOperation,
)
from a2a_agent.domain.model import Task, TaskState
from a2a_agent.domain.requests import (
    CancelTask,
    ListTasks,
    View,
)
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import MemoryTaskStore
from tests.support.agents import Listener, Worker, asks, asks_twice
from tests.support.services import (
    CANCELED,
    SCOPE,
    WORKING,
    asking,
    drained,
    flat,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


def canceling(task: Task) -> CancelTask:
    return CancelTask(task_id=task.id)


async def test_cancel_of_a_task_that_has_ended_is_refused() -> None:
    async with serving(Listener()) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)

        with pytest.raises(TaskNotCancelable) as refusal:
            await service.cancel(SCOPE, canceling(task))

    assert refusal.value.message == f"task {task.id} is completed already"


async def test_cancel_of_a_canceled_task_is_refused() -> None:
    async with serving(Worker()) as service:
        task = await started(service)
        await soon(service.cancel(SCOPE, canceling(task)))

        with pytest.raises(TaskNotCancelable):
            await service.cancel(SCOPE, canceling(task))


async def test_two_cancels_at_once_give_one_end_and_both_get_the_task() -> None:
    worker, store = Worker(), StagedStore()
    async with serving(worker, store) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())

        one, other = await soon(
            asyncio.gather(*(service.cancel(SCOPE, canceling(task)) for _ in range(2)))
        )

    assert one == other == assemble(task.id, await store.read(task.id))
    assert (await log(store, task.id))[1:] == [WORKING, CANCELED]


async def test_interrupted_task_is_canceled_without_a_run() -> None:
    store = StagedStore()
    async with serving(asks, store) as service:
        task = await started(service)
        await rest(service, task.id)

        one, other = await soon(
            asyncio.gather(*(service.cancel(SCOPE, canceling(task)) for _ in range(2)))
        )

    assert one == other == assemble(task.id, await store.read(task.id))
    assert (await log(store, task.id))[-1] == CANCELED


async def test_interrupted_task_is_canceled_though_its_run_is_still_cleaning_up() -> None:
    may_end = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        try:
            yield InputRequired(prompt="Which?")
        finally:
            await may_end.wait()

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        canceled = await soon(service.cancel(SCOPE, canceling(task)))

    assert canceled.status.state is TaskState.CANCELED


async def test_task_that_was_interrupted_meanwhile_is_canceled() -> None:
    worker, store = Worker(), StagedStore()

    async def agent(request: RunRequest) -> Events:
        async for event in worker.run(request):
            yield event
        yield InputRequired(prompt="Which?")

    async with serving(agent, store) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        store.after_head.shut()
        cancel = asyncio.create_task(service.cancel(SCOPE, canceling(task)))
        await store.after_head.knocked()
        worker.may_end.set()
        await soon(store.interrupted[task.id].wait())
        store.after_head.open()

        canceled = await soon(cancel)

    assert canceled.status.state is TaskState.CANCELED


async def test_follow_up_waits_for_a_cancel_and_is_refused() -> None:
    may_end = asyncio.Event()

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        try:
            await request.ask(InputRequired(prompt="Which?"))
        finally:
            await may_end.wait()

    async with serving(agent) as service:
        task = await started(service)
        await rest(service, task.id)
        cancel = asyncio.create_task(service.cancel(SCOPE, canceling(task)))
        await asyncio.sleep(0)
        follow_up = asyncio.create_task(service.send(SCOPE, asking(task_id=task.id)))
        await asyncio.sleep(0)
        may_end.set()

        with pytest.raises(UnsupportedOperation):
            await soon(follow_up)
        assert (await soon(cancel)).status.state is TaskState.CANCELED


async def test_cancel_that_comes_with_a_follow_up_stops_the_run_that_follows() -> None:
    store = StagedStore()
    async with serving(asks_twice, store) as service:
        task = await started(service)
        await rest(service, task.id)
        store.before_append.shut()
        follow_up = asyncio.create_task(started(service, asking(task_id=task.id)))
        await store.before_append.knocked()
        cancel = asyncio.create_task(service.cancel(SCOPE, canceling(task)))
        await asyncio.sleep(0)
        store.before_append.open()
        await soon(follow_up)

        canceled = await soon(cancel)

    assert canceled.status.state is TaskState.CANCELED


async def test_readers_of_a_canceled_task_are_told() -> None:
    worker = Worker()
    async with serving(worker) as service:
        stream = await service.stream(SCOPE, asking(), View())
        reading = asyncio.create_task(drained(stream))
        await soon(worker.is_at_work.wait())
        (task,) = (await service.list(SCOPE, ListTasks())).tasks
        await soon(service.cancel(SCOPE, canceling(task)))

        _, *others = await soon(reading)

    assert [entry.event for entry in flat(others)] == [WORKING, CANCELED]

"""What becomes of runs whose events the store does not take."""

import asyncio

import pytest

from a2a_agent.domain.agent_events import RunFinished, RunStarted
from a2a_agent.domain.errors import StoreUnavailable, TaskNotCancelable
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.requests import CancelTask, Snapshot, View
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import Conflict
from tests.support.agents import Worker
from tests.support.services import (
    COMPLETED,
    SCOPE,
    WORKING,
    asking,
    drained,
    events,
    failed,
    for_ever,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log

NO_DISK = StoreUnavailable("no disk")
STORE_UNAVAILABLE = failed("store-unavailable")


@pytest.fixture
async def store() -> StagedStore:
    return StagedStore()


async def test_task_ends_failed_when_the_store_works_again(store: StagedStore) -> None:
    async with serving(Worker(), store) as service:
        task = await started(service)
        store.failure = NO_DISK
        await soon(store.failed.wait())
        store.failure = None
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [STORE_UNAVAILABLE]


async def test_agent_is_stopped_when_its_events_are_lost(store: StagedStore) -> None:
    has_stopped = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        try:
            yield RunStarted()
            await for_ever()
        finally:
            has_stopped.set()

    async with serving(agent, store) as service:
        await started(service)
        store.failure = NO_DISK
        await soon(has_stopped.wait())
        store.failure = None


async def test_end_that_was_lost_is_failed_instead(store: StagedStore) -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunFinished()

    async with serving(agent, store) as service:
        task = await started(service)
        store.failure = NO_DISK
        await soon(store.failed.wait())
        store.failure = None
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [STORE_UNAVAILABLE]


async def test_readers_are_told_when_events_were_lost(store: StagedStore) -> None:
    async with serving(Worker(), store) as service:
        stream = await service.stream(SCOPE, asking(), View())
        store.failure = NO_DISK
        reading = asyncio.create_task(drained(stream))
        await soon(store.failed.wait())
        store.failure = None
        first, *others = await soon(reading)

    assert isinstance(first, Snapshot)
    assert first.task.status.state is TaskState.SUBMITTED
    assert events(others) == [STORE_UNAVAILABLE]


async def test_store_that_goes_on_failing_is_asked_until_it_works(store: StagedStore) -> None:
    async with serving(Worker(), store) as service:
        task = await started(service)
        store.failure = NO_DISK
        for _ in range(3):
            await soon(store.failed.wait())
            store.failed.clear()
        store.failure = None
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [STORE_UNAVAILABLE]


async def test_failure_does_not_touch_runs_that_store_nothing_meanwhile(
    store: StagedStore,
) -> None:
    worker = Worker()

    def agent(request: RunRequest) -> Events:
        return (worker if request.text == "work" else Worker()).run(request)

    async with serving(agent, store) as service:
        working = await started(service, asking("work"))
        await soon(worker.is_at_work.wait())
        losing = await started(service)
        store.failure = NO_DISK
        await soon(store.failed.wait())
        store.failure = None
        await soon(store.ended[losing.id].wait())
        worker.may_end.set()
        await soon(store.ended[working.id].wait())

    assert (await log(store, working.id))[1:] == [WORKING, COMPLETED]


async def test_run_gives_way_to_whoever_else_writes_its_log(store: StagedStore) -> None:
    has_stopped = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        try:
            yield RunStarted()
            await for_ever()
        finally:
            has_stopped.set()

    async with serving(agent, store, concurrent_runs=1) as service:
        task = await started(service)
        store.refusal = Conflict()
        await soon(has_stopped.wait())
        store.refusal = None

        assert await started(service)

    assert (await log(store, task.id))[1:] == []


async def test_cancel_whose_end_is_lost_ends_failed(store: StagedStore) -> None:
    worker = Worker()
    async with serving(worker, store) as service:
        task = await started(service)
        store.after_append.shut()
        await soon(worker.is_at_work.wait())
        await soon(store.after_append.knocked())
        store.after_append.open()
        store.failure = NO_DISK
        canceling = asyncio.create_task(service.cancel(SCOPE, CancelTask(task_id=task.id)))
        await soon(store.failed.wait())
        store.failure = None

        with pytest.raises(TaskNotCancelable) as refusal:
            await soon(canceling)

    assert refusal.value.message == f"task {task.id} is failed already"
    assert (await log(store, task.id))[1:] == [WORKING, STORE_UNAVAILABLE]


async def test_end_that_somebody_else_has_written_meanwhile_stays(store: StagedStore) -> None:
    async with serving(Worker(), store) as service:
        task = await started(service)
        store.failure = NO_DISK
        await soon(store.failed.wait())
        store.failed.clear()
        store.refusal, store.failure = Conflict(), None
        await soon(store.failed.wait())

    assert (await log(store, task.id))[1:] == []


async def test_server_stops_though_its_store_does_not_work_again_and_the_next_ends_the_task(
    store: StagedStore,
) -> None:
    async with serving(Worker(), store, cancel_seconds=0.01) as service:
        task = await started(service)
        store.failure = NO_DISK
        await soon(store.failed.wait())
    store.failure = None

    async with serving(Worker(), store):
        assert (await log(store, task.id))[1:] == [failed("server-restarted")]

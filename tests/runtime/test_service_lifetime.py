"""From the start of a server to its end: what the last one left behind, and what gets old."""

import pytest

from a2a_agent.domain.errors import (
    StoreUnavailable,
    TaskNotFound,
)
from a2a_agent.domain.model import Task, TaskState
from a2a_agent.domain.requests import (
    GetTask,
    ListTasks,
    SubscribeToTask,
    View,
)
from a2a_agent.domain.task_events import MessageAccepted, TaskEvent
from a2a_agent.runtime.journal import Journal
from a2a_agent.runtime.store import MemoryTaskStore, Query, TaskStore
from a2a_agent.runtime.tails import Tails
from tests.support.agents import Listener, asks_twice
from tests.support.services import (
    SCOPE,
    WORKING,
    answer,
    asking,
    drained,
    events,
    failed,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


async def left_behind(store: TaskStore, task_id: str, *events: TaskEvent) -> None:
    """A task as a process leaves it behind that dies."""
    message = asking(context_id="context").message.placed(task_id, "context")
    async with Journal(store, Tails()) as journal:
        writer = journal.create(SCOPE, task_id, "context")
        writer.pending += [MessageAccepted(message), *events]
        writer.mark()
        await writer.flush()


@pytest.mark.parametrize("had_happened", [[], [WORKING]], ids=["submitted", "working"])
async def test_run_of_a_process_that_died_is_ended_when_the_next_one_starts(
    had_happened: list[TaskEvent],
) -> None:
    store = MemoryTaskStore()
    await left_behind(store, "task", *had_happened)

    async with serving(Listener(), store):
        assert (await log(store, "task"))[1:] == [*had_happened, failed("server-restarted")]


async def test_all_runs_of_a_process_that_died_are_ended_however_many() -> None:
    store = MemoryTaskStore()
    for number in range(250):
        await left_behind(store, f"task-{number}")

    async with serving(Listener(), store):
        ended = await store.find(Query(states=frozenset({TaskState.FAILED})))

    assert ended.total == 250


async def test_reader_that_resumes_after_a_restart_is_told_of_the_end() -> None:
    store = MemoryTaskStore()
    await left_behind(store, "task", WORKING, answer("Half an ans"))

    async with serving(Listener(), store) as service:
        request = SubscribeToTask(task_id="task")
        _, *others = await drained(await service.subscribe(SCOPE, request, 2, View()))

    assert events(others) == [
        answer("Half an ans"),
        answer("", append=True, last=True),
        failed("server-restarted"),
    ]


async def test_question_survives_a_restart() -> None:
    store = MemoryTaskStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)

    async with serving(asks_twice, store) as service:
        await soon(service.send(SCOPE, asking("b", task_id=task.id)))
        done = await soon(service.send(SCOPE, asking("c", task_id=task.id)))

    assert isinstance(done, Task)
    assert done.answer == "a, b, c"


async def test_service_does_not_start_on_a_store_that_fails() -> None:
    store = StagedStore()
    await left_behind(store, "task")
    store.failure = StoreUnavailable("no disk")

    with pytest.raises(StoreUnavailable):
        async with serving(Listener(), store):
            pytest.fail("it has started")


async def test_old_tasks_are_removed() -> None:
    store = StagedStore()
    limits = {"retention_seconds": 0.001, "retention_interval_seconds": 0.001}
    async with serving(Listener(), store, **limits) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        await soon(store.pruned.wait())

        with pytest.raises(TaskNotFound):
            await service.get(SCOPE, GetTask(task_id=task.id))


async def test_old_tasks_are_looked_for_again_and_again() -> None:
    store = StagedStore()
    limits = {"retention_seconds": 0.001, "retention_interval_seconds": 0.001}
    async with serving(Listener(), store, **limits) as service:
        for _ in range(2):
            await soon(service.send(SCOPE, asking()))
            await soon(store.pruned.wait())
            store.pruned.clear()

        assert (await service.list(SCOPE, ListTasks())).tasks == ()


async def test_removing_goes_on_after_a_failure_of_the_store(
    caplog: pytest.LogCaptureFixture,
) -> None:
    store = StagedStore()
    limits = {"retention_seconds": 0.001, "retention_interval_seconds": 0.01}
    async with serving(Listener(), store, **limits) as service:
        await soon(service.send(SCOPE, asking()))
        store.pruned.clear()
        await soon(service.send(SCOPE, asking()))
        store.failure = StoreUnavailable("no disk")
        await soon(store.failed.wait())
        store.failure = None

        await soon(store.pruned.wait())

    assert "old tasks could not be removed; they will be next time" in caplog.messages

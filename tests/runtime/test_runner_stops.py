"""How runs are stopped: by a cancel, by a limit on time, by the end of the server."""

import asyncio
import logging
import time
from collections.abc import Callable

import pytest

from a2a_agent.domain.agent_events import RunFinished, RunStarted
from a2a_agent.domain.errors import Busy, TaskNotCancelable
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.requests import CancelTask, View
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import MemoryTaskStore
from tests.support.services import (
    CANCELED,
    COMPLETED,
    SCOPE,
    WORKING,
    asking,
    becomes,
    drained,
    failed,
    for_ever,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


class Worker:
    """An agent at work until it is stopped; its ways to stop differ."""

    def __init__(self, stop: Callable[["Worker"], Events] | None = None) -> None:
        self.is_at_work = asyncio.Event()
        self.steps: list[str] = []
        self.released = asyncio.Event()
        """For agents that would never stop: set by the test at its end."""
        self._stop = stop

    async def run(self, request: RunRequest, /) -> Events:
        yield RunStarted()
        self.is_at_work.set()
        try:
            await for_ever()
        except asyncio.CancelledError:
            self.steps.append("cancelled")
            if self._stop is None:
                raise
            async for event in self._stop(self):
                yield event
        finally:
            self.steps.append("cleaned up")


async def never_stops(worker: Worker) -> Events:
    while not worker.released.is_set():
        try:
            await worker.released.wait()
        except asyncio.CancelledError:
            worker.steps.append("swallowed")
    yield "too late"


def worker_that_waits(worker: Worker) -> Callable[[RunRequest], Events]:
    """Does its work when it is released."""

    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        worker.is_at_work.set()
        await worker.released.wait()

    return agent


async def canceled(worker: Worker, **limits: float) -> list[object]:
    """What is in the log, after its message, when the worker was canceled at its work."""
    store = MemoryTaskStore()
    async with serving(worker, store, **limits) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        answered = await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))
        worker.steps.append("answered")
        assert answered.status.state is TaskState.CANCELED
        worker.released.set()
    return list((await log(store, task.id))[1:])


async def test_agents_code_has_stopped_when_cancel_answers() -> None:
    worker = Worker()

    assert await canceled(worker) == [WORKING, CANCELED]
    assert worker.steps == ["cancelled", "cleaned up", "answered"]


async def test_cleaning_up_may_take_a_while() -> None:
    async def stop(worker: Worker) -> Events:
        for _ in range(10):
            await asyncio.sleep(0)
        worker.steps.append("tidied")
        raise asyncio.CancelledError
        yield

    worker = Worker(stop)

    assert await canceled(worker) == [WORKING, CANCELED]
    assert worker.steps == ["cancelled", "tidied", "cleaned up", "answered"]


async def test_text_before_the_cancel_stays() -> None:
    has_spoken = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        yield "Half an ans"
        has_spoken.set()
        await for_ever()

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await soon(has_spoken.wait())
        canceled = await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))

    assert canceled.answer == "Half an ans"


async def test_agent_that_goes_on_when_cancelled_is_not_listened_to() -> None:
    async def stop(worker: Worker) -> Events:
        yield "I would rather not."
        worker.steps.append("went on")

    worker = Worker(stop)

    assert await canceled(worker) == [WORKING, CANCELED]
    assert worker.steps == ["cancelled", "cleaned up", "answered"]


async def test_agent_that_swallows_cancellations_is_cancelled_again() -> None:
    async def stop(worker: Worker) -> Events:
        for _ in range(3):
            try:
                await for_ever()
            except asyncio.CancelledError:
                worker.steps.append("swallowed")
        return
        yield

    worker = Worker(stop)

    assert await canceled(worker, cancel_seconds=0.2) == [WORKING, CANCELED]
    assert worker.steps == ["cancelled", *["swallowed"] * 3, "cleaned up", "answered"]


async def test_agent_that_never_stops_is_left_behind(caplog: pytest.LogCaptureFixture) -> None:
    worker = Worker(never_stops)

    assert await canceled(worker, cancel_seconds=0.02) == [WORKING, CANCELED]
    assert worker.steps[-1] == "answered"
    assert [(r.levelno, r.getMessage().partition(": ")[2]) for r in caplog.records] == [
        (logging.ERROR, "its agent does not stop; left behind")
    ]


async def test_agent_that_fails_while_it_stops_was_canceled() -> None:
    async def stop(_: Worker) -> Events:
        raise ValueError("the connection was closed already")
        yield

    assert await canceled(Worker(stop)) == [WORKING, CANCELED]


async def test_run_that_has_not_begun_is_canceled() -> None:
    steps: list[str] = []

    async def agent(_: RunRequest) -> Events:
        steps.append("begun")
        yield RunStarted()

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))

    assert ((await log(store, task.id))[1:], steps) == ([CANCELED], [])


async def test_cancel_while_the_end_is_being_stored_comes_too_late() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunFinished()

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service)
        store.before_append.shut()
        await store.before_append.knocked()
        canceling = asyncio.create_task(service.cancel(SCOPE, CancelTask(task_id=task.id)))
        await asyncio.sleep(0)
        store.before_append.open()
        with pytest.raises(TaskNotCancelable):
            await soon(canceling)

    assert (await log(store, task.id))[1:] == [COMPLETED]


async def test_run_that_falls_silent_fails() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        await for_ever()

    assert await becomes(agent, idle_seconds=0.01) == [WORKING, failed("idle-timeout")]


async def test_every_event_breaks_the_silence() -> None:
    async def agent(_: RunRequest) -> Events:
        begin = time.monotonic()
        while time.monotonic() < begin + 0.3:
            yield RunStarted()
            await asyncio.sleep(0)

    assert await becomes(agent, idle_seconds=0.2) == [WORKING, COMPLETED]


async def test_run_that_takes_too_long_fails() -> None:
    async def agent(_: RunRequest) -> Events:
        while True:
            yield RunStarted()
            await asyncio.sleep(0)

    assert await becomes(agent, run_seconds=0.01) == [WORKING, failed("run-timeout")]


async def test_agent_is_stopped_when_its_time_is_up() -> None:
    worker = Worker()

    await becomes(worker, idle_seconds=0.01)

    assert worker.steps == ["cancelled", "cleaned up"]


async def test_run_that_finishes_while_the_server_stops_has_completed() -> None:
    worker = Worker()
    store = MemoryTaskStore()
    async with serving(worker_that_waits(worker), store, shutdown_seconds=5.0) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        closing = asyncio.create_task(service.close())
        await asyncio.sleep(0)
        worker.released.set()
        await soon(closing)

    assert (await log(store, task.id))[1:] == [WORKING, COMPLETED]


async def test_run_that_does_not_finish_while_the_server_stops_has_failed() -> None:
    worker = Worker()
    store = MemoryTaskStore()
    async with serving(worker, store, shutdown_seconds=0.01) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())

        await soon(service.close())
        steps = list(worker.steps)

    assert (await log(store, task.id))[1:] == [WORKING, failed("server-stopped")]
    assert steps == ["cancelled", "cleaned up"]


async def test_readers_are_told_that_the_server_has_stopped() -> None:
    worker = Worker()
    async with serving(worker) as service:
        stream = await service.stream(SCOPE, asking(), View())
        reading = asyncio.create_task(drained(stream))
        await soon(worker.is_at_work.wait())

        await soon(service.close())
        items = await soon(reading)

    last = items[-1]
    assert isinstance(last, list)
    assert last[-1].event == failed("server-stopped")


async def test_server_does_not_wait_for_an_agent_that_never_stops() -> None:
    worker = Worker(never_stops)
    store = MemoryTaskStore()
    async with serving(worker, store, cancel_seconds=0.02) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())

        await soon(service.close())
        worker.released.set()

    assert (await log(store, task.id))[1:] == [WORKING, failed("server-stopped")]


async def test_server_that_stops_takes_no_more_messages() -> None:
    async with serving(Worker()) as service:
        await service.close()

        with pytest.raises(Busy):
            await service.send(SCOPE, asking())

"""Subscribing: a task's stream, from any entry on, for any number of readers."""

import asyncio

import pytest

from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.errors import (
    Busy,
    InvalidParams,
    UnsupportedOperation,
)
from a2a_agent.domain.model import Task
from a2a_agent.domain.requests import (
    Snapshot,
    SubscribeToTask,
    View,
)
from a2a_agent.runtime.store import MemoryTaskStore
from tests.support.agents import Listener, Worker
from tests.support.services import (
    COMPLETED,
    SCOPE,
    drained,
    flat,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore


def subscribing(task: Task) -> SubscribeToTask:
    return SubscribeToTask(task_id=task.id)


async def test_subscription_begins_with_the_task_as_it_is() -> None:
    worker, store = Worker(), MemoryTaskStore()
    async with serving(worker, store) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        await asyncio.sleep(0)
        stream = await service.subscribe(SCOPE, subscribing(task), None, View())
        reading = asyncio.create_task(drained(stream))
        worker.may_end.set()
        first, *others = await soon(reading)

    entries = await store.read(task.id)
    assert first == Snapshot(assemble(task.id, entries[:2]), 2)
    assert flat(others) == entries[2:]


async def test_subscription_goes_on_after_any_entry_that_a_reader_has_seen() -> None:
    store = MemoryTaskStore()
    async with serving(Listener(), store) as service:
        task = await started(service)
        await rest(service, task.id)
        streams = [
            await drained(await service.subscribe(SCOPE, subscribing(task), after, View()))
            for after in range(5)
        ]

    entries = await store.read(task.id)
    assert [flat(items) for items in streams] == [
        [Snapshot(assemble(task.id, entries[:start]), start), *entries[start:]]
        for start in (1, 1, 2, 3, 4)
    ]


async def test_all_subscribers_get_the_same() -> None:
    worker = Worker()
    async with serving(worker) as service:
        task = await started(service)
        streams = [
            await service.subscribe(SCOPE, subscribing(task), None, View()) for _ in range(3)
        ]
        leaving, *staying = [asyncio.create_task(drained(stream)) for stream in streams]
        await soon(worker.is_at_work.wait())
        streams[0].leave()
        await soon(leaving)
        worker.may_end.set()

        one, other = await soon(asyncio.gather(*staying))

    assert flat(one) == flat(other)


async def test_subscription_to_a_task_that_has_ended_is_refused() -> None:
    async with serving(Listener()) as service:
        task = await started(service)
        await rest(service, task.id)

        with pytest.raises(UnsupportedOperation):
            await service.subscribe(SCOPE, subscribing(task), None, View())


@pytest.mark.parametrize("after", [-1, 5])
async def test_subscription_after_an_entry_that_is_not_there_is_refused(after: int) -> None:
    async with serving(Listener()) as service:
        task = await started(service)
        await rest(service, task.id)

        with pytest.raises(InvalidParams) as refusal:
            await service.subscribe(SCOPE, subscribing(task), after, View())

    assert refusal.value.violations == (("Last-Event-ID", "must be 0 to 4 for this task"),)


async def test_subscription_to_a_run_that_ends_meanwhile_gets_its_end() -> None:
    worker, store = Worker(), StagedStore()
    async with serving(worker, store) as service:
        task = await started(service)
        await soon(worker.is_at_work.wait())
        store.after_head.shut()
        subscribed = asyncio.create_task(service.subscribe(SCOPE, subscribing(task), None, View()))
        await store.after_head.knocked()
        worker.may_end.set()
        await soon(store.ended[task.id].wait())
        store.after_head.open()

        _, *others = await drained(await soon(subscribed))

    assert [entry.event for entry in flat(others)] == [COMPLETED]


async def test_streams_by_subscription_are_limited_too() -> None:
    async with serving(Worker(), streams_per_caller=1) as service:
        task = await started(service)
        stream = await service.subscribe(SCOPE, subscribing(task), None, View())
        await soon(anext(stream.items))

        with pytest.raises(Busy):
            await service.subscribe(SCOPE, subscribing(task), None, View())

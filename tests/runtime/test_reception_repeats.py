"""The same message again: it never runs the agent again, and is never an error."""

import asyncio

import pytest

from a2a_agent.domain.agent_events import InputRequired, Reply, RunStarted
from a2a_agent.domain.errors import (
    TaskNotFound,
    UnsupportedOperation,
)
from a2a_agent.domain.model import (
    Task,
)
from a2a_agent.domain.requests import CancelTask, SendMessage, View
from a2a_agent.domain.task_events import MessageAccepted
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import Conflict, Duplicate, MemoryTaskStore, Scope
from tests.support.agents import Listener, asks_twice
from tests.support.services import (
    SCOPE,
    asking,
    drained,
    flat,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


async def test_repeat_gets_the_task_of_the_first() -> None:
    listener = Listener()
    async with serving(listener) as service:
        first = await soon(service.send(SCOPE, asking("Hello", "m")))
        again = await soon(service.send(SCOPE, asking("Hello", "m")))

    assert (again == first, len(listener.requests)) == (True, 1)


async def test_repeat_while_the_run_is_alive_waits_for_its_end() -> None:
    may_end = asyncio.Event()
    runs = 0

    async def agent(_: RunRequest) -> Events:
        nonlocal runs
        runs += 1
        await may_end.wait()
        yield "Done"

    async with serving(agent) as service:
        sending = [asyncio.create_task(service.send(SCOPE, asking("Hello", "m"))) for _ in range(3)]
        await asyncio.wait(sending, timeout=0.01)
        may_end.set()
        first, *others = await soon(asyncio.gather(*sending))

    assert (others, runs) == ([first, first], 1)


async def test_repeat_by_a_stream_is_the_same_stream() -> None:
    async with serving(Listener()) as service:
        first = await drained(await service.stream(SCOPE, asking("Hello", "m"), View()))
        again = await drained(await service.stream(SCOPE, asking("Hello", "m"), View()))

    assert flat(again) == flat(first)


async def test_repeat_that_does_not_wait_gets_the_task_as_it_is() -> None:
    async with serving(Listener()) as service:
        first = await soon(service.send(SCOPE, asking("Hello", "m")))

        assert await started(service, asking("Hello", "m")) == first


@pytest.mark.parametrize("returns_immediately", [True, False])
async def test_repeat_of_what_was_answered_by_a_message_gets_the_message(
    returns_immediately: bool,
) -> None:
    async def agent(_: RunRequest) -> Events:
        yield Reply.of_text("Hi")

    again = asking("Hello", "m", returns_immediately=returns_immediately)
    async with serving(agent) as service:
        first = await soon(service.send(SCOPE, asking("Hello", "m")))

        assert await soon(service.send(SCOPE, again)) == first
        assert await drained(await service.stream(SCOPE, again, View())) == [first]


@pytest.mark.parametrize(
    "other",
    [
        asking("Hello", "another id"),
        asking("Goodbye", "m"),
        asking("Hello", "m", context_id="another"),
    ],
    ids=["id", "content", "context"],
)
async def test_message_that_differs_is_another_one(other: SendMessage) -> None:
    async with serving(Listener()) as service:
        first = await started(service, asking("Hello", "m"))
        second = await started(service, other)

    assert first.id != second.id


@pytest.mark.parametrize("other", [Scope("Bob"), Scope("Ann", "tenant")], ids=["owner", "tenant"])
async def test_message_from_elsewhere_is_another_one(other: Scope) -> None:
    async with serving(Listener()) as service:
        first = await soon(service.send(Scope("Ann"), asking("Hello", "m")))
        second = await soon(service.send(other, asking("Hello", "m")))

    assert isinstance(first, Task) and isinstance(second, Task)
    assert first.id != second.id


async def test_follow_up_that_is_repeated_gets_what_became_of_it() -> None:
    store = MemoryTaskStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        follow_up = asking("b", "follow-up", task_id=task.id)
        first = await soon(service.send(SCOPE, follow_up))
        again = await soon(service.send(SCOPE, follow_up))
        await soon(service.send(SCOPE, asking("c", task_id=task.id)))
        later = await soon(service.send(SCOPE, follow_up))

    assert (again, later) == (first, first)
    events = await log(store, task.id)
    assert sum(isinstance(event, MessageAccepted) for event in events) == 3


async def test_follow_up_that_comes_twice_at_once_is_taken_once() -> None:
    store = StagedStore()
    async with serving(asks_twice, store) as service:
        task = await started(service, asking("a"))
        await rest(service, task.id)
        follow_up = asking("b", "follow-up", task_id=task.id)
        store.after_head.shut()
        sending = [asyncio.create_task(service.send(SCOPE, follow_up)) for _ in range(2)]
        await store.after_head.knocked()
        store.after_head.open()
        first, again = await soon(asyncio.gather(*sending))

    assert first == again
    events = await log(store, task.id)
    assert sum(isinstance(event, MessageAccepted) for event in events) == 2


async def test_answer_that_is_repeated_gets_what_became_of_it() -> None:
    async def agent(request: RunRequest) -> Events:
        yield (await request.ask(InputRequired(prompt="Which?"))).text

    async with serving(agent) as service:
        task = await started(service)
        await rest(service, task.id)
        reply = asking("b", "answer", task_id=task.id)
        first, again = await soon(asyncio.gather(*(service.send(SCOPE, reply) for _ in range(2))))
        later = await soon(service.send(SCOPE, reply))

    assert isinstance(first, Task)
    assert (first.answer, again, later) == ("b", first, first)


async def test_answer_to_a_run_that_is_canceled_at_once_may_be_repeated() -> None:
    async def agent(request: RunRequest) -> Events:
        await request.ask(InputRequired(prompt="Which?"))
        yield "Too late"

    async with serving(agent) as service:
        task = await started(service)
        await rest(service, task.id)
        reply = asking("b", "answer", task_id=task.id)
        outcomes = await soon(
            asyncio.gather(
                service.send(SCOPE, reply), service.cancel(SCOPE, CancelTask(task_id=task.id))
            )
        )
        again = await soon(service.send(SCOPE, reply))

    assert [again, *outcomes] == [again] * 3


async def test_repeat_of_a_run_that_ends_meanwhile_gets_its_end() -> None:
    may_end = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        await may_end.wait()

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service, asking("Hello", "m"))
        store.after_read.shut()
        repeating = asyncio.create_task(service.stream(SCOPE, asking("Hello", "m"), View()))
        await store.after_read.knocked()
        may_end.set()
        await soon(store.ended[task.id].wait())
        store.after_read.open()

        again = await drained(await soon(repeating))

    assert flat(again)[1:] == (await store.read(task.id))[1:]


async def test_repeat_of_what_has_just_been_removed_is_not_found() -> None:
    store = StagedStore()
    async with serving(Listener(), store) as service:
        task = await soon(service.send(SCOPE, asking("Hello", "m")))
        assert isinstance(task, Task)
        store.refusal = Duplicate("removed", 1)
        with pytest.raises(TaskNotFound):
            await soon(service.send(SCOPE, asking("Hello", "m")))


async def test_message_that_somebody_else_was_faster_with_is_refused() -> None:
    store = StagedStore()
    async with serving(Listener(), store) as service:
        store.refusal = Conflict()
        with pytest.raises(UnsupportedOperation):
            await soon(service.send(SCOPE, asking()))

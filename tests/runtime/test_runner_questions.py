"""What a live run asks its client: `RunRequest.ask`."""

import asyncio

import pytest

from a2a_agent.domain.agent_events import InputKind, InputRequired, RunStarted
from a2a_agent.domain.errors import StoreUnavailable, UnsupportedOperation
from a2a_agent.domain.model import DataPart, Message, Task, TaskState, TextPart
from a2a_agent.domain.requests import CancelTask
from a2a_agent.domain.task_events import MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.store import MemoryTaskStore
from tests.support.services import (
    CANCELED,
    COMPLETED,
    SCOPE,
    WORKING,
    answer,
    asking,
    failed,
    for_ever,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore, log


def question(name: str = "r") -> InputRequired:
    return InputRequired(prompt="Which?", request_id=name)


def asked(name: str = "r") -> StatusChanged:
    """The question as it is in the log."""
    data = DataPart({"requestId": name, "kind": "text"})
    return StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("Which?"), data))


def accepted(task: Task, text: str, message_id: str) -> MessageAccepted:
    """The answer as it is in the log."""
    message = asking(text, message_id).message
    return MessageAccepted(message.placed(task.id, task.context_id))


async def asks_and_repeats(request: RunRequest) -> Events:
    yield RunStarted()
    said = await request.ask(question())
    yield said.text


async def test_run_goes_on_with_the_answer() -> None:
    store = MemoryTaskStore()
    async with serving(asks_and_repeats, store) as service:
        task = await soon(service.send(SCOPE, asking()))
        assert isinstance(task, Task)
        done = await soon(service.send(SCOPE, asking("This one.", "answer", task_id=task.id)))

    assert isinstance(done, Task)
    assert (task.status.state, done.answer) == (TaskState.INPUT_REQUIRED, "This one.")
    assert (await log(store, task.id))[1:] == [
        WORKING,
        asked(),
        accepted(task, "This one.", "answer"),
        answer("This one.", last=True),
        COMPLETED,
    ]


async def test_question_may_be_the_first_event() -> None:
    async def agent(request: RunRequest) -> Events:
        await request.ask(InputRequired(prompt="Sign in.", kind=InputKind.AUTH))
        yield "Thanks"

    async with serving(agent) as service:
        task = await soon(service.send(SCOPE, asking()))

    assert isinstance(task, Task)
    assert task.status.state is TaskState.AUTH_REQUIRED


async def test_run_hears_of_the_answer_when_it_is_stored() -> None:
    heard = asyncio.Event()

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        await request.ask(question())
        heard.set()

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        store.before_append.shut()
        answering = asyncio.create_task(started(service, asking("This one.", task_id=task.id)))
        await store.before_append.knocked()
        had_heard = heard.is_set()
        store.before_append.open()
        await soon(answering)
        await soon(heard.wait())

    assert had_heard is False


async def test_several_questions_are_asked_one_after_the_other() -> None:
    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        answers = await asyncio.gather(*(request.ask(question(name)) for name in "ab"))
        yield " ".join(message.text for message in answers)

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        await soon(service.send(SCOPE, asking("one", "first", task_id=task.id)))
        done = await soon(service.send(SCOPE, asking("two", "second", task_id=task.id)))

    assert isinstance(done, Task)
    assert (await log(store, task.id))[1:] == [
        WORKING,
        asked("a"),
        accepted(task, "one", "first"),
        asked("b"),
        accepted(task, "two", "second"),
        answer("one two", last=True),
        COMPLETED,
    ]


async def test_what_is_yielded_while_a_question_is_open_comes_after_the_answer() -> None:
    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        asking = asyncio.ensure_future(request.ask(question()))
        await asyncio.sleep(0)
        yield "was queued already; "
        yield (await asking).text

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        done = await soon(service.send(SCOPE, asking("this one", "answer", task_id=task.id)))

    assert isinstance(done, Task)
    assert done.answer == "was queued already; this one"
    assert (await log(store, task.id))[1:4] == [
        WORKING,
        asked(),
        accepted(task, "this one", "answer"),
    ]


async def test_only_one_of_two_answers_is_taken() -> None:
    async def agent(request: RunRequest) -> Events:
        yield (await request.ask(question())).text
        await for_ever()

    async with serving(agent) as service:
        task = await started(service)
        await rest(service, task.id)
        answers = (started(service, asking(text, task_id=task.id)) for text in ("one", "two"))
        outcomes = await soon(asyncio.gather(*answers, return_exceptions=True))

    assert [type(outcome) for outcome in outcomes] == [Task, UnsupportedOperation]


async def test_question_that_is_not_answered_in_time_fails_the_run() -> None:
    store = StagedStore()
    async with serving(asks_and_repeats, store, answer_seconds=0.01) as service:
        task = await started(service)
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [WORKING, asked(), failed("answer-timeout")]


async def test_waiting_for_an_answer_is_no_silence() -> None:
    async with serving(asks_and_repeats, idle_seconds=0.05) as service:
        task = await started(service)
        await rest(service, task.id)
        await asyncio.sleep(0.1)  # longer than the run may be silent
        done = await soon(service.send(SCOPE, asking("This one.", task_id=task.id)))

    assert isinstance(done, Task)
    assert done.status.state is TaskState.COMPLETED


async def test_waiting_for_an_answer_is_not_counted_as_time_of_the_run() -> None:
    async with serving(asks_and_repeats, run_seconds=0.05) as service:
        task = await started(service)
        await rest(service, task.id)
        await asyncio.sleep(0.1)  # longer than the run may take
        done = await soon(service.send(SCOPE, asking("This one.", task_id=task.id)))

    assert isinstance(done, Task)
    assert done.status.state is TaskState.COMPLETED


async def test_silence_after_the_answer_fails_the_run() -> None:
    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        await request.ask(question())
        await for_ever()

    store = MemoryTaskStore()
    async with serving(agent, store, idle_seconds=0.05) as service:
        task = await started(service)
        await rest(service, task.id)
        await asyncio.sleep(0.1)  # longer than the run may be silent
        await soon(service.send(SCOPE, asking("This one.", task_id=task.id)))

    assert (await log(store, task.id))[-1] == failed("idle-timeout")


async def test_open_question_is_canceled_in_whichever_task_of_the_agent_it_is() -> None:
    outcome: list[str] = []

    async def agent(request: RunRequest) -> Events:
        async def ask() -> None:
            try:
                await request.ask(question())
            finally:
                outcome.append("stopped")

        part = asyncio.create_task(ask())
        try:
            yield RunStarted()
            await for_ever()
        finally:
            await asyncio.wait([part])

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))

    assert outcome == ["stopped"]
    assert (await log(store, task.id))[1:] == [WORKING, asked(), CANCELED]


async def test_nothing_can_be_asked_by_an_agent_that_is_told_to_stop() -> None:
    is_at_work = asyncio.Event()

    async def agent(request: RunRequest) -> Events:
        try:
            yield RunStarted()
            is_at_work.set()
            await for_ever()
        finally:
            await request.ask(question())

    store = MemoryTaskStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await soon(is_at_work.wait())
        await soon(service.cancel(SCOPE, CancelTask(task_id=task.id)))

    assert (await log(store, task.id))[1:] == [WORKING, CANCELED]


async def test_agent_that_gives_up_its_own_question_has_failed() -> None:
    """An interrupted task goes on by its client's message only."""

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        try:
            async with asyncio.timeout(0.01):
                await request.ask(question())
        except TimeoutError:
            yield "Then I choose."

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await soon(store.ended[task.id].wait())

    assert (await log(store, task.id))[1:] == [
        WORKING,
        asked(),
        failed("agent-broke-the-protocol"),
    ]


async def test_run_goes_on_after_an_answer_that_it_waits_for_no_more() -> None:
    asking_now: list[asyncio.Future[Message]] = []

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        asking_now.append(asyncio.ensure_future(request.ask(question())))
        await asyncio.wait(asking_now)
        yield "Never mind."

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        store.before_append.shut()
        answering = asyncio.create_task(
            service.send(SCOPE, asking("This one.", "answer", task_id=task.id))
        )
        await store.before_append.knocked()
        asking_now[0].cancel()
        store.before_append.open()
        await soon(answering)

    assert (await log(store, task.id))[1:] == [
        WORKING,
        asked(),
        accepted(task, "This one.", "answer"),
        answer("Never mind.", last=True),
        COMPLETED,
    ]


async def test_message_for_a_question_that_was_given_up_waits_for_the_end_of_the_run() -> None:
    has_given_up, may_end = asyncio.Event(), asyncio.Event()

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        asking = asyncio.ensure_future(request.ask(question()))
        await asyncio.sleep(0)
        asking.cancel()
        await asyncio.wait([asking])
        has_given_up.set()
        await may_end.wait()

    async with serving(agent) as service:
        task = await started(service)
        await soon(has_given_up.wait())
        answering = asyncio.create_task(started(service, asking(task_id=task.id)))
        await asyncio.wait([answering], timeout=0.01)
        has_waited = not answering.done()
        may_end.set()

        with pytest.raises(UnsupportedOperation):
            await soon(answering)

    assert has_waited


async def test_answer_that_cannot_be_stored_is_refused_and_the_run_fails() -> None:
    heard: list[Message] = []

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        heard.append(await request.ask(question()))

    store = StagedStore()
    async with serving(agent, store) as service:
        task = await started(service)
        await rest(service, task.id)
        store.failure = StoreUnavailable("no disk")
        with pytest.raises(StoreUnavailable):
            await started(service, asking(task_id=task.id))
        store.failure = None
        await soon(store.ended[task.id].wait())

    assert heard == []
    assert (await log(store, task.id))[1:] == [WORKING, asked(), failed("store-unavailable")]

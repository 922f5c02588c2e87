"""What an agent is told of what was said before."""

import asyncio

import pytest

from a2a_agent.domain.agent_events import Artifact
from a2a_agent.domain.model import (
    Message,
    Role,
    Task,
    TextPart,
)
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.journal import unix_ms
from a2a_agent.runtime.store import Scope
from tests.support.agents import Listener, asks_twice
from tests.support.services import (
    SCOPE,
    asking,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore


def said(task: Task, text: str, message_id: str) -> Message:
    """A message of the client's as it is kept."""
    return asking(text, message_id).message.placed(task.id, task.context_id)


def answered(task: Task, text: str) -> Message:
    """The answer of a task as a message of the agent's."""
    return Message(
        message_id=f"{task.id}-answer",
        role=Role.AGENT,
        parts=(TextPart(text),),
        context_id=task.context_id,
        task_id=task.id,
    )


def next_millisecond() -> None:
    """Tasks of one millisecond come in any order."""
    now = unix_ms()
    while unix_ms() == now:
        pass


async def test_agent_is_handed_what_was_said_in_the_context_before() -> None:
    listener = Listener()
    async with serving(listener) as service:
        one = await started(service, asking("one", "m1", context_id="context"))
        await rest(service, one.id)
        next_millisecond()
        two = await started(service, asking("two", "m2", context_id="context"))
        await rest(service, two.id)
        await soon(service.send(SCOPE, asking("elsewhere", context_id="another")))
        await soon(service.send(SCOPE, asking("three", context_id="context")))

    assert listener.requests[-1].history == (
        said(one, "one", "m1"),
        answered(one, "answer 1"),
        said(two, "two", "m2"),
        answered(two, "answer 2"),
    )


async def test_history_holds_questions_and_answers_of_each_task() -> None:
    listener = Listener()

    def agent(request: RunRequest) -> Events:
        return (asks_twice if request.text != "listen" else listener.run)(request)

    async with serving(agent) as service:
        task = await started(service, asking("a", context_id="context"))
        await rest(service, task.id)
        for text in "bc":
            await soon(service.send(SCOPE, asking(text, task_id=task.id)))
        await soon(service.send(SCOPE, asking("listen", context_id="context")))

    (handed,) = listener.requests
    assert [(message.role, message.text) for message in handed.history] == [
        (Role.USER, "a"),
        (Role.AGENT, "And after a?"),
        (Role.USER, "b"),
        (Role.AGENT, "And after b?"),
        (Role.USER, "c"),
        (Role.AGENT, "a, b, c"),
    ]


async def test_history_is_bounded_to_the_latest_messages() -> None:
    listener = Listener()
    async with serving(listener, context_messages=3) as service:
        for number in range(4):
            await soon(service.send(SCOPE, asking(f"{number}", context_id="context")))
            next_millisecond()

    assert [message.text for message in listener.requests[-1].history] == [
        "answer 2",
        "2",
        "answer 3",
    ]


@pytest.mark.parametrize("context_messages", [1, 2])
async def test_history_of_a_follow_up_is_bounded_too(context_messages: int) -> None:
    listener = Listener()

    def agent(request: RunRequest) -> Events:
        return (asks_twice if request.text == "ask" else listener.run)(request)

    async with serving(agent, context_messages=context_messages) as service:
        task = await started(service, asking("ask"))
        await rest(service, task.id)
        await soon(service.send(SCOPE, asking("tell", task_id=task.id)))

    (handed,) = listener.requests
    assert [message.text for message in handed.history] == ["ask", "And after ask?"][
        -context_messages:
    ]


async def test_history_may_be_turned_off() -> None:
    listener = Listener()
    async with serving(listener, context_messages=0) as service:
        for text in ("one", "two"):
            await soon(service.send(SCOPE, asking(text, context_id="context")))

    assert [request.history for request in listener.requests] == [(), ()]


async def test_history_holds_no_artifacts_but_the_answer() -> None:
    requests: list[RunRequest] = []

    async def agent(request: RunRequest) -> Events:
        requests.append(request)
        yield Artifact(artifact_id="file", parts=(TextPart("no part of the conversation"),))

    async with serving(agent) as service:
        for text in ("one", "two"):
            await soon(service.send(SCOPE, asking(text, context_id="context")))

    assert [message.text for message in requests[-1].history] == ["one"]


async def test_history_is_the_callers_own() -> None:
    listener = Listener()
    async with serving(listener) as service:
        for owner in ("Ann", "Bob"):
            await soon(service.send(Scope(owner), asking(context_id="context")))

    assert listener.requests[-1].history == ()


async def test_task_that_is_removed_meanwhile_is_left_out() -> None:
    listener, store = Listener(), StagedStore()
    async with serving(listener, store) as service:
        old = await started(service, asking("old", context_id="context"))
        await rest(service, old.id)
        store.after_find.shut()
        sending = asyncio.create_task(service.send(SCOPE, asking("new", context_id="context")))
        await store.after_find.knocked()
        await store.prune(2**60)
        store.after_find.open()
        await soon(sending)

    assert listener.requests[-1].history == ()

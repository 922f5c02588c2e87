import asyncio
import logging
from collections.abc import AsyncGenerator, AsyncIterator, Iterable, Iterator
from dataclasses import replace
from threading import Event, current_thread, main_thread
from typing import Any

import httpx
import pytest
from openai import APIConnectionError

from a2a_agent.agents.adapters.adapted import from_events
from a2a_agent.agents.adapters.table import (
    ENDED_WITHOUT_RESULT,
    IGNORED,
    EventTable,
    emits,
)
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    RunFinished,
    TextDelta,
    ToolCall,
    ToolResult,
)
from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.runtime.agent import AgentDescription, RunRequest, describe
from tests.agents.runs import events_of, request_of

TABLE: EventTable[Any] = EventTable(
    "test",
    {
        "token": emits(TextDelta, text="text"),
        "call": emits(ToolCall, call_id="id", name="name", arguments="input"),
        "result": emits(ToolResult, call_id="id", name="name", output="output"),
        "question": emits(InputRequired, prompt="text"),
        "done": emits(RunFinished, text="text"),
        "ping": IGNORED,
    },
)
ANSWER = Message(message_id="a", role=Role.USER, parts=(TextPart("blue"),))
DONE = {"type": "done"}
REQUEST: Any = httpx.Request("POST", "http://model")


def token(text: str) -> dict[str, str]:
    return {"type": "token", "text": text}


async def run(start: Any, table: EventTable[Any] = TABLE, **request: Any) -> list[AgentEvent | str]:
    return await events_of(from_events(start, table), replace(request_of("Hello"), **request))


async def tokens(request: RunRequest) -> AsyncIterator[Any]:
    """Says two words."""
    yield token("one ")
    yield token(request.text)
    yield DONE


async def of_coroutine(request: RunRequest) -> AsyncIterator[Any]:
    return tokens(request)


class Iterated:
    """What is iterated over, but is no generator."""

    def __init__(self, request: RunRequest) -> None:
        self._request = request

    def __aiter__(self) -> AsyncIterator[Any]:
        return tokens(self._request)


def of_generator(request: RunRequest) -> Iterator[Any]:
    yield from (token("one "), token(request.text), DONE)


def of_list(request: RunRequest) -> Iterable[Any]:
    return [token("one "), token(request.text), DONE]


@pytest.mark.parametrize("start", [tokens, of_coroutine, Iterated, of_generator, of_list])
async def test_events_of_any_source_become_the_agents(start: Any) -> None:
    assert await run(start) == [TextDelta("one "), TextDelta("Hello"), RunFinished()]


async def test_synchronous_source_is_pulled_off_the_event_loop() -> None:
    seen = []

    def start(_: RunRequest) -> Iterator[Any]:
        seen.append(current_thread() is main_thread())
        yield DONE

    await run(start)

    assert seen == [False]


async def test_source_that_just_ends_has_failed_where_there_is_an_event_for_that() -> None:
    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield token("half")

    assert await run(start) == [TextDelta("half"), ENDED_WITHOUT_RESULT]
    plain = EventTable("test", {"token": emits(TextDelta, text="text")})
    assert await run(start, plain) == [TextDelta("half"), RunFinished()]


# Questions


async def test_question_ends_the_run_and_what_comes_after_it_is_not_pulled() -> None:
    pulled = []

    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield {"type": "question", "text": "Which?"}
        pulled.append("more")

    assert await run(start) == [InputRequired(prompt="Which?")]
    assert pulled == []


async def test_question_of_a_framework_that_waits_is_asked_and_it_gets_the_answer() -> None:
    asked = []

    async def ask(question: InputRequired) -> Message:
        asked.append(question)
        return ANSWER

    async def start(_: RunRequest) -> AsyncGenerator[Any, Any]:
        answer = yield {"type": "question", "text": "Which?"}
        nothing = yield token(answer.text)
        yield token(str(nothing))
        yield DONE

    assert await run(start, replace(TABLE, asks=True), ask=ask) == [
        TextDelta("blue"),
        TextDelta("None"),
        RunFinished(),
    ]
    assert asked == [InputRequired(prompt="Which?")]


async def test_answer_for_a_source_that_takes_none_is_dropped() -> None:
    async def ask(_: InputRequired) -> Message:
        return ANSWER

    def start(_: RunRequest) -> Iterable[Any]:
        return [{"type": "question", "text": "Which?"}, DONE]

    assert await run(start, replace(TABLE, asks=True), ask=ask) == [RunFinished()]


# Failures


async def test_failure_of_the_models_server_ends_the_run_with_its_reason() -> None:
    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield token("half")
        try:
            raise APIConnectionError(request=REQUEST)
        except APIConnectionError as error:
            raise RuntimeError("step 0 has failed: password=secret") from error

    *events, end = await run(start)

    assert events == [TextDelta("half")]
    assert isinstance(end, RunFinished)
    assert (end.state, end.reason) == (TaskState.FAILED, "model-unavailable")
    assert "secret" not in f"{end.message} {end.error}"


async def test_any_other_failure_is_raised() -> None:
    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield token("half")
        raise RuntimeError("no")

    with pytest.raises(RuntimeError, match="no"):
        await run(start)


async def test_failure_after_the_end_changes_nothing(caplog: pytest.LogCaptureFixture) -> None:
    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield DONE
        raise RuntimeError("too late")

    with caplog.at_level(logging.DEBUG, "a2a_agent"):
        assert await run(start) == [RunFinished()]
    assert [record.message for record in caplog.records] == [
        "a framework did not end with its last event"
    ]


# Ends


async def test_framework_does_what_it_does_after_its_last_event() -> None:
    saved = []

    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield DONE
        await asyncio.sleep(0)
        saved.append("memory")
        yield token("ignored")

    assert await run(start) == [RunFinished()]
    assert saved == ["memory"]


async def test_framework_that_goes_on_after_its_last_event_is_stopped() -> None:
    stopped = asyncio.Event()

    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield DONE
        try:
            await asyncio.Event().wait()
        finally:
            stopped.set()

    async with asyncio.timeout(10):
        assert await run(start) == [RunFinished()]
    assert stopped.is_set()


async def test_cancelling_the_run_cancels_what_the_source_waits_for() -> None:
    waiting, cancelled = asyncio.Event(), asyncio.Event()

    async def start(_: RunRequest) -> AsyncIterator[Any]:
        yield token("one")
        waiting.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    running = asyncio.create_task(run(start))
    async with asyncio.timeout(10):
        await waiting.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    assert cancelled.is_set()


async def test_cancelling_the_run_does_not_wait_for_a_source_in_a_thread() -> None:
    began, may_end = asyncio.Event(), Event()
    loop = asyncio.get_running_loop()

    def start(_: RunRequest) -> Iterator[Any]:
        loop.call_soon_threadsafe(began.set)
        may_end.wait(20)
        yield DONE

    running = asyncio.create_task(run(start))
    async with asyncio.timeout(10):
        await began.wait()
        running.cancel()
        with pytest.raises(asyncio.CancelledError):
            await running
    may_end.set()


# The description


def test_agent_is_described_by_what_was_given_or_by_its_start() -> None:
    given = AgentDescription(name="Ada", description="Knows.")

    assert describe(from_events(tokens, TABLE, given)) == given
    assert describe(from_events(tokens, TABLE)).name == "tokens"
    assert describe(from_events(tokens, TABLE)).description == "Says two words."

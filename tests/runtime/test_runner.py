"""What becomes of what an agent does: every run gives its log a legal end."""

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import pytest

from a2a_agent.domain.agent_events import (
    Artifact,
    InputRequired,
    Reply,
    RunFinished,
    RunStarted,
    TextDelta,
    ToolCall,
)
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.model import DataPart, Message, TaskState, TextPart
from a2a_agent.domain.requests import Snapshot, View
from a2a_agent.domain.task_events import ArtifactChunk, MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.journal import Journal
from a2a_agent.runtime.runner import Runner
from a2a_agent.runtime.tails import Tails
from tests.support.services import (
    COMPLETED,
    LIMITS,
    SCOPE,
    WORKING,
    answer,
    asking,
    becomes,
    drained,
    failed,
    for_ever,
    rest,
    serving,
    soon,
    started,
)
from tests.support.stores import StagedStore

AGENT_ERROR = failed("agent-error")
BROKE_THE_PROTOCOL = failed("agent-broke-the-protocol")
SECRET = "the password is swordfish"


def yields(*events: Any) -> Callable[[RunRequest], Events]:
    """The agent that yields these."""

    async def agent(_: RunRequest) -> Events:
        for event in events:
            yield event

    return agent


async def test_agent_that_returns_has_completed() -> None:
    assert await becomes(yields("Hi")) == [WORKING, answer("Hi", last=True), COMPLETED]


async def test_agent_that_yields_nothing_has_completed() -> None:
    assert await becomes(yields()) == [COMPLETED]


async def test_agent_says_itself_how_it_ended() -> None:
    end = RunFinished(state=TaskState.REJECTED, message="Not on Sundays.")

    assert await becomes(yields(end)) == [
        StatusChanged(TaskState.REJECTED, (TextPart("Not on Sundays."),))
    ]


async def test_nothing_is_taken_of_an_agent_after_its_end() -> None:
    assert await becomes(yields(RunFinished(), TextDelta("late"))) == [COMPLETED]


async def test_agent_is_closed_at_its_end() -> None:
    steps: list[str] = []

    async def agent(_: RunRequest) -> Events:
        try:
            yield RunFinished()
            steps.append("went on")
        finally:
            steps.append("cleaned up")

    await becomes(agent)

    assert steps == ["cleaned up"]


async def test_agent_that_raises_has_failed_and_its_text_stays() -> None:
    async def agent(_: RunRequest) -> Events:
        yield "Half an ans"
        raise ValueError(SECRET)

    assert await becomes(agent) == [WORKING, answer("Half an ans", last=True), AGENT_ERROR]


async def test_error_of_an_agent_is_logged_with_its_task(caplog: pytest.LogCaptureFixture) -> None:
    async def agent(_: RunRequest) -> Events:
        raise ValueError(SECRET)
        yield

    async with serving(agent) as service:
        task = await soon(service.send(SCOPE, asking()))

    (record,) = caplog.records
    assert (record.levelno, record.getMessage()) == (
        logging.ERROR,
        f"task {getattr(task, 'id', None)}: agent-error",
    )
    assert SECRET in str(record.exc_info)


async def test_agent_that_cannot_even_be_called_has_failed() -> None:
    def agent(_: RunRequest) -> Events:
        raise ValueError(SECRET)

    assert await becomes(agent) == [AGENT_ERROR]


async def test_agent_that_exits_has_failed_and_the_server_goes_on() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        raise SystemExit(1)

    assert await becomes(agent) == [WORKING, AGENT_ERROR]


async def test_agent_that_cancels_itself_has_failed() -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        part = asyncio.create_task(for_ever())
        part.cancel()
        await part

    assert await becomes(agent) == [WORKING, AGENT_ERROR]


@pytest.mark.parametrize(
    "events",
    [
        [RunStarted(), Reply.of_text("Hi")],
        [Artifact(artifact_id="a", append=True, parts=(TextPart("more"),))],
        [RunStarted(), Artifact(parts=())],
        ["Hi", RunFinished(state=TaskState.REJECTED)],
    ],
    ids=["late-reply", "append-to-nothing", "no-parts", "rejected-after-output"],
)
async def test_agent_that_breaks_the_rules_has_failed(events: list[Any]) -> None:
    assert (await becomes(yields(*events)))[-1] == BROKE_THE_PROTOCOL


@pytest.mark.parametrize(
    "value", [object(), float("nan"), 2**64, {1: "one"}], ids=["object", "nan", "large", "key"]
)
async def test_output_that_is_no_json_breaks_the_rules(value: Any) -> None:
    call = ToolCall(call_id="c", name="tool", arguments={"value": value})

    assert await becomes(yields(RunStarted(), call)) == [WORKING, BROKE_THE_PROTOCOL]


@pytest.mark.parametrize("thing", [5, None, b"bytes"], ids=repr)
async def test_agent_that_yields_what_is_no_event_has_failed(thing: Any) -> None:
    assert await becomes(yields(RunStarted(), thing)) == [WORKING, AGENT_ERROR]


class Countdown:
    """An iterator that can be left, but not closed."""

    def __init__(self, start: int) -> None:
        self._left = start

    def __aiter__(self) -> AsyncIterator[str]:
        return self

    async def __anext__(self) -> str:
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return f"{self._left} "


async def test_iterator_without_aclose_is_an_agent_too() -> None:
    def agent(_: RunRequest) -> Events:
        return Countdown(2)

    assert await becomes(agent) == [
        WORKING,
        answer("1 "),
        answer("0 ", append=True, last=True),
        COMPLETED,
    ]


async def test_cleaning_up_that_fails_after_the_end_changes_nothing(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def agent(_: RunRequest) -> Events:
        try:
            yield RunFinished()
        finally:
            raise ValueError(SECRET)

    assert await becomes(agent) == [COMPLETED]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [
        "failed after its end"
    ]


async def test_cleaning_up_that_fails_before_the_end_is_an_error_of_the_agent() -> None:
    async def agent(_: RunRequest) -> Events:
        try:
            yield RunStarted()
        finally:
            raise ValueError(SECRET)

    assert await becomes(agent) == [WORKING, AGENT_ERROR]


async def test_agent_that_yields_while_it_is_closed_changes_nothing() -> None:
    async def agent(_: RunRequest) -> Events:
        try:
            yield RunFinished()
        finally:
            yield "and another thing"

    assert await becomes(agent) == [COMPLETED]


async def test_agent_that_returns_while_its_question_is_open_has_failed() -> None:
    asking: list[asyncio.Future[Message]] = []

    async def agent(request: RunRequest) -> Events:
        yield RunStarted()
        question = InputRequired(prompt="Which?", request_id="r")
        asking.append(asyncio.ensure_future(request.ask(question)))
        await asyncio.sleep(0)

    assert await becomes(agent) == [
        WORKING,
        StatusChanged(
            TaskState.INPUT_REQUIRED,
            (TextPart("Which?"), DataPart({"requestId": "r", "kind": "text"})),
        ),
        BROKE_THE_PROTOCOL,
    ]
    with pytest.raises(asyncio.CancelledError):
        await soon(asking[0])


async def test_run_is_never_further_ahead_of_the_store_than_allowed() -> None:
    yielded = 0

    async def agent(_: RunRequest) -> Events:
        nonlocal yielded
        for _number in range(100):
            yielded += 1
            yield "word "

    store = StagedStore()
    async with serving(agent, store, events_ahead=10) as service:
        task = await started(service)
        store.before_append.shut()
        await store.before_append.knocked()
        for _ in range(50):  # far more steps than a run takes that nothing stops
            await asyncio.sleep(0)
        ahead = yielded
        store.before_append.open()
        ended = await rest(service, task.id)

    assert (ahead, yielded, ended.status.state) == (9, 100, TaskState.COMPLETED)


async def test_slow_reader_does_not_slow_the_run() -> None:
    async with serving(yields(*["word "] * 3000)) as service:
        slow = await service.stream(SCOPE, asking(), View())
        first = await soon(anext(slow.items))
        assert isinstance(first, Snapshot)
        ended = await rest(service, first.task.id)
        still_to_come = await drained(slow)

    assert ended.status.state is TaskState.COMPLETED
    assert sum(len(item) for item in still_to_come if isinstance(item, list)) == 3002


async def test_task_ends_failed_when_its_log_gets_too_long() -> None:
    assert await becomes(yields(*"abcdefgh"), events_per_task=5) == [
        WORKING,
        answer("a"),
        answer("b", append=True),
        answer("c", append=True),
        answer("d", append=True, last=True),
        failed("too-many-events"),
    ]


async def test_artifact_that_nobody_closed_is_closed_at_the_end() -> None:
    opened = Artifact(artifact_id="a", parts=(DataPart({}),), last=False)

    assert await becomes(yields(opened)) == [
        WORKING,
        ArtifactChunk("a", (DataPart({}),), False, True),
        COMPLETED,
    ]


async def test_error_that_an_agent_ends_with_goes_to_the_log_alone(
    caplog: pytest.LogCaptureFixture,
) -> None:
    end = RunFinished(state=TaskState.FAILED, error=SECRET, message="No luck.", reason="luck")
    told = StatusChanged(TaskState.FAILED, (TextPart("No luck."), DataPart({"reason": "luck"})))

    assert await becomes(yields(end)) == [told]
    assert [record.getMessage().partition(": ")[2] for record in caplog.records] == [SECRET]


async def test_run_that_is_over_leaves_nothing_behind() -> None:
    store, tails = StagedStore(), Tails()
    runner = Runner(yields("Hi"), LIMITS)
    message = asking().message.placed("task", "context")
    async with Journal(store, tails) as journal:
        writer, progress = journal.create(SCOPE, "task", "context"), Progress()
        progress.advance(MessageAccepted(message))
        writer.pending.append(MessageAccepted(message))
        request = partial(RunRequest, message=message, task_id="task", context_id="context")

        run = runner.start(writer, progress, request)
        counts = [(len(runner), len(tails))]
        await soon(run.settled)
        counts.append((len(runner), len(tails)))

    assert counts == [(1, 1), (0, 0)]

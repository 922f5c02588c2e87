import asyncio
import sys
import threading
from collections.abc import Callable
from contextlib import aclosing
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest

from a2a_agent.agents.openai.calls import News, arguments_of, called, denied, outcomes
from a2a_agent.agents.openai.conversation import Call, Result
from a2a_agent.agents.outputs import Output
from a2a_agent.agents.tools import Progress, Report, Tool, ToolError, tool
from a2a_agent.domain.agent_events import Artifact, ToolCall, ToolProgress, ToolResult
from a2a_agent.domain.model import FilePart, JsonObject, JsonValue
from tests.support.gates import Gate
from tests.support.services import for_ever, soon

LIMIT_SECONDS = 20.0
ADDING = Call("1", "add", '{"a": 1, "b": 2}')


def add(a: int, b: int) -> int:
    """Adds."""
    return a + b


async def news_of(
    calls: list[Call], *tools: Tool | Callable[..., Any], limit: float = LIMIT_SECONDS
) -> list[News]:
    """All that the calls give."""
    found = [given if isinstance(given, Tool) else tool(given) for given in tools]
    by_name = {made.name: made for made in found}
    async with aclosing(outcomes(calls, by_name, 3, limit)) as news:
        return [item async for item in news]


def error(sentence: str, name: str = "add") -> list[News]:
    """What a call gives that fails."""
    return [
        ToolResult(call_id="1", name=name, error=sentence, step=3),
        Result("1", f"error: {sentence}"),
    ]


async def test_a_call_gives_a_result_for_the_client_and_one_for_the_model() -> None:
    assert await news_of([ADDING], add) == [
        ToolResult(call_id="1", name="add", output=3, step=3),
        Result("1", "3"),
    ]


async def test_no_calls_give_nothing() -> None:
    assert await news_of([], add) == []


async def test_a_file_comes_before_the_result() -> None:
    file = FilePart(raw=b"x", media_type="text/csv", filename="t.csv")

    def table() -> FilePart:
        return file

    described: JsonValue = {"artifact": "t.csv", "mediaTypes": ["text/csv"], "delivered": True}
    assert await news_of([Call("1", "table", "")], table) == [
        Artifact(parts=(file,), name="t.csv"),
        ToolResult(call_id="1", name="table", output=described, step=3),
        Result("1", '{"artifact": "t.csv", "mediaTypes": ["text/csv"], "delivered": true}'),
    ]


async def test_news_come_while_the_tool_is_at_work() -> None:
    may_end = asyncio.Event()

    async def work() -> Any:
        yield Progress("half")
        await may_end.wait()
        yield "all"

    async with aclosing(outcomes([Call("1", "work", "")], {"work": tool(work)}, 3, 20)) as news:
        assert await soon(anext(news)) == ToolProgress(
            call_id="1", name="work", data="half", step=3
        )
        may_end.set()
        assert [item async for item in news] == [
            ToolResult(call_id="1", name="work", output="all", step=3),
            Result("1", "all"),
        ]


async def test_calls_are_made_at_the_same_time_and_told_as_they_end() -> None:
    met = asyncio.Barrier(2)
    may_end = asyncio.Event()

    async def slow() -> str:
        await met.wait()
        await may_end.wait()
        return "slow"

    async def fast() -> str:
        await met.wait()
        return "fast"

    def ended(number: str, name: str) -> list[News]:
        result = ToolResult(call_id=number, name=name, output=name, step=3)
        return [result, Result(number, name)]

    calls = [Call("1", "slow", ""), Call("2", "fast", "")]
    tools = {"slow": tool(slow), "fast": tool(fast)}
    async with aclosing(outcomes(calls, tools, 3, LIMIT_SECONDS)) as news:
        assert [await soon(anext(news)), await soon(anext(news))] == ended("2", "fast")
        may_end.set()
        assert [item async for item in news] == ended("1", "slow")


async def test_synchronous_tools_work_at_the_same_time_too() -> None:
    met = threading.Barrier(2)

    def meet() -> str:
        met.wait(LIMIT_SECONDS)
        return "met"

    news = await news_of([Call("1", "meet", ""), Call("2", "meet", "")], meet)

    assert [item for item in news if isinstance(item, Result)] in (
        [Result("1", "met"), Result("2", "met")],
        [Result("2", "met"), Result("1", "met")],
    )


async def test_whoever_leaves_early_ends_the_calls_that_are_not_done() -> None:
    ended: list[str] = []

    async def wait() -> Any:
        try:
            yield Progress("waiting")
            await for_ever()
        finally:
            ended.append("wait")

    async with aclosing(outcomes([Call("1", "wait", "")], {"wait": tool(wait)}, 3, 20)) as news:
        await soon(anext(news))

    assert ended == ["wait"]


async def test_a_call_that_takes_too_long_is_ended_and_has_failed() -> None:
    sentence = "The tool for_ever took longer than 0.01 seconds."

    assert await news_of([Call("1", "for_ever", "")], for_ever, limit=0.01) == error(
        sentence, "for_ever"
    )


async def test_a_tools_own_limit_comes_before_the_agents() -> None:
    patient = tool(for_ever, timeout_seconds=0.01)
    unhurried = tool(add, timeout_seconds=LIMIT_SECONDS)

    assert await news_of([Call("1", "for_ever", "")], patient) == error(
        "The tool for_ever took longer than 0.01 seconds.", "for_ever"
    )
    assert (await news_of([ADDING], unhurried, limit=0.0))[1] == Result("1", "3")


async def test_a_call_that_minds_no_cancellation_is_left_behind(
    caplog: pytest.LogCaptureFixture,
) -> None:
    may_end = asyncio.Event()
    tasks: list[asyncio.Task[Any] | None] = []

    async def stubborn() -> None:
        tasks.append(asyncio.current_task())
        while not may_end.is_set():
            try:
                await may_end.wait()
            except asyncio.CancelledError:
                continue
        raise ToolError("Nobody hears this.")

    news = await soon(news_of([Call("1", "stubborn", "")], stubborn, limit=0.01))

    assert news == error("The tool stubborn took longer than 0.01 seconds.", "stubborn")
    assert caplog.messages == ["a tool goes on after it was cancelled"]
    may_end.set()
    [task] = tasks
    assert task is not None
    await soon(asyncio.wait([task]))


async def test_a_call_that_is_over_has_no_more_news() -> None:
    gate, told = Gate(), Gate()

    def stubborn() -> Any:
        gate.wait()
        yield Progress("too late")
        told.open()

    async def patient() -> str:
        await told.passed()
        return "done"

    calls = [Call("1", "stubborn", ""), Call("2", "patient", "")]
    tools = {"stubborn": tool(stubborn, timeout_seconds=0.01), "patient": tool(patient)}
    async with aclosing(outcomes(calls, tools, 3, LIMIT_SECONDS)) as news:
        first = [await soon(anext(news)), await soon(anext(news))]
        gate.open()
        rest = [item async for item in news]

    assert first == error("The tool stubborn took longer than 0.01 seconds.", "stubborn")
    assert rest == [
        ToolResult(call_id="2", name="patient", output="done", step=3),
        Result("2", "done"),
    ]


async def test_a_tool_that_is_not_there_is_an_error_that_names_those_that_are() -> None:
    nothing = Call("1", "subtract", "{}")

    assert await news_of([nothing], add, for_ever) == error(
        "There is no tool 'subtract'; there are: add, for_ever.", "subtract"
    )
    assert await news_of([nothing]) == error(
        "There is no tool 'subtract'; there are: none.", "subtract"
    )


@pytest.mark.parametrize("written", ["{", "NaN", '{"a": 99999999999999999999}', '"\ud800"', "x"])
async def test_arguments_that_are_no_json_are_an_error(written: str) -> None:
    assert await news_of([Call("1", "add", written)], add) == error(
        "The arguments of add are no valid JSON."
    )


async def test_arguments_that_do_not_fit_are_an_error() -> None:
    assert await news_of([Call("1", "add", '{"a": 1}')], add) == error(
        "add cannot take this: b: missing required keyword only argument."
    )


async def test_a_call_that_fails_leaves_the_others_alone() -> None:
    def refuse() -> None:
        raise ToolError("Not today.")

    news = await news_of([Call("1", "refuse", ""), Call("2", "add", ADDING.arguments)], refuse, add)

    assert {item.call_id: item.text for item in news if isinstance(item, Result)} == {
        "1": "error: Not today.",
        "2": "3",
    }


def cancels_itself() -> None:
    task = asyncio.current_task()
    assert task is not None
    task.cancel()


def raise_cancelled() -> NoReturn:
    raise asyncio.CancelledError


def run_out_of_time() -> NoReturn:
    raise TimeoutError


def leave_generator() -> NoReturn:
    raise GeneratorExit


@dataclass(frozen=True)
class Careless:
    """A tool that does not keep its promise to fail with a ToolError."""

    fail: Callable[[], None]
    name: str = "careless"
    description: str = ""
    requires_approval: bool = False
    timeout_seconds: float | None = None

    @property
    def parameters(self) -> JsonObject:
        return {}

    async def run(self, arguments: JsonValue, report: Report) -> Output:
        self.fail()
        await for_ever()
        return Output(None)


@pytest.mark.parametrize(
    "fail", [sys.exit, raise_cancelled, run_out_of_time, leave_generator, cancels_itself]
)
async def test_a_call_ends_in_a_result_however_its_tool_ends(
    fail: Callable[[], None], caplog: pytest.LogCaptureFixture
) -> None:
    news = await soon(news_of([Call("1", "careless", "")], Careless(fail)))

    assert news == error("The tool careless failed.", "careless")
    assert caplog.messages == ["a tool failed"]


@pytest.mark.parametrize("fail", [sys.exit, raise_cancelled, cancels_itself])
async def test_an_asynchronous_function_ends_nothing_but_its_call(
    fail: Callable[[], None],
) -> None:
    async def work() -> None:
        fail()
        await for_ever()

    assert await soon(news_of([Call("1", "work", "")], work)) == error(
        "The tool work failed.", "work"
    )


async def test_calls_beyond_the_limit_of_an_answer_are_not_made() -> None:
    made: list[int] = []

    async def note(number: int) -> None:
        made.append(number)

    calls = [Call(f"{n}", "note", f'{{"number": {n}}}') for n in range(102)]
    news = await news_of(calls, note)

    sentence = "There are too many calls in one answer: only the first 100 are made."
    assert sorted(made) == list(range(100))
    assert news[:4] == [
        ToolResult(call_id="100", name="note", error=sentence, step=3),
        Result("100", f"error: {sentence}"),
        ToolResult(call_id="101", name="note", error=sentence, step=3),
        Result("101", f"error: {sentence}"),
    ]
    assert len(news) == 2 * len(calls)


@pytest.mark.parametrize(
    ("written", "arguments"),
    [("", {}), ('{"a": [1.5, null]}', {"a": [1.5, None]}), ("[1]", [1])],
)
def test_arguments_are_read_as_json_and_none_are_an_empty_object(
    written: str, arguments: JsonValue
) -> None:
    assert arguments_of(Call("1", "add", written)) == arguments


@pytest.mark.parametrize(
    ("written", "shown"), [('{"a": 1}', {"a": 1}), ("", {}), ('{"a": ', '{"a": ')]
)
def test_a_call_is_shown_with_its_arguments_or_with_what_the_model_wrote(
    written: str, shown: JsonValue
) -> None:
    assert called(Call("1", "add", written), 3) == ToolCall(
        call_id="1", name="add", arguments=shown, step=3
    )


@pytest.mark.parametrize(("words", "error"), [("", "denied"), ("Not now.", "denied: Not now.")])
def test_a_call_that_is_not_allowed_is_told_with_the_clients_words(words: str, error: str) -> None:
    assert denied(ADDING, words, 3) == (
        ToolResult(call_id="1", name="add", error=error, denied=True, step=3),
        Result("1", f"error: {error}"),
    )

"""Tools with options, tools that tell news, and results that are files."""

import asyncio
import threading
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from a2a_agent.agents.outputs import Output, text_of
from a2a_agent.agents.tools import FunctionTool, Progress, Tool, ToolError, tool
from a2a_agent.domain.agent_events import Artifact
from a2a_agent.domain.model import DataPart, FilePart, JsonValue, TextPart
from tests.support.services import for_ever, soon

CSV = FilePart(raw=b"a,b", media_type="text/csv", filename="t.csv")
REPORT = Artifact(parts=(TextPart("Fine."),), name="report", artifact_id="r")


async def run(made: Tool, **arguments: JsonValue) -> tuple[Output, list[JsonValue]]:
    """What a tool gives, and its news."""
    news: list[JsonValue] = []
    output = await soon(made.run(arguments, news.append))
    return output, news


def test_a_tool_needs_no_approval_and_has_no_limit_unless_it_is_told() -> None:
    def double(number: int) -> int:
        """Doubles."""
        return 2 * number

    plain = tool(double)
    told = tool(double, name="twice", requires_approval=True, timeout_seconds=2.5)

    def options(made: Tool) -> tuple[str, str, bool, float | None]:
        return (made.name, made.description, made.requires_approval, made.timeout_seconds)

    assert options(plain) == ("double", "Doubles.", False, None)
    assert options(told) == ("twice", "Doubles.", True, 2.5)


async def test_a_decorator_takes_the_options_or_none() -> None:
    @tool
    def plain(number: int) -> int:
        return number

    @tool(name="halve", requires_approval=True, timeout_seconds=1, render=lambda _, output: "half")
    def told(number: int) -> float:
        """Halves."""
        return number / 2

    assert isinstance(plain, FunctionTool) and isinstance(told, FunctionTool)
    assert (plain.name, plain.requires_approval) == ("plain", False)
    assert (told.name, told.requires_approval, told.timeout_seconds) == ("halve", True, 1)
    assert told.text({"number": 4}, 2.0) == "half"
    assert await run(told, number=4) == (Output(2.0), [])


def test_a_decorated_function_without_types_is_no_tool() -> None:
    with pytest.raises(TypeError, match="is no tool: its parameter number has no type"):
        tool(requires_approval=True)(lambda number: number)


def steps() -> Iterator[Progress | str]:
    yield Progress({"step": 1})
    yield "a draft"
    yield Progress(("two", None))
    yield "the result"


async def steps_asynchronously() -> AsyncIterator[Progress | str]:
    for item in steps():
        await asyncio.sleep(0)
        yield item


@pytest.mark.parametrize("function", [steps, steps_asynchronously])
async def test_a_generator_tells_news_and_what_it_yields_last_is_its_result(
    function: Callable[[], Any],
) -> None:
    assert await run(tool(function)) == (Output("the result"), [{"step": 1}, ["two", None]])


async def test_news_are_dropped_where_nobody_wants_them() -> None:
    assert await tool(steps).call({}) == "the result"


async def test_what_a_generator_returns_comes_before_what_it_yields() -> None:
    def returns() -> Any:
        yield Progress(1)
        yield "yielded"
        return "returned"

    assert await run(tool(returns)) == (Output("returned"), [1])


async def nothing_asynchronously() -> AsyncIterator[Progress]:
    yield Progress(1)


def nothing() -> Iterator[Progress]:
    yield Progress(1)


@pytest.mark.parametrize("function", [nothing, nothing_asynchronously])
async def test_a_generator_without_result_gives_null(function: Callable[[], Any]) -> None:
    assert await run(tool(function)) == (Output(None), [1])


async def test_a_synchronous_generator_works_off_the_event_loop_and_its_news_come_on_it() -> None:
    here = threading.current_thread()
    threads: list[threading.Thread] = []

    def work() -> Any:
        threads.append(threading.current_thread())
        yield Progress(None)

    await tool(work).run({}, lambda _: threads.append(threading.current_thread()))

    assert threads[0] is not here
    assert threads[1] is here


async def test_news_come_while_the_generator_is_at_work() -> None:
    came = asyncio.Event()

    async def work() -> Any:
        yield Progress("begun")
        await came.wait()
        yield "done"

    output = await soon(tool(work).run({}, lambda _: came.set()))

    assert output == Output("done")


def raises_later() -> Iterator[Progress]:
    yield Progress(1)
    raise ToolError("It broke in the middle.")


def crashes_later() -> Iterator[Progress]:
    yield Progress(1)
    raise RuntimeError("password=secret")


def stops_later() -> Iterator[Progress]:
    yield Progress(1)
    next(iter(()))


async def crashes_asynchronously() -> AsyncIterator[Progress]:
    yield Progress(1)
    raise RuntimeError("password=secret")


async def raises_asynchronously() -> AsyncIterator[Progress]:
    yield Progress(1)
    raise ToolError("It broke in the middle.")


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (raises_later, "It broke in the middle."),
        (raises_asynchronously, "It broke in the middle."),
        (crashes_later, "The tool crashes_later failed."),
        (crashes_asynchronously, "The tool crashes_asynchronously failed."),
        (stops_later, "The tool stops_later failed."),
    ],
)
async def test_a_generator_that_fails_has_told_its_news(
    function: Callable[[], Any], sentence: str
) -> None:
    news: list[JsonValue] = []
    with pytest.raises(ToolError) as caught:
        await soon(tool(function).run({}, news.append))

    assert str(caught.value) == sentence
    assert news == [1]


async def test_a_generator_whose_news_are_no_json_is_closed_at_once() -> None:
    log: list[str] = []

    async def work() -> Any:
        try:
            endless: list[Any] = []
            endless.append(endless)
            yield Progress(endless)
        finally:
            log.append("closed")

    with pytest.raises(ToolError, match="^The tool work failed.$"):
        await soon(tool(work).run({}, log.append))  # type: ignore[arg-type]  # nothing comes

    assert log == ["closed"]


async def test_an_asynchronous_generator_that_is_cancelled_is_closed() -> None:
    has_begun = asyncio.Event()
    log: list[str] = []

    async def work() -> Any:
        try:
            yield Progress(1)
            await for_ever()
        finally:
            log.append("closed")

    running = asyncio.create_task(tool(work).run({}, lambda _: has_begun.set()))
    await soon(has_begun.wait())
    running.cancel()
    await soon(asyncio.wait([running]))

    assert running.cancelled()
    assert log == ["closed"]


TOLD: JsonValue = {"artifact": "t.csv", "mediaTypes": ["text/csv"], "delivered": True}


@pytest.mark.parametrize(
    ("result", "output"),
    [
        (CSV, Output(TOLD, (Artifact(parts=(CSV,), name="t.csv"),))),
        (REPORT, Output({"artifact": "report", "delivered": True}, (REPORT,))),
        (
            Artifact(parts=(CSV, CSV, DataPart(1)), artifact_id="id"),
            Output(
                {"artifact": "id", "mediaTypes": ["text/csv", "text/csv"], "delivered": True},
                (Artifact(parts=(CSV, CSV, DataPart(1)), artifact_id="id"),),
            ),
        ),
        (
            FilePart(url="https://example.com/f"),
            Output(
                {"delivered": True}, (Artifact(parts=(FilePart(url="https://example.com/f"),)),)
            ),
        ),
        (
            ["Two of them:", CSV, REPORT],
            Output(
                ["Two of them:", TOLD, {"artifact": "report", "delivered": True}],
                (Artifact(parts=(CSV,), name="t.csv"), REPORT),
            ),
        ),
        ((CSV,), Output([TOLD], (Artifact(parts=(CSV,), name="t.csv"),))),
        ([], Output([])),
        (("a", 1), Output(["a", 1])),
    ],
)
async def test_files_and_artifacts_go_to_the_client_and_the_model_is_told_of_them(
    result: object, output: Output
) -> None:
    def give() -> Any:
        return result

    assert await run(tool(give)) == (output, [])


@pytest.mark.parametrize(
    ("result", "value"),
    [
        (float("inf"), None),
        ({1: {2}}, {"1": [2]}),
        (b"text", "text"),
        (
            TextPart("words"),
            {**dict.fromkeys(("media_type", "filename", "metadata")), "text": "words"},
        ),
    ],
)
async def test_results_that_are_not_yet_json_become_json(result: object, value: JsonValue) -> None:
    def give() -> Any:
        return result

    assert await run(tool(give)) == (Output(value), [])


@pytest.mark.parametrize("result", [10**30, b"\xff"])
async def test_results_that_cannot_become_json_are_a_failure(result: object) -> None:
    def give() -> Any:
        return result

    with pytest.raises(ToolError, match="^The tool give failed.$"):
        await run(tool(give))


@pytest.mark.parametrize(
    ("value", "text"), [("as it is", "as it is"), (None, "null"), ({"ü": [1.5]}, '{"ü": [1.5]}')]
)
def test_a_model_reads_text_as_it_is_and_all_else_as_json(value: JsonValue, text: str) -> None:
    assert text_of(value) == text

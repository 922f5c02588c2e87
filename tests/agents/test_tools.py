import asyncio
import sys
import threading
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import date
from functools import partial
from typing import Annotated, Any

import pytest
from pydantic import Field

from a2a_agent.agents.tools import ToolError, tool
from a2a_agent.domain.model import JsonValue
from tests.support.gates import Gate
from tests.support.services import for_ever, soon


@dataclass(frozen=True, slots=True)
class Weather:
    city: str
    day: date
    degrees: float


def weather(city: str, day: date, *, degrees: Annotated[float, Field(le=60)] = 20.0) -> Weather:
    """Tells the weather."""
    return Weather(city, day, degrees)


async def slow_double(number: int) -> int:
    """Doubles."""
    await asyncio.sleep(0)
    return 2 * number


def test_a_function_becomes_a_tool_with_its_name_docstring_and_schema() -> None:
    made = tool(weather)

    assert (made.name, made.description) == ("weather", "Tells the weather.")
    assert made.parameters == {
        "type": "object",
        "properties": {
            "city": {"type": "string"},
            "day": {"type": "string", "format": "date"},
            "degrees": {"type": "number", "maximum": 60, "default": 20.0},
        },
        "required": ["city", "day"],
        "additionalProperties": False,
    }


def test_a_function_without_docstring_has_an_empty_description() -> None:
    def bare(number: int) -> int:
        return number

    assert tool(bare).description == ""


async def test_a_result_comes_as_json() -> None:
    output = await tool(weather).call({"city": "Berlin", "day": "2026-12-24"})

    assert output == {"city": "Berlin", "day": "2026-12-24", "degrees": 20.0}


async def test_a_synchronous_tool_runs_off_the_event_loop() -> None:
    def where() -> str:
        return threading.current_thread().name

    assert await tool(where).call({}) != threading.current_thread().name


async def test_a_synchronous_tool_that_hangs_keeps_nothing_else_from_a_thread() -> None:
    gate = Gate()
    loop = asyncio.get_running_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=1))

    calls = [asyncio.create_task(tool(gate.wait, name="wait").call({})) for _ in range(50)]
    assert await soon(asyncio.to_thread(lambda: "a thread")) == "a thread"

    gate.open()
    assert await soon(asyncio.gather(*calls)) == [None] * 50


async def test_the_thread_of_a_tool_sees_the_context_and_outlives_no_program() -> None:
    variable = ContextVar("variable", default="nothing")
    variable.set("something")

    def look() -> list[Any]:
        return [variable.get(), threading.current_thread().daemon]

    assert await tool(look).call({}) == ["something", True]


async def test_a_thread_that_ends_after_its_call_is_not_heard() -> None:
    gate = Gate()
    running = asyncio.create_task(tool(gate.wait, name="wait").call({}))
    await asyncio.sleep(0)
    running.cancel()
    await soon(asyncio.wait([running]))

    gate.open()

    assert await tool(slow_double).call({"number": 1}) == 2
    assert running.cancelled()


def test_a_thread_may_end_after_the_event_loop() -> None:
    gate = Gate()
    threads: list[threading.Thread] = []

    def wait() -> None:
        threads.append(threading.current_thread())
        begun.open()
        gate.wait()

    async def leave() -> None:
        running = asyncio.create_task(tool(wait).call({}))
        await begun.passed()
        running.cancel()

    begun = Gate()
    asyncio.run(leave())
    gate.open()
    threads[0].join(5)

    assert not threads[0].is_alive()


async def test_an_asynchronous_tool_is_awaited() -> None:
    assert await tool(slow_double).call({"number": "21"}) == 42


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (None, "The arguments of weather must be a JSON object."),
        (["Berlin"], "The arguments of weather must be a JSON object."),
        (
            {"city": "Berlin"},
            "weather cannot take this: day: missing required keyword only argument.",
        ),
        (
            {"city": 1, "day": "2026-12-24", "wind": 2},
            "weather cannot take this: city: input should be a valid string;"
            " wind: unexpected keyword argument.",
        ),
        (
            {"city": "Berlin", "day": "2026-12-24", "degrees": 61},
            "weather cannot take this: degrees: input should be less than or equal to 60.",
        ),
    ],
)
async def test_arguments_that_do_not_fit_are_a_tool_error(
    arguments: JsonValue, sentence: str
) -> None:
    with pytest.raises(ToolError) as caught:
        await tool(weather).call(arguments)

    assert str(caught.value) == sentence


def refuses() -> None:
    raise ToolError("I cannot divide by zero.")


def crashes() -> None:
    raise RuntimeError("password=secret")


def stops() -> None:
    next(iter(()))


def exits() -> None:
    sys.exit(3)


async def exits_asynchronously() -> None:
    sys.exit(3)


def cancels() -> None:
    raise asyncio.CancelledError


async def cancels_asynchronously() -> None:
    raise asyncio.CancelledError


def recurses() -> list[Any]:
    endless: list[Any] = []
    endless.append(endless)
    return endless


@pytest.mark.parametrize(
    ("function", "sentence"),
    [
        (refuses, "I cannot divide by zero."),
        (crashes, "The tool crashes failed."),
        (stops, "The tool stops failed."),
        (exits, "The tool exits failed."),
        (exits_asynchronously, "The tool exits_asynchronously failed."),
        (cancels, "The tool cancels failed."),
        (cancels_asynchronously, "The tool cancels_asynchronously failed."),
        (recurses, "The tool recurses failed."),
    ],
)
async def test_a_failure_is_a_tool_error_that_tells_no_secret(
    function: Callable[[], Any], sentence: str
) -> None:
    with pytest.raises(ToolError) as caught:
        await asyncio.wait_for(tool(function).call({}), 5)

    assert str(caught.value) == sentence


async def test_a_call_that_somebody_cancels_is_cancelled() -> None:
    running = asyncio.create_task(tool(for_ever).call({}))
    await asyncio.sleep(0)
    running.cancel()

    await soon(asyncio.wait([running]))
    assert running.cancelled()


async def test_what_a_wrapper_returns_is_awaited() -> None:
    def wrapper(number: int) -> Awaitable[int]:
        return slow_double(number)

    assert await tool(wrapper).call({"number": 21}) == 42


async def numbers(number: int) -> Any:
    for each in range(number):
        yield each


async def test_what_a_wrapper_yields_asynchronously_is_its_result() -> None:
    def wrapper(number: int) -> Any:
        return numbers(number)

    assert await tool(wrapper).call({"number": 3}) == 2


class Doubling:
    """Doubles."""

    times: date

    def __call__(self, number: int) -> int:
        return 2 * number


class DoublingSlowly:
    async def __call__(self, number: int) -> int:
        return 2 * number


class DoublingInSteps:
    def __call__(self, number: int) -> Any:
        yield number
        yield 2 * number


@pytest.mark.parametrize(
    "function", [Doubling(), DoublingSlowly(), DoublingInSteps(), partial(slow_double)]
)
async def test_an_object_that_can_be_called_is_a_tool(function: Callable[[int], Any]) -> None:
    made = tool(function)

    assert made.parameters["properties"] == {"number": {"type": "integer"}}
    assert await made.call({"number": 21}) == 42


async def test_numbers_that_json_lacks_become_null_and_other_objects_text() -> None:
    class Odd:
        def __str__(self) -> str:
            return "odd"

    def odd() -> list[Any]:
        return [float("nan"), Odd()]

    assert await tool(odd).call({}) == [None, "odd"]


def untyped(city):  # type: ignore[no-untyped-def]  # what is tested
    return city


def variadic(*cities: str) -> None: ...


def positional(city: str, /) -> None: ...


@pytest.mark.parametrize("function", [untyped, variadic, positional])
def test_a_function_whose_arguments_have_no_name_or_type_is_no_tool(
    function: Callable[..., Any],
) -> None:
    with pytest.raises(TypeError, match=f"{function.__name__} is no tool"):
        tool(function)


class Thing: ...


def thingy(it: Thing) -> None: ...


def undefined(it: "Nowhere") -> None: ...  # type: ignore[name-defined]  # noqa: F821  # tested


def calls_back(it: Callable[[int], int]) -> None: ...


def misspelt(it: Annotated[str, Field(pattern="(")]) -> None: ...


@pytest.mark.parametrize(
    ("function", "reason"),
    [
        (thingy, "Unable to generate pydantic-core schema for <class '.*Thing'>"),
        (undefined, "name 'Nowhere' is not defined"),
        (calls_back, "Cannot generate a JsonSchema for core_schema.CallableSchema"),
        (misspelt, "Error building .* regex parse error"),
        (min, "no signature found"),
    ],
)
def test_a_function_whose_parameters_cannot_be_read_is_no_tool(
    function: Callable[..., Any], reason: str
) -> None:
    said = f"^{function.__name__} is no tool: its parameters cannot be read: {reason}"

    with pytest.raises(TypeError, match=said) as caught:
        tool(function)

    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("output", "text"), [("as it is", "as it is"), ({"ü": [1, None]}, '{"ü": [1, null]}')]
)
def test_a_result_is_told_as_json(output: JsonValue, text: str) -> None:
    assert tool(slow_double).text({"number": 1}, output) == text


def test_a_result_is_told_in_the_tools_own_words_with_all_arguments() -> None:
    made = tool(weather, render=lambda arguments, output: f"{arguments} -> {output}")

    assert made.text({"city": "Berlin", "day": "2026-12-24"}, "cold") == (
        "{'city': 'Berlin', 'day': '2026-12-24', 'degrees': 20.0} -> cold"
    )

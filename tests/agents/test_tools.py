import asyncio
import threading
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any

import pytest
from pydantic import Field

from a2a_agent.agents.tools import ToolError, tool
from a2a_agent.domain.model import JsonValue


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
        (recurses, "The tool recurses failed."),
    ],
)
async def test_a_failure_is_a_tool_error_that_tells_no_secret(
    function: Callable[[], Any], sentence: str
) -> None:
    with pytest.raises(ToolError) as caught:
        await asyncio.wait_for(tool(function).call({}), 5)

    assert str(caught.value) == sentence


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

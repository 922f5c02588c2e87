"""What the toolbox's tools compute. It is Friday, 20 November 2026, 08:42 UTC."""

import math
import re
import subprocess
import sys
import time as clocks
from datetime import UTC, datetime, time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.agents.toolbox.answers import failure
from a2a_agent.agents.toolbox.clocks import read_time
from a2a_agent.agents.toolbox.expressions import ExpressionError, python_expression
from a2a_agent.agents.toolbox.numerals import NUMBER, read_number, with_digits, write_number
from a2a_agent.agents.toolbox.tools import MAX_TEXT, calculate, toolbox_tools, utc_now
from a2a_agent.agents.toolbox.units import convert
from a2a_agent.agents.toolbox.zones import cities_of, find_zone
from a2a_agent.agents.tools import FunctionTool, ToolError

NOW = datetime(2026, 11, 20, 8, 42, tzinfo=UTC)
TOOLS: dict[str, FunctionTool] = {tool.name: tool for tool in toolbox_tools(lambda: NOW)}


async def call(name: str, **arguments: Any) -> Any:
    return await TOOLS[name].call(arguments)


async def told(name: str, **arguments: Any) -> str:
    """The sentence about the result."""
    return TOOLS[name].text(arguments, await TOOLS[name].call(arguments))


async def refused(name: str, **arguments: Any) -> str:
    with pytest.raises(ToolError) as caught:
        await TOOLS[name].call(arguments)
    return str(caught.value)


def test_every_tool_says_what_it_does_and_takes() -> None:
    schemas: dict[str, Any] = {name: dict(tool.parameters) for name, tool in TOOLS.items()}

    assert {name: sorted(schema["properties"]) for name, schema in schemas.items()} == {
        "calculate": ["expression"],
        "convert_units": ["from_unit", "to_unit", "value"],
        "current_time": ["place"],
        "convert_time": ["from_place", "time", "to_place"],
        "days_between": ["end", "start"],
        "add_to_date": ["days", "months", "start", "weeks", "years"],
        "weekday": ["day"],
        "text_statistics": ["text"],
    }
    assert all(tool.description for tool in TOOLS.values())


@pytest.mark.parametrize(
    ("expression", "result"),
    [
        ("15 * 7 + 23", 128),
        ("10 / 4", 2.5),
        ("10 / 5", 2),
        ("7 // 2", 3),
        ("17 % 5", 2),
        ("-2 ^ 2", -4),
        ("2 ** 10", 1024),
        ("2 ^ -1", 0.5),
        ("2.5 ^ 2", 6.25),
        ("0.1 + 0.2", 0.3),
        ("1e3 + 1", 1001),
        (".5 * 4", 2),
        ("007 + 1", 8),
        ("1,000 + 1", 1001),
        ("1 000 000 + 1", 1000001),
        ("1.000,5 + 1", 1001.5),
        ("3,5 * 2", 7),
        ("sqrt(1,000,000)", 1000),
        ("max(1,000, 2)", 2),
        ("6 × 7 ÷ 2 − 1", 20),
        ("2(3 + 4)", 14),
        ("(1 + 2)(3 + 4)", 21),
        ("2 pi", 6.28318530717959),
        ("3² + 4²", 25),
        ("√16 + ½", 4.5),
        ("{[2 + 3] * 2}", 10),
        ("5!", 120),
        ("(2 + 3)!", 120),
        ("sqrt(16)! + 1", 25),
        ("15% of 80", 12),
        ("50%", 0.5),
        ("80 + 15%", 92),
        ("100 - 20%", 80),
        ("100 + 10% + 10%", 121),
        ("2 * (100 - 20%)", 160),
        ("max(100 - 20%, 5)", 80),
        ("(50 + 50)%", 1),
        ("10 * 5%", 0.5),
        ("5 * -20%", -1),
        ("-20%", -0.2),
        ("5 + 10% of 50", 10),
        ("sqrt(2)", 1.4142135623731),
        ("sqrt 16 + 1", 5),
        ("cbrt(27)", 3),
        ("abs(-5)", 5),
        ("round(3.14159, 2)", 3.14),
        ("round(2.6)", 3),
        ("floor(2.6) + ceil(2.1)", 5),
        ("min(3, 1, 2) + max(3, 1, 2) + sum(1, 2)", 7),
        ("mean(1, 2, 6)", 3),
        ("gcd(12, 18) + lcm(4, 6)", 18),
        ("factorial(5)", 120),
        ("exp(0) + ln(e)", 2),
        ("log(1000) + log(8, 2) + log2(8) + log10(10)", 10),
        ("sin(pi) + cos(0)", 1),
        ("tan(pi / 4)", 1),
        ("asin(1) + acos(1) + atan(0)", 1.5707963267949),
        ("degrees(pi) + radians(0)", 180),
        ("hypot(3, 4)", 5),
        ("tau / pi", 2),
        ("sqrt(2^62)", 2**31),
        ("2 ^ 53", 2**53),
        ("2 ^ 100", "1267650600228229401496703205376"),
        ("2 ^ 100 / 2 ^ 98", 4),
        ("1e300 * 10", 1e301),
        ("0 ^ 0", 1),
    ],
)
async def test_arithmetic_is_computed(expression: str, result: float | str) -> None:
    assert await call("calculate", expression=expression) == {"result": result}


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("1/0", "I cannot divide by zero."),
        ("10 % (1 - 1)", "I cannot divide by zero."),
        ("", "There is nothing to calculate."),
        ("2 +", "I cannot read this as one complete calculation."),
        ("2 3", "I cannot read this as one complete calculation."),
        ("(2", "I cannot read this as one complete calculation."),
        ("sqrt(2, 3)", "I cannot read this as one complete calculation."),
        ("sqrt", "I cannot read this as one complete calculation."),
        ("min()", "There is no real number that is the result."),
        ("log(1, 2, 3)", "I cannot read this as one complete calculation."),
        ("1, 2", "I cannot read a list as one calculation."),
        ("!5", "“!” and “%” go behind a number."),
        ("+ %", "“!” and “%” go behind a number."),
        ("2 @ 3", "I cannot read “@ 3” as arithmetic."),
        ("__import__('os')", "I cannot read “__import__('os')” as arithmetic."),
        ("os.system", "I do not know “os” in a calculation."),
        ("x + 1", "I do not know “x” in a calculation."),
        ("lambda: 1", "I do not know “lambda” in a calculation."),
        ("80 of 5", "I do not know “of” in a calculation."),
        ("sqrt(-1)", "There is no real number that is the result."),
        ("(-8) ^ 0.5", "There is no real number that is the result."),
        ("log(0)", "There is no real number that is the result."),
        ("factorial(2.5)", "A factorial is of a whole number from 0 on."),
        ("factorial(-1)", "A factorial is of a whole number from 0 on."),
        ("gcd(1.5, 2)", "gcd is of whole numbers."),
        ("1e999", "I cannot read this as one complete calculation."),
        ("1e308 * 10", "The result is too large."),
    ],
)
async def test_what_is_no_calculation_is_an_error(expression: str, sentence: str) -> None:
    assert await refused("calculate", expression=expression) == sentence


@pytest.mark.parametrize(
    ("expression", "sentence"),
    [
        ("9**9**9**9", "The result is too large."),
        ("9^9^9", "The result is too large."),
        ("2 ^ 100000", "The result is too large."),
        ("2.5 ^ 1000000", "The result is too large."),
        ("9!!!", "I compute factorials up to 1000!."),
        ("99999999!", "I compute factorials up to 1000!."),
        ("1000! * 1000!", "The result is too large."),
        ("lcm(1000!, 2^9999)", "The result is too large."),
        ("2^9000 * 1.5", "The result is too large."),
        ("round(5, -1000000000)", "I round to at most 100 places."),
        ("1" * 301, "An expression may have at most 300 characters."),
        ("(" * 150 + ")" * 150, "Parentheses may be nested at most 25 deep."),
        ("-" * 299 + "1", None),
        ("1" + "+1" * 149, None),
        ("(" * 300, "Parentheses may be nested at most 25 deep."),
        ("9" * 300 + "", None),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_would_take_long_is_refused_fast(expression: str, sentence: str | None) -> None:
    started = clocks.process_time()

    try:
        calculate(expression)
        said = None
    except ToolError as failed:
        said = str(failed)

    assert said == sentence
    assert clocks.process_time() - started < 2


numbers = st.integers(0, 10**6).map(str) | st.floats(0.001, 10**6, allow_nan=False).map(
    lambda value: f"{value:.3f}"
)
expressions = st.recursive(
    numbers,
    lambda inner: st.builds("({} {} {})".format, inner, st.sampled_from("+-*/"), inner),
    max_leaves=6,
)


@settings(deadline=None)
@given(expressions)
def test_arithmetic_agrees_with_python(expression: str) -> None:
    try:
        expected = eval(expression)
    except ZeroDivisionError:
        with pytest.raises(ToolError, match="I cannot divide by zero"):
            calculate(expression)
    else:
        assert math.isclose(float(calculate(expression).result), expected, rel_tol=1e-12)


@settings(deadline=None)
@given(st.text(alphabet="0123456789+-*/^!%(),. sqrtmaxpiofe", max_size=40))
def test_any_expression_has_a_result_or_a_tool_error(expression: str) -> None:
    try:
        calculate(expression)
    except ToolError as failed:
        assert str(failed)


def test_an_expression_becomes_known_names_and_signs_only() -> None:
    assert python_expression("2π + 5! − 10%") == (
        "( 2 * pi + factorial ( 5 ) ) * ( 1 - ( 10 / 100 ) )"
    )
    with pytest.raises(ExpressionError):
        python_expression("exit()")


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "result"),
    [
        (5, "miles", "km", 8.04672),
        (5, "Miles", "KM", 8.04672),
        (3, "ounces", "grams", 85.048569375),
        (100, "°F", "Celsius", 37.777777778),
        (32, "F", "C", 0),
        (0, "K", "degrees celsius", -273.15),
        (100, "℃", "fahrenheit", 212),
        (10, "F", "mF", 10000),
        (60, "mph", "km/h", 96.56064),
        (36, "kmh", "meters per second", 10),
        (1, "light years", "km", 9460730472580.8),
        (1, "m", "light-years", 1.05700083402462e-16),
        (2, "square meters", "cm²", 20000),
        (2, "sqm", "cm^2", 20000),
        (1, "cubic meter", "l", 1000),
        (1, "meter cubed", "liters", 1000),
        (4, "meters squared", "m**2", 4),
        (1, "kg*m*s^-2", "N", 1),
        (1, "Nm", "J", 1),
        (1, "Nm/s", "W", 1),
        (1, "kilos/sqm", "kg/m^2", 1),
        (1, "GB", "MB", 1000),
        (1, "kb", "bytes", 1000),
        (8, "Mb", "MB", 1),
        (1, "kilo", "g", 1000),
        (1, "metric ton", "kg", 1000),
        (12, '"', "'", 1),
        (2, "torches", "torch", None),
        (50, "%", "percent", 50),
        (1e300, "km", "m", 1e303),
    ],
)
async def test_units_are_converted(
    value: float, from_unit: str, to_unit: str, result: float | None
) -> None:
    if result is None:
        said = await refused("convert_units", value=value, from_unit=from_unit, to_unit=to_unit)
        assert said == f"I do not know the unit “{from_unit}”."
    else:
        output = await call("convert_units", value=value, from_unit=from_unit, to_unit=to_unit)
        assert output == {"value": pytest.approx(result, rel=1e-9), "unit": to_unit}


DIFFERENT = "they measure different things."


@pytest.mark.parametrize(
    ("value", "from_unit", "to_unit", "sentence"),
    [
        (1, "bananas", "km", "I do not know the unit “bananas”."),
        (1, "km", "", "I do not know the unit “”."),
        (1, "km", "1", "I do not know the unit “1”."),
        (1, "km/", "m", "I do not know the unit “km/”."),
        (1, "∂", "m", "I do not know the unit “∂”."),
        (1, "kg", "km", f"“kg” cannot be converted to “km”: {DIFFERENT}"),
        (1, "degC^2", "K^2", f"“degC^2” cannot be converted to “K^2”: {DIFFERENT}"),
        (1, "€", "$", "I convert no currencies: their rates change all the time."),
        (1, "m" * 61, "km", "A unit may have at most 60 characters."),
        (math.inf, "m", "km", "I convert finite numbers only."),
        (1e308, "km", "mm", "The result is too large."),
        (1, "Ypc^9", "m^9", "The result is too large."),
        (1, "Qm^9*Qm^9", "m^9*m^9", "The result is too large."),
    ],
)
async def test_what_cannot_be_converted_is_an_error(
    value: float, from_unit: str, to_unit: str, sentence: str
) -> None:
    arguments = {"value": value, "from_unit": from_unit, "to_unit": to_unit}

    assert await refused("convert_units", **arguments) == sentence


@pytest.mark.parametrize(
    "unit",
    [
        "mile**999999999",
        "m**9**9**9",
        "m^99999999",
        "mile^9*mile^9*mile^9*mile^9*mile^9*mile^9*mile^9",
        "9**9**9 m",
        "(" * 50,
        "m/" * 29 + "m",
        "__import__",
    ],
)
def test_units_with_weird_powers_are_refused_fast(unit: str) -> None:
    convert(1, "mile", "km")
    started = clocks.process_time()

    with pytest.raises(ToolError):
        convert(1e300, unit, "km")

    assert clocks.process_time() - started < 2


def test_pint_is_not_imported_before_it_is_needed() -> None:
    program = "import sys, a2a_agent.agents.toolbox.agent; sys.exit('pint' in sys.modules)"

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def local(time: str, date: str, weekday: str, zone: str, utc_offset: str) -> dict[str, str]:
    return {
        "time": time,
        "date": date,
        "weekday": weekday,
        "zone": zone,
        "utc_offset": utc_offset,
    }


async def test_the_time_is_that_of_the_place() -> None:
    assert await call("current_time", place="tokyo") == local(
        "17:42", "2026-11-20", "Friday", "Asia/Tokyo", "+09:00"
    )


async def test_a_time_is_converted_between_places() -> None:
    output = await call("convert_time", time="9:00", from_place="Berlin", to_place="Tokyo")

    assert output == {
        "source": local("09:00", "2026-11-20", "Friday", "Europe/Berlin", "+01:00"),
        "target": local("17:00", "2026-11-20", "Friday", "Asia/Tokyo", "+09:00"),
    }


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("9:00", "Berlin", "Tokyo"), "When it is 09:00 in Berlin, it is 17:00 in Tokyo."),
        (
            ("9 pm", "berlin", "new zealand"),
            "When it is 21:00 in Berlin, it is 09:00 the next day in New Zealand.",
        ),
        (
            ("1:00", "Berlin", "Los Angeles"),
            "When it is 01:00 in Berlin, it is 16:00 the day before in Los Angeles.",
        ),
        (
            ("23:30", "Pago Pago", "Kiritimati"),
            "When it is 23:30 in Pago Pago, it is 00:30 +2 days in Kiritimati.",
        ),
    ],
)
async def test_a_converted_time_is_told_with_its_day(
    arguments: tuple[str, str, str], sentence: str
) -> None:
    time, from_place, to_place = arguments

    assert (
        await told("convert_time", time=time, from_place=from_place, to_place=to_place) == sentence
    )


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        (
            "current_time",
            {"place": "Atlantis"},
            "I do not know the time zone of “Atlantis”; name a larger city near it.",
        ),
        (
            "current_time",
            {"place": "../../etc/passwd"},
            "I do not know the time zone of “../../etc/passwd”; name a larger city near it.",
        ),
        (
            "current_time",
            {"place": "the USA"},
            "“the USA” has several time zones; name a city such as New York.",
        ),
        (
            "convert_time",
            {"time": "25:00", "from_place": "Berlin", "to_place": "Tokyo"},
            "“25:00” is no time of day such as 9:00 or 3 pm.",
        ),
        (
            "add_to_date",
            {"start": "2026-11-20", "years": 9000},
            "That date is out of the calendar's range, years 1 to 9999.",
        ),
        (
            "add_to_date",
            {"start": "2026-11-20", "days": 10**12},
            "That date is out of the calendar's range, years 1 to 9999.",
        ),
        (
            "text_statistics",
            {"text": "a" * (MAX_TEXT + 1)},
            "I count texts of at most 1000000 characters.",
        ),
    ],
)
async def test_what_cannot_be_told_is_an_error(
    name: str, arguments: dict[str, Any], sentence: str
) -> None:
    assert await refused(name, **arguments) == sentence


@pytest.mark.parametrize(
    ("place", "zone"),
    [
        ("Tokyo", "Asia/Tokyo"),
        ("new york", "America/New_York"),
        ("New York City", "America/New_York"),
        ("São Paulo", "America/Sao_Paulo"),
        ("Zürich", "Europe/Zurich"),
        ("St. Petersburg", "Europe/Moscow"),
        ("San Francisco", "America/Los_Angeles"),
        ("Buenos Aires", "America/Argentina/Buenos_Aires"),
        ("Germany", "Europe/Berlin"),
        ("the Netherlands", "Europe/Amsterdam"),
        ("Europe/Berlin", "Europe/Berlin"),
        ("europe/berlin", "Europe/Berlin"),
        ("Berlin time", "Europe/Berlin"),
        ("Eastern Time", "America/New_York"),
        ("UTC", "UTC"),
        ("GMT", "UTC"),
        ("PST", "PST"),
        ("CET", "CET"),
        ("UTC+5:30", "UTC+05:30"),
        ("GMT-3", "UTC-03:00"),
        ("+0200", "UTC+02:00"),
        ("UTC+25", "None"),
        ("UTC+5:99", "None"),
        ("WEST", "WEST"),
        ("north", "None"),
        ("Narnia", "None"),
        ("", "None"),
    ],
)
def test_a_zone_is_found_by_the_names_people_use(place: str, zone: str) -> None:
    assert str(find_zone(place)) == zone


def test_each_main_zone_of_a_large_country_has_a_city_with_that_zone() -> None:
    for country in ("USA", "Australia", "Brazil", "Canada", "Indonesia", "Mexico", "Russia"):
        zones = [str(find_zone(city)) for city in cities_of(country)]
        assert "None" not in zones
        assert len(set(zones)) == len(zones) > 1
    assert cities_of("Japan") == ()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("9:00", time(9)),
        ("9 am", time(9)),
        ("12 am", time(0)),
        ("12pm", time(12)),
        ("3 p.m.", time(15)),
        ("9 o'clock", time(9)),
        ("21:15:30", time(21, 15, 30)),
        ("14h30", time(14, 30)),
        ("9.30 pm", time(21, 30)),
        ("9", time(9)),
        ("noon", time(12)),
        ("Midnight", time(0)),
        ("13 pm", None),
        ("0 am", None),
        ("24:00", None),
        ("9:60", None),
        ("soon", None),
    ],
)
def test_a_time_of_day_is_read(text: str, expected: time | None) -> None:
    assert read_time(text) == expected


async def test_days_are_counted() -> None:
    assert await call("days_between", start="2026-01-01", end="2026-03-01") == {"days": 59}
    assert await call("days_between", start="2026-03-01", end="2026-01-01") == {"days": -59}


@pytest.mark.parametrize(
    ("amount", "day"),
    [
        ({"days": 30}, {"date": "2026-12-30", "weekday": "Wednesday", "week": 53}),
        ({"weeks": -1}, {"date": "2026-11-23", "weekday": "Monday", "week": 48}),
        ({"months": 3}, {"date": "2027-02-28", "weekday": "Sunday", "week": 8}),
        ({"years": 2, "months": -12}, {"date": "2027-11-30", "weekday": "Tuesday", "week": 48}),
    ],
)
async def test_a_date_is_moved(amount: dict[str, int], day: dict[str, Any]) -> None:
    assert await call("add_to_date", start="2026-11-30", **amount) == day


async def test_a_weekday_is_told() -> None:
    assert await call("weekday", day="2026-12-24") == {
        "date": "2026-12-24",
        "weekday": "Thursday",
        "week": 52,
    }


@pytest.mark.parametrize(
    ("text", "counts"),
    [
        ("the quick brown fox", (4, 19, 16, 1, 1)),
        ("", (0, 0, 0, 0, 0)),
        ("One. Two! Three?\nHe said “four.”", (6, 32, 27, 4, 2)),
        ("Pi is 3.14, he said", (5, 19, 15, 1, 1)),
    ],
)
async def test_a_text_is_counted(text: str, counts: tuple[int, ...]) -> None:
    names = ("words", "characters", "characters_without_spaces", "sentences", "lines")

    assert await call("text_statistics", text=text) == dict(zip(names, counts, strict=True))


@pytest.mark.parametrize(
    ("name", "arguments", "sentence"),
    [
        ("calculate", {"expression": "15 * 7 + 23"}, "15 * 7 + 23 = 128"),
        ("calculate", {"expression": "1/3"}, "1/3 ≈ 0.333333"),
        ("calculate", {"expression": "2^64"}, "2^64 = 18446744073709551616"),
        (
            "convert_units",
            {"value": 5, "from_unit": "miles", "to_unit": "km"},
            "5 miles ≈ 8.05 km",
        ),
        (
            "convert_units",
            {"value": "2", "from_unit": "km", "to_unit": "m"},
            "2 km = 2000 m",
        ),
        (
            "current_time",
            {"place": "tokyo"},
            "In Tokyo it is 17:42 on Friday, 20 November 2026 (UTC+09:00).",
        ),
        (
            "current_time",
            {"place": "NYC"},
            "In NYC it is 03:42 on Friday, 20 November 2026 (UTC-05:00).",
        ),
        (
            "days_between",
            {"start": "2026-11-20", "end": "2026-12-24"},
            "From Friday, 20 November 2026 to Thursday, 24 December 2026 it is 34 days"
            " (4 weeks and 6 days).",
        ),
        (
            "days_between",
            {"start": "2026-11-20", "end": "2026-11-27"},
            "From Friday, 20 November 2026 to Friday, 27 November 2026 it is 7 days (1 week).",
        ),
        (
            "days_between",
            {"start": "2026-11-20", "end": "2026-11-21"},
            "From Friday, 20 November 2026 to Saturday, 21 November 2026 it is 1 day.",
        ),
        (
            "add_to_date",
            {"start": "2026-11-20", "months": 1, "days": 2},
            "1 month and 2 days after Friday, 20 November 2026 is Tuesday, 22 December 2026.",
        ),
        (
            "add_to_date",
            {"start": "2026-11-20", "weeks": "-2"},
            "2 weeks before Friday, 20 November 2026 is Friday, 6 November 2026.",
        ),
        (
            "add_to_date",
            {"start": "2026-11-20"},
            "0 days after Friday, 20 November 2026 is Friday, 20 November 2026.",
        ),
        ("weekday", {"day": "2026-12-24"}, "24 December 2026 is a Thursday (week 52)."),
        (
            "text_statistics",
            {"text": "the quick brown fox"},
            "The text has 4 words, 19 characters (16 without spaces), 1 sentence and 1 line.",
        ),
    ],
)
async def test_a_result_is_told_in_a_sentence(
    name: str, arguments: dict[str, Any], sentence: str
) -> None:
    assert await told(name, **arguments) == sentence


@pytest.mark.parametrize(
    ("tool", "arguments", "sentence"),
    [
        ("calculate", {"expression": "1/0"}, "1/0: No."),
        ("calculate", {"expression": "1" * 80}, f"{'1' * 60}…: No."),
        (
            "convert_units",
            {"value": 5, "from_unit": "kg", "to_unit": "km"},
            "5 kg to km: No.",
        ),
        ("convert_units", {"value": 5}, "No."),
        ("weekday", {"day": "2026-02-30"}, "No."),
    ],
)
def test_a_failure_says_what_it_is_about(
    tool: str, arguments: dict[str, Any], sentence: str
) -> None:
    assert failure(tool, arguments, "No.") == sentence


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (128, 6, "128"),
        (128.0, 6, "128"),
        (1 / 3, 6, "0.333333"),
        (8.04672, 2, "8.05"),
        (160934.4, 2, "160934.4"),
        (0.000621371, 2, "0.0006214"),
        (-0.0, 6, "0"),
        (1e15, 6, "1e+15"),
        (1.5e300, 6, "1.5e+300"),
    ],
)
def test_numbers_are_written_shortly(value: float, places: int, text: str) -> None:
    assert write_number(value, places) == text


@settings(deadline=None)
@given(st.integers(0, 10**15), st.integers(0, 999))
def test_a_number_is_read_whatever_its_separators(whole: int, thousandths: int) -> None:
    plain = f"{whole}.{thousandths:03}"
    english = f"{whole:,}.{thousandths:03}"
    german = english.translate(str.maketrans(",.", ".,"))

    assert read_number(plain) == float(plain)
    assert read_number(english) == float(plain)
    if whole >= 1000:
        assert read_number(german) == float(plain)
        assert read_number(f"{whole:,}".replace(",", " ")) == whole


def test_the_pattern_of_a_number_takes_the_whole_number() -> None:
    for text in ("1,000", "1,000,000.5", "1.000,5", "1 000", "3,5", "0.5", ".5", "1e-3", "12"):
        match = re.match(NUMBER, text)
        assert match is not None
        assert match[0] == text


@pytest.mark.parametrize(
    ("words", "digits"),
    [
        ("zero", "0"),
        ("Twenty-Five", "25"),
        ("two hundred five", "205"),
        ("one hundred and twenty", "120"),
        ("one thousand two hundred and thirty four", "1234"),
        ("a million", "1000000"),
        ("2.5 million", "2500000"),
        ("two and two", "2 and 2"),
        ("one two three", "one two three"),
        ("a dog and phone", "a dog and phone"),
    ],
)
def test_number_words_become_digits(words: str, digits: str) -> None:
    assert with_digits(words) == digits


def test_the_default_clock_tells_the_time_in_utc() -> None:
    assert utc_now().tzinfo is UTC

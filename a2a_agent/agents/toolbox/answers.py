"""What the tools found, as sentences.

Each function takes a tool's arguments and its output, both as JSON.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any, cast

from a2a_agent.agents.toolbox.dates import MONTHS, WEEKDAYS
from a2a_agent.agents.toolbox.numerals import write_number
from a2a_agent.domain.model import JsonObject, JsonValue


def calculation(arguments: JsonObject, output: JsonValue) -> str:
    """`15 * 7 + 23 = 128`, or `1/3 ≈ 0.333333` where digits are left out."""
    result = _fields(output)["result"]
    return f"{arguments['expression']} {_equal(result, 6)}"


def conversion(arguments: JsonObject, output: JsonValue) -> str:
    """`5 miles ≈ 8.05 km`."""
    result = _fields(output)
    given = write_number(float(cast(float, arguments["value"])))
    return f"{given} {arguments['from_unit']} {_equal(result['value'], 2)} {result['unit']}"


def current_time(arguments: JsonObject, output: JsonValue) -> str:
    """`In Tokyo it is 17:42 on Friday, 20 November 2026 (UTC+09:00).`"""
    local = _fields(output)
    day = written_date(local["date"])
    return f"In {_place(arguments['place'])} it is {local['time']} on {day} ({_offset(local)})."


def converted_time(arguments: JsonObject, output: JsonValue) -> str:
    """`When it is 09:00 in Berlin, it is 17:00 in Tokyo.`"""
    source, target = _fields(output)["source"], _fields(output)["target"]
    apart = (date.fromisoformat(target["date"]) - date.fromisoformat(source["date"])).days
    day = {-1: " the day before", 0: "", 1: " the next day"}.get(apart, f" {apart:+} days")
    return (
        f"When it is {source['time']} in {_place(arguments['from_place'])}, "
        f"it is {target['time']}{day} in {_place(arguments['to_place'])}."
    )


def days_between(arguments: JsonObject, output: JsonValue) -> str:
    """`From Friday, … to Thursday, … it is 34 days (4 weeks and 6 days).`"""
    days = abs(_fields(output)["days"])
    start, end = written_date(arguments["start"]), written_date(arguments["end"])
    weeks, rest = divmod(days, 7)
    detail = f" ({_counted(weeks, 'week')}" + (f" and {_counted(rest, 'day')})" if rest else ")")
    return f"From {start} to {end} it is {_counted(days, 'day')}{detail if weeks else ''}."


def shifted_date(arguments: JsonObject, output: JsonValue) -> str:
    """`30 days after Friday, 20 November 2026 is Sunday, 20 December 2026.`"""
    amounts = [
        (cast(int, arguments.get(unit, 0)), unit[:-1])
        for unit in ("years", "months", "weeks", "days")
        if arguments.get(unit, 0)
    ]
    direction = "before" if all(amount < 0 for amount, _ in amounts) and amounts else "after"
    sign = -1 if direction == "before" else 1
    distance = " and ".join(_counted(sign * n, unit) for n, unit in amounts) or "0 days"
    start, day = written_date(arguments["start"]), written_date(_fields(output)["date"])
    return f"{distance} {direction} {start} is {day}."


def weekday(_: JsonObject, output: JsonValue) -> str:
    """`24 December 2026 is a Thursday (week 52).`"""
    day = _fields(output)
    name, _comma, rest = written_date(day["date"]).partition(", ")
    return f"{rest} is a {name} (week {day['week']})."


def text_statistics(_: JsonObject, output: JsonValue) -> str:
    """`The text has 4 words, 19 characters (16 without spaces), 1 sentence and 1 line.`"""
    counts = _fields(output)
    return (
        f"The text has {_counted(counts['words'], 'word')}, "
        f"{_counted(counts['characters'], 'character')} "
        f"({counts['characters_without_spaces']} without spaces), "
        f"{_counted(counts['sentences'], 'sentence')} and {_counted(counts['lines'], 'line')}."
    )


def failure(tool: str, arguments: JsonObject, error: str) -> str:
    """The error with what it is about: `1/0: I cannot divide by zero.`"""
    match tool, arguments:
        case "calculate", {"expression": str(expression)}:
            return f"{_shortened(expression)}: {error}"
        case "convert_units", {"value": value, "from_unit": str(unit), "to_unit": str(target)}:
            return f"{_shortened(f'{value} {unit} to {target}')}: {error}"
        case _:
            return error


def _shortened(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:60]}…"


def written_date(iso: object) -> str:
    """`Thursday, 24 December 2026`."""
    day = date.fromisoformat(str(iso))
    return f"{WEEKDAYS[day.weekday()]}, {day.day} {MONTHS[day.month - 1]} {day.year}"


def _fields(output: JsonValue) -> Mapping[str, Any]:
    return cast(Mapping[str, Any], output)


def _equal(value: int | float | str, places: int) -> str:
    if isinstance(value, str):
        return f"= {value}"
    written = write_number(value, places)
    return f"{'=' if float(written) == value else '≈'} {written}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _place(place: object) -> str:
    """The name with capitals where it came without any."""
    name = str(place)
    return name.title() if name.islower() and len(name) > 3 else name


def _offset(local: Mapping[str, Any]) -> str:
    return f"UTC{local['utc_offset']}"

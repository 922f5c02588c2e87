"""The toolbox's tools: typed functions over JSON-like values, and the sentences about results.

They stand for themselves and serve any agent that calls tools.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, tzinfo

from a2a_agent.agents.toolbox import answers, calculator, units
from a2a_agent.agents.toolbox.clocks import read_time
from a2a_agent.agents.toolbox.dates import WEEKDAYS, shifted
from a2a_agent.agents.toolbox.zones import cities_of, find_zone
from a2a_agent.agents.tools import FunctionTool, ToolError, tool

MAX_TEXT = 1_000_000


@dataclass(frozen=True, slots=True)
class Calculation:
    """A result; whole numbers that a float cannot hold exactly are given as text."""

    result: int | float | str


@dataclass(frozen=True, slots=True)
class Conversion:
    """A value with its unit."""

    value: float
    unit: str


@dataclass(frozen=True, slots=True)
class LocalTime:
    """What clock and calendar show in a zone."""

    time: str
    date: str
    weekday: str
    zone: str
    utc_offset: str


@dataclass(frozen=True, slots=True)
class ConvertedTime:
    """A moment in two zones."""

    source: LocalTime
    target: LocalTime


@dataclass(frozen=True, slots=True)
class Span:
    """Days from one date to another; negative where the other is earlier."""

    days: int


@dataclass(frozen=True, slots=True)
class Day:
    """A date with its weekday and its ISO week."""

    date: str
    weekday: str
    week: int


@dataclass(frozen=True, slots=True)
class TextStatistics:
    """Counts of a text."""

    words: int
    characters: int
    characters_without_spaces: int
    sentences: int
    lines: int


def calculate(expression: str) -> Calculation:
    """Evaluates arithmetic exactly.

    Takes + - * / // % ^ ! and parentheses, percentages ("15% of 80"), pi, e, and the functions
    sqrt, cbrt, abs, round, floor, ceil, min, max, sum, mean, gcd, lcm, factorial, exp, ln,
    log (base 10, or log(x, base)), log2, sin, cos, tan, asin, acos, atan (in radians), radians,
    degrees, hypot.
    """
    value = calculator.evaluate(expression)
    is_exact_in_json = isinstance(value, float) or abs(value) <= 2**53
    return Calculation(value if is_exact_in_json else str(value))


def convert_units(value: float, from_unit: str, to_unit: str) -> Conversion:
    """Converts a value between units of measurement, such as miles to km or °F to °C.

    Units may be compound ("km/h", "square meters", "ft^2"). Not for currencies.
    """
    return Conversion(units.convert(value, from_unit, to_unit), to_unit)


def days_between(start: date, end: date) -> Span:
    """Counts the days from one date to another."""
    return Span((end - start).days)


def add_to_date(start: date, days: int = 0, weeks: int = 0, months: int = 0, years: int = 0) -> Day:
    """Finds the date that is so much later, or earlier for negative numbers."""
    try:
        return _day(shifted(start, days=days + 7 * weeks, months=months + 12 * years))
    except (OverflowError, ValueError):
        raise ToolError("That date is out of the calendar's range, years 1 to 9999.") from None


def weekday(day: date) -> Day:
    """Tells the weekday and the ISO week of a date."""
    return _day(day)


def text_statistics(text: str) -> TextStatistics:
    """Counts the words, characters, sentences and lines of a text."""
    if len(text) > MAX_TEXT:
        raise ToolError(f"I count texts of at most {MAX_TEXT} characters.")
    words = text.split()
    ended = sum(word.rstrip("\"'”’»)]}*_")[-1:] in tuple(".!?…。") for word in words)
    unended = bool(words) and words[-1].rstrip("\"'”’»)]}*_")[-1:] not in tuple(".!?…。")
    return TextStatistics(
        words=len(words),
        characters=len(text),
        characters_without_spaces=sum(map(len, words)),
        sentences=ended + unended,
        lines=len(text.splitlines()),
    )


def toolbox_tools(clock: Callable[[], datetime]) -> tuple[FunctionTool, ...]:
    """All tools; those that need to know what time it is ask the clock."""

    def current_time(place: str) -> LocalTime:
        """Tells time and date in a city, country or time zone, such as Tokyo or Europe/Berlin."""
        return _local(clock().astimezone(_zone(place)))

    def convert_time(time: str, from_place: str, to_place: str) -> ConvertedTime:
        """Tells what time it is in one place when it is a given time, such as 9:00, in another.

        Places are cities, countries or time zones; the day is today in the first place.
        """
        source, target = _zone(from_place), _zone(to_place)
        today = clock().astimezone(source).date()
        moment = datetime.combine(today, _time(time), source)
        return ConvertedTime(_local(moment), _local(moment.astimezone(target)))

    return (
        tool(calculate, render=answers.calculation),
        tool(convert_units, render=answers.conversion),
        tool(current_time, render=answers.current_time),
        tool(convert_time, render=answers.converted_time),
        tool(days_between, render=answers.days_between),
        tool(add_to_date, render=answers.shifted_date),
        tool(weekday, render=answers.weekday),
        tool(text_statistics, render=answers.text_statistics),
    )


def utc_now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def _zone(place: str) -> tzinfo:
    if zone := find_zone(place):
        return zone
    shown = f"“{place[:40]}”"
    if cities := cities_of(place):
        raise ToolError(f"{shown} has several time zones; name a city such as {cities[0]}.")
    raise ToolError(f"I do not know the time zone of {shown}; name a larger city near it.")


def _time(text: str) -> time:
    found = read_time(text)
    if found is None:
        raise ToolError(f"“{text[:20]}” is no time of day such as 9:00 or 3 pm.")
    return found


def _local(moment: datetime) -> LocalTime:
    return LocalTime(
        time=moment.strftime("%H:%M"),
        date=moment.date().isoformat(),
        weekday=WEEKDAYS[moment.weekday()],
        zone=str(moment.tzinfo),
        utc_offset=moment.isoformat()[-6:],
    )


def _day(day: date) -> Day:
    return Day(day.isoformat(), WEEKDAYS[day.weekday()], day.isocalendar().week)

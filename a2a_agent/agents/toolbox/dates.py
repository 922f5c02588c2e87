"""Dates as people write them.

`24.12.2026` is day first, `2026-12-24` and `24 December` need no rule. `3/4/2026` may be either,
and so is read as both. A date without a year is the next one, or the last one where the sentence
looks back. Knows no clock: today is an argument.
"""

import re
from calendar import monthrange
from collections.abc import Mapping
from datetime import date, timedelta
from types import MappingProxyType

MONTHS = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
_MONTH_NUMBERS: Mapping[str, int] = MappingProxyType(
    {name.lower(): number for number, name in enumerate(MONTHS, start=1)}
    | {name[:3].lower(): number for number, name in enumerate(MONTHS, start=1)}
    | {"sept": 9}
)
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_FEASTS: Mapping[str, tuple[int, int]] = MappingProxyType(
    {
        **dict.fromkeys(("new year", "new years", "new years day"), (1, 1)),
        "valentines day": (2, 14),
        "halloween": (10, 31),
        "christmas eve": (12, 24),
        **dict.fromkeys(("christmas", "christmas day", "xmas"), (12, 25)),
        **dict.fromkeys(("new years eve", "end of the year"), (12, 31)),
    }
)
MONTH = rf"(?:{'|'.join(sorted(_MONTH_NUMBERS, key=len, reverse=True))})"

_ISO = re.compile(r"(\d{4})[-/.](\d{1,2})[-/.](\d{1,2})")
_DOTTED = re.compile(r"(\d{1,2})\. ?(\d{1,2})\.? ?(\d{4})?")
_SLASHED = re.compile(r"(\d{1,2})[-/](\d{1,2})[-/](\d{4})")
_DAY_MONTH = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th|\.)? (?:of )?({MONTH})(?: (\d{{4}}))?")
_MONTH_DAY = re.compile(rf"({MONTH}) (\d{{1,2}})(?:st|nd|rd|th)?(?: (\d{{4}}))?")


def read_date(text: str, today: date, *, backward: bool = False) -> tuple[date, ...]:
    """The dates the text may mean: none, one, or two where day and month are in doubt."""
    words = re.sub(r"^(?:on |the )+|['’`]|(?<=[a-z])\.", "", " ".join(text.casefold().split()))
    words = " ".join(words.replace(",", " ").split())
    found = (
        _relative(words, today)
        or _weekday(words, today, backward)
        or _written(words, today, backward)
    )
    return tuple(dict.fromkeys(day for day in found if day is not None))


def shifted(start: date, *, days: int = 0, months: int = 0) -> date:
    """The date so many months, then days, later; the month's last day where it is shorter.

    Raises OverflowError or ValueError outside the years 1 to 9999.
    """
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    last = monthrange(year, month + 1)[1] if 1 <= year <= 9999 else 31
    return date(year, month + 1, min(start.day, last)) + timedelta(days=days)


def _relative(words: str, today: date) -> tuple[date | None, ...]:
    days = {"today": 0, "now": 0, "tomorrow": 1, "yesterday": -1, "day after tomorrow": 2}
    if words in days:
        return (today + timedelta(days=days[words]),)
    return ()


def _weekday(words: str, today: date, backward: bool) -> tuple[date | None, ...]:
    direction, _, name = words.rpartition(" ")
    if name.title() not in WEEKDAYS or direction not in ("", "next", "this", "last", "coming"):
        return ()
    ahead = (WEEKDAYS.index(name.title()) - today.weekday()) % 7
    if direction == "last" or (backward and not direction):
        return (today - timedelta(days=7 - ahead if ahead else 7),)
    return (today + timedelta(days=ahead if ahead or direction == "this" else 7),)


def _written(words: str, today: date, backward: bool) -> tuple[date | None, ...]:
    if match := _ISO.fullmatch(words):
        return (_date(int(match[1]), int(match[2]), int(match[3])),)
    if match := _SLASHED.fullmatch(words):
        first, second, year = map(int, match.groups())
        return (_date(year, second, first), _date(year, first, second))
    if match := _DOTTED.fullmatch(words):
        return (_day(match[3], int(match[2]), int(match[1]), today, backward),)
    if match := _DAY_MONTH.fullmatch(words):
        return (_day(match[3], _MONTH_NUMBERS[match[2]], int(match[1]), today, backward),)
    if match := _MONTH_DAY.fullmatch(words):
        return (_day(match[3], _MONTH_NUMBERS[match[1]], int(match[2]), today, backward),)
    feast, _, year_words = words.rpartition(" ")
    if feast in _FEASTS and re.fullmatch(r"\d{4}", year_words):
        return (_date(int(year_words), *_FEASTS[feast]),)
    if words in _FEASTS:
        return (_day(None, *_FEASTS[words], today, backward),)
    return ()


def _date(year: int, month: int, day: int) -> date | None:
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _day(year: str | None, month: int, day: int, today: date, backward: bool) -> date | None:
    if year is not None:
        return _date(int(year), month, day)
    # Eight years always hold a 29 February.
    years = (today.year + (-step if backward else step) for step in range(9))
    candidates = (_date(year, month, day) for year in years)
    fitting = (d for d in candidates if d and (d <= today if backward else d >= today))
    return next(fitting, None)

"""Phrases about the calendar: "how many days until 24 December?", "30 days from today"."""

import re
from datetime import date

from a2a_agent.agents.toolbox.dates import WEEKDAYS, read_date
from a2a_agent.agents.toolbox.numerals import with_digits
from a2a_agent.agents.toolbox.reading import Reading, Request
from a2a_agent.agents.toolbox.steps import Call, Question, Step, Steps

_FLAGS = re.IGNORECASE
_COUNT = (
    r"(?:(?:how many|how much|number of|count(?: the)?|the number of) )?"
    r"(?:days|weeks|months|time)(?: (?:are|is))?(?: (?:there|it|left|remaining|to go))*"
)
_BETWEEN = re.compile(
    rf"(?:(?:what is )?{_COUNT}|how long(?: is it)?) (?:between|from) (?P<start>.+?)"
    r"(?: (?:and|to|until|till|through) (?P<end>.+))?",
    _FLAGS,
)
_UNTIL = re.compile(
    rf"(?:{_COUNT}|how long(?: is it)?|how far(?: away)?(?: is it)?)"
    r" (?:until|till|til|to|before|up to)(?: (?P<day>.+))?",
    _FLAGS,
)
_LEFT = re.compile(rf"{_COUNT} (?:in|of|until the end of) (?:the|this) year", _FLAGS)
_AWAY = re.compile(
    r"(?:how far away is|in how many days is|how many days (?:away )?is) (?P<day>.+?)(?: away)?",
    _FLAGS,
)
_SINCE = re.compile(
    rf"(?:{_COUNT}(?: (?:have|has))?(?: (?:passed|gone by|elapsed|been))?"
    r"|how long(?: has it been| is it)?)"
    r" since(?: (?P<day>.+))?",
    _FLAGS,
)
_AGO = re.compile(r"how (?:many days|long) ago (?:was|is) (?P<day>.+)", _FLAGS)
_WEEKDAY = re.compile(
    r"(?:(?:on )?(?:what|which) (?:week ?day|day of the week|day)"
    r"(?: (?:of the week))?(?: (?:is|was|will|does|did|would))?(?: it(?: be)?)?(?: on)?"
    r"|(?:(?:what(?:'s|’s|s| is) )?the )?(?:week ?day|day of the week)(?: (?:is|of|for|on|was))*"
    r"|(?:what(?:'s|’s|s| is) the|what|which) date(?: is| was| will be)?|when is)"
    r"(?: (?P<day>.+?))?(?: (?:be|fall|falls|land)(?: on)?| on)?",
    _FLAGS,
)
_IS_WEEKDAY = re.compile(
    rf"(?:is|was|does) (?P<day>.+?) (?:an?|on an?) (?:{'|'.join(WEEKDAYS)})", _FLAGS
)
_SHIFT = r"(?P<count>\d{1,6}|an?) (?P<unit>day|week|month|year)s?"
_ASK_DATE = (
    r"(?:(?:on )?(?:what|which)(?:'s|’s|s)?(?: is| will| was)?(?: (?:the|it))?(?: be)?"
    r" ?(?:date|day|weekday)?(?: (?:is|will|was))?(?: it)?(?: be)?|the date|date|when is)?"
)
_AFTER = re.compile(
    rf"{_ASK_DATE} ?(?:that is |exactly )?{_SHIFT}"
    r" (?P<direction>from|after|before|following|prior to|since) (?P<day>.+)",
    _FLAGS,
)
_AHEAD = re.compile(rf"{_ASK_DATE} ?in {_SHIFT}(?: time| from now)?", _FLAGS)
_BACK = re.compile(rf"{_ASK_DATE} ?{_SHIFT} ago", _FLAGS)
_SUM = re.compile(rf"(?:what is )?(?P<day>.+?) (?P<direction>plus|\+|minus|-) {_SHIFT}", _FLAGS)
_ADD = re.compile(rf"(?P<direction>add|subtract) {_SHIFT} (?:to|from) (?P<day>.+)", _FLAGS)
_ISO = r"\d{4}-\d{1,2}-\d{1,2}"
_MINUS = re.compile(rf"(?:what is )?(?P<end>{_ISO}) ?(?:minus|[-–−]) ?(?P<start>{_ISO})", _FLAGS)
_BACKWARD = frozenset({"before", "prior to", "minus", "-", "subtract", "ago"})
_NUMERIC = re.compile(r".*\d.*")


def dates(request: Request) -> Reading | None:
    """Days counted, weekdays and dates found, or a question for a date that is missing."""
    said = with_digits(" ".join(request.plain.split()))
    if _NUMERIC.fullmatch(said) and not request.is_part:
        days = read_date(said, request.today)
        if len(days) == 1:
            return Reading((Call("weekday", {"day": days[0].isoformat()}),))
    for phrase in (_between, _since, _until, _shift, _weekday):
        if steps := phrase(said, request.today):
            # A date that is not understood may hold another request.
            return Reading(steps, is_greedy=any(isinstance(step, Question) for step in steps))
    return None


def _between(said: str, today: date) -> Steps | None:
    match = _BETWEEN.fullmatch(said) or _MINUS.fullmatch(said)
    if match is None:
        return None
    first, second = match["start"], match["end"] or ""
    starts = read_date(first, today)
    # A date without a year that follows another one is meant to be later than it.
    ends = read_date(second, starts[0] if starts else today)
    if starts and ends and ends[0] < starts[0]:
        starts = read_date(first, ends[0], backward=True)
    if len(starts) != 1:
        tail = f" and {second}" if second else ""
        return (_which(first, starts, "start", "days between ", tail),)
    if len(ends) != 1:
        return (_which(second, ends, "end", f"days between {first} and "),)
    return (_span(starts[0], ends[0]),)


def _until(said: str, today: date) -> Steps | None:
    if _LEFT.fullmatch(said):
        return (_span(today, date(today.year, 12, 31)),)
    match = _UNTIL.fullmatch(said) or _AWAY.fullmatch(said)
    if match is None:
        return None
    days = match["day"] or ""
    return tuple(_until_day(day, today) for day in _several(days, today))


def _until_day(text: str, today: date) -> Step:
    days = read_date(text, today)
    return _span(today, days[0]) if len(days) == 1 else _which(text, days, "end", "days until ")


def _several(text: str, today: date) -> tuple[str, ...]:
    names = tuple(re.split(r",? and |, ", text))
    return names if all(read_date(name, today) for name in names) else (text,)


def _since(said: str, today: date) -> Steps | None:
    match = _SINCE.fullmatch(said) or _AGO.fullmatch(said)
    if match is None:
        return None
    days = read_date(match["day"] or "", today, backward=True)
    if len(days) != 1:
        return (_which(match["day"] or "", days, "start", "days since "),)
    return (_span(days[0], today),)


def _shift(said: str, today: date) -> Steps | None:
    if match := _AHEAD.fullmatch(said):
        return (_moved(match, today, 1),)
    if match := _BACK.fullmatch(said):
        return (_moved(match, today, -1),)
    match = _AFTER.fullmatch(said) or _ADD.fullmatch(said) or _SUM.fullmatch(said)
    if match is None:
        return None
    days = read_date(match["day"], today)
    sign = -1 if match["direction"].casefold() in _BACKWARD else 1
    if len(days) != 1:
        distance = f"{match['count']} {match['unit']}s {'before' if sign < 0 else 'after'} "
        return (_which(match["day"], days, "start", distance),)
    return (_moved(match, days[0], sign),)


def _moved(match: re.Match[str], start: date, sign: int) -> Call:
    count = int(match["count"]) if match["count"].isdigit() else 1
    unit = match["unit"].casefold()
    return Call("add_to_date", {"start": start.isoformat(), f"{unit}s": sign * count})


def _weekday(said: str, today: date) -> Steps | None:
    match = _IS_WEEKDAY.fullmatch(said) or _WEEKDAY.fullmatch(said)
    if match is None:
        return None
    if match["day"] is None:
        return (Call("weekday", {"day": today.isoformat()}),)
    days = read_date(match["day"], today)
    if len(days) == 1:
        return (Call("weekday", {"day": days[0].isoformat()}),)
    if days or _NUMERIC.fullmatch(match["day"]):
        return (_which(match["day"], days, "day", "what weekday is "),)
    return None


def _span(start: date, end: date) -> Call:
    return Call("days_between", {"start": start.isoformat(), "end": end.isoformat()})


def _which(
    text: str, days: tuple[date, ...], missing: str, before: str, after: str = ""
) -> Question:
    if days:
        prompt = f"Which date is {text}?"
    elif text:
        prompt = f"I do not know the date “{text[:40]}”. Which one is it? For example: 2026-12-24"
    else:
        prompt = "Which date do you mean? For example: 2026-12-24"
    options = tuple(day.isoformat() for day in days)
    return Question(prompt=prompt, missing=missing, before=before, after=after, options=options)

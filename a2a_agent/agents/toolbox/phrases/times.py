"""Phrases that ask for the time: "what time is it in Tokyo when it is 9:00 in Berlin?"."""

import re

from a2a_agent.agents.toolbox.clocks import BARE_TIME, TIME, read_time
from a2a_agent.agents.toolbox.reading import Reading, Request
from a2a_agent.agents.toolbox.steps import Call, Question, Steps
from a2a_agent.agents.toolbox.zones import cities_of, find_zone

_FLAGS = re.IGNORECASE
_IS = r"(?:is it|it is|it's|it’s|its|is|would it be|will it be|'s|’s)"
_WHAT = (
    r"(?:(?:what(?:'s|’s|s| is)?|which|tell|give me|know)? ?(?:the )?(?:current |local |exact )*"
    r"(?:time|hour)|how late)"
)
_PLACE = r"[^\W\d][\w .,'’/+:-]*?"
_WHEN = r"(?:when|if|at|while|given)(?: it is| it's| it’s| its| the time is| we have)?"
_CURRENT = re.compile(
    rf"{_WHAT}(?: {_IS})?(?: (?:now|right now|currently|today))?"
    rf"(?: (?:in|at|for|of|over in)(?: (?P<places>{_PLACE}))?)?(?: (?:right )?now| currently| today"
    r"| at (?:the|this) moment)?",
    _FLAGS,
)
_CURRENT_OF = re.compile(
    rf"(?:what(?:'s|’s|s| is) )?(?:the )?(?:current )?(?P<places>{_PLACE})(?:'s|’s)?"
    r" (?:local )?time(?: now| right now)?",
    _FLAGS,
)
_TODAY = re.compile(
    r"(?:what(?:'s|’s|s| is)|tell)? ?(?:the )?(?:(?:current )?date(?: and time)?(?: is it)?"
    r"|(?:which|what) (?:day|date) is it|today'?s date|day is it|day is today|date is today)"
    rf"(?: today| now| right now)?(?: in (?P<places>{_PLACE}))?(?: today| now| right now)?",
    _FLAGS,
)
_ASKED_THEN = re.compile(
    rf"{_WHAT}(?: {_IS})?(?: (?:in|at|for) )?"
    rf"(?P<target>{_PLACE})?,? {_WHEN} (?P<time>{BARE_TIME})"
    rf"(?: (?:in |at |from )?(?P<source>{_PLACE}))?",
    _FLAGS,
)
_GIVEN_FIRST = re.compile(
    rf"(?:(?:when|if|at|given)(?: it is| it's| it’s| its| the time is)? |it is |it's |it’s )"
    rf"(?P<time>{BARE_TIME})(?: (?:in |at )?(?P<source>{_PLACE}))?(?:,|\.)? (?:then )?"
    rf"{_WHAT}(?: {_IS})?(?: (?:in|at|for))? (?P<target>{_PLACE})",
    _FLAGS,
)
_DIRECT = re.compile(
    r"(?:(?:convert|change|translate|what(?:'s|’s|s| is| time is)?|what time will it be|when is"
    rf"|show|give me) )?(?:the time )?(?:from )?(?P<time>{TIME})"
    rf"(?: (?:in |at |from )?(?P<source>{_PLACE}))? (?:in ?to|to|in|as) (?P<target>{_PLACE})",
    _FLAGS,
)
_DIFFERENCE = re.compile(
    rf"(?:what(?:'s|’s|s| is) )?(?:the )?time (?:zone )?difference (?:between|from)"
    rf" (?P<source>{_PLACE}) (?:and|to) (?P<target>{_PLACE})",
    _FLAGS,
)
_CONVERT_TIME = re.compile(r"(?:convert|change) (?:a |the )?times?(?: zones?)?", _FLAGS)
_PAUSE = re.compile(r",\s+(?:and )?(?:in )?|\s+and (?:in )?|\s*&\s*|\s+or (?:in )?", _FLAGS)


def times(request: Request) -> Reading | None:
    """The time here or there, or what is missing to tell it."""
    said = " ".join(request.plain.split())
    if _CONVERT_TIME.fullmatch(said):
        prompt = "Which time shall I convert? For example: 9:00 in Berlin to Tokyo"
        return Reading((Question(prompt=prompt, missing="time", before="convert "),))
    if difference := _DIFFERENCE.fullmatch(said):
        return _conversion("12:00", _place(difference["source"]), _place(difference["target"]))
    return _converted(said) or _current(said)


def _converted(said: str) -> Reading | None:
    for pattern in (_ASKED_THEN, _GIVEN_FIRST, _DIRECT):
        match = pattern.fullmatch(said)
        if match and read_time(match["time"]):
            target, source = match["target"], match["source"]
            if pattern is _DIRECT and source is None and target and not find_zone(target):
                continue
            return _conversion(match["time"], _place(source), _place(target))
    return None


def _conversion(time: str, source: str, target: str) -> Reading:
    """Greedy where a place may be more than a place: "Paris and what is 2+2"."""
    return Reading(
        _conversion_steps(time, source, target),
        is_greedy=_is_doubtful(target) or _is_doubtful(source),
    )


def _conversion_steps(time: str, source: str, target: str) -> Steps:
    asked = "what time is it in "
    if not source:
        prompt = f"{time} in which city or time zone?"
        before = f"what time is it in {target} when it is {time} in "
        return (Question(prompt=prompt, missing="from_place", before=before),)
    given = f" when it is {time} in {source}"
    if not target:
        prompt = f"In which city or time zone would you like to know the time{given}?"
        return (Question(prompt=prompt, missing="to_place", before=asked, after=given),)
    for place, before, after, missing in (
        (source, f"{asked}{target} when it is {time} in ", "", "from_place"),
        (target, asked, given, "to_place"),
    ):
        if cities := cities_of(place):
            return (_which_city(place, cities, missing, before, after),)
    places = _several(target)
    return tuple(
        Call("convert_time", {"time": time, "from_place": source, "to_place": to_place})
        for to_place in places
    )


def _current(said: str) -> Reading | None:
    if match := _TODAY.fullmatch(said):
        return _now_in(match["places"] or "UTC")
    match = _CURRENT.fullmatch(said)
    if match and match["places"] is None:
        prompt = "In which city or time zone would you like to know the time?"
        asked = "what time is it in "
        return Reading((Question(prompt=prompt, missing="place", before=asked),))
    if match is None:
        match = _CURRENT_OF.fullmatch(said)
        if match is None or not (find_zone(match["places"]) or cities_of(match["places"])):
            return None
    return _now_in(_place(match["places"]))


def _now_in(places: str) -> Reading:
    return Reading(tuple(map(_local, _several(places))), is_greedy=_is_doubtful(places))


def _is_doubtful(places: str) -> bool:
    return not (find_zone(places) or cities_of(places))


def _local(place: str) -> Call | Question:
    if cities := cities_of(place):
        return _which_city(place, cities, "place", "what time is it in ", "")
    return Call("current_time", {"place": place})


def _which_city(
    place: str, cities: tuple[str, ...], missing: str, before: str, after: str
) -> Question:
    prompt = f"{place} has several time zones. Which city do you mean?"
    return Question(prompt=prompt, missing=missing, before=before, after=after, options=cities)


def _several(places: str) -> tuple[str, ...]:
    """Each place of "Tokyo, Berlin and New York"; "Paris, France" is one."""
    if find_zone(places) or cities_of(places):
        return (places,)
    found: list[str] = []
    for name in filter(None, map(str.strip, _PAUSE.split(places))):
        if not (found and str(find_zone(found[-1])) == str(find_zone(name)) and "," in places):
            found.append(name)
    return tuple(found) or (places,)


def _place(text: str | None) -> str:
    words = " ".join((text or "").split()).strip(" ,.")
    for tail in (" time", " local time", " right now", " now", " today", " at the moment"):
        if words.casefold().endswith(tail) and len(words) > len(tail):
            words = words[: -len(tail)]
    return words.removeprefix("the ") if words.casefold() not in ("local", "time") else ""

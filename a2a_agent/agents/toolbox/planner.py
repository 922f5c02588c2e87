"""From a message to the steps that answer it. Pure: today's date is an argument.

A message is cut into sentences, a sentence that is no request by itself into parts at its "and"s;
each part goes through the phrases, the first of which to recognize it decides.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias, assert_never, cast

from a2a_agent.agents.toolbox.dates import read_date
from a2a_agent.agents.toolbox.numerals import NUMBER, with_digits
from a2a_agent.agents.toolbox.phrases.arithmetic import arithmetic
from a2a_agent.agents.toolbox.phrases.conversions import conversions
from a2a_agent.agents.toolbox.phrases.courtesies import (
    ABILITIES,
    NEVER_MIND,
    OVERVIEW,
    courtesies,
)
from a2a_agent.agents.toolbox.phrases.dates import dates
from a2a_agent.agents.toolbox.phrases.texts import takes_the_rest, texts
from a2a_agent.agents.toolbox.phrases.times import times
from a2a_agent.agents.toolbox.reading import (
    MAX_PHRASE,
    Phrase,
    Reading,
    Request,
    masked,
    sentences,
    trimmed,
    without_lead,
)
from a2a_agent.agents.toolbox.steps import AnyStep, Call, Done, Note, Question, Step, Steps

MAX_MESSAGE = 100_000
MAX_REQUESTS = 20

_SORRY = "Sorry, I did not understand that. "
_PHRASES: tuple[Phrase, ...] = (courtesies, times, dates, conversions, arithmetic)
_MAX_JOINTS = 12
_MAX_SENTENCE = 1000
_JOINT = re.compile(
    r"\s*[,;]\s+(?:(?:and|then|also|plus)\s+)*|\s+(?:and|then|as well as|also|&)\s+"
    r"(?:(?:then|also)\s+)*",
    re.IGNORECASE,
)
_AROUND_ANSWER = re.compile(
    r"(?:(?:to|into|in|for|from|at|it is|it's|it’s|i mean|make it|use|the|of|let's say|say)\s+)+",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class _Refused:
    """A request that no phrase recognizes."""

    text: str


_Found: TypeAlias = tuple[Step | _Refused, ...]


def plan(text: str, today: date, attachment: str | None = None) -> Steps:
    """The steps that answer the message; at least one."""
    if len(text) > MAX_MESSAGE:
        return (Note(f"I read messages of at most {MAX_MESSAGE} characters."),)
    requests = _requests(text, today, attachment)
    found = [step for request in requests[:MAX_REQUESTS] for step in _steps(request)]
    steps = _composed(found) or (Note(OVERVIEW),)
    if len(requests) > MAX_REQUESTS:
        steps += (Note(f"I stopped there: I take {MAX_REQUESTS} requests at a time."),)
    return steps


def plan_answer(question: Question, answer: str, today: date) -> Steps:
    """The steps for the request that the answer completes, or for a new one that it makes.

    Where it does neither, the question once more.
    """
    short = trimmed(answer)
    # A bare date is a request for its weekday, but hardly right after a question.
    fresh = () if read_date(short, today) else plan(answer, today)
    if fresh and all(isinstance(step, Call) for step in fresh):
        return fresh
    if question.missing == "text" and answer.strip():
        return (Call("text_statistics", {"text": answer.strip()}),)
    for candidate in _readings_of(short, question):
        whole = f"{question.before}{candidate}{question.after}"
        steps = _steps(_request(whole, today))
        if not any(isinstance(step, Note | _Refused) for step in steps):
            return cast(Steps, steps)
    if fresh and all(isinstance(step, Call | Question) for step in fresh):
        return fresh
    prompt = question.prompt.removeprefix(_SORRY)
    return (replace(question, prompt=f"{_SORRY}{prompt}"),)


def is_cancellation(answer: str) -> bool:
    """Whether the answer to a question takes the request back."""
    return len(answer) <= MAX_PHRASE and NEVER_MIND.fullmatch(trimmed(answer)) is not None


def explanation(steps: Sequence[AnyStep]) -> str:
    """What the steps are, as a thought."""
    return "\n".join(f"{number}. {_thought(step)}" for number, step in enumerate(steps, start=1))


def _thought(step: AnyStep) -> str:
    match step:
        case Call(tool=tool, arguments=arguments):
            given = ", ".join(f"{name}: {str(value)[:60]}" for name, value in arguments.items())
            return f"Use {tool} ({given})."
        case Question(missing=missing):
            return f"Ask for what is missing: {missing}."
        case Note():
            return "Answer without a tool."
        case Done(tool=tool):
            return f"Keep what {tool} found before."
        case _:
            assert_never(step)


def _readings_of(answer: str, question: Question) -> tuple[str, ...]:
    """What the answer may mean, without "to", "in" and the like around it."""
    if not answer or len(answer) > MAX_PHRASE:
        return ()
    lead = _AROUND_ANSWER.match(answer)
    readings = (answer[lead.end() :], answer) if lead else (answer,)
    if chosen := [option for option in question.options if _is_date(option, answer)]:
        return tuple(chosen)
    if question.missing == "value":
        return tuple(n[0] for r in readings if (n := re.search(rf"-?{NUMBER}", with_digits(r))))
    return readings


def _is_date(option: str, answer: str) -> bool:
    """Whether the option is a date, and the answer names it, with or without the year."""
    try:
        day = date.fromisoformat(option)
    except ValueError:
        return False
    return any(map(str.isdigit, answer)) and read_date(answer, day) == (day,)


def _request(text: str, today: date) -> Request:
    hidden, quotes = masked(text)
    return Request(text=trimmed(hidden), today=today, quotes=quotes)


def _requests(text: str, today: date, attachment: str | None) -> list[Request]:
    hidden, quotes = masked(text)
    whole = Request(text=hidden, today=today, quotes=quotes, attachment=attachment)
    found: list[Request] = []
    for start, sentence in sentences(hidden):
        below = hidden[start + len(sentence) :][:2].lstrip("?.:").startswith("\n")
        if takes_the_rest(trimmed(sentence) + sentence[len(sentence.rstrip(": ")) :], below):
            return [*found, replace(whole, text=without_lead(hidden[start:]))]
        found.append(whole.part(sentence))
        if len(found) > MAX_REQUESTS:
            break
    return found


def _recognized(request: Request) -> Reading | None:
    if reading := texts(request):
        return reading
    if len(request.plain) > MAX_PHRASE:
        return None
    return next(filter(None, (phrase(request) for phrase in _PHRASES)), None)


def _steps(request: Request) -> _Found:
    if steps := _understood(request):
        return steps
    opening, colon, rest = request.text.partition(": ")
    if colon and not any(map(str.isdigit, opening)):
        # "Two questions: …"
        steps = _understood(request.part(rest))
    return steps or _Parts(request).known_steps()


def _understood(request: Request) -> Steps | None:
    reading = _recognized(request)
    if reading and not reading.is_greedy:
        return reading.steps
    return _Parts(request).steps() or (reading.steps if reading else None)


class _Parts:
    """A sentence with several requests in it, to be cut at some of its joints."""

    def __init__(self, request: Request) -> None:
        self._request = request
        is_short = len(request.text) <= _MAX_SENTENCE
        self._joints = tuple(_JOINT.finditer(request.text))[:_MAX_JOINTS] if is_short else ()
        self._known: dict[int, Steps | None] = {}

    def steps(self) -> Steps | None:
        """The steps of all parts, if it can be cut so that each part is a request."""
        return self._from(0) if self._joints else None

    def known_steps(self) -> _Found:
        """The steps of the parts that are understood, refusals of the others."""
        text = self._request.text
        starts = (0, *(joint.end() for joint in self._joints))
        ends = (*(joint.start() for joint in self._joints), len(text))
        found: list[Step | _Refused] = []
        first = 0
        while first < len(starts):
            for last in range(len(ends) - 1, first - 1, -1):
                if reading := self._reading(starts[first], ends[last]):
                    found += reading.steps
                    first = last
                    break
            else:
                found.append(_Refused(text[starts[first] : ends[first]]))
            first += 1
        if all(isinstance(step, _Refused) for step in found):
            return (_Refused(self._request.plain),)
        return tuple(found)

    def _from(self, first: int) -> Steps | None:
        if first not in self._known:
            self._known[first] = self._found_from(first)
        return self._known[first]

    def _found_from(self, first: int) -> Steps | None:
        start = self._joints[first - 1].end() if first else 0
        whole = self._reading(start, len(self._request.text)) if first else None
        if whole and not whole.is_greedy:
            return whole.steps
        lefts = [
            (index, self._reading(start, self._joints[index].start()))
            for index in range(first, len(self._joints))
        ]
        # The longest part that is one request; of a greedy kind, the shortest.
        sure = [(i, left) for i, left in reversed(lefts) if left and not left.is_greedy]
        greedy = [(i, left) for i, left in lefts if left and left.is_greedy]
        for index, left in sure + greedy:
            if rest := self._from(index + 1):
                return left.steps + rest
        return whole.steps if whole else None

    def _reading(self, start: int, end: int) -> Reading | None:
        part = self._request.part(self._request.text[start:end])
        return _recognized(replace(part, is_part=True))


def _composed(found: list[Step | _Refused]) -> Steps:
    """Courtesies only where there is nothing else, and one note for all that was refused."""
    steps = [step for step in found if not isinstance(step, _Refused)]
    refused = [step.text for step in found if isinstance(step, _Refused)]
    substantial = [step for step in steps if not isinstance(step, Note)]
    if refused:
        return (*substantial, Note(_refusal(refused, with_examples=not substantial)))
    return tuple(substantial or dict.fromkeys(steps))


def _refusal(requests: list[str], with_examples: bool) -> str:
    shown = " or ".join(f"“{_shortened(request)}”" for request in requests[:3])
    sorry = f"I cannot help with {shown}."
    return f"{sorry} {ABILITIES}" if with_examples else sorry


def _shortened(text: str) -> str:
    text = " ".join(text[:200].split())
    return text if len(text) <= 60 else f"{text[:60].rstrip()}…"

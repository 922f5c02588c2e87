"""Phrases that ask for counts of a text: "count the words in …", "how many letters has '…'?"."""

import re
from dataclasses import dataclass

from a2a_agent.agents.toolbox.reading import MASK, Reading, Request
from a2a_agent.agents.toolbox.steps import Call, Question

_FLAGS = re.IGNORECASE
_COUNTED = r"(?:words?|characters?|chars?|letters?|sentences?|lines?|symbols?)"
_COUNTS = rf"{_COUNTED}(?:(?:\s*,\s*(?:and )?|\s+and\s+)(?:the )?(?:number of )?{_COUNTED}){{0,4}}"
_ASK = re.compile(
    r"(?:(?:what is |give me )?(?:the )?(?:"
    rf"(?P<verb>count)(?: the| all| all the)?(?: number of)? {_COUNTS}"
    rf"|(?:how many|number of) {_COUNTS}"
    r"|(?:word|character|letter|sentence|line)s? counts?|(?:text )?(?:statistics|stats)"
    r"|analy[sz]e(?=[^:]{0,30} text)))(?!\w)",
    _FLAGS,
)
_LINKS = re.compile(
    r"(?:\s+(?:are|is|do|does|can|please|you|we|i|find|count|see|there|contained))*"
    r"(?P<preposition>\s+(?:in|of|on|for|from|within|has|have|contains?))?(?![\w'’])",
    _FLAGS,
)
_NOUN = r"(?:text|sentences?|phrase|string|words?|lines?|paragraph|message|quote|document|file)"
_POINTER = re.compile(
    rf"\s+(?P<which>(?:the |this |that |these |my |our |a )?(?:following )?(?:{_NOUN})?)"
    r"(?: (?:have|has|contain|contains))?\s*(?:(?P<colon>:)|[.?]?(?:\n|$))",
    _FLAGS,
)
_NOUN_BEFORE = re.compile(
    r"\s+(?:the |this |that )?(?:following )?(?:text|sentence|phrase|string|word|paragraph)"
    r"\s+(?=\S)",
    _FLAGS,
)
_DOES_HAVE = re.compile(r"\s+(?:do|does)\s(?P<body>.+?)\s(?:have|has|contain)", _FLAGS)
_MENTIONED = re.compile(
    rf"\b(?:(?:how many|count|number of)\b.{{0,30}}\b{_COUNTED}"
    r"|(?:word|character|letter) count|statistics|stats|length|how long)\b",
    _FLAGS,
)
_QUOTATIONS = re.compile(rf"\s*{MASK}(?:(?:\s*,\s*(?:and )?|\s+and\s+){MASK})*")


@dataclass(frozen=True, slots=True)
class _Lead:
    """The part that asks, up to `end`; the text comes behind it."""

    end: int
    is_open: bool
    """The text comes after a colon, or is announced as the following one."""
    is_bound: bool
    """Something ties a text to it: a preposition, a colon, the verb "count"."""


def takes_the_rest(sentence: str, continues_below: bool) -> bool:
    """Whether everything after this sentence's beginning is the text to count."""
    lead = _lead(sentence)
    if lead is None or re.match(rf"\s*{MASK}", sentence[lead.end :]):
        return False
    ends_here = not sentence[lead.end :].strip(" .:")
    return lead.is_open or (continues_below and ends_here)


def texts(request: Request) -> Reading | None:
    """The counts of quotations, of the rest of the sentence, of an attached text."""
    text = request.text
    lead = _lead(text)
    rest = text[lead.end :] if lead else ""
    if lead and _QUOTATIONS.fullmatch(rest):
        return Reading(tuple(_count(request.quoted(q)) for q in re.findall(MASK, rest)))
    quotations = re.findall(MASK, text)
    if len(quotations) == 1 and _MENTIONED.search(text[:500]) and not (lead and lead.is_open):
        return Reading((_count(request.quoted(quotations[0])),), is_greedy=True)
    if lead is None:
        return None
    if rest.strip() and lead.is_bound:
        return Reading((_count(request.original(_body(rest))),), is_greedy=not lead.is_open)
    if rest.strip():
        return None
    if request.attachment is not None:
        return Reading((_count(request.attachment),))
    prompt = "Of which text? Please send it."
    before = "count the words in the following text: "
    return Reading((Question(prompt=prompt, missing="text", before=before),))


def _lead(text: str) -> _Lead | None:
    asked = _ASK.match(text)
    if asked is None:
        return None
    end = asked.end()
    if does_have := _DOES_HAVE.fullmatch(text, end):
        return _Lead(does_have.start("body"), False, True)
    if text[end : end + 1] == ":":
        return _Lead(end + 1, True, True)
    links = _LINKS.match(text, end)
    is_bound = bool(asked["verb"])
    if links:
        end, is_bound = links.end(), is_bound or links["preposition"] is not None
    if pointer := _POINTER.match(text, end):
        is_open = pointer["colon"] is not None or "following" in pointer["which"].casefold()
        return _Lead(pointer.end(), is_open, True)
    if text[end : end + 1] == ":":
        return _Lead(end + 1, True, True)
    if noun := _NOUN_BEFORE.match(text, end):
        return _Lead(noun.end(), False, True)
    return _Lead(end, False, is_bound)


def _body(rest: str) -> str:
    body = rest.strip()
    for tail in (" have", " has", " contain"):
        body = body.removesuffix(tail)
    return body


def _count(text: str) -> Call:
    return Call("text_statistics", {"text": text})

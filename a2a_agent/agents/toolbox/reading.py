"""One request at a time: what the phrases are given, and what they make of it.

Quoted text is masked: each quotation is one character of a private range, so that nothing in it
is taken for a part of the sentence around it.
"""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeAlias

from a2a_agent.agents.toolbox.dates import MONTH, MONTHS
from a2a_agent.agents.toolbox.steps import Steps

MAX_PHRASE = 300

_FIRST_MASK = 0xE000
_MASKS = range(_FIRST_MASK, 0xF900)
MASK = "[\ue000-\uf8ff]"
"""The pattern of a masked quotation."""

_LONG_MARK = "```"
_OPENING = re.compile(rf"{_LONG_MARK}|(?<!\w)[\"“„«`'‘]")
_CLOSING = {
    opening: re.compile(re.escape(closing) + r"(?!\w)")
    for opening, closing in zip(
        (_LONG_MARK, '"', "“", "„", "«", "`", "'", "‘"),
        (_LONG_MARK, '"', "”", "“", "»", "`", "'", "’"),
        strict=True,
    )
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """A sentence, or a part of one, with the day it is read on."""

    text: str
    today: date
    quotes: tuple[str, ...] = ()
    attachment: str | None = None
    is_part: bool = False
    """Whether this may be no more than the end of another request."""

    @property
    def plain(self) -> str:
        """The text with its quotations in their places, without quotation marks."""
        return trimmed(re.sub(MASK, lambda mask: self.quoted(mask[0]), self.text))

    def original(self, text: str) -> str:
        """A part of the text as it was written."""
        return re.sub(MASK, lambda mask: self._behind(mask[0]), text)

    def quoted(self, mask: str) -> str:
        """The quotation behind a mask, without its marks."""
        quotation = self._behind(mask)
        marks = len(_LONG_MARK) if quotation.startswith(_LONG_MARK) else 1
        return quotation[marks:-marks]

    def _behind(self, mask: str) -> str:
        return self.quotes[ord(mask) - _FIRST_MASK]

    def part(self, text: str) -> "Request":
        """The same reading for a part of the sentence."""
        return replace(self, text=trimmed(text))


@dataclass(frozen=True, slots=True)
class Reading:
    """What a request asks for. A greedy one may have taken a second request for its own end."""

    steps: Steps
    is_greedy: bool = False


Phrase: TypeAlias = Callable[[Request], Reading | None]
"""Recognizes one kind of request, and answers None to all others."""


def masked(text: str) -> tuple[str, tuple[str, ...]]:
    """The text with masks for its quotations, and the quotations."""
    text = re.sub(f"{MASK}|\0", "\ufffd", text)
    pieces: list[str] = []
    quotes: list[str] = []
    unclosed: set[str] = set()
    position = 0
    for opening in _OPENING.finditer(text):
        mark = opening[0]
        if opening.start() < position or mark in unclosed or len(quotes) == len(_MASKS):
            continue
        closing = _CLOSING[mark].search(text, opening.end())
        if closing is None:
            unclosed.add(mark)
            continue
        pieces += [text[position : opening.start()], chr(_MASKS[len(quotes)])]
        quotes.append(text[opening.start() : closing.end()])
        position = closing.end()
    return "".join((*pieces, text[position:])), tuple(quotes)


_MARKER = re.compile(r"\s*(?:\(?\d{1,2}[.)]|[•*‣-])\s+(?=\S)")
_NUMBER_MARKER = re.compile(r"\s*(?:\d{1,2}[.)]|[•*‣])\s+(?=\S)")
_BOUNDARY = re.compile(
    r"\n\s*|;\s+|(?<![?=])(?<!= )\?+(?:\s+|$)|(?<![\d.])\.+\s+"
    rf"|(?<=\d)\.\s+(?!(?i:{MONTH})\b)(?=[^\W\d])|(?<![\d)!])!+\s+|(?<=[\d)])!\s+(?=[A-Z])"
)
_ENUMERATION = re.compile(r"\s*\(?1[.)]\s")
_ITEM = r"(?<!\s)\s+(?=\(?\d{1,2}(?:\)\s|\.\s+[^\W\d]))"
_ENUMERATED = re.compile(f"{_ITEM}|{_BOUNDARY.pattern}")
_ABBREVIATIONS = frozenset({*(name[:3].casefold() for name in MONTHS), "a.m", "p.m", "sept", "st"})

_MAX_CUTS = 500


def sentences(masked_text: str) -> Iterator[tuple[int, str]]:
    """The sentences and list items, each with the place where it begins."""
    position, end = 0, len(masked_text)
    marker_pattern = _MARKER if "\n" in masked_text.strip() else _NUMBER_MARKER
    boundary = _ENUMERATED if _ENUMERATION.match(masked_text) else _BOUNDARY
    for _ in range(_MAX_CUTS):
        if position >= end:
            break
        marker = marker_pattern.match(masked_text, position)
        start = marker.end() if marker else position
        stop, position = _end_and_next(masked_text, start, boundary)
        if trimmed(masked_text[start:stop]):
            yield start, masked_text[start:stop]


def _end_and_next(text: str, start: int, pattern: re.Pattern[str]) -> tuple[int, int]:
    """Where the sentence ends and where the next one begins."""
    for boundary in pattern.finditer(text, start):
        words = text[max(start, boundary.start() - 8) : boundary.start()].casefold().split()
        if boundary[0].startswith(".") and words and words[-1] in _ABBREVIATIONS:
            continue
        # The mark itself may be a factorial: "5! Then …".
        return boundary.start() + boundary[0].startswith("!"), boundary.end()
    return len(text), len(text)


_LEAD = re.compile(
    r"(?:(?:please|(?:can|could|would|will) you|(?:hey|hi|hello)(?: there| toolbox| everyone)?"
    r"|ok|okay|so|then|also|and|well|just|quickly|kindly"
    r"|i(?:'d| would) like (?:you )?to(?: know)?|i (?:want|need) (?:you )?to(?: know)?"
    r"|tell me|let me know|show me|do you know|(?:first|second|third|next|finally)(?:ly)?,)"
    r"(?![\w'])[\s,:!.]*)+",
    re.IGNORECASE,
)
_TAILS = (" please", ",please", " for me", " thanks", " thank you", " thx")


def without_lead(text: str) -> str:
    """The request without the courtesies before it."""
    text = text.strip()
    lead = _LEAD.match(text)
    return text[lead.end() :] if lead else text


def trimmed(text: str) -> str:
    """The request without courtesies and without the marks at its end."""
    text = without_lead(text)
    for _ in range(3):
        text = text.rstrip(" \t\r\n?.:;,…")
        if text.endswith("!") and not text.rstrip("!")[-1:].isdigit() and text[-2:] != ")!":
            text = text.rstrip("! ")
        tail = next((tail for tail in _TAILS if text[-12:].casefold().endswith(tail)), "")
        text = text[: len(text) - len(tail)]
    return text.strip()

"""Numbers as people write them, read and written.

`1,000` and `1 000` are a thousand, `3,5` three and a half, `1.000,5` a thousand and a half; a
point alone is a decimal point.
"""

import re
from collections.abc import Mapping
from types import MappingProxyType

NUMBER = (
    r"(?:\d{1,3}(?:,\d{3})+(?:\.\d+)?(?!\d|,\d)"
    r"|\d{1,3}(?:[ \u00a0\u2009\u202f]\d{3})+(?![\d.,]*\d)"
    r"|\d{1,3}(?:\.\d{3})+,\d+"
    r"|\d+,\d+"
    r"|\d+(?:\.\d+)?(?:[eE][+-]?\d+)?"
    r"|\.\d+)"
)
"""The pattern of a number without a sign."""

_THOUSANDS = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?")


def read_number(text: str) -> int | float:
    """The value of what `NUMBER` matched; whole numbers are exact."""
    text = "".join(text.split())
    if _THOUSANDS.fullmatch(text):
        text = text.replace(",", "")
    elif "," in text:
        text = text.replace(".", "").replace(",", ".")
    return int(text) if text.isdigit() else float(text)


def write_number(value: int | float, places: int = 6) -> str:
    """The number with at most so many decimals; below one, so many digits that count."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    if abs(value) >= 1e15:
        return f"{value:.10g}"
    if abs(value) < 1:
        return f"{value:.{max(places, 4)}g}"
    return f"{value:.{places}f}".rstrip("0").rstrip(".")


_UNITS = "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen"
_TEENS = "fifteen sixteen seventeen eighteen nineteen"
_TENS = "twenty thirty forty fifty sixty seventy eighty ninety"
_SMALL: Mapping[str, int] = MappingProxyType(
    {word: value for value, word in enumerate(f"{_UNITS} {_TEENS}".split())}
    | {word: 10 * value for value, word in enumerate(_TENS.split(), start=2)}
)
_LARGE: Mapping[str, int] = MappingProxyType(
    {"thousand": 10**3, "million": 10**6, "billion": 10**9}
)
_WORD = "|".join((*_SMALL, "hundred", *_LARGE))
_WORDS = re.compile(
    rf"(?<!\d )\b(?:a (?=hundred|thousand|million))?(?:{_WORD})(?:(?:[ -]|(?<=hundred) and |"
    rf"(?<=thousand) and )(?:{_WORD}))*\b",
    re.IGNORECASE,
)


_LARGE_NUMBER = re.compile(rf"({NUMBER}) ({'|'.join(_LARGE)})\b", re.IGNORECASE)


def with_digits(text: str) -> str:
    """The text with number words such as "twenty-five" written in digits."""
    return _LARGE_NUMBER.sub(_large_number, _WORDS.sub(_digits, text))


def _large_number(match: re.Match[str]) -> str:
    return write_number(read_number(match[1]) * _LARGE[match[2].lower()])


def _digits(match: re.Match[str]) -> str:
    total, group, last = 0, 0, 10**12
    for word in match[0].lower().replace("-", " ").split():
        if word in ("a", "and"):
            continue
        if word in _SMALL:
            value = _SMALL[word]
            if not _may_follow(last, value):
                return match[0]
            group, last = group + value, value
        elif word == "hundred":
            group, last = (group or 1) * 100, 100
        else:
            total, group, last = total + (group or 1) * _LARGE[word], 0, _LARGE[word]
    return str(total + group)


def _may_follow(last: int, value: int) -> bool:
    """Whether "… twenty" may go on with "five": only a ten or a larger group takes more."""
    return last >= 100 or (last >= 20 and 0 < value < 10)

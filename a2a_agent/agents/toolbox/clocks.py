"""Times of day as people write them."""

import re
from datetime import time

TIME = (
    r"(?:\d{1,2}(?:[:.h]\d{2}(?::\d{2})?)? ?(?:[ap]\.?m\b\.?|o['’]clock\b)"
    r"|\d{1,2}[:h]\d{2}(?::\d{2})?(?: ?(?:hours|hrs|h))?|noon|midday|midnight)"
)
"""The pattern of a time of day that cannot be taken for anything else."""

BARE_TIME = rf"(?:{TIME}|\d{{1,2}}(?:\.\d{{2}})?)"
"""The same where the sentence leaves no doubt that it is a time, so that `9` will do."""

_CLOCK = re.compile(r"(\d{1,2})(?:[:.h](\d{2}))?(?::(\d{2}))? ?(am|pm)?(?: ?[a-z'’]+)?")
_NAMED = {"noon": time(12), "midday": time(12), "midnight": time(0)}


def read_time(text: str) -> time | None:
    """The time of day, or None where the text is none: `9:00`, `9 am`, `21:15`, `noon`."""
    words = " ".join(text.casefold().replace(".m", "m").rstrip(". ").split())
    if words in _NAMED:
        return _NAMED[words]
    match = _CLOCK.fullmatch(words)
    if match is None:
        return None
    hour, minute, second = (int(digits or 0) for digits in match.group(1, 2, 3))
    if match[4] and not 1 <= hour <= 12:
        return None
    if match[4]:
        hour = hour % 12 + (12 if match[4] == "pm" else 0)
    return time(hour, minute, second) if hour < 24 and minute < 60 and second < 60 else None

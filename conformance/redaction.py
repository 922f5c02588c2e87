"""What may be shown of a run: clean, bounded, and without the secrets that were sent.

All that is kept of what endpoints say comes through here, and comes whole: of a text that was cut
before, half a secret would be left.
"""

import html
import json
import re
from collections.abc import Iterator, Mapping

from conformance.text import clean

HIDDEN = "…"
"""Stands for a secret, and for what was cut off."""

_SHORTEST = 3
"""Characters; what is shorter stands in every text, and hides nothing."""
_SHORTEST_WITHIN_WORDS = 6
"""What is shorter is hidden only where neither a letter nor a digit is beside it."""
_NAMED = re.compile(r'=\s*"?([^\s;,"]+)')
_SAFE = frozenset("-._~")
"""Signs that no encoding changes."""
_MOST_ESCAPES = 4
"""Backslashes before a sign, of JSON within the text of a string within JSON."""


class Redaction:
    """Hides the secrets in these headers wherever they are repeated, encoded or not."""

    def __init__(self, *headers: Mapping[str, str]) -> None:
        values = (value for some in headers for value in some.values())
        found = {secret for value in values for secret in _secrets(value)}
        secrets = sorted(found, key=len, reverse=True)
        # What matches nothing, where there is nothing to hide.
        self._secrets = re.compile("|".join(map(_pattern, secrets)) or "(?!)", re.IGNORECASE)
        self._longest = max((len(secret) for secret in secrets), default=0) * (_MOST_ESCAPES + 6)

    def shown(self, text: str, most: int) -> str:
        """The text without secrets, clean, and cut after so many characters."""
        shown, left, at = "", most, 0
        # No more is looked through than is shown, and the end of a secret that begins in there.
        while found := self._secrets.search(text, at, at + left + self._longest):
            if found.start() >= at + left:
                break
            shown += text[at : found.start()] + HIDDEN
            left = max(most - len(shown), 0)
            at = found.end()
        is_cut = at + left < len(text)
        shown = clean(shown + text[at : at + left])
        return f"{shown[:most]}{HIDDEN}" if is_cut or len(shown) > most else shown


def _secrets(value: str) -> Iterator[str]:
    """The value, what follows its scheme (`Bearer abc`), and what has a name (`session=abc`)."""
    for secret in (value, value.partition(" ")[2].strip()):
        if len(secret) >= _SHORTEST:
            yield secret
    for named in _NAMED.findall(value):
        if len(named) >= _SHORTEST_WITHIN_WORDS:
            yield named


def _pattern(secret: str) -> str:
    forms = "".join(map(_forms, re.findall(r"\\+|[^\\]", secret)))
    return forms if len(secret) >= _SHORTEST_WITHIN_WORDS else rf"(?<![^\W_]){forms}(?![^\W_])"


def _forms(sign: str) -> str:
    """A sign as it is, and as JSON, URLs, forms and HTML write it; or a run of backslashes."""
    if sign.isalnum() or sign in _SAFE:
        return re.escape(sign)
    code = ord(sign[0])
    encoded = [f"(?:%{code:02x}){{{len(sign)}}}"]
    if sign[0] == "\\":
        encoded.append(rf"\\{{{len(sign)},{_MOST_ESCAPES * len(sign)}}}")
    else:
        escaped = re.escape(json.dumps(sign)[-2])
        encoded.append(rf"\\{{0,{_MOST_ESCAPES}}}{re.escape(sign)}")
        encoded.append(rf"\\{{1,{_MOST_ESCAPES}}}(?:{escaped}|u{code:04x})")
        encoded += [re.escape(html.escape(sign)), f"&#{code};"]
    if sign == " ":
        encoded.append(r"\+")
    return f"(?:{'|'.join(encoded)})"

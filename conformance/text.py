"""What may reach a terminal or a file of text: what endpoints send is hostile until it is clean."""

import re

# Control characters but newline and tab (C0, DEL, C1), marks that reorder the line they are in,
# what XML has no way to write, and lone surrogates, which no encoding can. A carriage return is
# dropped before.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff"
    "\ufffe\uffff]"
)


def clean(text: str) -> str:
    """The text with everything that a terminal could obey written out as an escape."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r", ""))


def one_line(text: str) -> str:
    """The text, clean, on one line."""
    return clean(" ".join(text.split()))

"""Text cut the way a model would stream it. Knows nothing of agents."""

import re
from collections.abc import Iterator

_WORD = re.compile(r"\s*\S+\s*|\s+")


def in_pieces(text: str, at_most: int = 500) -> Iterator[str]:
    """The text word by word, or several words at a time where it is long; nothing is lost."""
    words = _WORD.findall(text)
    words_a_piece = -(-len(words) // at_most) or 1
    for start in range(0, len(words), words_a_piece):
        yield "".join(words[start : start + words_a_piece])

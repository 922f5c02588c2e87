"""Imported first, it spares tiktoken from loading its table over the network: a byte is a token."""

from tiktoken import Encoding
from tiktoken.registry import ENCODINGS

ENCODINGS["cl100k_base"] = Encoding(
    "cl100k_base",
    pat_str=r"[\s\S]",
    mergeable_ranks={bytes([number]): number for number in range(256)},
    special_tokens={},
)

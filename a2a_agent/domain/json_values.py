"""What may leave the server as JSON: agents hand over Python values, clients get JSON."""

from collections.abc import Mapping
from math import isfinite

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import JsonValue

_MOST_DEPTH = 100
_LEAST_INT, _MOST_INT = -(2**63), 2**64 - 1


def clean_text(text: str) -> str:
    """The text with halves of surrogate pairs, which UTF-8 cannot carry, replaced by U+FFFD."""
    if text.isascii():
        return text
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


def checked_text(value: object, where: str) -> str:
    """The value as clean text. Raises IllegalEvent, naming `where`, if it is none."""
    if not isinstance(value, str):
        raise IllegalEvent(f"{where} holds a {type(value).__name__} where text is needed")
    return clean_text(value)


def checked(value: object, where: str, depth: int = 0) -> JsonValue:
    """The value as JSON would give it back. Raises IllegalEvent, naming `where`, for no JSON."""
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str):
        return clean_text(_exact(value))
    if isinstance(value, int):
        if not _LEAST_INT <= value <= _MOST_INT:
            raise IllegalEvent(f"{where} holds an integer of more than 64 bits")
        return int(value)
    if isinstance(value, float):
        if not isfinite(value):
            raise IllegalEvent(f"{where} holds {value}, which JSON has no number for")
        return float(value)
    if depth >= _MOST_DEPTH:
        raise IllegalEvent(f"{where} is nested more than {_MOST_DEPTH} levels deep")
    if isinstance(value, Mapping):
        if not all(isinstance(name, str) for name in value):
            raise IllegalEvent(f"{where} holds an object with a name that is no string")
        return {
            clean_text(_exact(name)): checked(item, where, depth + 1)
            for name, item in value.items()
        }
    if isinstance(value, list | tuple):
        return [checked(item, where, depth + 1) for item in value]
    raise IllegalEvent(f"{where} holds a {type(value).__name__}, which is no JSON")


def _exact(text: str) -> str:
    """The characters alone of a string that may be an enum's member or the like."""
    return str.__str__(text)

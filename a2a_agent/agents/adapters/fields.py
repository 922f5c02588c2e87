"""Reading a framework's events: live objects, dicts, or JSON that was recorded of them.

Recorded, an object is a mapping that names its class under `$class`.
"""

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import Enum
from itertools import islice
from math import isfinite
from typing import Any

from pydantic_core import to_jsonable_python

from a2a_agent.agents.outputs import json_of, text_of
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import clean_text
from a2a_agent.domain.model import JsonValue

CLASS = "$class"

_PLAIN = (str, bytes, bool, int, float)
_MOST_DEPTH = 6
_MOST_CHARACTERS = 2_000
_MOST_ITEMS = 100
_MOST_VALUES = 1_000
_PRIVATE = re.compile(
    r"^_|api[-_]?key|private[-_]?key|secret|passw|passphrase|credential|authorization|cookie"
    r"|(?:access|auth|bearer|id|refresh|session)[-_]?token$|^client$|headers$",
    re.IGNORECASE,
)
"""Names of members that are not for a reader's eyes."""


def field(value: Any, path: str, default: Any = None) -> Any:
    """What lies at the path, such as `payload.tool_calls.0.id`; the default for None or nothing."""
    for name in path.split("."):
        if isinstance(value, Mapping):
            value = value.get(name)
        elif isinstance(value, list | tuple):
            value = value[int(name)] if name.isdecimal() and int(name) < len(value) else None
        elif type(value) in _PLAIN:  # has methods, but no fields
            value = None
        else:
            value = getattr(value, name, None)
        if value is None:
            return default
    return value


def text_at(value: Any, path: str) -> str:
    """What lies at the path, as text: data as its JSON, and nothing where there is nothing."""
    return text_of(readable(field(value, path, "")))


def class_name(value: Any) -> str:
    """The name of the value's class, without its module."""
    named = value.get(CLASS) if isinstance(value, Mapping) else None
    return str(named).rpartition(".")[2] if named else type(value).__name__


def parsed(text: Any) -> Any:
    """The JSON in a text, as models write arguments; the value itself where there is none."""
    if not isinstance(text, str):
        return text
    try:
        return json.loads(text or "{}")
    except (RecursionError, ValueError):
        return text


def readable(value: Any) -> JsonValue:
    """The value as JSON; as text, where that is nested too deep or has too long a number for a
    client to read."""
    try:
        return json_of(value)
    except (IllegalEvent, ValueError):
        pass
    try:
        return clean_text(text_of(to_jsonable_python(value, inf_nan_mode="null", fallback=str)))
    except ValueError:  # it has no end
        return f"<{class_name(value)}>"


def json_in(value: Any) -> JsonValue:
    """The value, which may be a model or a dataclass, as the JSON that it stands for.

    Raises IllegalEvent or ValueError where it stands for none.
    """
    return _without_classes(json_of(value, fallback=None))


def _without_classes(value: JsonValue) -> JsonValue:
    if isinstance(value, dict):
        return {name: _without_classes(item) for name, item in value.items() if name != CLASS}
    return [_without_classes(item) for item in value] if isinstance(value, list) else value


def view(value: Any) -> JsonValue:
    """The public fields of a value as JSON, as far as a debugging reader may want them.

    What may hold a secret, by its name, is left out. What is nested deeper, or is no data, is its
    class's name in angle brackets; long texts and lists are cut, and so is the whole.
    """
    return _View().of(value, _MOST_DEPTH)


class _View:
    def __init__(self) -> None:
        self._values_left = _MOST_VALUES

    def of(self, value: Any, depth: int) -> JsonValue:
        self._values_left -= 1
        match value:
            case Enum():
                return self.of(value.value, depth)
            case int() if value.bit_length() > 63:
                return str(value)
            case float() if not isfinite(value):
                return str(value)
            case None | int() | float():
                return value
            case str():
                return value if len(value) <= _MOST_CHARACTERS else f"{value[:_MOST_CHARACTERS]}…"
            case _ if depth == 0 or isinstance(value, bytes | bytearray):
                return f"<{type(value).__name__}>"
            case Mapping():
                return self._members(value.items(), depth)
            case Sequence() | set() | frozenset():
                items = islice(value, _MOST_ITEMS)
                return [self.of(item, depth - 1) for item in items if self._values_left > 0]
            case _ if isinstance(value, type) or callable(value) or not hasattr(value, "__dict__"):
                return f"<{class_name(value)}>"
            case _:
                return {CLASS: class_name(value), **self._members(vars(value).items(), depth)}

    def _members(self, items: Iterable[tuple[Any, Any]], depth: int) -> dict[str, JsonValue]:
        shown = ((str(name), item) for name, item in items if not _PRIVATE.search(str(name)))
        return {
            name: self.of(item, depth - 1)
            for name, item in islice(shown, _MOST_ITEMS)
            if self._values_left > 0
        }

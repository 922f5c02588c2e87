"""Whether what comes has the shape that its version says; each flaw under the rule it breaks."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType
from typing import Any

from jsonschema import Draft202012Validator, ValidationError

import schemas

_MOST_FLAWS = 5
"""Of one reply: what is wrong in each item of a long list is wrong once."""
_KINDS = frozenset({"task", "message", "status-update", "artifact-update", "text", "file", "data"})

RULES: Mapping[str, str] = MappingProxyType(
    {
        "required": "shapes.required-members",
        "contains": "shapes.required-members",
        "propertyNames": "shapes.camel-case",
        "enum": "shapes.values",
        "const": "shapes.values",
        "pattern": "shapes.formats",
        "format": "shapes.formats",
        "oneOf": "shapes.one-of",
    }
)
"""Which rule a keyword of the schemas stands for; all others are about types."""
_TYPES, _NULLS, _KIND = "shapes.types", "shapes.no-nulls", "shapes.kind"
ALL = frozenset({*RULES.values(), _TYPES, _NULLS, _KIND})


@dataclass(frozen=True, slots=True)
class Flaw:
    """A rule that a value breaks: what was expected at which place, and what is there."""

    rule: str
    expected: str
    got: str


def flaws(version: str, name: str, value: Any) -> list[Flaw]:
    """What keeps the value from being such a thing in this version; `[]` if nothing does."""
    errors = list(_validator(version, name).iter_errors(value))
    found = [_flaw(version, error) for error in errors[:_MOST_FLAWS]]
    if version == "1.0":
        found += [_stray_kind(place) for place in list(_kinds(value))[:1]]
    return found


@cache
def _validator(version: str, name: str) -> Draft202012Validator:
    return Draft202012Validator(schemas.load(version, name))


def _flaw(version: str, error: ValidationError) -> Flaw:
    place = error.json_path.removeprefix("$").removeprefix(".") or "the value"
    got = repr(error.instance)
    names = "propertyNames"
    keyword = names if names in error.absolute_schema_path else str(error.validator)
    if keyword == "type" and error.instance is None and error.absolute_path:
        return Flaw(_NULLS, f"{place} left out, or a value", "null")
    if version == "0.3" and _is_about_kind(error):
        return Flaw(_KIND, f"the right `kind` in {place}", got)
    match keyword:
        case "required":
            expected = f"{place} with the member {error.message.split(' is ')[0]}"
        case "propertyNames":
            expected = f"names in camelCase in {place}"
        case "enum":
            allowed: Any = error.validator_value
            words = ", ".join(map(str, allowed))
            expected = f"{place} to be one of {words}"
        case "const":
            expected = f"{place} to be {error.validator_value!r}"
        case "pattern" | "format":
            expected = f"{place} in its format: {error.validator_value}"
        case "oneOf":
            expected = f"exactly one of the members that say what {place} is"
        case "contains":
            expected = f"{place} with an entry of `@type` google.rpc.ErrorInfo"
        case _:
            expected = f"{place} to be of {keyword} {error.validator_value}"
    return Flaw(RULES.get(keyword, _TYPES), expected, got)


def _is_about_kind(error: ValidationError) -> bool:
    if error.path and error.path[-1] == "kind":
        return True
    return error.validator == "required" and error.message.startswith("'kind'")


def _kinds(value: Any, place: str = "") -> Iterator[str]:
    """Where objects say their kind as in 0.3; data of the agent's own are not looked at."""
    if isinstance(value, dict):
        kind = value.get("kind")
        if isinstance(kind, str) and kind in _KINDS:
            yield place or "the value"
        for name, item in value.items():
            if name not in ("data", "metadata"):
                yield from _kinds(item, f"{place}.{name}".removeprefix("."))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _kinds(item, f"{place}[{index}]")


def _stray_kind(place: str) -> Flaw:
    return Flaw(_KIND, f"no `kind` in {place}: 1.0 has none", "a `kind`")

"""Answers in JSON: which the client asks for, and whether the model's is one."""

import asyncio
import json
from collections.abc import Iterator, Mapping
from itertools import count
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError
from jsonschema.validators import extend
from referencing import Registry
from referencing.exceptions import Unresolvable

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import checked
from a2a_agent.domain.model import JsonObject, JsonValue
from a2a_agent.runtime.agent import RunRequest
from a2a_agent.wire.json import loads

SCHEMA_KEY = "outputSchema"
"""The member of a request's or a message's metadata that holds a JSON Schema for the answer."""


_MOST_STEPS = 100_000
"""Keywords that are looked at for one answer: a few that fan out could make billions."""
_LONGEST_SCHEMA = 32 * 1024
"""Characters of a schema, as JSON."""
_MOST_UNIQUE = 1_000
"""Items that are compared with each other, each with each."""

_extend: Any = extend  # has no types
_KEYWORDS: Mapping[str, Any] = Draft202012Validator.VALIDATORS


def _anything(*_: Any) -> None:
    """Takes any value: a client's regular expression could keep the server busy for hours."""


def _additional(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Any]:
    # Which properties are additional depends on the regular expressions beside it.
    if "patternProperties" not in schema:
        yield from _KEYWORDS["additionalProperties"](validator, rule, instance, schema) or ()


def _unique(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Any]:
    if not isinstance(instance, list) or len(instance) <= _MOST_UNIQUE:
        yield from _KEYWORDS["uniqueItems"](validator, rule, instance, schema) or ()


_BOUNDED: Mapping[str, Any] = {
    **_KEYWORDS,
    **dict.fromkeys(("pattern", "patternProperties", "unevaluatedProperties"), _anything),
    "unevaluatedItems": _anything,  # looks at schemas that nobody counts
    "additionalProperties": _additional,
    "uniqueItems": _unique,
}


def _validator(schema: JsonObject) -> Any:
    """Holds values against the schema, without what could keep the server busy for hours."""
    steps = count(1)

    def counted(keyword: Any) -> Any:
        def look(validator: Any, rule: Any, instance: Any, schema: Any) -> Iterator[Any]:
            if next(steps) > _MOST_STEPS:
                raise ValueError("the schema asks for more than this server looks at")
            yield from keyword(validator, rule, instance, schema) or ()

        return look

    keywords = {name: counted(keyword) for name, keyword in _BOUNDED.items()}
    return _extend(Draft202012Validator, keywords)(schema, registry=Registry())


async def wanted_schema(request: RunRequest) -> JsonObject | None:
    """The schema that the answer is to have; `{}` for any object, None for plain text.

    Raises ValueError, with a sentence for the client, for what is no schema.
    """
    metadata = {**(request.message.metadata or {}), **request.metadata}
    schema = metadata.get(SCHEMA_KEY)
    if schema is None:
        return {} if wants_json(request.accepted_output_modes) else None
    if not isinstance(schema, Mapping):
        raise ValueError(f"metadata.{SCHEMA_KEY} must be a JSON Schema, an object.")
    await asyncio.to_thread(_check_schema, schema)
    return schema


def _check_schema(schema: JsonObject) -> None:
    if len(json.dumps(schema)) > _LONGEST_SCHEMA:
        raise ValueError(f"metadata.{SCHEMA_KEY} must have {_LONGEST_SCHEMA} characters at most.")
    try:
        Draft202012Validator.check_schema(schema)
    except SchemaError as error:
        where = "/".join(map(str, error.absolute_path))
        raise ValueError(
            f"metadata.{SCHEMA_KEY} is no JSON Schema: {where or 'it'} is not right."
        ) from None


def wants_json(accepted_output_modes: tuple[str, ...]) -> bool:
    """Whether the client takes JSON and no text."""
    modes = {mode.partition(";")[0].strip().lower() for mode in accepted_output_modes}
    return "application/json" in modes and not modes & {"text/plain", "text/*", "*/*"}


def output(text: str, schema: JsonObject) -> JsonValue:
    """The JSON in the text. Raises ValueError, with a sentence for the model, if there is none."""
    try:
        value = checked(loads(_without_fence(text).encode()), "the answer")
    except IllegalEvent as error:
        raise ValueError(str(error)) from None
    if not schema:
        if not isinstance(value, dict):
            raise ValueError("the answer must be a JSON object")
        return value
    try:
        first = next(_validator(schema).iter_errors(value), None)
    except (AttributeError, RecursionError, TypeError, Unresolvable) as error:
        raise ValueError("the schema refers to what is no schema in it") from error
    if first is not None:
        where = "/".join(map(str, first.absolute_path)) or "the answer"
        raise ValueError(f"{where}: {first.message[:500]}")
    return value


def request_for(schema: JsonObject) -> str:
    """What the model is told, because not every server keeps it to a schema."""
    if not schema:
        return "Answer with a JSON object, and nothing else."
    return f"Answer with JSON that has this schema, and nothing else: {json.dumps(schema)}"


def _without_fence(text: str) -> str:
    """The text in a Markdown code block, if it is one: some models cannot help it."""
    text = text.strip()
    if text.startswith("```") and text.endswith("```"):
        return text[3:-3].removeprefix("json").strip()
    return text

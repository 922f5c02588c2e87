"""Typed Python functions as tools: their schema, checked arguments, safe failures.

    ToolError       the call failed; its text is a sentence that client and model may read

Knows no agent and no model. A synchronous function runs in a thread, off the event loop.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from inspect import Parameter, Signature, getdoc, iscoroutinefunction, signature
from typing import Any, TypeAlias, cast, get_type_hints

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs, to_jsonable_python

from a2a_agent.domain.model import JsonObject, JsonValue

_log = logging.getLogger(__name__)

Render: TypeAlias = Callable[[JsonObject, JsonValue], str]


class ToolError(Exception):
    """A call failed. The text is a sentence that may be shown to anyone."""


def _as_json(_: JsonObject, output: JsonValue) -> str:
    return output if isinstance(output, str) else json.dumps(output, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Tool:
    """A function with its name, its description and the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: JsonObject
    function: Callable[..., Any]
    validator: TypeAdapter[dict[str, Any]]
    render: Render = _as_json
    """Arguments and output as text: JSON, or what the tool's owner finds better."""

    def text(self, arguments: JsonObject, output: JsonValue) -> str:
        """The result of a call that went well, for people to read."""
        checked = cast(JsonObject, to_jsonable_python(self._checked(arguments)))
        return self.render(checked, output)

    async def call(self, arguments: JsonValue) -> JsonValue:
        """The function's result as JSON. Any failure is a ToolError; the log has the rest."""
        checked = self._checked(arguments)
        try:
            result = await _result(self.function, checked)
            return cast(JsonValue, to_jsonable_python(result, inf_nan_mode="null", fallback=str))
        except ToolError:
            raise
        except Exception as failure:
            _log.exception("a tool failed", extra={"tool": self.name})
            raise ToolError(f"The tool {self.name} failed.") from failure

    def _checked(self, arguments: JsonValue) -> dict[str, Any]:
        if not isinstance(arguments, Mapping):
            raise ToolError(f"The arguments of {self.name} must be a JSON object.")
        try:
            return self.validator.validate_python(ArgsKwargs((), dict(arguments)))
        except ValidationError as failure:
            raise ToolError(f"{self.name} cannot take this: {_complaints(failure)}.") from None


def tool_from(function: Callable[..., Any], *, render: Render = _as_json) -> Tool:
    """The function as a tool: named as it is, described by its docstring.

    Raises TypeError for a function whose parameters have no names or no types.
    """
    name = cast(str, getattr(function, "__name__", type(function).__name__))
    validator = _validator(function, name)
    return Tool(
        name=name,
        description=getdoc(function) or "",
        parameters=_without_titles(validator.json_schema()),
        function=function,
        validator=validator,
        render=render,
    )


def _validator(function: Callable[..., Any], name: str) -> TypeAdapter[dict[str, Any]]:
    hints = get_type_hints(function, include_extras=True)
    hints.pop("return", None)
    parameters = signature(function).parameters.values()
    for parameter in parameters:
        if parameter.kind not in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY):
            raise TypeError(f"{name} is no tool: its parameter {parameter} cannot go by name")
        if parameter.name not in hints:
            raise TypeError(f"{name} is no tool: its parameter {parameter} has no type")

    def collect(**arguments: Any) -> dict[str, Any]:
        return arguments

    # pydantic reads both, and so checks the arguments without calling the function.
    stand_in = cast(Any, collect)
    stand_in.__annotations__ = hints
    stand_in.__signature__ = Signature(
        [p.replace(kind=Parameter.KEYWORD_ONLY, annotation=hints[p.name]) for p in parameters]
    )
    return TypeAdapter(stand_in)


def _without_titles(schema: dict[str, Any]) -> JsonObject:
    properties = {
        name: {key: value for key, value in rule.items() if key != "title"}
        for name, rule in schema.get("properties", {}).items()
    }
    return {**schema, "properties": properties}


def _complaints(failure: ValidationError) -> str:
    return "; ".join(
        f"{'.'.join(map(str, error['loc']))}: {error['msg'][:1].lower()}{error['msg'][1:]}"
        for error in failure.errors(include_url=False, include_input=False)
    )


async def _result(function: Callable[..., Any], arguments: dict[str, Any]) -> object:
    if iscoroutinefunction(function):
        return await function(**arguments)
    return await asyncio.to_thread(_call, function, arguments)


def _call(function: Callable[..., Any], arguments: dict[str, Any]) -> object:
    try:
        return function(**arguments)
    except StopIteration as failure:
        # A future cannot carry a StopIteration: whoever awaits it would wait for ever.
        raise RuntimeError("the function raised StopIteration") from failure

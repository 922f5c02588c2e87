"""Tools: what a model may call, and typed Python functions as such.

    Tool            anything with a name, a JSON Schema and a way to run it
    FunctionTool    a function as a tool, made by `tool`
    ToolError       the call failed; its text is a sentence that client and model may read

Knows no agent and no model. A synchronous function runs in a thread, off the event loop.
"""

import asyncio
import json
import logging
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing
from dataclasses import dataclass
from functools import partial
from inspect import (
    Parameter,
    Signature,
    getdoc,
    isasyncgenfunction,
    iscoroutinefunction,
    isgeneratorfunction,
    signature,
)
from typing import Any, Protocol, TypeAlias, cast, get_type_hints, overload, runtime_checkable

from pydantic import TypeAdapter, ValidationError
from pydantic_core import ArgsKwargs, to_jsonable_python

from a2a_agent.domain.agent_events import Artifact
from a2a_agent.domain.json_values import checked
from a2a_agent.domain.model import FilePart, JsonObject, JsonValue

_log = logging.getLogger(__name__)

Render: TypeAlias = Callable[[JsonObject, JsonValue], str]
Report: TypeAlias = Callable[[JsonValue], None]
"""Takes news of a tool at work."""


class ToolError(Exception):
    """A call failed. The text is a sentence that may be shown to anyone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a generator yields as news of its work; anything else that it yields is its result."""

    data: Any


@dataclass(frozen=True, slots=True)
class Output:
    """What a call gave: a value for the model, and files or other output for the client."""

    value: JsonValue
    artifacts: tuple[Artifact, ...] = ()


@runtime_checkable
class Tool(Protocol):
    """What a model may call."""

    @property
    def name(self) -> str: ...
    @property
    def description(self) -> str: ...
    @property
    def parameters(self) -> JsonObject:
        """The JSON Schema of the arguments, an object."""
        ...

    @property
    def requires_approval(self) -> bool:
        """Whether the client is asked before it runs."""
        ...

    @property
    def timeout_seconds(self) -> float | None:
        """The longest that a call may take; None where whoever calls says so."""
        ...

    async def run(self, arguments: JsonValue, report: Report) -> Output:
        """Makes the call. Any failure is a ToolError; the log has the rest."""
        ...


Toolset: TypeAlias = AbstractAsyncContextManager[Sequence[Tool]]
"""Tools that have to be opened, and closed at the end."""


def _as_json(_: JsonObject, output: JsonValue) -> str:
    return text_of(output)


def text_of(value: JsonValue) -> str:
    """The value as a model reads it: text as it is, all else as JSON."""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class FunctionTool:
    """A function with its name, its description and the JSON Schema of its arguments."""

    name: str
    description: str
    parameters: JsonObject
    function: Callable[..., Any]
    validator: TypeAdapter[dict[str, Any]]
    render: Render = _as_json
    """Arguments and output as text: JSON, or what the tool's owner finds better."""
    requires_approval: bool = False
    timeout_seconds: float | None = None

    def text(self, arguments: JsonObject, output: JsonValue) -> str:
        """The result of a call that went well, for people to read."""
        taken = cast(JsonObject, to_jsonable_python(self._checked(arguments)))
        return self.render(taken, output)

    async def call(self, arguments: JsonValue) -> JsonValue:
        """The function's result as JSON. Any failure is a ToolError; the log has the rest."""
        return (await self.run(arguments, _ignore)).value

    async def run(self, arguments: JsonValue, report: Report) -> Output:
        """The function's result: what is a file or an artifact goes to the client as such."""
        taken = self._checked(arguments)
        try:
            return output_of(await _result(self.function, taken, report))
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


@overload
def tool(
    function: Callable[..., Any],
    /,
    *,
    name: str | None = None,
    requires_approval: bool = False,
    timeout_seconds: float | None = None,
    render: Render = _as_json,
) -> FunctionTool: ...
@overload
def tool(
    *,
    name: str | None = None,
    requires_approval: bool = False,
    timeout_seconds: float | None = None,
    render: Render = _as_json,
) -> Callable[[Callable[..., Any]], FunctionTool]: ...
def tool(
    function: Callable[..., Any] | None = None,
    /,
    *,
    name: str | None = None,
    requires_approval: bool = False,
    timeout_seconds: float | None = None,
    render: Render = _as_json,
) -> FunctionTool | Callable[[Callable[..., Any]], FunctionTool]:
    """The function as a tool, described by its docstring; also as a decorator, with options.

    Raises TypeError for a function whose parameters have no names or no types.
    """
    if function is None:
        return partial(
            tool,
            name=name,
            requires_approval=requires_approval,
            timeout_seconds=timeout_seconds,
            render=render,
        )
    name = name or cast(str, getattr(function, "__name__", type(function).__name__))
    validator = _validator(function, name)
    return FunctionTool(
        name=name,
        description=getdoc(function) or "",
        parameters=_without_titles(validator.json_schema()),
        function=function,
        validator=validator,
        render=render,
        requires_approval=requires_approval,
        timeout_seconds=timeout_seconds,
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


def _ignore(_: JsonValue) -> None:
    pass


async def _result(function: Callable[..., Any], arguments: dict[str, Any], report: Report) -> Any:
    if iscoroutinefunction(function):
        return await function(**arguments)
    if isasyncgenfunction(function):
        result = None
        async with aclosing(function(**arguments)) as items:
            async for item in items:
                if isinstance(item, Progress):
                    report(json_of(item.data))
                else:
                    result = item
        return result
    loop = asyncio.get_running_loop()

    def report_from_thread(data: JsonValue) -> None:
        loop.call_soon_threadsafe(report, data)

    return await asyncio.to_thread(_call, function, arguments, report_from_thread)


def _call(function: Callable[..., Any], arguments: dict[str, Any], report: Report) -> Any:
    try:
        result = function(**arguments)
        return _exhausted(result, report) if isgeneratorfunction(function) else result
    except StopIteration as failure:
        # A future cannot carry a StopIteration: whoever awaits it would wait for ever.
        raise RuntimeError("the function raised StopIteration") from failure


def _exhausted(generator: Generator[Any, None, Any], report: Report) -> Any:
    result = None
    while True:
        try:
            item = next(generator)
        except StopIteration as end:
            return result if end.value is None else end.value
        if isinstance(item, Progress):
            report(json_of(item.data))
        else:
            result = item


def json_of(value: object) -> JsonValue:
    """The value as JSON, as well as it can be. Raises IllegalEvent where it cannot."""
    return checked(to_jsonable_python(value, inf_nan_mode="null", fallback=str), "a tool's result")


def output_of(result: object) -> Output:
    """What a tool gave, files and artifacts apart. Raises IllegalEvent for what is no JSON."""
    if isinstance(result, FilePart | Artifact):
        artifact = _artifact(result)
        return Output(_described(artifact), (artifact,))
    if isinstance(result, list | tuple) and any(
        isinstance(item, FilePart | Artifact) for item in result
    ):
        outputs = [output_of(item) for item in result]
        artifacts = [artifact for output in outputs for artifact in output.artifacts]
        return Output([output.value for output in outputs], tuple(artifacts))
    return Output(json_of(result))


def _artifact(given: FilePart | Artifact) -> Artifact:
    return given if isinstance(given, Artifact) else Artifact(parts=(given,), name=given.filename)


def _described(artifact: Artifact) -> JsonObject:
    """What the model is told of output that goes to the client."""
    files = [part for part in artifact.parts if isinstance(part, FilePart)]
    said: dict[str, JsonValue] = {
        "artifact": artifact.name or artifact.artifact_id,
        "mediaTypes": [part.media_type for part in files if part.media_type] or None,
        "delivered": True,
    }
    return {name: value for name, value in said.items() if value is not None}

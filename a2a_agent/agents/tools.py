"""Tools: what a model may call, and typed Python functions as such.

    Tool            anything with a name, a JSON Schema and a way to run it
    FunctionTool    a function as a tool, made by `tool`
    ToolError       the call failed; its text is a sentence that client and model may read

Knows no agent and no model. A synchronous function runs in a thread of its own.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Callable, Generator, Iterator, Mapping, Sequence
from contextlib import AbstractAsyncContextManager, aclosing, contextmanager
from dataclasses import dataclass
from functools import partial
from inspect import (
    Parameter,
    Signature,
    getdoc,
    isasyncgen,
    isasyncgenfunction,
    isawaitable,
    isclass,
    iscoroutinefunction,
    isgeneratorfunction,
    isroutine,
    signature,
)
from typing import (
    Any,
    Protocol,
    TypeAlias,
    TypeVar,
    cast,
    get_type_hints,
    overload,
    runtime_checkable,
)

from pydantic import TypeAdapter, ValidationError
from pydantic.errors import PydanticUserError
from pydantic_core import ArgsKwargs, SchemaError, to_jsonable_python

from a2a_agent.agents.outputs import Output, json_of, output_of, text_of
from a2a_agent.agents.threads import in_thread
from a2a_agent.domain.model import JsonObject, JsonValue

_log = logging.getLogger(__name__)

T = TypeVar("T")

Render: TypeAlias = Callable[[JsonObject, JsonValue], str]
Report: TypeAlias = Callable[[JsonValue], None]
"""Takes news of a tool at work."""


class ToolError(Exception):
    """A call failed. The text is a sentence that may be shown to anyone."""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a generator yields as news of its work; anything else that it yields is its result."""

    data: Any


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
        except (Exception, SystemExit) as failure:
            raise self._failed() from failure
        except asyncio.CancelledError as failure:
            if _is_cancelled():
                raise
            raise self._failed() from failure

    def _failed(self) -> ToolError:
        _log.exception("a tool failed", extra={"tool": self.name})
        return ToolError(f"The tool {self.name} failed.")

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

    Raises TypeError for a function whose parameters have no names or no types, or types of which
    there is no JSON.
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
    with _readable_parameters(name):
        parameters = _without_titles(validator.json_schema())
    return FunctionTool(
        name=name,
        description=getdoc(function) or "",
        parameters=parameters,
        function=function,
        validator=validator,
        render=render,
        requires_approval=requires_approval,
        timeout_seconds=timeout_seconds,
    )


def _validator(function: Callable[..., Any], name: str) -> TypeAdapter[dict[str, Any]]:
    with _readable_parameters(name):
        hints = get_type_hints(_body(function), include_extras=True)
        parameters = signature(function).parameters.values()
    hints.pop("return", None)
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
    with _readable_parameters(name):
        return TypeAdapter(stand_in)


_UNREADABLE = (
    AttributeError,
    NameError,
    PydanticUserError,
    SchemaError,
    SyntaxError,
    TypeError,
    ValueError,
)
"""What `typing`, `inspect` and pydantic raise for annotations that they cannot handle."""


@contextmanager
def _readable_parameters(name: str) -> Iterator[None]:
    try:
        yield
    except _UNREADABLE as failure:
        reason = " ".join(str(failure).partition("\n\n")[0].split())
        raise TypeError(f"{name} is no tool: its parameters cannot be read: {reason}") from failure


def _body(function: Callable[..., Any]) -> Callable[..., Any]:
    """What a call runs, and what has the types: of an object that can be called, its method."""
    if isinstance(function, partial):
        return _body(function.func)
    is_function = isroutine(function) or isclass(function) or hasattr(function, "__wrapped__")
    return function if is_function else type(function).__call__


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


def _is_cancelled() -> bool:
    """Whether somebody cancels this task: a function may raise CancelledError unasked."""
    task = asyncio.current_task()
    return task is not None and task.cancelling() > 0


async def _result(function: Callable[..., Any], arguments: dict[str, Any], report: Report) -> Any:
    body = _body(function)
    if iscoroutinefunction(body) or isasyncgenfunction(body):
        result = function(**arguments)
    else:
        loop = asyncio.get_running_loop()

        def report_from_thread(data: JsonValue) -> None:
            loop.call_soon_threadsafe(report, data)

        result = await in_thread(partial(_call, function, arguments, report_from_thread))
    # A synchronous function may be a wrapper around an asynchronous one.
    if isasyncgen(result):
        return await _last(cast("AsyncGenerator[Any, None]", result), report)
    return await result if isawaitable(result) else result


async def _last(generator: AsyncGenerator[Any, None], report: Report) -> Any:
    result = None
    async with aclosing(generator) as items:
        async for item in items:
            if isinstance(item, Progress):
                report(json_of(item.data))
            else:
                result = item
    return result


def _call(function: Callable[..., Any], arguments: dict[str, Any], report: Report) -> Any:
    result = function(**arguments)
    return _exhausted(result, report) if isgeneratorfunction(_body(function)) else result


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

"""What the events of AIECS's streams mean.

They say in time which tools are called (`tool_calls_ready`), and late, without ids but in order,
what came of them.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any

from a2a_agent.agents.adapters.failures import agent_failed, failure_said
from a2a_agent.agents.adapters.fields import field, parsed, readable, text_at
from a2a_agent.agents.adapters.table import (
    ENDED_WITHOUT_RESULT,
    IGNORED,
    RAW,
    EventTable,
    Rule,
    does,
    emits,
)
from a2a_agent.agents.openai.failures import failed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)

_NO_ID = "call"
"""The id of a call that has none."""
_UNKNOWN = "unknown"
"""What AIECS calls a tool that it cannot make out."""


@dataclass(slots=True)
class _Call:
    """A tool's call that has no result yet."""

    call_id: str
    name: str
    is_running: bool = False
    """Whether the framework has told of it a second time."""

    def is_of(self, tool: str) -> bool:
        """Whether it calls an operation of the tool: the model's name for it has both."""
        return self.name == tool or self.name.startswith(f"{tool}_")


@dataclass(slots=True)
class _Run:
    """What later events of a run are understood by."""

    turn: int | None = None
    calls: list[_Call] = member(default_factory=list)
    """Those without a result, in order."""
    is_over: bool = False
    """Whether the end has been spoken of, though not in a result."""

    def take(self, tool: str) -> _Call | None:
        """The call that the tool's result is of: its first, else the first of all."""
        call = next((call for call in self.calls if call.is_of(tool)), None)
        call = call or next(iter(self.calls), None)
        if call is not None:
            self.calls.remove(call)
        return call


def _number(event: Any, path: str) -> int | None:
    value = field(event, path)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _is_nested(event: Any) -> bool:
    """Whether the event is from a step of a prompt chain (DAWP) within the main loop."""
    return bool(field(event, "loop_scope.kind") == "dawp")


def _place(run: _Run, event: Any) -> dict[str, Any]:
    if not _is_nested(event):
        return {"step": run.turn}
    scope = text_at(event, "loop_scope.run_id") or None
    return {"step": _number(event, "loop_scope.step_index"), "scope": scope}


def _token(run: _Run, event: Any) -> Iterator[TextDelta]:
    # What was not streamed comes as one token marked as such, and again in the result.
    if (text := text_at(event, "content")) and not field(event, "is_fallback"):
        place = _place(run, event)
        turn = "-".join(str(part) for part in place.values() if part is not None)
        yield TextDelta(text, message_id=turn or None, **place)


def _thought(run: _Run, event: Any) -> Iterator[ReasoningDelta]:
    if text := text_at(event, "content"):
        yield ReasoningDelta(text, **_place(run, event))


def _call_being_written(run: _Run, event: Any) -> Iterator[ToolCallDelta]:
    if call_id := text_at(event, "tool_call.id"):
        yield ToolCallDelta(
            call_id=call_id,
            arguments=text_at(event, "tool_call.function.arguments"),
            name=text_at(event, "tool_call.function.name") or None,
            **_place(run, event),
        )


def _calls_ready(run: _Run, event: Any) -> Iterator[ToolCall]:
    run.calls.clear()
    calls = field(event, "tool_calls")
    for given in calls if isinstance(calls, list | tuple) else ():
        call = _Call(text_at(given, "id") or _NO_ID, text_at(given, "function.name") or _UNKNOWN)
        yield _called(run, event, call, field(given, "function.arguments"))


def _called(run: _Run, event: Any, call: _Call, arguments: Any) -> ToolCall:
    run.calls.append(call)
    return ToolCall(
        call_id=call.call_id,
        name=call.name,
        arguments=readable(parsed(arguments)),
        **_place(run, event),
    )


def _tool(event: Any) -> str:
    return text_at(event, "tool_name") or text_at(event, "tool") or _UNKNOWN


def _tool_call(run: _Run, event: Any) -> Iterator[ToolCall]:
    tool, operation = _tool(event), text_at(event, "operation")
    for call in run.calls:
        if call.is_of(tool) and not call.is_running:
            call.is_running = True
            return
    name = f"{tool}_{operation}" if operation else tool
    call = _Call(_NO_ID, name, is_running=True)
    yield _called(run, event, call, field(event, "parameters"))


def _tool_over(run: _Run, event: Any) -> Iterator[ToolCall | ToolResult]:
    call = run.take(_tool(event))
    if call is None:
        yield from _tool_call(run, event)
        call = run.calls.pop()
    yield _result(run, event, call)


def _result(run: _Run, event: Any, call: _Call) -> ToolResult:
    error = text_at(event, "error")
    if not error and (field(event, "type") == "tool_error" or field(event, "has_error")):
        error = text_at(event, "content") or "The tool has failed."
    output = None if error else readable(field(event, "result", field(event, "content")))
    place = _place(run, event)
    return ToolResult(
        call_id=call.call_id, name=call.name, output=output, error=error or None, **place
    )


def _action(run: _Run, event: Any) -> Iterator[ToolCall | ToolResult]:
    yield from _tool_call(run, event)
    if field(event, "result") is not None:
        yield from _tool_over(run, event)


def _observation(run: _Run, event: Any) -> Iterator[ToolResult]:
    # Without an open call it repeats a result.
    if call := run.take(_tool(event)):
        yield _result(run, event, call)


def _turn(run: _Run, event: Any) -> Iterator[StepStarted | StepFinished]:
    number = _number(event, "iteration")
    if number is None or number == run.turn or _is_nested(event):
        return
    yield from _turn_over(run)
    run.turn = number
    yield StepStarted(step=number)


def _turn_over(run: _Run) -> Iterator[StepFinished]:
    if run.turn is not None:
        yield StepFinished(step=run.turn)
        run.turn = None


def _nested_step(step: type[StepStarted | StepFinished]) -> Rule[_Run]:
    def translate(_: _Run, event: Any) -> Iterator[StepStarted | StepFinished]:
        number = _number(event, "step_index")
        if number is not None:
            name, scope = text_at(event, "step_id") or None, text_at(event, "run_id") or None
            yield step(step=number, name=name, scope=scope)

    return does(translate, step)


def _status(run: _Run, event: Any) -> Iterator[RunStarted | StepStarted | StepFinished]:
    match field(event, "status"):
        case "started":
            yield RunStarted()
        case "completed":
            run.is_over = True
        case _:  # thinking, acting, observing: each in an iteration
            yield from _turn(run, event)


def _completed(run: _Run, event: Any) -> tuple[()]:
    run.is_over = field(event, "success", True) is not False
    return ()


_COMPLETED = emits(RunFinished, text="output")


def _run_result(run: _Run, event: Any) -> Iterator[AgentEvent]:
    if _is_nested(event):
        return
    yield from _turn_over(run)
    if field(event, "success", True):
        yield from _COMPLETED.translate(run, event)
    elif field(event, "reason") == "max_iterations_reached":
        yield failed("max-steps")
    elif error := text_at(event, "error"):
        yield failure_said(error)
    else:  # in the place of the answer is what a tool or a hook said: nothing about the model
        said = (text_at(event, "reason"), text_at(event, "output"))
        yield agent_failed(": ".join(filter(None, said)))


def _run_error(run: _Run, event: Any) -> Iterator[StepFinished | RunFinished]:
    yield from _turn_over(run)
    yield failure_said(text_at(event, "error"))


def _piece(run: _Run, text: str) -> Iterator[TextDelta]:
    """`process_message_streaming` has texts alone, and raises for a failure."""
    run.is_over = True
    yield TextDelta(text)


def _stream_over(run: _Run, _: None) -> Iterator[RunFinished]:
    yield RunFinished() if run.is_over else ENDED_WITHOUT_RESULT


TABLE: EventTable[_Run] = EventTable(
    "aiecs",
    {
        "str": does(_piece, TextDelta),
        "started": emits(RunStarted),
        "status": does(_status, RunStarted, StepStarted, StepFinished),
        "iteration_start": does(_turn, StepStarted, StepFinished),
        "token": does(_token, TextDelta),
        "thinking_token": does(_thought, ReasoningDelta),
        "thought": does(_thought, ReasoningDelta),
        "tool_call_delta": does(_call_being_written, ToolCallDelta),
        "tool_calls_ready": does(_calls_ready, ToolCall),
        "tool_call": does(_tool_call, ToolCall),
        "tool_result": does(_tool_over, ToolCall, ToolResult),
        "tool_error": does(_tool_over, ToolCall, ToolResult),
        "action": does(_action, ToolCall, ToolResult),
        "observation": does(_observation, ToolResult),
        "cache_status": emits(
            Usage, cached_input_tokens=lambda event: _number(event, "cache_read_tokens")
        ),
        "dawp_run_started": RAW,
        "dawp_run_completed": RAW,
        "dawp_step_started": _nested_step(StepStarted),
        "dawp_step_completed": _nested_step(StepFinished),
        # Every phase of every plugin, in every turn; of a failing one, what it raised.
        "plugin_config_resolved": IGNORED,
        "plugin_phase_started": IGNORED,
        "plugin_hook_started": IGNORED,
        "plugin_hook_completed": IGNORED,
        "plugin_hook_failed": IGNORED,
        "completed": does(_completed),
        "result": does(_run_result, StepFinished, RunFinished),
        "error": does(_run_error, StepFinished, RunFinished),
    },
    new_run=_Run,
    at_end=does(_stream_over, RunFinished),
)

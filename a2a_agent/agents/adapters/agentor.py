"""Agents of Agentor, of both generations: 0.1 with its own engine, 0.0 on the OpenAI Agents SDK.

The adapter reads what lies below `stream_chat`, which has no tokens. One agent may serve many runs
at once. A run that is cancelled closes its call of the model.
"""

import re
from collections.abc import AsyncIterable, Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.failures import failure_said
from a2a_agent.agents.adapters.fields import field, parsed, text_at, view
from a2a_agent.agents.adapters.history import chat_messages
from a2a_agent.agents.adapters.openai_agents import streamed
from a2a_agent.agents.adapters.openai_agents_rules import (
    RAISES,
    RULES,
    Run,
    agent_at_work,
    event_name,
)
from a2a_agent.agents.adapters.table import (
    ENDED_WITHOUT_RESULT,
    IGNORED,
    EventTable,
    all_of,
    does,
    emits,
)
from a2a_agent.agents.openai.failures import failed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Raw,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)
from a2a_agent.runtime.agent import RunRequest, described_as

_SOURCE = "agentor"
_RAN_OUT = re.compile(r"Reached max_turns \(\d+\) without a final answer\.")
"""What `stream_chat` gives for the answer of a run that has used up its turns."""
_UNHANDLED = "Unhandled run item type: "
"""What it gives for the text of an item that it does not know."""


def from_agentor(agent: Any) -> Adapted:
    """An `agentor.Agentor` as an agent. The context's earlier messages go to its model."""

    def engine(request: RunRequest) -> AsyncIterable[Any]:
        events: AsyncIterable[Any] = agent._loop.astream(chat_messages(request), stream_text=True)
        return events

    def sdk(request: RunRequest) -> AsyncIterable[Any]:
        # What `stream_chat` gives its own tools along.
        context = import_module("agentor.tools.registry").CelestoConfig()
        return streamed(agent.agent, request, context)

    start = engine if hasattr(agent, "_loop") else sdk
    said = f"The Agentor agent {agent.name}."
    return from_events(start, TABLE, described_as(str(agent.name), said, _SOURCE))


@dataclass(slots=True)
class _Run(Run):
    has_engine: bool = False
    """Whether these are the engine's events, which say how the run ends."""
    held: str | None = None
    """The latest text of `stream_chat`: the answer, or what a run says of its failure."""
    called: int = 0
    """How many calls had no ids of their own."""


def _event_name(event: Any) -> str:
    return "AgentOutput" if _is_formatted(event) else event_name(event)


def _is_formatted(event: Any) -> bool:
    return "tool_action" in event if isinstance(event, Mapping) else hasattr(event, "tool_action")


def _run_start(run: _Run, _: Any) -> Iterator[AgentEvent]:
    run.has_engine = True
    yield from ()


def _result(event: Any) -> Any:
    # Of a tool that failed, the result is the error once more.
    return None if field(event, "error") else field(event, "result")


def _tool_error(event: Any) -> Any:
    # Of an exception, its class: its text is not for clients.
    said = field(event, "error")
    return said.partition(":")[0] if isinstance(said, str) else said


def _run_end(_: Run, event: Any) -> Iterator[RunFinished]:
    match field(event, "status"):
        case "completed":
            yield RunFinished(text=field(event, "text"))
        case "max_turns":
            yield failed("max-steps")
        case _:
            yield failure_said(text_at(event, "error"))


def _error(run: Run, event: Any) -> Iterator[AgentEvent]:
    """The engine's word, or the model's server's, that all is over."""
    if (said := field(event, "error")) is not None:
        yield failure_said(str(said))
    else:
        yield from RULES["error"].translate(run, event)


def _serialized(run: _Run, event: str) -> Iterator[AgentEvent]:
    output = parsed(event)
    if _is_formatted(output):
        yield from _formatted(run, output)
    else:
        yield from _released(run)
        run.has_answer = True
        yield TextDelta(event)


def _released(run: _Run) -> Iterator[TextDelta]:
    """The text that was held, now that it was not the last."""
    if run.held is not None:
        yield TextDelta(run.held)
        run.held = None


def _formatted(run: _Run, event: Any) -> Iterator[AgentEvent]:
    """An `AgentOutput` of `stream_chat` or `format_stream_events`."""
    yield from _released(run)
    message, action = text_at(event, "message"), text_at(event, "tool_action.type")
    match field(event, "type"):
        case "raw_response_event":
            yield from _raw(run, event)
        case "agent_updated_stream_event":
            yield from agent_at_work(run, message)
        case "run_item_stream_event" if action in ("tool_called", "handoff_requested"):
            yield _called(run, text_at(event, "tool_action.name"))
        case "run_item_stream_event" if action in ("tool_output", "handoff_occured"):
            yield from _answered(run, text_at(event, "tool_action.name"), message)
        case "run_item_stream_event" if not action:
            if reasoning := text_at(event, "reasoning"):
                yield ReasoningDelta(reasoning, **run.place)
            if message and not run.has_answer and not message.startswith(_UNHANDLED):
                run.held = message
        case _:
            yield Raw(source=_SOURCE, data=view(event))


def _raw(run: _Run, event: Any) -> Iterator[AgentEvent]:
    """What the model's server sent, or a token where that is left out."""
    sent = field(event, "raw_event")
    if sent is None:
        if chunk := text_at(event, "chunk"):
            run.has_answer = True
            yield TextDelta(chunk, **run.place)
    elif rule := RULES.get(event_name(sent)):
        yield from rule.translate(run, sent)
    else:
        yield Raw(source=_SOURCE, data=view(sent))


def _called(run: _Run, name: str) -> ToolCall:
    """A call, by the id that it was written with, or by one of our own."""
    for place, written in run.written.items():
        if written.name == name:
            del run.written[place]
            call_id, arguments = written.call_id, parsed(written.arguments)
            break
    else:
        run.called += 1
        call_id, arguments = f"call-{run.called}", None
    run.calls[call_id] = name
    return ToolCall(call_id=call_id, name=name, arguments=arguments, **run.place)


def _answered(run: _Run, name: str, output: str) -> Iterator[ToolResult]:
    """The result of the oldest call of that name, else of the oldest call: 0.0 names no tool."""
    if not run.calls:
        return
    fitting = [call_id for call_id, called in run.calls.items() if called == name]
    call_id = (fitting or list(run.calls))[0]
    run.has_answer = False
    name = run.calls.pop(call_id)
    yield ToolResult(call_id=call_id, name=name, output=output, **run.place)


def _end(run: _Run, _: None) -> Iterator[RunFinished]:
    if run.has_engine or (run.held is None and not run.has_answer):
        yield ENDED_WITHOUT_RESULT
    elif run.held is not None and _RAN_OUT.fullmatch(run.held):
        yield failed("max-steps")
    else:
        yield RunFinished(text=run.held)


_OF_FORMATTED = (
    RunStarted,
    StepStarted,
    TextDelta,
    ReasoningDelta,
    ToolCallDelta,
    ToolCall,
    ToolResult,
    Usage,
    Raw,
    RunFinished,
)

TABLE: EventTable[Any] = EventTable(
    _SOURCE,
    {
        "run_start": all_of(does(_run_start), emits(RunStarted, model="model", agent="agent")),
        "text_delta": emits(TextDelta, text="text", step="turn"),
        "generation": all_of(
            emits(ReasoningDelta, text="reasoning", step="turn"),
            emits(
                Usage,
                input_tokens="usage.input_tokens",
                output_tokens="usage.output_tokens",
                model="model",
                step="turn",
            ),
        ),
        "tool_call": emits(ToolCall, call_id="call_id", name="name", arguments="args", step="turn"),
        "tool_result": emits(
            ToolResult,
            call_id="call_id",
            name="name",
            output=_result,
            error=_tool_error,
            step="turn",
        ),
        "message": IGNORED,
        "fork": IGNORED,
        "run_end": does(_run_end, RunFinished),
        "AgentOutput": does(_formatted, *_OF_FORMATTED),
        "str": does(_serialized, *_OF_FORMATTED),
        **RULES,
        "error": does(_error, RunFinished),
    },
    name=_event_name,
    new_run=_Run,
    at_end=does(_end, RunFinished),
    raises=RAISES,
)

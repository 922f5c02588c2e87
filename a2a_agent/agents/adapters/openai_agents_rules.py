"""What becomes of the OpenAI Agents SDK's events. Pure: these rules know no SDK.

They are Agentor's too, as far as it is built on the SDK.
"""

from base64 import b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from a2a_agent.agents.adapters.fields import class_name, parsed, readable, text_at, view
from a2a_agent.agents.adapters.fields import field as at
from a2a_agent.agents.adapters.table import IGNORED, Rule, all_of, does, emits
from a2a_agent.agents.approvals import approval
from a2a_agent.agents.openai.failures import failed
from a2a_agent.agents.outputs import json_of, text_of
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputRequired,
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
from a2a_agent.domain.model import FilePart, JsonValue, TaskState


@dataclass(frozen=True, slots=True)
class Resumed:
    """A run goes on that had been interrupted: what `Run` has kept of it."""

    kept: Mapping[str, Any]
    denied: str | None
    """The call that the client does not allow."""


@dataclass(frozen=True, slots=True)
class Interrupted:
    """A run has come to a call that needs an approval."""

    call: Any
    state: Any
    """The SDK's state of the run, as JSON."""


@dataclass(frozen=True, slots=True)
class Finished:
    """A run has ended, and this is its final output."""

    output: Any


@dataclass(slots=True)
class Run:
    """What the rules remember of a run."""

    agent: str | None = None
    """The agent that the run began with."""
    scope: str | None = None
    """The agent at work, if it is another."""
    step: int = 0
    """The turn: how often the model was asked."""
    has_answer: bool = False
    """Whether there was text since the last result of a tool."""
    written: dict[Any, ToolCallDelta] = field(default_factory=dict)
    """Calls of this turn as far as they are written, by their place in the model's answer."""
    calls: dict[str, str] = field(default_factory=dict)
    """The names of calls without a result, by their ids."""
    denied: list[str] = field(default_factory=list)
    """Those among them that the client does not allow."""

    @property
    def place(self) -> dict[str, Any]:
        """What tells an event's turn and agent."""
        return {"step": self.step or None, "scope": self.scope}

    def kept(self, **more: JsonValue) -> dict[str, JsonValue]:
        """What `Resumed` brings back, and more."""
        return {"step": self.step, "calls": {**self.calls}, "denied": [*self.denied], **more}


def event_name(event: Any) -> str:
    """What the rules call an event: an item's name, or the type of what the model's server sent."""
    match at(event, "type"):
        case "raw_response_event":
            return str(at(event, "data.type"))
        case "run_item_stream_event" as kind:
            name = str(at(event, "name"))
            return name if name in RULES else kind
        case None:
            return class_name(event)
        case kind:
            return str(kind)


def agent_at_work(run: Run, name: str | None) -> Iterator[RunStarted]:
    """The run's beginning, where this is its first agent."""
    if run.agent is None:
        run.agent = name
        yield RunStarted(agent=name)
    run.scope = None if name == run.agent else name


def _resumed(run: Run, event: Any) -> Iterator[AgentEvent]:
    kept = at(event, "kept", {})
    run.step = at(kept, "step", 0)
    run.calls.update(at(kept, "calls", {}))
    run.denied.extend(at(kept, "denied", []))
    if (denied := at(event, "denied")) is not None:
        run.denied.append(denied)
    yield from ()


def _turn(run: Run, event: Any) -> Iterator[StepStarted]:
    run.step += 1
    run.written.clear()
    yield StepStarted(step=run.step, scope=run.scope)


def _text(run: Run, event: Any) -> Iterator[TextDelta]:
    if text := text_at(event, "data.delta"):
        run.has_answer = True
        yield TextDelta(text, text_at(event, "data.item_id") or None, **run.place)


def _message(run: Run, event: Any) -> Iterator[TextDelta]:
    """A message, where its text was not streamed."""
    parts = at(event, "item.raw_item.content", [])
    text = "".join(text_at(part, "text") or text_at(part, "refusal") for part in parts)
    if text and not run.has_answer:
        run.has_answer = True
        yield TextDelta(text, text_at(event, "item.raw_item.id") or None, **run.place)


def _opened(run: Run, event: Any) -> Iterator[AgentEvent]:
    item = at(event, "data.item")
    call_id, name = id_of(item), text_at(item, "name")
    if call_id and name:
        place = at(event, "data.output_index")
        run.written[place] = ToolCallDelta(call_id=call_id, name=name, arguments="", **run.place)
    yield from ()


def _written(run: Run, event: Any) -> Iterator[ToolCallDelta]:
    place = at(event, "data.output_index")
    if place in run.written:
        call = run.written[place]
        arguments = call.arguments + text_at(event, "data.delta")
        run.written[place] = replace(call, arguments=arguments)
        yield run.written[place]


def _called(run: Run, event: Any) -> Iterator[AgentEvent]:
    item = at(event, "item.raw_item")
    call_id = id_of(item)
    if not call_id or call_id in run.calls:
        return
    name = text_at(item, "name") or text_at(item, "type").removesuffix("_call")
    yield ToolCall(call_id=call_id, name=name, arguments=_arguments(item), **run.place)
    if at(item, "call_id") is not None:
        run.calls[call_id] = name
        return
    # The model's server has run it: there is no other event for its result.
    error = at(item, "error")
    yield ToolResult(
        call_id=call_id,
        name=name,
        output=None if error else readable(at(item, "output", at(item, "results"))),
        error=text_at(item, "error") if error else None,
        **run.place,
    )
    run.has_answer = False
    if at(item, "type") == "image_generation_call" and (image := text_at(item, "result")):
        media_type = f"image/{text_at(item, 'output_format') or 'png'}"
        part = FilePart(raw=b64decode(image), media_type=media_type)
        yield Artifact(parts=(part,), name="image", **run.place)


def _result(run: Run, event: Any) -> Iterator[ToolResult]:
    item = at(event, "item.raw_item")
    call_id = id_of(item)
    if call_id not in run.calls:
        return
    name = run.calls.pop(call_id)
    run.has_answer = False
    output = readable(at(event, "item.output", at(item, "output")))
    if call_id in run.denied:
        run.denied.remove(call_id)
        error = text_of(output)
        yield ToolResult(call_id=call_id, name=name, error=error, denied=True, **run.place)
    else:
        yield ToolResult(call_id=call_id, name=name, output=output, **run.place)


def _question(run: Run, event: Any) -> Iterator[InputRequired]:
    item = at(event, "call.raw_item")
    call_id = id_of(item)
    request_id = f"{call_id}-{run.step}"
    yield approval(
        call_id=call_id,
        name=text_at(event, "call.tool_name"),
        arguments=_arguments(item),
        request_id=request_id,
        resume=run.kept(state=json_of(at(event, "state")), call=call_id, request=request_id),
        **run.place,
    )


def _finished(run: Run, event: Any) -> Iterator[RunFinished]:
    output = at(event, "output")
    if not isinstance(output, str) and run.has_answer:
        yield RunFinished()
    else:  # the answer, or what a tool has given that has ended the run
        yield RunFinished(text=text_at(event, "output") or None)


def _cut_off(run: Run, event: Any) -> Iterator[RunFinished]:
    match at(event, "data.response.incomplete_details.reason"):
        case "max_output_tokens":
            yield failed("length")
        case "content_filter":
            yield failed("content-filter")
        case reason:
            yield failed("model-cut-off", f"the response is incomplete: {reason}")


def _broken(code_path: str) -> Rule[Run]:
    def translate(run: Run, event: Any) -> Iterator[RunFinished]:
        code = text_at(event, code_path)
        reason = "model-rate-limited" if "rate_limit" in code else "model-unavailable"
        yield failed(reason, f"the model's server says {code or 'nothing'}")

    return does(translate, RunFinished)


def _other_item(run: Run, event: Any) -> Iterator[Raw]:
    # Without its agent: nobody is to read that one's instructions, or its model's key.
    data = {"name": view(at(event, "name")), "item": view(at(event, "item.raw_item"))}
    yield Raw(source="openai-agents", data=data)


def id_of(item: Any) -> str:
    """What pairs a call's item with its result's."""
    return text_at(item, "call_id") or text_at(item, "id")


def _arguments(item: Any) -> JsonValue:
    if (arguments := at(item, "arguments")) is not None:
        return readable(parsed(arguments))
    others = ("input", "action", "operation", "queries", "code")
    return readable(next((at(item, name) for name in others if at(item, name) is not None), None))


def _placed(rule: Rule[Any]) -> Rule[Run]:
    """What the rule gives, with its turn and agent."""

    def translate(run: Run, event: Any) -> Iterator[AgentEvent]:
        for emitted in rule.translate(run, event):
            yield replace(emitted, **run.place)

    return does(translate, *rule.becomes)


_USAGE = _placed(
    emits(
        Usage,
        input_tokens="data.response.usage.input_tokens",
        output_tokens="data.response.usage.output_tokens",
        cached_input_tokens="data.response.usage.input_tokens_details.cached_tokens",
        reasoning_tokens="data.response.usage.output_tokens_details.reasoning_tokens",
        model="data.response.model",
    )
)
_REASONING = _placed(emits(ReasoningDelta, text="data.delta"))

RULES: Mapping[str, Rule[Run]] = {
    "Resumed": does(_resumed),
    "agent_updated_stream_event": does(
        lambda run, event: agent_at_work(run, at(event, "new_agent.name")), RunStarted
    ),
    "response.created": does(_turn, StepStarted),
    "response.output_text.delta": does(_text, TextDelta),
    "response.refusal.delta": does(_text, TextDelta),
    "response.reasoning_summary_text.delta": _REASONING,
    "response.reasoning_text.delta": _REASONING,
    "response.output_item.added": does(_opened),
    "response.function_call_arguments.delta": does(_written, ToolCallDelta),
    "response.custom_tool_call_input.delta": does(_written, ToolCallDelta),
    "response.mcp_call_arguments.delta": does(_written, ToolCallDelta),
    "response.completed": _USAGE,
    "response.incomplete": all_of(_USAGE, does(_cut_off, RunFinished)),
    "response.failed": _broken("data.response.error.code"),
    "error": _broken("data.code"),
    "message_output_created": does(_message, TextDelta),
    "tool_called": does(_called, ToolCall, ToolResult, Artifact),
    "tool_output": does(_result, ToolResult),
    "handoff_requested": does(_called, ToolCall),
    "handoff_occured": does(_result, ToolResult),
    "run_item_stream_event": does(_other_item, Raw),
    "Interrupted": does(_question, InputRequired),
    "Finished": does(_finished, RunFinished),
    **dict.fromkeys(
        (
            "response.queued",
            "response.in_progress",
            "response.content_part.added",
            "response.content_part.done",
            "response.output_text.done",
            "response.refusal.done",
            "response.reasoning_summary_part.added",
            "response.reasoning_summary_part.done",
            "response.reasoning_summary_text.done",
            "response.reasoning_text.done",
            "response.function_call_arguments.done",
            "response.custom_tool_call_input.done",
            "response.mcp_call_arguments.done",
            "response.output_item.done",
            "reasoning_item_created",
        ),
        IGNORED,
    ),
}

RAISES: Mapping[str, RunFinished] = {
    "MaxTurnsExceeded": failed("max-steps"),
    "ModelBehaviorError": failed("model-bad-answer"),
    "ModelRefusalError": failed("content-filter"),
    "ModelTimeoutError": failed("model-timeout"),
    # What was said before the guardrail had its say is no answer.
    **dict.fromkeys(
        ("InputGuardrailTripwireTriggered", "ToolInputGuardrailTripwireTriggered"),
        RunFinished(
            state=TaskState.FAILED,
            reason="input-guardrail",
            message="The agent's rules do not allow this.",
            text="",
        ),
    ),
    **dict.fromkeys(
        ("OutputGuardrailTripwireTriggered", "ToolOutputGuardrailTripwireTriggered"),
        RunFinished(
            state=TaskState.FAILED,
            reason="output-guardrail",
            message="The agent's rules hold its answer back.",
            text="",
        ),
    ),
}

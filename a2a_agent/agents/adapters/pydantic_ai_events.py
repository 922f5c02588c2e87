"""What pydantic-ai's events mean, and what a run asks that has ended with calls that wait."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any

from a2a_agent.agents.adapters.fields import class_name, field, json_in, parsed, readable
from a2a_agent.agents.adapters.table import IGNORED, EventTable, all_of, does, emits
from a2a_agent.agents.approvals import question_about, shown
from a2a_agent.agents.openai.failures import failed
from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, DataPart, FilePart

Json = dict[str, Any]

CALLED = "function_tool_call"
"""The kind of pydantic-ai's event for a call."""
WAITING = "waiting"
"""The kind of our own event for what waits for the client, which is kept with each question:

    {"messages": …, "waiting": [{"id", "name", "arguments", "kind"}, …],
     "answers": {id: {"kind", "value"}}}
"""


def request_id(left: Json) -> str:
    """The id of the question about the first call that waits.

    No two questions of a task share one, even if a model's server repeats the ids of calls.
    """
    return f"{left['waiting'][0]['id']}-{len(left['messages'])}"


def _question(_: Any, left: Json) -> list[InputRequired]:
    call = left["waiting"][0]
    name, arguments = call["name"], call["arguments"]
    is_approval = call["kind"] == InputKind.APPROVAL
    to_carry_out = f"What does {name} give for {shown(arguments)}?"
    return [
        InputRequired(
            prompt=question_about(name, arguments) if is_approval else to_carry_out,
            kind=call["kind"],
            options=("approve", "deny") if is_approval else (),
            call_id=call["id"],
            name=name,
            arguments=arguments,
            request_id=request_id(left),
            resume={name: left[name] for name in ("messages", "waiting", "answers")},
        )
    ]


def _waiting(result: Any) -> Json:
    """What waits, of a run whose output is `DeferredToolRequests`."""
    dump = getattr(result, "all_messages_json", None)
    kinds = {"approvals": InputKind.APPROVAL.value, "calls": InputKind.TEXT.value}
    return {
        "messages": json.loads(dump()) if dump is not None else [],
        "waiting": [
            {
                "id": field(call, "tool_call_id"),
                "name": field(call, "tool_name"),
                "arguments": readable(parsed(field(call, "args"))),
                "kind": kind,
            }
            for name, kind in kinds.items()
            for call in field(result, f"output.{name}", ())
        ],
        "answers": {},
    }


@dataclass(slots=True)
class _Run:
    """What is remembered of a run."""

    response: int = 0
    """Which of the model's responses this is."""
    arguments: dict[str, str] = member(default_factory=dict)
    """Of the calls that are being written, so far, by their ids."""


def _part_started(run: _Run, event: Any) -> list[AgentEvent]:
    if field(event, "index", 0) == 0:
        run.response += 1
    part = field(event, "part")
    kind, content = field(part, "part_kind"), field(part, "content", "")
    if kind == "tool-call":
        run.arguments.pop(field(part, "tool_call_id", ""), None)
        return _written(run, part, field(part, "args"))
    return _said(run, kind, content)


def _part_delta(run: _Run, event: Any) -> list[AgentEvent]:
    delta = field(event, "delta")
    kind = field(delta, "part_delta_kind")
    if kind == "tool_call":
        return _written(run, delta, field(delta, "args_delta"))
    return _said(run, kind, field(delta, "content_delta", ""))


def _part_ended(_: _Run, event: Any) -> list[AgentEvent]:
    """What has no event but that it was written: files, and tools of the model's provider."""
    part = field(event, "part")
    match field(part, "part_kind"):
        case "builtin-tool-call":
            return [_tool_call(part)]
        case "builtin-tool-return":
            return [_tool_result(part)]
        case "file" if isinstance(raw := field(part, "content.data"), bytes):
            file = FilePart(raw=raw, media_type=field(part, "content.media_type"))
            return [Artifact(parts=(file,))]
        case _:
            return []


def _said(run: _Run, kind: Any, text: str) -> list[AgentEvent]:
    if text and kind == "text":
        return [TextDelta(text, message_id=f"response-{run.response}", step=run.response)]
    return [ReasoningDelta(text, step=run.response)] if text and kind == "thinking" else []


def _written(run: _Run, written: Any, arguments: Any) -> list[AgentEvent]:
    call_id = field(written, "tool_call_id")
    if not isinstance(arguments, str) or call_id is None:
        return []
    run.arguments[call_id] = so_far = run.arguments.get(call_id, "") + arguments
    name = field(written, "tool_name") or field(written, "tool_name_delta")
    delta = ToolCallDelta(call_id=call_id, arguments=so_far, name=name, step=run.response)
    return [delta] if so_far else []


def _tool_call(part: Any) -> ToolCall:
    return ToolCall(
        call_id=field(part, "tool_call_id"),
        name=field(part, "tool_name"),
        arguments=readable(parsed(field(part, "args", ""))),
    )


def _tool_result(part: Any) -> ToolResult:
    """What came of a call. What the model is told of one that failed is its error."""
    content = readable(field(part, "content"))
    # Before 2.0 a call to be made again was a part of its own.
    is_retry = field(part, "part_kind") == "retry-prompt"
    outcome = "retried" if is_retry else field(part, "outcome", "success")
    is_output = outcome == "success"
    return ToolResult(
        call_id=field(part, "tool_call_id"),
        name=field(part, "tool_name"),
        output=content if is_output else None,
        error=None if is_output else text_of(content),
        denied=outcome == "denied",
    )


def _run_end(run: _Run, event: Any) -> Iterator[AgentEvent]:
    result = field(event, "result")
    output = field(result, "output")
    if class_name(output) == "DeferredToolRequests":
        yield from _question(run, _waiting(result))
    elif output is None or isinstance(output, str):
        yield RunFinished(text=output)
    elif isinstance(field(output, "data"), bytes):
        yield RunFinished()  # a file, which was shown when it was written
    else:
        part = DataPart(json_in(output), media_type="application/json")
        yield Artifact(artifact_id=ANSWER_ARTIFACT_ID, name=ANSWER_ARTIFACT_ID, parts=(part,))
        yield RunFinished()


TABLE: EventTable[_Run] = EventTable(
    "pydantic-ai",
    {
        "part_start": does(_part_started, TextDelta, ReasoningDelta, ToolCallDelta),
        "part_delta": does(_part_delta, TextDelta, ReasoningDelta, ToolCallDelta),
        "part_end": does(_part_ended, ToolCall, ToolResult, Artifact),
        "final_result": IGNORED,
        CALLED: does(lambda _, event: [_tool_call(field(event, "part"))], ToolCall),
        "function_tool_result": does(
            lambda _, event: [_tool_result(field(event, "part") or field(event, "result"))],
            ToolResult,
        ),
        # The answer, handed over as a call.
        "output_tool_call": IGNORED,
        "output_tool_result": IGNORED,
        # The run's end says it again, with the messages that are needed to go on.
        "deferred_tool_requests": IGNORED,
        "deferred_tool_results": IGNORED,
        WAITING: does(_question, InputRequired),
        "agent_run_result": all_of(
            emits(
                Usage,
                input_tokens="result.usage.input_tokens",
                output_tokens="result.usage.output_tokens",
                cached_input_tokens="result.usage.cache_read_tokens",
                reasoning_tokens="result.usage.output_reasoning_tokens",
                model="result.response.model_name",
            ),
            does(_run_end, InputRequired, Artifact, RunFinished),
        ),
    },
    name="event_kind",
    new_run=_Run,
    raises={
        name: failed(reason)
        for name, reason in {
            "UsageLimitExceeded": "max-steps",
            "ContentFilterError": "content-filter",
            "OutputTokenLimitExceeded": "length",
            "ModelAuthenticationError": "model-authentication",
            "ModelRateLimitError": "model-rate-limited",
            "ModelContextWindowExceededError": "context-too-long",
            "ModelNotFoundError": "model-unavailable",
            "ModelRequestRejectedError": "model-refused-request",
            "ModelTimeoutError": "model-timeout",
            "ModelAPIError": "model-unavailable",
            "FallbackExceptionGroup": "model-unavailable",
            "UnexpectedModelBehavior": "model-bad-answer",
        }.items()
    },
)

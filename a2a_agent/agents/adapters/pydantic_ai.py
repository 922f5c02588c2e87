"""Agents of pydantic-ai (2), by the events of `run_stream_events`.

One agent may serve many runs at once. A tool call that needs an approval, or that is carried out
elsewhere, ends the run with a question; the messages so far travel with it, so that the client's
answer finds its way on even after a restart.
"""

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.fields import class_name, field, json_in, parsed, readable
from a2a_agent.agents.adapters.history import earlier_turns, new_text
from a2a_agent.agents.adapters.table import IGNORED, EventTable, all_of, does, emits
from a2a_agent.agents.approvals import decision, question_about, shown
from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.failures import failed
from a2a_agent.agents.openai.media import text_in
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
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, DataPart, FilePart, JsonValue, Message
from a2a_agent.runtime.agent import RunRequest, described_as

Json = dict[str, Any]


def from_pydantic_ai(agent: Any, *, deps: Callable[[RunRequest], Any] | None = None) -> Adapted:
    """A `pydantic_ai.Agent` as an agent. The context's earlier messages go to its model.

    `deps` makes the dependencies of a run, for an agent that has some.
    """

    async def start(request: RunRequest) -> AsyncGenerator[Any, None]:
        options: Json = {} if deps is None else {"deps": deps(request)}
        prompt: str | None = None
        known: frozenset[str] = frozenset()
        if isinstance(request.resume, Mapping):
            left = _decided(dict(request.resume), request.message)
            if left["waiting"]:
                yield {"event_kind": _WAITING, **left}
                return
            known = frozenset(left["answers"])
            options["message_history"] = _messages(left["messages"])
            options["deferred_tool_results"] = _results(left["answers"])
        else:
            prompt = new_text(request)
            options["message_history"] = _messages(list(_history(earlier_turns(request))))
        # Our history has no system prompt in it, and the agent's is for runs without history.
        options["capabilities"] = [import_module("pydantic_ai.capabilities").ReinjectSystemPrompt()]
        options["infer_name"] = False
        async with agent.run_stream_events(prompt, **options) as events:
            async for event in events:
                # Calls that were asked about have been shown before the question.
                if not (_is_call(event) and field(event, "part.tool_call_id") in known):
                    yield event

    name = str(agent.name or "agent")
    said = f"The pydantic-ai agent {name}."
    return from_events(start, TABLE, described_as(name, said, "pydantic-ai"))


def _messages(written: Any) -> Any:
    adapter = import_module("pydantic_ai.messages").ModelMessagesTypeAdapter
    return adapter.validate_json(json.dumps(written))


def _history(turns: list[Turn]) -> Iterator[Json]:
    """The turns as pydantic-ai writes its messages."""
    names: dict[str, str] = {}
    for turn in turns:
        match turn:
            case Said():
                said = "\n".join(filter(None, map(text_in, turn.parts)))
                yield _request({"part_kind": "user-prompt", "content": said})
            case Answer():
                texts = [{"part_kind": "text", "content": turn.text}] if turn.text else []
                calls = [
                    {
                        "part_kind": "tool-call",
                        "tool_name": call.name,
                        "tool_call_id": call.call_id,
                        "args": call.arguments,
                    }
                    for call in turn.calls
                ]
                names |= {call.call_id: call.name for call in turn.calls}
                yield {"kind": "response", "parts": [*texts, *calls]}
            case Result():
                yield _request(
                    {
                        "part_kind": "tool-return",
                        "tool_name": names[turn.call_id],
                        "tool_call_id": turn.call_id,
                        "content": turn.text,
                    }
                )


def _request(part: Json) -> Json:
    return {"kind": "request", "parts": [part]}


# What waits for the client: {"messages": …, "waiting": [{"id", "name", "arguments", "kind"}, …],
# "answers": {id: {"kind", "value"}}}. It is kept with each question.


_WAITING = "waiting"
"""The kind of our own event for what still waits."""


def _decided(left: Json, answer: Message) -> Json:
    """What is left when the client has answered about the first call that waits."""
    first, *others = left["waiting"]
    value: JsonValue = _value(answer)
    if first["kind"] == InputKind.APPROVAL:
        decided = decision(answer, _request_id(left))
        if decided is None:
            return left
        value = True if decided.is_yes else decided.words
    answers = {**left["answers"], first["id"]: {"kind": first["kind"], "value": value}}
    return {**left, "waiting": others, "answers": answers}


def _value(answer: Message) -> JsonValue:
    """What a call gives that the client has carried out: its data, else its words."""
    data = [part.data for part in answer.parts if isinstance(part, DataPart)]
    return data[0] if len(data) == 1 else answer.text


def _results(answers: Mapping[str, Json]) -> Any:
    tools = import_module("pydantic_ai.tools")
    results = tools.DeferredToolResults()
    for call_id, answer in answers.items():
        value = answer["value"]
        if answer["kind"] != InputKind.APPROVAL:
            results.calls[call_id] = value
        elif value is True:
            results.approvals[call_id] = tools.ToolApproved()
        else:
            results.approvals[call_id] = tools.ToolDenied(*([value] if value else ()))
    return results


def _request_id(left: Json) -> str:
    # No two questions of a task share one, even if a model's server repeats the ids of calls.
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
            request_id=_request_id(left),
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


def _is_call(event: Any) -> bool:
    return bool(field(event, "event_kind") == "function_tool_call")


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
        "function_tool_call": does(lambda _, event: [_tool_call(field(event, "part"))], ToolCall),
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
        _WAITING: does(_question, InputRequired),
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

"""What AWorld's messages mean: those of a task's event bus, and the Outputs of its other stream.

The model's responses come as pieces and as a whole, calls and results up to four times: what has
been told already is not told again.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from dataclasses import field as of
from typing import Any

from a2a_agent.agents.adapters.failures import failure_said
from a2a_agent.agents.adapters.fields import class_name, field, parsed, readable, text_at
from a2a_agent.agents.adapters.table import (
    ENDED_WITHOUT_RESULT,
    IGNORED,
    EventTable,
    Rule,
    does,
    emits,
)
from a2a_agent.agents.openai.failures import failed
from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import DataPart, Message, TaskState

UNANSWERED = "a question was not answered in time"
"""What the adapter says to a run whose question has waited too long, and hears it say again."""


@dataclass
class _Run:
    """What has been told of a run."""

    names: dict[str, str] = of(default_factory=dict)
    """Of the calls, by id."""
    done: set[str] = of(default_factory=set)
    """Calls whose result is told."""
    askers: dict[str, str] = of(default_factory=dict)
    """The responses that calls are from, by the calls' ids."""
    held: dict[str, ToolResult] = of(default_factory=dict)
    """Results that may still turn out to be failures."""
    speaker: str | None = None
    """The model's response whose text is being told: where two come at once, one is."""
    responses: int = 0
    """Those whose text has been told."""
    streamed: set[str] = of(default_factory=set)
    """Their ids, of those that came in pieces."""
    counted: set[tuple[int, str]] = of(default_factory=set)
    """Responses whose cost is told."""
    finish: str | None = None
    """Why the latest response has ended."""
    answer: str | None = None
    """The last agent's, whole."""
    failure: str | None = None
    """What AWorld says of a failure."""

    def says(self, response_id: str, reasoning: Any, text: Any) -> Iterator[AgentEvent]:
        if self.speaker is None:
            self.speaker = response_id
            self.responses += 1
        if self.speaker == response_id:
            if reasoning:
                yield ReasoningDelta(str(reasoning))
            if text:
                yield TextDelta(text_of(readable(text)), message_id=str(self.responses))

    def calls(self, call_id: Any, name: Any, arguments: Any) -> Iterator[ToolCall]:
        if call_id and call_id not in self.names:
            # Agents are called by their ids, which have a random end.
            self.names[call_id] = str(name).partition("---uuid")[0]
            said = readable(parsed(arguments))
            yield ToolCall(call_id=call_id, name=self.names[call_id], arguments=said)

    def asked_by(self, response_id: str, call_id: Any) -> None:
        """Makes room for another call of the same id: some models use one for all of them."""
        if call_id in self.done and self.askers.setdefault(call_id, response_id) != response_id:
            self.done.discard(call_id)
            del self.names[call_id]
        self.askers[call_id] = response_id

    def has(self, result: ToolResult) -> Iterator[AgentEvent]:
        call_id = result.call_id
        if call_id not in self.done:
            self.done.add(call_id)
            self.held.pop(call_id, None)
            yield from self.calls(call_id, result.name, None)
            yield replace(result, name=self.names[call_id])

    def releases(self) -> Iterator[AgentEvent]:
        for result in list(self.held.values()):
            yield from self.has(result)


def _payload(event: Any) -> Any:
    """What a message carries; an Output or a response comes without a message as well."""
    return event if field(event, "category") is None else field(event, "payload")


def _chunk(run: _Run, event: Any) -> Iterator[AgentEvent]:
    return _piece(run, _payload(event))


def _chunk_output(run: _Run, event: Any) -> Iterator[AgentEvent]:
    return _piece(run, field(_payload(event), "data"))


def _piece(run: _Run, response: Any) -> Iterator[AgentEvent]:
    response_id = str(field(response, "id", ""))
    reasoning, text = field(response, "reasoning_content"), field(response, "content")
    if reasoning or text:
        run.streamed.add(response_id)
        yield from run.says(response_id, reasoning, text)
    yield from _called(run, field(response, "tool_calls", ()), response_id)
    yield from _used(run, response)
    run.finish = field(response, "finish_reason", run.finish)
    if field(response, "finish_reason") and run.speaker == response_id:
        run.speaker = None


def _called(run: _Run, calls: Iterable[Any], response_id: str = "") -> Iterator[AgentEvent]:
    for call in calls:
        call_id, function = field(call, "id"), field(call, "function")
        if call_id and response_id:
            run.asked_by(response_id, call_id)
        yield from run.calls(call_id, field(function, "name"), field(function, "arguments"))


def _used(run: _Run, response: Any) -> Iterator[Usage]:
    usage, key = field(response, "usage"), (run.responses, str(field(response, "id", "")))
    if field(usage, "total_tokens") and key not in run.counted:
        run.counted.add(key)
        yield Usage(
            input_tokens=field(usage, "prompt_tokens", 0),
            output_tokens=field(usage, "completion_tokens", 0),
            cached_input_tokens=field(usage, "prompt_tokens_details.cached_tokens", 0),
            reasoning_tokens=field(usage, "completion_tokens_details.reasoning_tokens", 0),
            model=field(response, "model"),
        )


def _message_output(run: _Run, event: Any) -> Iterator[AgentEvent]:
    output = _payload(event)
    response, text = field(output, "source"), field(output, "response")
    yield from run.releases()
    run.speaker = None
    if run.failure is not None:
        return  # AWorld's response to too long a conversation is the conversation
    if field(output, "metadata.is_finished"):
        run.answer = text
    response_id = str(field(response, "id", ""))
    if response_id not in run.streamed:
        if text or field(output, "reasoning"):
            yield from run.says(response_id, field(output, "reasoning"), text)
            run.speaker = None
        yield from _used(run, response)
    calls = [field(call, "data") for call in field(output, "tool_calls", ())]
    yield from _called(run, calls, response_id)


def _tool_call_output(run: _Run, event: Any) -> Iterator[AgentEvent]:
    return _called(run, [field(_payload(event), "data")])


def _actions(run: _Run, event: Any) -> Iterator[AgentEvent]:
    for action in _payload(event) or ():
        names = [field(action, "tool_name"), field(action, "action_name")]
        name = "__".join(str(name) for name in names if name)
        yield from run.calls(field(action, "tool_call_id"), name, field(action, "params"))


def _observation(run: _Run, event: Any) -> Iterator[AgentEvent]:
    if field(event, "sender") == "runner":
        yield RunStarted(agent=str(field(event, "receiver", "")).partition("---uuid")[0])
    for result in field(event, "payload.action_result", ()):
        yield from _result(run, result)


def _memory(run: _Run, event: Any) -> Iterator[AgentEvent]:
    result = _payload(event)
    if not isinstance(result, str) and field(result, "tool_call_id"):
        yield from _result(run, field(result, "tool_result", result))


def _result(run: _Run, result: Any) -> Iterator[AgentEvent]:
    call_id, name = field(result, "tool_call_id"), str(field(result, "tool_name", ""))
    if not call_id:
        return
    content = field(result, "content")
    # The human tool writes "None" where nothing was wrong. Tracebacks may be here, and stay here.
    if field(result, "error", "None") == "None":
        yield from run.has(ToolResult(call_id=call_id, name=name, output=readable(content)))
    else:
        said = text_of(readable(content)) if content else "The tool failed."
        yield from run.has(ToolResult(call_id=call_id, name=name, error=said))


def _tool_result_output(run: _Run, event: Any) -> Iterator[AgentEvent]:
    output = _payload(event)
    call_id = field(output, "origin_tool_call.id")
    if call_id and call_id not in run.done:
        name, data = str(field(output, "tool_name", "")), readable(field(output, "data"))
        run.held[call_id] = ToolResult(call_id=call_id, name=name, output=data)
    return iter(())


def _step(run: _Run, event: Any) -> Iterator[AgentEvent]:
    yield from run.releases()
    output = _payload(event)
    number, name = field(output, "step_num", 0), field(output, "alias_name")
    if name is None:
        return  # of AWorld's own machinery
    if field(output, "status") == "START":
        yield StepStarted(step=number, name=name)
    else:
        yield StepFinished(step=number, name=name)


def _output(run: _Run, event: Any) -> Iterator[AgentEvent]:
    said = field(_payload(event), "data")
    if isinstance(said, str) and said.startswith(("Failed to call llm", "llm result error")):
        run.failure = said
    return iter(())


def _error(run: _Run, event: Any) -> Iterator[AgentEvent]:
    run.failure = run.failure or field(event, "payload.msg")
    return iter(())


def _question(run: _Run, event: Any) -> Iterator[AgentEvent]:
    confirms = field(event, "topic") == "__human_confirm"
    kind = InputKind.APPROVAL if confirms else InputKind.TEXT
    yield InputRequired(
        prompt=text_at(event, "payload"),
        kind=kind,
        request_id=field(event, "id"),
    )


def words_of(answer: Message) -> str:
    """The client's answer as text, for AWorld: of a decision its word, other data as JSON."""
    data = (part.data for part in answer.parts if isinstance(part, DataPart))
    said = [answer.text, *(text_of(field(one, "decision", one)) for one in data)]
    return "\n".join(words for words in said if words)


def _response(run: _Run, event: Any) -> Iterator[AgentEvent]:
    response = _payload(event)
    yield from run.releases()
    status, answer = field(response, "status"), field(response, "answer")
    if field(response, "success"):
        yield _answered(run, answer)
    elif status in ("cancelled", "interrupted") and run.failure is None:
        yield RunFinished(state=TaskState.CANCELED)
    elif status == "timeout":
        yield RunFinished(state=TaskState.FAILED, reason="run-timeout")
    else:
        yield _failed(run, run.failure or field(response, "msg"))


def _answered(run: _Run, answer: Any) -> RunFinished:
    text = text_of(readable(answer)) if answer else None
    if run.finish == "length":
        return replace(failed("length"), text=text)
    if run.finish == "content_filter":
        return replace(failed("content-filter"), text=text)
    return RunFinished(text=text)


_TOO_LONG = ("context length", "context_length", "reduce the length of the messages")


def _failed(run: _Run, said: str | None) -> RunFinished:
    if said == UNANSWERED:
        return RunFinished(state=TaskState.FAILED, reason="answer-timeout")
    spoken = (said or "").lower()
    if any(words in spoken for words in _TOO_LONG):
        return failed("context-too-long")
    if "empty or invalid response" in spoken:
        return failed("content-filter" if run.finish == "content_filter" else "model-bad-answer")
    end = failure_said(said)
    if end.reason == "agent-error" and "llm" in spoken:
        return failed("model-unavailable", end.error)
    return end


def _end(run: _Run, _: None) -> Iterator[RunFinished]:
    """The end of the stream of Outputs, which does not say how it went."""
    if run.failure is not None:
        yield _failed(run, run.failure)
    else:
        yield ENDED_WITHOUT_RESULT if run.answer is None else _answered(run, run.answer)


_OTHER = "any other message"

# What a message carries may be prompts, and all of the run.
_WHERE_IT_WENT = emits(
    Raw,
    source=lambda event: "aworld",
    data=lambda event: {
        name: str(field(event, name, "")) for name in ("category", "topic", "sender", "receiver")
    },
)

_RULES: dict[str, Rule[_Run]] = {
    "chunk": does(_chunk, ReasoningDelta, TextDelta, ToolCall, Usage),
    "agent": does(_observation, RunStarted, ToolCall, ToolResult),
    "tool": does(_actions, ToolCall),
    "__group_actions": does(_actions, ToolCall),
    "memory": does(_memory, ToolCall, ToolResult),
    "human": does(_question, InputRequired),
    "__error": does(_error),
    "__task_response": does(_response, ToolCall, ToolResult, RunFinished),
    "TaskResponse": does(_response, ToolCall, ToolResult, RunFinished),
    "StepOutput": does(_step, ToolCall, ToolResult, StepStarted, StepFinished),
    "ChunkOutput": does(_chunk_output, ReasoningDelta, TextDelta, ToolCall, Usage),
    "MessageOutput": does(_message_output, ReasoningDelta, TextDelta, ToolCall, ToolResult, Usage),
    "ToolCallOutput": does(_tool_call_output, ToolCall),
    "ToolResultOutput": does(_tool_result_output),
    "SearchOutput": does(_tool_result_output),
    "Output": does(_output),
    "RunFinishedSignal": IGNORED,
    "human_response": IGNORED,
    "context": IGNORED,
    "context_response": IGNORED,
    "__system_prompt": IGNORED,
    "__tool_result": IGNORED,
    "__group_results": IGNORED,
    "__subscribe_tool": IGNORED,
    "__subscribe_agent": IGNORED,
    "__start": IGNORED,
    "__finished": IGNORED,
    "__cancel": IGNORED,
    "mock": IGNORED,
    **dict.fromkeys(
        (
            "task",
            "plan",
            "group",
            "tool_callback",
            "agent_callback",
            "background_task",
            "__output",
            "__rerun",
            "__interrupt",
            "__agent_result",
            "__background_tool_complete",
            "__background_task_complete",
            "__peer_broadcast",
            _OTHER,
        ),
        _WHERE_IT_WENT,
    ),
}


def _name(event: Any) -> str:
    category = field(event, "category")
    if category is None:
        name = class_name(event)
    elif category == "output":
        name = class_name(field(event, "payload"))
    elif category == "human":
        name = "human"
    else:
        name = str(field(event, "topic", category))
    return name if name in _RULES else _OTHER


TABLE: EventTable[_Run] = EventTable(
    "aworld", _RULES, name=_name, new_run=_Run, asks=True, at_end=does(_end, RunFinished)
)

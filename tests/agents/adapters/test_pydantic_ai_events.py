"""Events of pydantic-ai that no recording shows."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from a2a_agent.agents.adapters.pydantic_ai_events import TABLE
from a2a_agent.agents.adapters.table import Translation
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    Raw,
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


def fed(*events: Any) -> list[AgentEvent]:
    """What becomes of a run's events, and its end; costs of nothing are left out."""
    translation: Translation[Any] = Translation(TABLE)
    given = [told for event in events for told in translation.feed(event) if told != Usage()]
    return [*given, *([] if translation.end is None else [translation.end])]


def start(index: int = 0, **part: Any) -> Json:
    return {"event_kind": "part_start", "index": index, "part": part}


def delta(index: int = 0, **delta: Any) -> Json:
    return {"event_kind": "part_delta", "index": index, "delta": delta}


def part_end(**part: Any) -> Json:
    return {"event_kind": "part_end", "index": 0, "part": part}


def result(**part: Any) -> Json:
    part = {"tool_call_id": "call", "tool_name": "get_weather", **part}
    return {"event_kind": "function_tool_result", "part": part}


def end(output: Any, **more: Any) -> Json:
    return {"event_kind": "agent_run_result", "result": {"output": output, **more}}


def test_each_response_is_a_message_of_its_own() -> None:
    events = fed(
        start(part_kind="thinking", content="Hm."),
        start(1, part_kind="text", content="Let "),
        delta(1, part_delta_kind="text", content_delta="me see."),
        start(part_kind="text", content="Done."),
    )

    assert events == [
        ReasoningDelta("Hm.", step=1),
        TextDelta("Let ", "response-1", 1),
        TextDelta("me see.", "response-1", 1),
        TextDelta("Done.", "response-2", 2),
    ]


def test_arguments_grow_while_they_are_written() -> None:
    events = fed(
        start(part_kind="tool-call", tool_name="add", tool_call_id="call", args='{"a"'),
        delta(part_delta_kind="tool_call", tool_call_id="call", args_delta=": 1}"),
        delta(part_delta_kind="tool_call", tool_call_id="call", args_delta={"b": 2}),
    )

    assert events == [
        ToolCallDelta(call_id="call", arguments='{"a"', name="add", step=1),
        ToolCallDelta(call_id="call", arguments='{"a": 1}', step=1),
    ]


@pytest.mark.parametrize(
    ("given", "arguments"),
    [('{"a": 1}', {"a": 1}), ({"a": 1}, {"a": 1}), (None, {}), ("{broken", "{broken")],
)
def test_arguments_of_a_call_are_json_however_they_are_given(given: Any, arguments: Any) -> None:
    part = {"tool_call_id": "call", "tool_name": "add", "args": given}

    assert fed({"event_kind": "function_tool_call", "part": part}) == [
        ToolCall(call_id="call", name="add", arguments=arguments)
    ]


@pytest.mark.parametrize("outcome", ["failed", "retried", "interrupted"])
def test_whatever_is_no_success_is_an_error(outcome: str) -> None:
    assert fed(result(content="Not so.", outcome=outcome)) == [
        ToolResult(call_id="call", name="get_weather", error="Not so.")
    ]


def test_denied_call_is_denied() -> None:
    assert fed(result(content="No.", outcome="denied")) == [
        ToolResult(call_id="call", name="get_weather", error="No.", denied=True)
    ]


def test_retry_prompt_of_older_versions_is_an_error() -> None:
    content = [{"type": "missing", "loc": ["city"]}]
    event = result(part_kind="retry-prompt", content=content)
    event["result"] = event.pop("part")

    assert fed(event) == [ToolResult(call_id="call", name="get_weather", error=json.dumps(content))]


def test_tools_of_the_models_provider_are_calls_and_results() -> None:
    tool: Json = {"tool_call_id": "call", "tool_name": "web_search"}
    events = fed(
        start(part_kind="builtin-tool-call", args={"query": "x"}, **tool),
        part_end(part_kind="builtin-tool-call", args={"query": "x"}, **tool),
        start(part_kind="builtin-tool-return", content="found", **tool),
        part_end(part_kind="builtin-tool-return", content="found", **tool),
    )

    assert events == [
        ToolCall(call_id="call", name="web_search", arguments={"query": "x"}),
        ToolResult(call_id="call", name="web_search", output="found"),
    ]


def test_file_of_the_model_is_an_artifact_and_not_told_twice() -> None:
    picture = {"data": b"png", "media_type": "image/png"}
    events = fed(part_end(part_kind="file", content=picture), end(picture))

    assert events == [
        Artifact(parts=(FilePart(raw=b"png", media_type="image/png"),)),
        RunFinished(),
    ]


@dataclass
class City:
    name: str


@pytest.mark.parametrize(
    ("output", "data"), [(City("London"), {"name": "London"}), ([1, 2], [1, 2]), (True, True)]
)
def test_output_that_is_no_text_is_data(output: Any, data: Any) -> None:
    part = DataPart(data, media_type="application/json")

    assert fed(end(output)) == [
        Artifact(artifact_id=ANSWER_ARTIFACT_ID, name=ANSWER_ARTIFACT_ID, parts=(part,)),
        RunFinished(),
    ]


def test_output_that_is_text_is_the_whole_answer() -> None:
    assert fed(end("Hello.")) == [RunFinished(text="Hello.")]
    assert fed(end(None)) == [RunFinished()]


def test_result_tells_what_the_run_cost() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 5,
        "cache_read_tokens": 2,
        "output_reasoning_tokens": 1,
    }

    assert fed(end("Hello.", usage=usage, response={"model_name": "m"})) == [
        Usage(
            input_tokens=10,
            output_tokens=5,
            cached_input_tokens=2,
            reasoning_tokens=1,
            model="m",
        ),
        RunFinished(text="Hello."),
    ]


def test_event_without_a_part_says_nothing() -> None:
    assert fed({"event_kind": "part_start"}, {"event_kind": "part_delta"}) == []
    assert fed(part_end(), {"event_kind": "final_result"}) == []


def test_event_of_the_agents_own_is_raw() -> None:
    assert fed({"event_kind": "custom", "name": "x"}) == [
        Raw(source="pydantic-ai", data={"event_kind": "custom", "name": "x"})
    ]


@pytest.mark.parametrize(
    ("names", "reason"),
    [
        (["UsageLimitExceeded", "AgentRunError"], "max-steps"),
        (["IncompleteToolCall", "OutputTokenLimitExceeded", "UnexpectedModelBehavior"], "length"),
        (["ContentFilterError", "UnexpectedModelBehavior"], "content-filter"),
        (["UnexpectedModelBehavior", "AgentRunError"], "model-bad-answer"),
        (["ModelNotFoundError", "ModelRequestRejectedError", "ModelAPIError"], "model-unavailable"),
    ],
)
def test_exceptions_have_reasons(names: list[str], reason: str) -> None:
    end = TABLE.raised(*names)

    assert end is not None
    assert end.reason == reason

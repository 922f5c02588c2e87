"""Agentor's events, as far as no recording has them."""

import json
from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.agentor import TABLE, from_agentor
from a2a_agent.agents.adapters.table import ENDED_WITHOUT_RESULT
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Raw,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    TextDelta,
    ToolCall,
    ToolResult,
)
from a2a_agent.runtime.agent import AgentDescription, Skill
from tests.agents.adapters.translating import translated

Json = dict[str, Any]


def chat(**fields: Any) -> Json:
    """An `AgentOutput`."""
    return {
        "type": "run_item_stream_event",
        "message": None,
        "chunk": None,
        "tool_action": None,
        "reasoning": None,
        "raw_event": None,
        **fields,
    }


def called(name: str) -> Json:
    return chat(tool_action={"name": name, "type": "tool_called"})


def answered(name: str, message: str) -> Json:
    return chat(message=message, tool_action={"name": name, "type": "tool_output"})


def calling(call_id: str, name: str) -> ToolCall:
    return ToolCall(call_id=call_id, name=name)


def result(call_id: str, name: str, output: str) -> ToolResult:
    return ToolResult(call_id=call_id, name=name, output=output)


async def run(*events: Any, raises: Exception | None = None) -> list[AgentEvent | str]:
    return await translated(TABLE, *events, raises=raises)


async def test_answer_waits_for_the_end_of_the_stream() -> None:
    assert await run(chat(message="Hello.")) == [RunFinished(text="Hello.")]


async def test_last_text_of_a_run_that_raises_is_no_answer() -> None:
    with pytest.raises(RuntimeError):
        await run(
            called("add"),
            chat(message="RuntimeError: password"),
            raises=RuntimeError("password"),
        )


async def test_last_text_of_a_run_without_turns_left_is_no_answer() -> None:
    said = "Reached max_turns (10) without a final answer."

    (end,) = await run(chat(message=said))

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason, end.text) == ("failed", "max-steps", None)


async def test_text_before_a_call_is_shown_with_the_call() -> None:
    events = await run(
        chat(message="Let me see."), called("add"), answered("add", "4"), chat(message="Four.")
    )

    assert events == [
        TextDelta("Let me see."),
        calling("call-1", "add"),
        result("call-1", "add", "4"),
        RunFinished(text="Four."),
    ]


async def test_results_go_to_the_oldest_call_of_their_name() -> None:
    events = await run(
        called("add"),
        called("look"),
        called("add"),
        answered("look", "sun"),
        answered("add", "4"),
        answered("add", "5"),
        chat(message="Done."),
    )

    assert events == [
        calling("call-1", "add"),
        calling("call-2", "look"),
        calling("call-3", "add"),
        result("call-2", "look", "sun"),
        result("call-1", "add", "4"),
        result("call-3", "add", "5"),
        RunFinished(text="Done."),
    ]


async def test_results_without_a_name_go_to_the_oldest_call() -> None:
    events = await run(called("add"), called("look"), answered("dict", "4"), answered("dict", "5"))

    assert events[2:] == [
        result("call-1", "add", "4"),
        result("call-2", "look", "5"),
        ENDED_WITHOUT_RESULT,
    ]


async def test_call_has_the_id_and_the_arguments_that_it_was_written_with() -> None:
    def written(place: int, call_id: str, name: str) -> Json:
        item = {"type": "function_call", "call_id": call_id, "name": name}
        data = {"type": "response.output_item.added", "item": item, "output_index": place}
        sent = {"type": "raw_response_event", "data": data}
        return chat(type="raw_response_event", raw_event=sent)

    events = await run(written(0, "a", "add"), written(1, "b", "look"), called("look"))

    assert events == [ToolCall(call_id="b", name="look", arguments={}), ENDED_WITHOUT_RESULT]


async def test_handoff_is_a_call_and_its_result() -> None:
    events = await run(
        chat(tool_action={"name": "transfer_to_b", "type": "handoff_requested"}),
        chat(tool_action={"name": "A -> B", "type": "handoff_occured"}),
        chat(message="I am B."),
    )

    assert events == [
        calling("call-1", "transfer_to_b"),
        result("call-1", "transfer_to_b", ""),
        RunFinished(text="I am B."),
    ]


async def test_objects_are_read_like_what_was_recorded_of_them() -> None:
    action = SimpleNamespace(name="add", type="tool_called")

    events = await run(
        SimpleNamespace(**called("add") | {"tool_action": action}),
        SimpleNamespace(**chat(message="Four.")),
    )

    assert events == [calling("call-1", "add"), RunFinished(text="Four.")]


async def test_lines_of_json_are_read_and_other_lines_are_the_answer() -> None:
    events = await run(json.dumps(called("add")), json.dumps(chat(message="A")), "B", "[1]")

    assert events == [
        calling("call-1", "add"),
        TextDelta("A"),
        TextDelta("B"),
        TextDelta("[1]"),
        RunFinished(),
    ]


async def test_tokens_come_once_with_or_without_the_event_they_are_from() -> None:
    token = {
        "type": "raw_response_event",
        "data": {"type": "response.output_text.delta", "delta": "lo", "item_id": "m1"},
    }

    events = await run(
        chat(type="agent_updated_stream_event", message="A"),
        chat(type="raw_response_event", chunk="Hel"),
        chat(type="raw_response_event", chunk="lo", raw_event=token),
        chat(type="raw_response_event"),
        chat(message="Hello"),
    )

    assert events == [
        RunStarted(agent="A"),
        TextDelta("Hel"),
        TextDelta("lo", "m1"),
        RunFinished(),
    ]


async def test_reasoning_is_no_answer() -> None:
    events = await run(chat(reasoning="Hm."), chat(message="Four."))

    assert events == [ReasoningDelta("Hm."), RunFinished(text="Four.")]


async def test_item_that_agentor_does_not_know_is_no_answer() -> None:
    events = await run(chat(message="Unhandled run item type: tool_search_call_item"))

    assert events == [ENDED_WITHOUT_RESULT]


@pytest.mark.parametrize(
    "event",
    [
        chat(tool_action={"name": "look", "type": "mcp_approval_requested"}),
        chat(type="of_another_version"),
        {"type": "of_another_version"},
    ],
)
async def test_event_that_nobody_knows_is_raw(event: Json) -> None:
    (raw, _) = await run(event)

    assert raw == Raw(source="agentor", data=event)


async def test_raw_event_of_the_models_server_that_nobody_knows_is_raw() -> None:
    sent: Json = {"type": "raw_response_event", "data": {"type": "response.new"}}

    (raw, _) = await run(chat(type="raw_response_event", raw_event=sent))

    assert raw == Raw(source="agentor", data=sent)


@pytest.mark.parametrize(
    "event",
    [chat(), answered("add", "4"), chat(tool_action={}), {"type": "fork"}],
)
async def test_event_that_lacks_what_it_is_for_becomes_nothing(event: Json) -> None:
    assert await run(event) == [ENDED_WITHOUT_RESULT]


async def test_run_of_the_engine_ends_with_its_own_word() -> None:
    started = {"type": "run_start", "agent": "A", "model": "m"}
    text = {"type": "text_delta", "text": "Hel", "turn": 1}

    assert await run(started, text) == [
        RunStarted(agent="A", model="m"),
        TextDelta("Hel", step=1),
        ENDED_WITHOUT_RESULT,
    ]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        ({"type": "run_end", "status": "max_turns", "error": "Reached"}, "max-steps"),
        ({"type": "run_end", "status": "failed", "error": "Error code: 429"}, "model-rate-limited"),
        ({"type": "run_end", "status": "failed", "error": None}, "agent-error"),
        ({"type": "run_end"}, "agent-error"),
        ({"type": "error", "error": "ValueError: odd"}, "agent-error"),
        ({"type": "error", "error": "Error code: 401"}, "model-authentication"),
        (
            {"type": "raw_response_event", "data": {"type": "error", "code": "server_error"}},
            "model-unavailable",
        ),
    ],
)
async def test_failure_has_its_reason(event: Json, reason: str) -> None:
    (end,) = await run(event)

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason) == ("failed", reason)


async def test_runs_do_not_know_of_each_other() -> None:
    await run(called("add"), chat(message="A"))

    assert await run(called("look")) == [calling("call-1", "look"), ENDED_WITHOUT_RESULT]


def test_agent_is_described_by_its_name() -> None:
    skill = Skill(id="Ada", name="Ada", description="The Agentor agent Ada.", tags=("agentor",))

    assert from_agentor(SimpleNamespace(name="Ada")).description == AgentDescription(
        name="Ada", description="The Agentor agent Ada.", skills=(skill,)
    )


@pytest.mark.parametrize(
    ("error", "told"),
    [("RuntimeError: password=secret", "RuntimeError"), ("unknown tool", "unknown tool")],
)
async def test_of_what_a_tool_raises_the_class_is_told_and_not_the_text(
    error: str, told: str
) -> None:
    event = {"type": "tool_result", "call_id": "1", "name": "add", "error": error, "turn": 1}

    assert (await run(event))[0] == ToolResult(call_id="1", name="add", error=told, step=1)

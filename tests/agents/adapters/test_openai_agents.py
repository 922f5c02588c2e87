"""The OpenAI Agents SDK's events, as far as no recording has them."""

from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.openai_agents import TABLE, from_openai_agents
from a2a_agent.agents.adapters.openai_agents_rules import Finished, Interrupted, Resumed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
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
from a2a_agent.domain.model import FilePart
from a2a_agent.runtime.agent import AgentDescription, Skill
from tests.agents.adapters.expectations.agentor import EXPECTED
from tests.agents.adapters.expectations.expected import recording
from tests.agents.adapters.played import played
from tests.agents.adapters.translating import translated

Json = dict[str, Any]

CREATED: Json = {"type": "raw_response_event", "data": {"type": "response.created"}}
CALL: Json = {
    "type": "function_call",
    "call_id": "c1",
    "name": "add",
    "arguments": '{"a": 2}',
    "id": "__fake_id__",
}
ADD = ToolCall(call_id="c1", name="add", arguments={"a": 2})


def raw(kind: str, **fields: Any) -> Json:
    return {"type": "raw_response_event", "data": {"type": kind, **fields}}


def token(text: Any, message_id: str = "m1") -> Json:
    return raw("response.output_text.delta", delta=text, item_id=message_id)


def item(name: str, raw_item: Any, **fields: Any) -> Json:
    agent = {"instructions": "confidential", "model": {"api_key": "sk-secret"}}
    return {
        "type": "run_item_stream_event",
        "name": name,
        "item": {"agent": agent, "raw_item": raw_item, **fields},
    }


def agent(name: str) -> Json:
    return {"type": "agent_updated_stream_event", "new_agent": {"name": name}}


def output(call_id: str, value: Any) -> Json:
    return item("tool_output", {"call_id": call_id, "output": value}, output=value)


async def run(*events: Any, raises: Exception | None = None) -> list[AgentEvent | str]:
    return await translated(TABLE, *events, raises=raises)


@pytest.mark.parametrize(
    "key",
    [key for key in EXPECTED if "openai-agents-stream_events" in key and recording(key)],
)
def test_recorded_run_is_the_same_without_agentor_around_it(key: str) -> None:
    path = recording(key)
    assert path is not None

    assert played(path, "openai-agents").in_short == EXPECTED[key]


async def test_turn_shows_its_call_while_it_is_written_then_the_call_and_its_result() -> None:
    usage = {
        "input_tokens": 10,
        "output_tokens": 5,
        "input_tokens_details": {"cached_tokens": 2},
        "output_tokens_details": {"reasoning_tokens": 1},
    }

    events = await run(
        agent("Assistant"),
        CREATED,
        raw("response.reasoning_summary_text.delta", delta="Hm."),
        raw("response.output_item.added", item=CALL, output_index=0),
        raw("response.function_call_arguments.delta", delta='{"a":', output_index=0),
        raw("response.function_call_arguments.delta", delta=" 2}", output_index=0),
        raw("response.completed", response={"model": "m", "usage": usage}),
        item("tool_called", CALL),
        output("c1", {"sum": 4}),
        CREATED,
        token("Four."),
    )

    assert events == [
        RunStarted(agent="Assistant"),
        StepStarted(step=1),
        ReasoningDelta("Hm.", step=1),
        ToolCallDelta(call_id="c1", name="add", arguments='{"a":', step=1),
        ToolCallDelta(call_id="c1", name="add", arguments='{"a": 2}', step=1),
        Usage(
            input_tokens=10,
            output_tokens=5,
            cached_input_tokens=2,
            reasoning_tokens=1,
            model="m",
            step=1,
        ),
        ToolCall(call_id="c1", name="add", arguments={"a": 2}, step=1),
        ToolResult(call_id="c1", name="add", output={"sum": 4}, step=1),
        StepStarted(step=2),
        TextDelta("Four.", "m1", step=2),
        RunFinished(),
    ]


async def test_calls_whose_items_share_an_id_are_told_apart_by_their_place() -> None:
    other = {**CALL, "call_id": "c2"}

    events = await run(
        raw("response.output_item.added", item=CALL, output_index=0),
        raw("response.output_item.added", item=other, output_index=1),
        raw("response.function_call_arguments.delta", delta="{", output_index=1),
    )

    assert events == [ToolCallDelta(call_id="c2", name="add", arguments="{"), RunFinished()]


async def test_agent_that_takes_over_is_the_scope_of_what_it_does() -> None:
    call = {"type": "function_call", "call_id": "c1", "name": "transfer_to_b", "arguments": "{}"}

    events = await run(
        agent("A"),
        item("handoff_requested", call),
        item("handoff_occured", {"call_id": "c1", "output": '{"assistant": "B"}'}),
        agent("B"),
        CREATED,
        token("I am B."),
        agent("A"),
        token("I am A.", "m2"),
    )

    assert events == [
        RunStarted(agent="A"),
        ToolCall(call_id="c1", name="transfer_to_b", arguments={}),
        ToolResult(call_id="c1", name="transfer_to_b", output='{"assistant": "B"}'),
        StepStarted(step=1, scope="B"),
        TextDelta("I am B.", "m1", step=1, scope="B"),
        TextDelta("I am A.", "m2", step=1),
        RunFinished(),
    ]


async def test_message_that_was_not_streamed_comes_whole() -> None:
    message = {"id": "m1", "content": [{"text": "Four, "}, {"refusal": "no more."}]}

    assert await run(item("message_output_created", message)) == [
        TextDelta("Four, no more.", "m1"),
        RunFinished(),
    ]


async def test_message_that_was_streamed_does_not_come_again() -> None:
    message = {"id": "m1", "content": [{"text": "Four."}]}

    events = await run(token("Four."), item("message_output_created", message))

    assert events == [TextDelta("Four.", "m1"), RunFinished()]


async def test_refusal_is_the_answer() -> None:
    refusal = raw("response.refusal.delta", delta="I must not.", item_id="m1")

    assert await run(refusal) == [TextDelta("I must not.", "m1"), RunFinished()]


@pytest.mark.parametrize(
    ("call", "shown", "result"),
    [
        (
            {"type": "web_search_call", "id": "w", "action": {"query": "sun"}},
            ToolCall(call_id="w", name="web_search", arguments={"query": "sun"}),
            ToolResult(call_id="w", name="web_search"),
        ),
        (
            {"type": "file_search_call", "id": "f", "queries": ["sun"], "results": [{"n": 1}]},
            ToolCall(call_id="f", name="file_search", arguments=["sun"]),
            ToolResult(call_id="f", name="file_search", output=[{"n": 1}]),
        ),
        (
            {"type": "mcp_call", "id": "m", "name": "look", "arguments": "{}", "output": "sun"},
            ToolCall(call_id="m", name="look", arguments={}),
            ToolResult(call_id="m", name="look", output="sun"),
        ),
        (
            {"type": "mcp_call", "id": "m", "name": "look", "arguments": "{}", "error": "dark"},
            ToolCall(call_id="m", name="look", arguments={}),
            ToolResult(call_id="m", name="look", error="dark"),
        ),
    ],
)
async def test_tool_that_the_models_server_runs_has_its_result_with_the_call(
    call: Json, shown: ToolCall, result: ToolResult
) -> None:
    assert await run(item("tool_called", call)) == [shown, result, RunFinished()]


async def test_picture_that_the_model_makes_is_an_artifact() -> None:
    call = {"type": "image_generation_call", "id": "i", "result": "aGk=", "output_format": "webp"}

    assert await run(item("tool_called", call)) == [
        ToolCall(call_id="i", name="image_generation"),
        ToolResult(call_id="i", name="image_generation"),
        Artifact(parts=(FilePart(raw=b"hi", media_type="image/webp"),), name="image"),
        RunFinished(),
    ]


async def test_other_item_is_shown_without_its_agent() -> None:
    events = await run(item("mcp_list_tools", {"type": "mcp_list_tools", "tools": []}))

    shown: Json = {"name": "mcp_list_tools", "item": {"type": "mcp_list_tools", "tools": []}}
    assert events == [Raw(source="openai-agents", data=shown), RunFinished()]


async def test_event_of_the_models_server_that_nobody_knows_is_raw() -> None:
    event = raw("response.web_search_call.searching", item_id="w")

    assert await run(event) == [Raw(source="openai-agents", data=event), RunFinished()]


@pytest.mark.parametrize(
    ("event", "reason"),
    [
        (
            raw(
                "response.incomplete",
                response={"incomplete_details": {"reason": "max_output_tokens"}},
            ),
            "length",
        ),
        (
            raw(
                "response.incomplete",
                response={"incomplete_details": {"reason": "content_filter"}},
            ),
            "content-filter",
        ),
        (raw("response.incomplete", response={}), "model-cut-off"),
        (
            raw("response.failed", response={"error": {"code": "rate_limit_exceeded"}}),
            "model-rate-limited",
        ),
        (raw("response.failed", response={"error": None}), "model-unavailable"),
        (raw("error", code="server_error", message="secret"), "model-unavailable"),
    ],
)
async def test_answer_that_the_models_server_does_not_complete_fails_the_run(
    event: Json, reason: str
) -> None:
    class ModelBehaviorError(Exception):
        """What the SDK raises after such an event."""

    *_, end = await run(event, raises=ModelBehaviorError())

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason) == ("failed", reason)
    assert "secret" not in str(end)


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("MaxTurnsExceeded", "max-steps"),
        ("ModelBehaviorError", "model-bad-answer"),
        ("ModelRefusalError", "content-filter"),
        ("ModelTimeoutError", "model-timeout"),
        ("InputGuardrailTripwireTriggered", "input-guardrail"),
        ("ToolInputGuardrailTripwireTriggered", "input-guardrail"),
        ("OutputGuardrailTripwireTriggered", "output-guardrail"),
        ("ToolOutputGuardrailTripwireTriggered", "output-guardrail"),
    ],
)
async def test_exception_of_the_sdk_fails_the_run_for_a_reason(name: str, reason: str) -> None:
    special: Any = type("Special", (type(name, (Exception,), {}),), {})

    (end,) = await run(raises=special("secret"))

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason, end.error) == ("failed", reason, None)


async def test_other_exception_is_left_to_the_runner() -> None:
    with pytest.raises(ZeroDivisionError):
        await run(raises=ZeroDivisionError())


async def test_answer_that_a_guardrail_holds_back_is_taken_back() -> None:
    class OutputGuardrailTripwireTriggered(Exception):
        """As the SDK calls it."""

    _, end = await run(token("The secret."), raises=OutputGuardrailTripwireTriggered())

    assert isinstance(end, RunFinished)
    assert end.text == ""


@pytest.mark.parametrize(
    ("output", "text"),
    [("Four.", "Four."), ("", None), (None, None), ({"sum": 4}, '{"sum": 4}')],
)
async def test_output_that_was_not_streamed_is_the_answer(output: Any, text: str | None) -> None:
    assert await run(Finished(output)) == [RunFinished(text=text)]


async def test_output_with_a_type_stays_as_the_model_has_written_it() -> None:
    events = await run(token('{"sum":4}'), Finished({"sum": 4}))

    assert events == [TextDelta('{"sum":4}', "m1"), RunFinished()]


async def test_call_that_needs_an_approval_ends_the_run_with_a_question() -> None:
    waiting = SimpleNamespace(raw_item=CALL, tool_name="add")

    events = await run(CREATED, item("tool_called", CALL), Interrupted(waiting, {"turn": 1}))

    assert events[2:] == [
        InputRequired(
            prompt='May I use add with {"a": 2}?',
            kind=InputKind.APPROVAL,
            options=("approve", "deny"),
            call_id="c1",
            name="add",
            arguments={"a": 2},
            request_id="c1-1",
            resume={
                "step": 1,
                "calls": {"c1": "add"},
                "denied": [],
                "state": {"turn": 1},
                "call": "c1",
                "request": "c1-1",
            },
            step=1,
        )
    ]


async def test_resumed_run_knows_its_calls_and_turn() -> None:
    kept = {"step": 1, "calls": {"c1": "add"}, "denied": []}

    events = await run(Resumed(kept, None), output("c1", "4"), CREATED)

    assert events == [
        ToolResult(call_id="c1", name="add", output="4", step=1),
        StepStarted(step=2),
        RunFinished(),
    ]


@pytest.mark.parametrize(
    "resumed",
    [
        Resumed({"step": 1, "calls": {"c1": "add"}, "denied": []}, "c1"),
        Resumed({"step": 1, "calls": {"c1": "add"}, "denied": ["c1"]}, None),
    ],
)
async def test_call_that_the_client_does_not_allow_is_denied(resumed: Resumed) -> None:
    events = await run(resumed, output("c1", "denied: not now"))

    assert events == [
        ToolResult(call_id="c1", name="add", error="denied: not now", denied=True, step=1),
        RunFinished(),
    ]


async def test_call_comes_once_however_often_it_is_told() -> None:
    events = await run(item("tool_called", CALL), item("tool_called", CALL), output("c1", "4"))

    assert events == [ADD, ToolResult(call_id="c1", name="add", output="4"), RunFinished()]


@pytest.mark.parametrize(
    "event",
    [
        token(None),
        token(""),
        raw("response.reasoning_text.delta", delta=None),
        raw("response.output_item.added", item=None),
        raw("response.output_item.added", item={"type": "message", "id": "m1"}),
        raw("response.function_call_arguments.delta", delta="{", output_index=3),
        item("tool_called", None),
        item("tool_called", {"type": "function_call"}),
        item("message_output_created", {"content": None}),
        output("nobody", "4"),
    ],
)
async def test_event_that_lacks_what_it_is_for_becomes_nothing(event: Json) -> None:
    assert await run(event) == [RunFinished()]


async def test_arguments_that_are_no_json_are_shown_as_written() -> None:
    (call, _) = await run(item("tool_called", {**CALL, "arguments": '{"a":'}))

    assert call == ToolCall(call_id="c1", name="add", arguments='{"a":')


async def test_runs_do_not_know_of_each_other() -> None:
    await run(agent("A"), CREATED, item("tool_called", CALL))

    assert await run(agent("B"), output("c1", "4"), token("Hi")) == [
        RunStarted(agent="B"),
        TextDelta("Hi", "m1"),
        RunFinished(),
    ]


def test_agent_is_described_by_its_name_and_never_by_its_instructions() -> None:
    made = SimpleNamespace(name="Ada", handoff_description=None, instructions="confidential")

    assert from_openai_agents(made).description == AgentDescription(
        name="Ada",
        description="The agent Ada.",
        skills=(
            Skill(id="Ada", name="Ada", description="The agent Ada.", tags=("openai-agents",)),
        ),
    )

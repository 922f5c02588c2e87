from typing import Any

import pytest

from a2a_agent.agents.adapters.aiecs_events import TABLE
from a2a_agent.agents.adapters.table import ENDED_WITHOUT_RESULT, Translation
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Raw,
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
from a2a_agent.domain.model import TaskState
from tests.agents.adapters.translating import told

NAMES = sorted(TABLE.rules.keys() - {"str"})
FIELDS = (
    *("content", "error", "result", "output", "success", "reason", "status", "iteration"),
    *("tool_name", "tool", "operation", "parameters", "tool_call", "tool_calls"),
    *("step_index", "step_id", "run_id", "loop_scope", "cache_read_tokens"),
)
DONE = {"type": "result", "success": True, "output": "Done."}
STEP = {"kind": "dawp", "run_id": "dawp-1", "workflow_id": "flow", "step_index": 1}


def become(*events: Any) -> list[AgentEvent]:
    """What the events of a run become, its end included."""
    return told(TABLE, *events)


def during(*events: Any) -> list[AgentEvent]:
    """What they become before the run's end."""
    return become(*events)[:-1]


def token(text: str, **more: Any) -> dict[str, Any]:
    return {"type": "token", "content": text, **more}


def ready(*calls: tuple[str | None, str, Any]) -> dict[str, Any]:
    return {
        "type": "tool_calls_ready",
        "tool_calls": [
            {"id": call_id, "type": "function", "function": {"name": name, "arguments": arguments}}
            for call_id, name, arguments in calls
        ],
    }


def delta(call_id: str | None, arguments: str) -> dict[str, Any]:
    function = {"name": "weather_get", "arguments": arguments}
    return {"type": "tool_call_delta", "tool_call": {"id": call_id, "function": function}}


def called(tool: str, operation: str | None = None, **parameters: Any) -> dict[str, Any]:
    return {
        "type": "tool_call",
        "tool_name": tool,
        "operation": operation,
        "parameters": parameters,
    }


def gave(tool: str, result: Any) -> dict[str, Any]:
    return {"type": "tool_result", "tool_name": tool, "result": result}


def broke(tool: str, error: str | None) -> dict[str, Any]:
    return {"type": "tool_error", "tool_name": tool, "error": error}


def iteration(number: Any, **more: Any) -> dict[str, Any]:
    return {"type": "iteration_start", "iteration": number, **more}


class TestTools:
    def test_calls_come_from_the_batch_and_results_find_them_in_order(self) -> None:
        assert during(
            ready(("a", "weather_get", '{"city": "Rome"}'), ("b", "weather_get", {"city": "Oslo"})),
            called("weather", "get", city="Rome"),
            gave("weather", "sun"),
            called("weather", "get", city="Oslo"),
            gave("weather", {"sky": "grey"}),
        ) == [
            ToolCall(call_id="a", name="weather_get", arguments={"city": "Rome"}),
            ToolCall(call_id="b", name="weather_get", arguments={"city": "Oslo"}),
            ToolResult(call_id="a", name="weather_get", output="sun"),
            ToolResult(call_id="b", name="weather_get", output={"sky": "grey"}),
        ]

    def test_error_of_a_call_that_never_ran_is_its_result(self) -> None:
        assert during(
            ready(("a", "nope_nope", "{}"), ("b", "maths_add", "")),
            broke("unknown", "There is no such tool."),
            called("maths", "add"),
            gave("maths", 0),
        )[2:] == [
            ToolResult(call_id="a", name="nope_nope", error="There is no such tool."),
            ToolResult(call_id="b", name="maths_add", output=0),
        ]

    def test_results_in_another_order_find_their_calls_by_the_tools_names(self) -> None:
        assert during(
            ready(("a", "weather_get", "{}"), ("b", "maths", "{}")),
            gave("maths", 4),
            broke("weather", None),
        )[2:] == [
            ToolResult(call_id="b", name="maths", output=4),
            ToolResult(call_id="a", name="weather_get", error="The tool has failed."),
        ]

    def test_calls_without_a_batch_get_ids_of_ours(self) -> None:
        assert during(
            called("weather", "get", city="Rome"),
            called("weather", "get", city="Oslo"),
            gave("weather", "sun"),
            gave("weather", "rain"),
        ) == [
            ToolCall(call_id="call", name="weather_get", arguments={"city": "Rome"}),
            ToolCall(call_id="call-2", name="weather_get", arguments={"city": "Oslo"}),
            ToolResult(call_id="call", name="weather_get", output="sun"),
            ToolResult(call_id="call-2", name="weather_get", output="rain"),
        ]

    def test_result_without_a_call_gets_one(self) -> None:
        assert during(gave("weather", "sun")) == [
            ToolCall(call_id="call", name="weather"),
            ToolResult(call_id="call", name="weather", output="sun"),
        ]

    def test_call_of_a_batch_that_has_no_result_stays_open_and_takes_none_of_the_next(self) -> None:
        assert during(
            ready(("a", "weather_get", "{}")), ready(("b", "weather_get", "{}")), gave("weather", 1)
        )[2:] == [ToolResult(call_id="b", name="weather_get", output=1)]

    def test_id_that_the_model_uses_again_is_told_apart(self) -> None:
        assert during(
            delta("same", '{"city"'),
            delta("same", '{"city": 1}'),
            ready(("same", "weather_get", '{"city": 1}'), ("same", "weather_get", "{}")),
            delta("same", ""),
            ready(("same", "weather_get", "not JSON")),
        ) == [
            ToolCallDelta(call_id="same", name="weather_get", arguments='{"city"'),
            ToolCallDelta(call_id="same", name="weather_get", arguments='{"city": 1}'),
            ToolCall(call_id="same", name="weather_get", arguments={"city": 1}),
            ToolCall(call_id="same-2", name="weather_get", arguments={}),
            ToolCallDelta(call_id="same-3", name="weather_get", arguments=""),
            ToolCall(call_id="same-3", name="weather_get", arguments="not JSON"),
        ]

    def test_calls_whose_ids_are_missing_get_ids_of_ours(self) -> None:
        assert during(delta(None, "{}"), ready((None, "a", "{}"), ("", "b", "{}"))) == [
            ToolCall(call_id="call", name="a", arguments={}),
            ToolCall(call_id="call-2", name="b", arguments={}),
        ]


class TestOlderDocument:
    def test_action_and_observation_are_a_call_and_its_result(self) -> None:
        assert during(
            {"type": "thought", "content": "I should look."},
            {"type": "action", "tool": "weather", "operation": "get", "parameters": {"city": "Ur"}},
            {"type": "observation", "content": "sun"},
        ) == [
            ReasoningDelta("I should look."),
            ToolCall(call_id="call", name="weather_get", arguments={"city": "Ur"}),
            ToolResult(call_id="call", name="weather_get", output="sun"),
        ]

    def test_observation_of_an_error_is_one(self) -> None:
        assert during(
            called("weather"),
            {"type": "observation", "content": "Not there.", "has_error": True},
        )[1:] == [ToolResult(call_id="call", name="weather", error="Not there.")]

    def test_observation_of_what_the_action_gave_says_nothing_new(self) -> None:
        assert during(
            {"type": "action", "tool": "weather", "result": "sun"},
            {"type": "observation", "content": "sun"},
        ) == [
            ToolCall(call_id="call", name="weather"),
            ToolResult(call_id="call", name="weather", output="sun"),
        ]

    def test_statuses_of_one_iteration_are_one_step(self) -> None:
        assert become(
            {"type": "status", "status": "started"},
            {"type": "status", "status": "thinking", "iteration": 1},
            {"type": "status", "status": "acting", "iteration": 1},
            {"type": "status", "status": "observing"},
            {"type": "status", "status": "thinking", "iteration": 2},
            DONE,
        ) == [
            RunStarted(),
            StepStarted(step=1),
            StepFinished(step=1),
            StepStarted(step=2),
            StepFinished(step=2),
            RunFinished(text="Done."),
        ]


class TestSteps:
    def test_text_of_each_turn_begins_the_answer_anew(self) -> None:
        assert during(iteration(1), token("One."), iteration(2), token("Two.")) == [
            StepStarted(step=1),
            TextDelta("One.", message_id="1", step=1),
            StepFinished(step=1),
            StepStarted(step=2),
            TextDelta("Two.", message_id="2", step=2),
        ]

    def test_what_is_from_a_prompt_chain_has_the_step_and_the_run_of_it(self) -> None:
        assert during(
            {"type": "dawp_step_started", "step_id": "write", **STEP},
            iteration(1, loop_scope=STEP),
            token("Two.", loop_scope=STEP),
            {**ready(("a", "maths_add", "{}")), "loop_scope": STEP},
            {**gave("maths", 4), "loop_scope": STEP},
            {"type": "dawp_step_completed", "step_id": "write", "success": True, **STEP},
        ) == [
            StepStarted(step=1, name="write", scope="dawp-1"),
            TextDelta("Two.", message_id="1-dawp-1", step=1, scope="dawp-1"),
            ToolCall(call_id="a", name="maths_add", arguments={}, step=1, scope="dawp-1"),
            ToolResult(call_id="a", name="maths_add", output=4, step=1, scope="dawp-1"),
            StepFinished(step=1, name="write", scope="dawp-1"),
        ]

    def test_result_of_a_step_is_not_the_end(self) -> None:
        assert become({**DONE, "output": "<STEP_DONE>", "loop_scope": STEP}, DONE) == [
            RunFinished(text="Done.")
        ]

    def test_scope_of_the_main_loop_is_none(self) -> None:
        assert during(token("One.", loop_scope={"kind": "main"})) == [TextDelta("One.")]


class TestEnds:
    def test_run_without_a_result_has_failed(self) -> None:
        assert become({"type": "started"}, token("Half.")) == [
            RunStarted(),
            TextDelta("Half."),
            ENDED_WITHOUT_RESULT,
        ]

    @pytest.mark.parametrize(
        "event", [{"type": "completed"}, {"type": "status", "status": "completed"}]
    )
    def test_run_that_is_said_to_be_completed_is_so_without_a_result(self, event: Any) -> None:
        assert become(token("Whole."), event) == [TextDelta("Whole."), RunFinished()]

    def test_result_after_completed_counts(self) -> None:
        assert become({"type": "completed", "success": True}, DONE) == [RunFinished(text="Done.")]

    def test_run_that_completed_without_success_has_failed(self) -> None:
        assert become({"type": "completed", "success": False}) == [ENDED_WITHOUT_RESULT]

    def test_texts_alone_are_the_answer(self) -> None:
        assert become("Hel", "lo") == [TextDelta("Hel"), TextDelta("lo"), RunFinished()]

    def test_output_of_a_failed_result_goes_to_the_log_alone(self) -> None:
        failed = {"type": "result", "success": False, "reason": "dawp_abort_main", "output": "Hm."}

        assert become(failed) == [
            RunFinished(state=TaskState.FAILED, reason="agent-error", error="dawp_abort_main: Hm.")
        ]

    def test_error_in_a_failed_result_says_why(self) -> None:
        (end,) = become({"type": "result", "success": False, "error": "Error code: 401 - key"})

        assert isinstance(end, RunFinished)
        assert (end.state, end.reason) == (TaskState.FAILED, "model-authentication")

    def test_what_comes_after_an_error_changes_nothing(self) -> None:
        after = [{"type": "completed", "success": True}, DONE, token("More.")]

        assert become({"type": "error", "error": "Boom."}, *after) == [
            RunFinished(state=TaskState.FAILED, reason="agent-error", error="Boom.")
        ]

    def test_output_that_is_no_text_is_its_json(self) -> None:
        assert become({**DONE, "output": {"sum": 4}}) == [RunFinished(text='{"sum": 4}')]

    def test_text_that_the_result_has_again_is_no_piece(self) -> None:
        assert become(token("Done.", is_fallback=True), DONE) == [RunFinished(text="Done.")]


class TestOtherEvents:
    def test_tokens_read_from_the_cache_are_counted(self) -> None:
        status = {"type": "cache_status", "cache_hit": True, "cache_read_tokens": 64}

        assert during(status) == [Usage(cached_input_tokens=64)]

    def test_phases_of_plugins_are_nothing_nor_is_what_one_raised(self) -> None:
        error = {"message": "on_pre_task failed: secret"}

        assert (
            during(
                {"type": "plugin_phase_started", "phase": "pre_task", "plugin_count": 2},
                {"type": "plugin_hook_failed", "plugin_name": "memory", "error": error},
            )
            == []
        )

    def test_run_of_a_prompt_chain_is_shown_as_it_is(self) -> None:
        event = {"type": "dawp_run_started", "run_id": "dawp-1", "workflow_id": "flow"}

        assert during(event) == [Raw(source="aiecs", data=event)]

    @pytest.mark.parametrize("name", NAMES)
    @pytest.mark.parametrize("value", [None, "", "text", 7, 0.5, True, [], [None], ["a"], {"a": 1}])
    def test_fields_may_hold_anything(self, name: str, value: Any) -> None:

        *_, end = become({"type": name, **dict.fromkeys(FIELDS, value)}, DONE)

        assert isinstance(end, RunFinished)

    @pytest.mark.parametrize("name", NAMES)
    def test_fields_may_be_missing(self, name: str) -> None:
        *_, end = become({"type": name}, DONE)

        assert isinstance(end, RunFinished)

    def test_runs_know_nothing_of_each_other(self) -> None:
        one, other = Translation(TABLE), Translation(TABLE)
        one.feed(ready(("a", "weather_get", "{}")))

        assert other.feed(gave("weather", 1)) == [
            ToolCall(call_id="call", name="weather"),
            ToolResult(call_id="call", name="weather", output=1),
        ]

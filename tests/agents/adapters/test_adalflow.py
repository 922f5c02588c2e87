"""AdalFlow's events, as far as no recording shows them."""

import asyncio
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.adalflow import TABLE, from_adalflow
from a2a_agent.agents.adapters.table import Translation
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    RunFinished,
    ToolCall,
    ToolProgress,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import Message, Role, TaskState
from a2a_agent.runtime.agent import RunRequest

OUT_OF_STEPS = "No output generated after 5 steps (max_steps: 5)"
FUNCTION = {"id": "1", "name": "add", "kwargs": {"a": 2}}
CALL = ToolCall(call_id="1", name="add", arguments={"a": 2})


def _item(name: str, data: Any = None, **more: Any) -> dict[str, Any]:
    return {
        "name": name,
        "type": "run_item_stream_event",
        "item": {"id": "1", "data": data, **more},
    }


def _start(function: Mapping[str, Any] = FUNCTION) -> dict[str, Any]:
    return _item("agent.tool_call_start", function)


def _complete(output: Any, **more: Any) -> dict[str, Any]:
    data = {"name": "add", "input": FUNCTION, "output": output}
    return _item("agent.tool_call_complete", data, **more)


def _tool_output(status: str, **more: Any) -> dict[str, Any]:
    return {"$class": "adalflow.core.types.ToolOutput", "status": status, **more}


def _request(details: Any = None, **arguments: Any) -> dict[str, Any]:
    tool = {"id": "2", "name": "rm", "kwargs": arguments}
    data = {"id": "2", "tool_name": "rm", "tool": tool, "confirmation_details": details}
    return _item("agent.tool_permission_request", data)


def _ended(answer: Any = None, error: str | None = None) -> dict[str, Any]:
    return _item("agent.execution_complete", {"answer": answer, "error": error})


def _fed(*events: Any) -> list[AgentEvent]:
    translation = Translation(TABLE)
    return [translated for event in events for translated in translation.feed(event)]


def _end(*events: Any) -> RunFinished | None:
    translation = Translation(TABLE)
    for event in events:
        translation.feed(event)
    return translation.end


def test_thought_that_led_to_a_call_comes_before_it() -> None:
    assert _fed(_start({**FUNCTION, "thought": "Let me add."})) == [
        ReasoningDelta("Let me add."),
        CALL,
    ]


@pytest.mark.parametrize("thought", ["", None])
def test_call_without_a_thought_is_just_a_call(thought: str | None) -> None:
    assert _fed(_start({**FUNCTION, "thought": thought})) == [CALL]


def test_live_events_are_read_as_recorded_ones() -> None:
    function = SimpleNamespace(id="1", thought=None, name="add", args=[], kwargs={"a": 2})
    data = SimpleNamespace(name="add", input=function, output=4, error=None)
    item = SimpleNamespace(id="1", data=data, error=None)

    assert _fed(SimpleNamespace(name="agent.tool_call_complete", item=item)) == [
        CALL,
        ToolResult(call_id="1", name="add", output=4),
    ]


def test_news_of_a_tool_are_its_progress_even_without_data() -> None:
    news = _item("agent.tool_call_activity", "half")

    assert _fed(_start(), news, _item("agent.tool_call_activity")) == [
        CALL,
        ToolProgress(call_id="1", data="half"),
        ToolProgress(call_id="1", data=""),
    ]


def test_request_for_permission_makes_the_call_known_and_asks() -> None:
    started = _item("agent.tool_call_start", {"id": "2", "name": "rm", "kwargs": {}}, id="2")

    assert _fed(_request(path="a.txt"), started) == [
        ToolCall(call_id="2", name="rm", arguments={"path": "a.txt"}),
        InputRequired(
            prompt='May I use rm with {"path": "a.txt"}?',
            kind=InputKind.APPROVAL,
            options=("approve", "always", "deny"),
            call_id="2",
            name="rm",
            arguments={"path": "a.txt"},
            request_id="2",
        ),
    ]


def test_question_has_the_details_that_the_tool_gives() -> None:
    _, question = _fed(_request({"size": 3}))

    assert isinstance(question, InputRequired)
    assert question.prompt == 'May I use rm with {}?\n{"size": 3}'


def test_long_arguments_are_cut_in_the_words_of_the_question_only() -> None:
    _, question = _fed(_request(path="a" * 1000))

    assert isinstance(question, InputRequired)
    assert question.arguments == {"path": "a" * 1000}
    assert len(question.prompt) < 600


def test_result_of_a_call_that_was_never_announced_follows_its_call() -> None:
    output = _tool_output("error", output="no file", observation="There is no such file.")

    assert _fed(_complete(output)) == [
        CALL,
        ToolResult(call_id="1", name="add", error="There is no such file."),
    ]


def test_output_of_a_tool_is_shown_without_what_is_around_it() -> None:
    output = _tool_output("success", output={"sum": 4}, observation="4", display="Added.")

    assert _fed(_start(), _complete(output)) == [
        CALL,
        ToolResult(call_id="1", name="add", output={"sum": 4}),
    ]


def test_data_with_a_status_of_its_own_is_data() -> None:
    assert _fed(_start(), _complete({"status": "cancelled"})) == [
        CALL,
        ToolResult(call_id="1", name="add", output={"status": "cancelled"}),
    ]


def test_error_beside_a_result_is_its_error() -> None:
    assert _fed(_start(), _complete(None, error="It broke.")) == [
        CALL,
        ToolResult(call_id="1", name="add", error="It broke."),
    ]


def test_error_without_words_is_an_error() -> None:
    assert _fed(_start(), _complete(_tool_output("error"))) == [
        CALL,
        ToolResult(call_id="1", name="add", error="The tool has failed."),
    ]


def test_call_without_a_name_is_none() -> None:
    (shown,) = _fed(_start({"id": "1"}))

    assert isinstance(shown, Raw)


def test_calls_are_remembered_for_one_run() -> None:
    assert _fed(_start()) == _fed(_start()) == [CALL]


def test_documented_final_output_is_the_end() -> None:
    final = _item("agent.final_output", {"answer": "Four."})

    assert _end(final, _ended("Five.")) == RunFinished(text="Four.")


@pytest.mark.parametrize(
    ("answer", "text"), [({"sum": 4}, '{"sum": 4}'), (4, "4"), ("", ""), (None, None)]
)
def test_answer_is_text_of_whatever_type_it_was(answer: Any, text: str | None) -> None:
    assert _end(_ended(answer)) == RunFinished(text=text)


def test_answer_may_speak_of_steps() -> None:
    assert _end(_ended(f"It said: {OUT_OF_STEPS}")) == RunFinished(text=f"It said: {OUT_OF_STEPS}")


@pytest.mark.parametrize(
    ("error", "reason", "logged"),
    [
        (None, "max-steps", None),
        ("Expecting value", "max-steps", "Expecting value"),
        (
            "Error code: 401 - Incorrect API key provided.",
            "model-authentication",
            "the model's server answered 401",
        ),
    ],
)
def test_run_without_output_has_failed(error: str | None, reason: str, logged: str | None) -> None:
    end = _end(_ended(OUT_OF_STEPS, error))

    assert end is not None
    assert (end.state, end.text, end.reason, end.error) == (
        TaskState.FAILED,
        None,
        reason,
        logged,
    )


@pytest.mark.parametrize(
    "event", [_item("agent.execution_complete"), {"name": "agent.final_output"}]
)
def test_end_without_a_result_is_a_failure(event: Any) -> None:
    assert _end(event) == RunFinished(state=TaskState.FAILED, reason="agent-error")


def test_failure_that_is_raised_or_said_at_the_end_has_the_reason_in_its_words() -> None:
    end = _end(
        {
            "name": "agent.execution_complete",
            "item": {"error": "Error in step 2: Connection error."},
        }
    )

    assert end is not None
    assert (end.state, end.reason) == (TaskState.FAILED, "model-unavailable")


def test_failure_of_the_models_server_is_the_end_before_the_framework_tries_again() -> None:
    refused = {"type": "raw_response_event", "data": None, "error": "Error code: 403 - No."}

    end = _end(refused, _ended("Four."))

    assert end is not None
    assert (end.state, end.reason) == (TaskState.FAILED, "model-authentication")


def test_answer_that_is_no_plan_is_not_yet_the_end() -> None:
    unread = {"type": "raw_response_event", "data": None, "error": "Expecting value"}

    assert _end(unread, _ended("Four.")) == RunFinished(text="Four.")


def test_cancel_is_the_end_once_it_is_done() -> None:
    received, cancelled = _item("runner.cancel_received"), _item("runner.cancelled")

    assert (_end(received), _end(received, cancelled)) == (
        None,
        RunFinished(state=TaskState.CANCELED),
    )


def test_run_that_breaks_off_has_ended_without_result() -> None:
    translation = Translation(TABLE)
    translation.feed(_start())

    assert list(translation.finish()) == [
        RunFinished(state=TaskState.FAILED, reason="ended-without-result")
    ]


def test_answer_that_is_cut_has_cost_something_too() -> None:
    response = {"model": "m", "usage": {"input_tokens": 3, "output_tokens": 2}}
    cut = {"data": {"type": "response.incomplete", "response": response}}

    assert _fed(cut) == [Usage(input_tokens=3, output_tokens=2, model="m")]


def test_server_that_does_not_tell_the_cost_is_no_failure() -> None:
    response = {"model": "m", "usage": None}

    assert _fed({"data": {"type": "response.completed", "response": response}}) == [
        Usage(model="m")
    ]


def test_unknown_events_are_for_readers_of_everything() -> None:
    raw = {"type": "raw_response_event", "data": {"type": "response.queued"}, "error": None}

    assert _fed(_item("agent.new"), raw) == [
        Raw(source="adalflow", data=_item("agent.new")),
        Raw(source="adalflow", data=raw),
    ]


def test_plan_is_never_shown() -> None:
    delta = {"type": "response.output_text.delta", "delta": '{"thought": '}

    assert _fed({"type": "raw_response_event", "data": delta, "error": None}) == []


async def test_runner_is_made_beside_a_loop_that_does_not_stay_open() -> None:
    loops = []

    def make_runner() -> None:
        loops.append(asyncio.get_event_loop())
        raise LookupError

    request = RunRequest(
        message=Message(message_id="m", role=Role.USER, parts=()), task_id="t", context_id="c"
    )
    with pytest.raises(LookupError):
        async for _ in from_adalflow(make_runner).run(request):
            pass

    assert loops[0] is not asyncio.get_running_loop()
    assert loops[0].is_closed()

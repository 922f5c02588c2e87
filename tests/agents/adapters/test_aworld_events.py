"""What AWorld may send beside what was recorded of it."""

from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.aworld_events import TABLE, words_of
from a2a_agent.agents.adapters.table import ENDED_WITHOUT_RESULT
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
from a2a_agent.domain.model import DataPart, Message, Part, Role, TaskState, TextPart
from tests.agents.adapters.translating import told

CALL = {"id": "c1", "function": {"name": "weather__get", "arguments": '{"city": "London"}'}}
CALLED = ToolCall(call_id="c1", name="weather__get", arguments={"city": "London"})


def before_the_end(*events: Any) -> list[AgentEvent]:
    """What the events become, the run's end left out."""
    return told(TABLE, *events)[:-1]


def message(category: str, payload: Any, **more: Any) -> Mapping[str, Any]:
    return {"category": category, "payload": payload, **more}


def chunk(response_id: str, text: str | None = None, **more: Any) -> Mapping[str, Any]:
    return message("chunk", {"id": response_id, "content": text, **more})


def output(name: str, /, **fields: Any) -> Mapping[str, Any]:
    return message("output", {"$class": f"aworld.output.base.{name}", **fields})


def response(**fields: Any) -> Mapping[str, Any]:
    return message(
        "", {"$class": "aworld.core.task.TaskResponse", **fields}, topic="__task_response"
    )


def result(**fields: Any) -> Mapping[str, Any]:
    return message("memory", {"tool_call_id": "c1", "tool_name": "weather", **fields})


def test_live_messages_are_read_like_recorded_ones() -> None:
    live = SimpleNamespace(
        category="chunk",
        topic=None,
        payload=SimpleNamespace(id="r1", content="Hello", tool_calls=None, usage={}),
    )

    assert before_the_end(live) == [TextDelta("Hello", message_id="1")]


def test_response_of_a_run_ends_it_without_a_message_too() -> None:
    last = {"$class": "aworld.core.task.TaskResponse", "success": True, "answer": "Done."}

    assert told(TABLE, last) == [RunFinished(text="Done.")]


def test_run_is_told_only_once_how_it_ended() -> None:
    assert told(TABLE, response(success=True, answer="A"), response(success=True, answer="B")) == [
        RunFinished(text="A")
    ]


def test_id_that_a_model_uses_for_a_later_call_too_hides_nothing() -> None:
    later = {"id": "c1", "function": {"name": "maths__add", "arguments": "{}"}}
    again = output("MessageOutput", source={"id": "a"}, tool_calls=[{"data": CALL}])

    assert before_the_end(
        chunk("a", tool_calls=[CALL]),
        result(content="Sunny."),
        again,
        chunk("b", tool_calls=[later]),
        chunk("b", tool_calls=[later]),
        result(content="4"),
        result(content="4"),
    ) == [
        CALLED,
        ToolResult(call_id="c1", name="weather__get", output="Sunny."),
        ToolCall(call_id="c1-2", name="maths__add", arguments={}),
        ToolResult(call_id="c1-2", name="maths__add", output="4"),
    ]


def test_of_two_responses_at_once_one_is_told_to_its_end() -> None:
    assert before_the_end(
        chunk("a", "One "),
        chunk("b", "Two "),
        chunk("a", "answer."),
        chunk("a", finish_reason="stop"),
        chunk("b", "answers."),
    ) == [
        TextDelta("One ", message_id="1"),
        TextDelta("answer.", message_id="1"),
        TextDelta("answers.", message_id="2"),
    ]


def test_response_that_broke_off_does_not_silence_the_one_after_it() -> None:
    retried = output("MessageOutput", source={"id": "b"}, response="Whole.")

    assert before_the_end(chunk("a", "Half"), retried, chunk("c", "Next")) == [
        TextDelta("Half", message_id="1"),
        TextDelta("Whole.", message_id="2"),
        TextDelta("Next", message_id="3"),
    ]


def test_response_that_came_in_pieces_is_not_told_again_as_a_whole() -> None:
    whole = output("MessageOutput", source={"id": "a"}, response="Hello.", reasoning="Hm.")

    assert before_the_end(chunk("a", "Hello."), whole) == [TextDelta("Hello.", message_id="1")]


def test_reasoning_is_no_part_of_the_answer() -> None:
    assert before_the_end(
        chunk("a", "Hello.", reasoning_content="A greeting."),
        output("MessageOutput", source={"id": "b"}, response="Bye.", reasoning="A farewell."),
    ) == [
        ReasoningDelta("A greeting."),
        TextDelta("Hello.", message_id="1"),
        ReasoningDelta("A farewell."),
        TextDelta("Bye.", message_id="2"),
    ]


def test_cost_of_a_response_is_told_once_with_its_details() -> None:
    usage = {
        "prompt_tokens": 10,
        "completion_tokens": 5,
        "total_tokens": 15,
        "prompt_tokens_details": {"cached_tokens": 2},
        "completion_tokens_details": {"reasoning_tokens": 1},
    }

    assert before_the_end(
        chunk("a", usage={"total_tokens": 0}),
        chunk("a", usage=usage, model="gpt"),
        chunk("a", usage=usage, model="gpt"),
        output("MessageOutput", source={"id": "a", "usage": usage}, response=""),
    ) == [
        Usage(
            input_tokens=10,
            output_tokens=5,
            cached_input_tokens=2,
            reasoning_tokens=1,
            model="gpt",
        )
    ]


def test_call_is_told_once_however_often_it_comes() -> None:
    action = {"tool_name": "weather", "action_name": "get", "tool_call_id": "c1"}

    assert before_the_end(
        chunk("a", tool_calls=[CALL]),
        output("ToolCallOutput", data=CALL),
        output("MessageOutput", tool_calls=[{"data": CALL}]),
        message("group", [action], topic="__group_actions"),
        message("tool", [action]),
    ) == [CALLED]


def test_call_of_an_agent_has_its_name_without_the_random_end() -> None:
    action = {"tool_name": "searcher---uuidab12cduuid", "tool_call_id": "c1", "params": {"q": 1}}

    assert before_the_end(message("tool", [action])) == [
        ToolCall(call_id="c1", name="searcher", arguments={"q": 1})
    ]


def test_call_whose_arguments_are_no_json_shows_them_as_they_are() -> None:
    broken = {"id": "c1", "function": {"name": "weather__get", "arguments": '{"city": '}}

    assert before_the_end(chunk("a", tool_calls=[broken])) == [
        ToolCall(call_id="c1", name="weather__get", arguments='{"city": ')
    ]


def test_call_that_its_result_is_the_first_to_speak_of_is_told_before_it() -> None:
    assert before_the_end(result(content="Sunny.")) == [
        ToolCall(call_id="c1", name="weather"),
        ToolResult(call_id="c1", name="weather", output="Sunny."),
    ]


def test_result_is_told_once_and_by_the_name_of_its_call() -> None:
    again = message("agent", {"action_result": [{"tool_call_id": "c1", "content": "Sunny."}]})

    assert before_the_end(
        chunk("a", tool_calls=[CALL]),
        result(content="Sunny."),
        again,
        output("ToolResultOutput", origin_tool_call={"id": "c1"}, data="Sunny."),
        output("StepOutput", status="START", step_num=2, alias_name="A"),
    ) == [
        CALLED,
        ToolResult(call_id="c1", name="weather__get", output="Sunny."),
        StepStarted(step=2, name="A"),
    ]


def test_failure_of_a_tool_shows_what_its_model_reads_and_no_traceback() -> None:
    assert before_the_end(
        chunk("a", tool_calls=[CALL]),
        output("ToolResultOutput", origin_tool_call={"id": "c1"}, data="No such city."),
        result(content="No such city.", error="Traceback (most recent call last)…"),
    ) == [CALLED, ToolResult(call_id="c1", name="weather__get", error="No such city.")]


def test_failure_of_a_tool_that_says_nothing_has_a_sentence_of_ours() -> None:
    assert before_the_end(
        chunk("a", tool_calls=[CALL]), result(content=None, error="Traceback…")
    ) == [CALLED, ToolResult(call_id="c1", name="weather__get", error="The tool failed.")]


def test_result_in_a_memory_message_may_be_wrapped() -> None:
    wrapped = {"tool_call_id": "c1", "tool_result": {"tool_call_id": "c1", "content": {"n": 1}}}

    assert before_the_end(chunk("a", tool_calls=[CALL]), message("memory", wrapped)) == [
        CALLED,
        ToolResult(call_id="c1", name="weather__get", output={"n": 1}),
    ]


def test_result_without_a_call_id_is_part_of_another() -> None:
    assert before_the_end(message("agent", {"action_result": [{"content": "Merged."}]})) == []


def test_output_of_a_tool_is_told_at_the_end_at_the_latest() -> None:
    assert told(
        TABLE,
        output("ToolResultOutput", origin_tool_call={"id": "c1"}, tool_name="weather", data="4"),
        response(success=True, answer="4"),
    ) == [
        ToolCall(call_id="c1", name="weather"),
        ToolResult(call_id="c1", name="weather", output="4"),
        RunFinished(text="4"),
    ]


def test_first_message_starts_the_run_and_others_between_agents_do_not() -> None:
    assert before_the_end(
        message("agent", {"content": "Hi"}, sender="runner", receiver="first---uuidab12cduuid"),
        message("agent", {"content": "Hi"}, sender="first---uuidab12cduuid", receiver="second"),
    ) == [RunStarted(agent="first")]


def test_steps_of_agents_are_told_and_those_of_the_machinery_are_not() -> None:
    assert before_the_end(
        output("StepOutput", status="START", step_num=1, alias_name="first"),
        output("StepOutput", status="FAILED", step_num=1, alias_name="first"),
        output("StepOutput", status="FINISHED", step_num=0, name="_agents_handler"),
    ) == [StepStarted(step=1, name="first"), StepFinished(step=1, name="first")]


@pytest.mark.parametrize(
    ("topic", "kind"),
    [("__human_confirm", InputKind.APPROVAL), ("another", InputKind.TEXT), (None, InputKind.TEXT)],
)
def test_what_a_human_is_asked_the_client_is_asked(topic: str | None, kind: InputKind) -> None:
    assert before_the_end(message("human", "Go on?", topic=topic, id="m1")) == [
        InputRequired(prompt="Go on?", kind=kind, request_id="m1")
    ]


@pytest.mark.parametrize(
    ("said", "end"),
    [
        ({"status": "cancelled"}, RunFinished(state=TaskState.CANCELED)),
        ({"status": "interrupted"}, RunFinished(state=TaskState.CANCELED)),
        ({"status": "timeout"}, RunFinished(state=TaskState.FAILED, reason="run-timeout")),
        (
            {"status": "failed", "msg": "Can not find x agent"},
            RunFinished(state=TaskState.FAILED, reason="agent-error", error="Can not find x agent"),
        ),
        (
            {"status": "failed", "msg": "a question was not answered in time"},
            RunFinished(state=TaskState.FAILED, reason="answer-timeout"),
        ),
        ({"status": "failed"}, RunFinished(state=TaskState.FAILED, reason="agent-error")),
        ({}, RunFinished(state=TaskState.FAILED, reason="agent-error")),
        ({"success": True, "answer": {"n": 1}}, RunFinished(text='{"n": 1}')),
        ({"success": True, "answer": None}, RunFinished()),
    ],
)
def test_run_ends_as_its_response_says(said: dict[str, Any], end: RunFinished) -> None:
    assert told(TABLE, response(**said)) == [end]


@pytest.mark.parametrize(
    ("said", "finish", "reason"),
    [
        ("Failed to call llm model: LLM Error (m): Connection error.", None, "model-unavailable"),
        ("Failed to call llm model: LLM Error (m): Request timed out.", None, "model-timeout"),
        ("Failed to call llm model: Error code: 403 - No.", None, "model-authentication"),
        ("Failed to call llm model: something else", None, "model-unavailable"),
        ("Failed to call llm model: maximum context length is 10", None, "context-too-long"),
        ("llm result error: overloaded", None, "model-unavailable"),
        (
            "Failed to call llm model: LLM returned empty or invalid response",
            None,
            "model-bad-answer",
        ),
        ("Failed to call llm model: empty or invalid response", "content_filter", "content-filter"),
    ],
)
def test_failure_of_the_model_has_its_reason(said: str, finish: str | None, reason: str) -> None:
    end = told(
        TABLE,
        chunk("a", finish_reason=finish),
        output("Output", data=said),
        message("task", {"msg": "failed to get LLM response"}, topic="__error"),
        response(status="failed", msg="failed to get LLM response"),
    )[-1]

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason, end.text) == ("failed", reason, None)


def test_conversation_that_is_too_long_is_not_told_as_the_answer() -> None:
    conversation = [{"role": "system", "content": "You are helpful."}]

    (end,) = told(
        TABLE,
        output("Output", data="Failed to call llm model: reduce the length of the messages"),
        output("MessageOutput", source={"id": "a"}, response=conversation),
        response(status="cancelled", answer=""),
    )

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason) == ("failed", "context-too-long")


@pytest.mark.parametrize(
    ("finish", "reason"), [("length", "length"), ("content_filter", "content-filter")]
)
def test_answer_that_is_not_complete_fails_the_run_and_stays(finish: str, reason: str) -> None:
    end = told(
        TABLE, chunk("a", "Half", finish_reason=finish), response(success=True, answer="Half")
    )[-1]

    assert isinstance(end, RunFinished)
    assert (end.state, end.reason, end.text) == ("failed", reason, "Half")


def test_answer_of_a_later_response_is_complete_though_an_earlier_was_cut() -> None:
    assert told(
        TABLE,
        chunk("a", "Half", finish_reason="length"),
        chunk("b", "Whole", finish_reason="stop"),
        response(success=True, answer="Whole"),
    )[-1] == RunFinished(text="Whole")


def test_stream_of_outputs_ends_by_what_was_in_it() -> None:
    last = {"source": {"id": "a"}, "response": "Hi.", "metadata": {"is_finished": True}}

    assert told(TABLE, output("MessageOutput", **last))[-1] == RunFinished(text="Hi.")
    assert told(TABLE, output("Output", data="Failed to call llm model: Error code: 401"))[
        -1
    ] == RunFinished(
        state=TaskState.FAILED,
        reason="model-authentication",
        message="The model's server does not accept this agent's key.",
        error="the model's server answered 401",
    )
    assert told(TABLE, output("StepOutput", status="START", step_num=1)) == [ENDED_WITHOUT_RESULT]


@pytest.mark.parametrize(
    "event",
    [
        message("memory", "You are helpful.", memory_event_type="SYSTEM"),
        message("memory", {"content": "Hello", "memory_type": "init"}),
        message("memory", None),
        message("context", {"system_prompt": "You are helpful."}, topic="__system_prompt"),
        message("context", {"tool_call_id": "c1"}, topic="__tool_result"),
        message("task", {"data": {}}, topic="__subscribe_tool"),
        message("task", "Done.", topic="__finished"),
        message("task", {"stop": True}, topic="__cancel"),
        message("human_response", "Yes."),
        message("tool", None),
        message("agent", None),
        message("chunk", None),
        output("Output", data={"rows": 2}),
        output("MessageOutput"),
        output("ToolResultOutput"),
        output("RunFinishedSignal"),
    ],
)
def test_message_that_says_nothing_of_its_own_becomes_nothing(event: Mapping[str, Any]) -> None:
    assert before_the_end(event) == []


def test_any_other_message_is_shown_without_what_it_carries() -> None:
    event = message(
        "background_task", {"secret": 1}, topic=None, sender="a", headers={"context": object()}
    )

    assert before_the_end(event, {}) == [
        Raw(
            source="aworld",
            data={"category": "background_task", "topic": "", "sender": "a", "receiver": ""},
        ),
        Raw(source="aworld", data={"category": "", "topic": "", "sender": "", "receiver": ""}),
    ]


def test_runs_know_nothing_of_each_other() -> None:
    event = chunk("a", tool_calls=[CALL])

    assert before_the_end(event) == before_the_end(event) == [CALLED]


@pytest.mark.parametrize(
    ("parts", "words"),
    [
        ((TextPart("Yes, go on."),), "Yes, go on."),
        ((DataPart({"requestId": "1", "decision": "approve"}),), "approve"),
        ((TextPart("No."), DataPart({"decision": "deny"})), "No.\ndeny"),
        ((DataPart({"name": "Ada"}),), '{"name": "Ada"}'),
        ((DataPart(["Ada"]),), '["Ada"]'),
        ((), ""),
    ],
)
def test_answer_reaches_the_human_tool_as_text(parts: tuple[Part, ...], words: str) -> None:
    assert words_of(Message(message_id="m", role=Role.USER, parts=parts)) == words

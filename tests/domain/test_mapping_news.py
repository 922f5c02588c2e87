"""What becomes of news on the way: tools, details and questions."""

from typing import Any

import pytest

from a2a_agent.domain.agent_events import (
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    StepFinished,
    StepStarted,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import (
    DataPart,
    JsonObject,
    TaskState,
    TextPart,
)
from a2a_agent.domain.task_events import (
    MessageAccepted,
    Noted,
    StatusChanged,
)
from tests.domain.plays import (
    ANSWER,
    WORKING,
    Play,
    first,
    mapped,
    said,
)

# Tools


def test_tool_call_is_a_working_status_with_data() -> None:
    call = ToolCall(call_id="1", name="add", arguments={"a": 1})

    assert mapped(call) == [WORKING, said({"callId": "1", "name": "add", "arguments": {"a": 1}})]


def test_tool_call_without_arguments_says_so() -> None:
    assert mapped(ToolCall(call_id="1", name="now"))[1:] == [
        said({"callId": "1", "name": "now", "arguments": None})
    ]


@pytest.mark.parametrize(
    ("outcome", "shown"),
    [
        ({"output": 3}, {"output": 3}),
        ({}, {"output": None}),
        ({"error": "no such city"}, {"error": "no such city", "denied": False}),
        ({"error": ""}, {"error": "", "denied": False}),
        ({"denied": True}, {"error": "denied", "denied": True}),
        ({"error": "not now", "denied": True}, {"error": "not now", "denied": True}),
    ],
)
def test_tool_result_is_a_working_status_with_output_or_error(
    outcome: dict[str, Any], shown: JsonObject
) -> None:
    assert mapped(ToolResult(call_id="1", name="add", **outcome)) == [
        WORKING,
        said({"callId": "1", "name": "add", **shown}),
    ]


def test_tool_progress_is_a_working_status_with_data() -> None:
    assert mapped(ToolProgress(call_id="1", name="dig", data=0.5)) == [
        WORKING,
        said({"callId": "1", "name": "dig", "data": 0.5}),
    ]


def test_tool_progress_without_a_name_leaves_it_out() -> None:
    assert mapped(ToolProgress(call_id="1", data="dug"))[1:] == [
        said({"callId": "1", "data": "dug"})
    ]


def test_tool_progress_is_limited_in_rate_call_by_call() -> None:
    play = Play(interval_seconds=1.0)

    def dig(call_id: str, now: float) -> None:
        play.feed(ToolProgress(call_id=call_id, data=now), now=now)

    for call_id, now in [("1", 0.0), ("1", 0.5), ("2", 0.5), ("1", 1.0), ("1", 1.9), ("2", 1.5)]:
        dig(call_id, now)

    assert play.out[1:] == [
        said({"callId": "1", "data": 0.0}),
        said({"callId": "2", "data": 0.5}),
        said({"callId": "1", "data": 1.0}),
        said({"callId": "2", "data": 1.5}),
    ]


def test_tool_news_say_their_step_and_scope() -> None:
    call = ToolCall(call_id="1", name="add", step=2, scope="child")

    assert mapped(call)[1:] == [
        said({"callId": "1", "name": "add", "arguments": None, "step": 2, "scope": "child"})
    ]


@pytest.mark.parametrize(
    "event",
    [
        ToolCall(call_id="1", name="t", arguments=float("inf")),
        ToolResult(call_id="1", name="t", output=2**64),
        ToolProgress(call_id="1", data=object()),  # type: ignore[arg-type]  # an agent's mistake
    ],
)
def test_tool_news_that_json_cannot_carry_are_illegal_and_leave_nothing(event: Any) -> None:
    play = Play()

    with pytest.raises(IllegalEvent, match=f"^{type(event).__name__} holds "):
        play.feed(event)

    assert play.out == []


# What only streams in mode `all` show


@pytest.mark.parametrize(
    ("event", "note"),
    [
        (
            ReasoningDelta("hm", 1, "s"),
            {"kind": "reasoning", "text": "hm", "step": 1, "scope": "s"},
        ),
        (
            ToolCallDelta(call_id="1", arguments='{"a', name="add"),
            {"kind": "toolCallDelta", "callId": "1", "name": "add", "arguments": '{"a'},
        ),
        (StepStarted(step=1, name="think"), {"kind": "stepStarted", "name": "think", "step": 1}),
        (StepFinished(step=1), {"kind": "stepFinished", "step": 1}),
        (Raw(source="x", data=[1]), {"kind": "raw", "source": "x", "data": [1]}),
        (Raw(source="x"), {"kind": "raw", "source": "x", "data": None}),
    ],
)
def test_detail_is_noted(event: Any, note: JsonObject) -> None:
    assert mapped(event) == [WORKING, Noted(note)]


def test_detail_that_json_cannot_carry_is_illegal() -> None:
    with pytest.raises(IllegalEvent, match="^Raw holds a object, which is no JSON$"):
        mapped(Raw(source="x", data=object()))  # type: ignore[arg-type]  # an agent's mistake


# InputRequired


@pytest.mark.parametrize(
    ("kind", "state"),
    [
        (InputKind.TEXT, TaskState.INPUT_REQUIRED),
        (InputKind.APPROVAL, TaskState.INPUT_REQUIRED),
        (InputKind.AUTH, TaskState.AUTH_REQUIRED),
    ],
)
def test_question_interrupts_the_task_with_prompt_and_data(
    kind: InputKind, state: TaskState
) -> None:
    question = InputRequired(
        prompt="May I?",
        kind=kind,
        options=("yes", "no"),
        schema={"type": "string"},
        call_id="1",
        name="rm",
        arguments={"path": "/"},
        request_id="r",
        resume={"at": 3},
    )
    data: JsonObject = {
        "requestId": "r",
        "kind": kind.value,
        "callId": "1",
        "name": "rm",
        "arguments": {"path": "/"},
        "options": ["yes", "no"],
        "schema": {"type": "string"},
    }

    assert mapped(question) == [
        WORKING,
        StatusChanged(state, (TextPart("May I?"), DataPart(data)), None, {"at": 3}),
    ]


def test_question_without_details_has_an_id_by_its_place_in_the_log() -> None:
    assert mapped(InputRequired(prompt="Where?"))[1:] == [
        StatusChanged(
            TaskState.INPUT_REQUIRED,
            (TextPart("Where?"), DataPart({"requestId": "request-2", "kind": "text"})),
        )
    ]


def test_question_closes_the_text() -> None:
    assert mapped("Well", InputRequired(prompt="?"))[:2] == [WORKING, first("Well", last=True)]


@pytest.mark.parametrize(
    "question", [{"prompt": None}, {"resume": float("nan")}, {"arguments": object()}]
)
def test_question_that_json_cannot_carry_is_illegal_and_leaves_nothing(
    question: dict[str, Any],
) -> None:
    play = Play()
    asked = InputRequired(**{"prompt": "?", **question})

    with pytest.raises(IllegalEvent, match="^InputRequired"):
        play.mapper.ask(asked, play.out)

    assert (play.out, play.progress.state) == ([], TaskState.SUBMITTED)


def test_run_that_asked_goes_on_with_a_new_answer_text() -> None:
    play = Play()
    play.feed("May I go on? ")
    play.mapper.ask(InputRequired(prompt="?"), play.out)
    play.leave()

    play.mapper.accept(ANSWER, play.out)

    assert play.feed("Thanks.") == [MessageAccepted(ANSWER), first("Thanks.")]


def test_answer_to_no_question_is_illegal() -> None:
    play = Play()
    play.feed("a")

    with pytest.raises(IllegalEvent, match="takes no message"):
        play.mapper.accept(ANSWER, play.out)

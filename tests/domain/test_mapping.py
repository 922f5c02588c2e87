"""Row by row: what becomes of an agent's text, its end, its reply and its usage."""

from typing import Any

import pytest

from a2a_agent.domain.agent_events import (
    Artifact,
    InputRequired,
    Reply,
    RunFinished,
    RunStarted,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.mapping import SENTENCES
from a2a_agent.domain.model import (
    DataPart,
    TaskState,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Replied,
    StatusChanged,
)
from tests.domain.plays import (
    CLOSED,
    COMPLETED,
    WORKING,
    Play,
    finished,
    first,
    mapped,
    more,
)

# RunStarted


def test_run_started_is_working_without_a_message() -> None:
    assert mapped(RunStarted(model="m", agent="a")) == [WORKING]


def test_second_run_started_changes_nothing() -> None:
    assert mapped(RunStarted(), RunStarted()) == [WORKING]


# TextDelta


@pytest.mark.parametrize("piece", ["Hello", TextDelta("Hello")])
def test_first_text_starts_the_answer(piece: str | TextDelta) -> None:
    assert mapped(piece) == [WORKING, first("Hello")]


def test_further_text_is_appended() -> None:
    assert mapped("a", TextDelta("b"), "c") == [WORKING, first("a"), more("b"), more("c")]


def test_text_after_a_tool_result_starts_the_answer_anew() -> None:
    events = mapped("Let me see. ", ToolResult(call_id="1", name="t"), "It is ", "1.")

    assert events[1] == first("Let me see. ")
    assert events[3:] == [first("It is "), more("1.")]


def test_text_after_a_tool_call_goes_on() -> None:
    assert mapped("a", ToolCall(call_id="1", name="t"), "b")[-1] == more("b")


def test_text_of_another_message_starts_the_answer_anew() -> None:
    events = mapped(TextDelta("a", "m1"), TextDelta("b", "m1"), TextDelta("c", "m2"))

    assert events == [WORKING, first("a"), more("b"), first("c")]


@pytest.mark.parametrize("piece", ["", TextDelta("")])
def test_empty_text_is_nothing(piece: str | TextDelta) -> None:
    assert mapped(piece) == []


def test_half_of_a_surrogate_pair_is_replaced() -> None:
    assert mapped("a\ud800b") == [WORKING, first("a\ufffdb")]


@pytest.mark.parametrize("text", [5, b"bytes", ["a"]])
def test_text_that_is_none_is_illegal(text: Any) -> None:
    with pytest.raises(IllegalEvent, match="where text is needed"):
        mapped(TextDelta(text))


# The end of the text


def test_last_chunk_is_marked_itself_while_it_is_here() -> None:
    assert finished("a", "b") == [WORKING, first("a"), more("b", last=True), COMPLETED]


def test_only_chunk_is_marked_itself_while_it_is_here() -> None:
    assert finished("a") == [WORKING, first("a", last=True), COMPLETED]


def test_text_whose_last_chunk_has_left_is_closed_by_an_empty_one() -> None:
    play = Play()
    play.feed("a")
    play.leave()

    assert play.finish() == [CLOSED, COMPLETED]


def test_text_is_closed_by_an_empty_chunk_when_something_came_after_it() -> None:
    assert finished("a", ToolCall(call_id="1", name="t"))[-2:] == [CLOSED, COMPLETED]


def test_every_open_artifact_is_closed_at_the_end() -> None:
    piece = Artifact(parts=[TextPart("x")], artifact_id="file", last=False)

    assert finished(piece, "a") == [
        WORKING,
        ArtifactChunk("file", (TextPart("x"),)),
        first("a"),
        ArtifactChunk("file", (TextPart(""),), True, True),
        CLOSED,
        COMPLETED,
    ]


# RunFinished


@pytest.mark.parametrize("events", [[], [RunFinished()]])
def test_run_without_output_is_completed_at_once(events: list[Any]) -> None:
    assert finished(*events) == [COMPLETED]


def test_whole_text_that_differs_replaces_what_was_streamed() -> None:
    assert mapped("Helo", RunFinished(text="Hello")) == [
        WORKING,
        first("Helo"),
        first("Hello", last=True),
        COMPLETED,
    ]


def test_whole_text_that_was_never_streamed_is_sent_at_the_end() -> None:
    assert mapped(RunFinished(text="Hello")) == [WORKING, first("Hello", last=True), COMPLETED]


def test_whole_text_that_was_streamed_is_not_sent_again() -> None:
    assert mapped("Hel", "lo", RunFinished(text="Hello")) == [
        WORKING,
        first("Hel"),
        more("lo", last=True),
        COMPLETED,
    ]


def test_whole_text_is_compared_with_the_text_since_the_last_tool_result() -> None:
    result = ToolResult(call_id="1", name="t")

    assert mapped("Let me see.", result, "42", RunFinished(text="42"))[-2:] == [
        first("42", last=True),
        COMPLETED,
    ]


def test_message_and_reason_go_with_the_final_status() -> None:
    end = RunFinished(state=TaskState.CANCELED, message="Enough.", reason="own-will")

    assert mapped(end) == [
        StatusChanged(TaskState.CANCELED, (TextPart("Enough."), DataPart({"reason": "own-will"})))
    ]


@pytest.mark.parametrize(("reason", "sentence"), SENTENCES.items())
def test_failure_for_one_of_our_reasons_has_its_sentence(reason: str, sentence: str) -> None:
    play = Play()

    play.mapper.fail(reason, play.out)

    assert play.out == [
        StatusChanged(TaskState.FAILED, (TextPart(sentence), DataPart({"reason": reason})))
    ]


def test_failure_without_a_reason_has_a_safe_sentence_alone() -> None:
    end = RunFinished(state=TaskState.FAILED, error="Traceback: password=1234")

    assert mapped(end) == [StatusChanged(TaskState.FAILED, (TextPart("The agent failed."),))]


def test_failure_for_a_reason_of_the_agent_has_a_safe_sentence_and_the_reason() -> None:
    end = RunFinished(state=TaskState.FAILED, reason="no-fuel")

    assert mapped(end) == [
        StatusChanged(
            TaskState.FAILED, (TextPart("The agent failed."), DataPart({"reason": "no-fuel"}))
        )
    ]


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.CANCELED])
def test_text_so_far_stays_when_the_run_is_stopped(state: TaskState) -> None:
    play = Play()
    play.feed("so far")

    assert play.finish(RunFinished(state=state, message="Stop."))[1:] == [
        first("so far", last=True),
        StatusChanged(state, (TextPart("Stop."),)),
    ]


def test_rejection_is_the_final_status() -> None:
    assert mapped(RunFinished(state=TaskState.REJECTED, message="Not me.")) == [
        StatusChanged(TaskState.REJECTED, (TextPart("Not me."),))
    ]


def test_rejection_after_output_is_illegal() -> None:
    with pytest.raises(IllegalEvent, match="cannot be rejected"):
        mapped("output", RunFinished(state=TaskState.REJECTED))


def test_run_finishes_in_no_state_that_goes_on() -> None:
    with pytest.raises(ValueError, match="a run finishes completed, failed, .* not working"):
        RunFinished(state=TaskState.WORKING)


@pytest.mark.parametrize("end", [RunFinished(), InputRequired(prompt="?"), Reply.of_text("Hello")])
def test_nothing_may_come_after_the_end(end: Any) -> None:
    play = Play()
    play.feed(end)
    before = list(play.out)

    with pytest.raises(IllegalEvent, match="^str after the end of the run$"):
        play.feed("more")

    assert play.finish() == before


@pytest.mark.parametrize("name", ["text", "message", "reason"])
def test_end_whose_words_are_no_text_is_illegal(name: str) -> None:
    end: Any = {name: 5}
    with pytest.raises(IllegalEvent, match=rf"^RunFinished\.{name} holds a int where text"):
        mapped(RunFinished(**end))


# Reply


def test_reply_is_the_only_event() -> None:
    assert mapped(Reply((TextPart("Hello"),), {"k": 1})) == [
        Replied((TextPart("Hello"),), {"k": 1})
    ]


def test_reply_may_follow_usage() -> None:
    assert mapped(Usage(input_tokens=1), Reply.of_text("Hello")) == [Replied((TextPart("Hello"),))]


@pytest.mark.parametrize("event", ["text", RunStarted(), ToolCall(call_id="1", name="t")])
def test_reply_after_another_event_is_illegal(event: Any) -> None:
    with pytest.raises(IllegalEvent, match="^a reply must be the first and only event$"):
        mapped(event, Reply.of_text("Hello"))


def test_reply_to_a_client_that_was_shown_the_task_is_its_answer() -> None:
    play = Play()
    play.mapper.may_reply = False

    assert play.feed(Reply((DataPart(1),), {"k": 1})) == [
        WORKING,
        ArtifactChunk("response", (DataPart(1),), False, True, "response", None, {"k": 1}),
        COMPLETED,
    ]
    assert play.mapper.has_ended


@pytest.mark.parametrize(
    ("event", "may_reply"), [(Usage(input_tokens=1), True), ("", True), (RunStarted(), False)]
)
def test_reply_is_possible_until_the_task_has_news(event: Any, may_reply: bool) -> None:
    play = Play()
    play.feed(event)

    assert play.mapper.may_reply is may_reply


def test_reply_without_parts_is_illegal() -> None:
    with pytest.raises(IllegalEvent, match="^a reply has no parts$"):
        mapped(Reply(()))


# Usage


def test_usage_is_summed_into_the_final_status() -> None:
    events = finished(
        RunStarted(model="small"),
        Usage(input_tokens=3, output_tokens=1, model="large"),
        Usage(input_tokens=4, cached_input_tokens=2, reasoning_tokens=5),
    )

    assert events[-1] == StatusChanged(
        TaskState.COMPLETED,
        (),
        {
            "usage": {
                "inputTokens": 7,
                "outputTokens": 1,
                "cachedInputTokens": 2,
                "reasoningTokens": 5,
                "model": "large",
            }
        },
    )


def test_usage_names_the_model_of_the_run() -> None:
    assert finished(RunStarted(model="m\ud800"), Usage(input_tokens=1))[-1] == StatusChanged(
        TaskState.COMPLETED, (), {"usage": {"inputTokens": 1, "model": "m\ufffd"}}
    )


@pytest.mark.parametrize("usage", [Usage(), Usage(model="m")])
def test_usage_of_nothing_is_not_mentioned(usage: Usage) -> None:
    assert finished(usage) == [COMPLETED]


def test_usage_so_far_goes_with_a_question() -> None:
    asked = mapped(Usage(output_tokens=2), InputRequired(prompt="?"))[-1]

    assert isinstance(asked, StatusChanged)
    assert asked.metadata == {"usage": {"outputTokens": 2}}


@pytest.mark.parametrize("named", [{"model": "m"}, {}])
def test_usage_before_a_question_is_summed_with_that_of_the_run_after_it(
    named: dict[str, Any],
) -> None:
    play = Play()
    play.feed(RunStarted(**named))
    play.feed(Usage(input_tokens=3, output_tokens=2))
    play.feed(InputRequired(prompt="?"))
    play.resume()
    play.feed(Usage(input_tokens=4, reasoning_tokens=1))

    assert play.finish()[-1] == StatusChanged(
        TaskState.COMPLETED,
        (),
        {
            "usage": {
                "inputTokens": 7,
                "outputTokens": 2,
                "reasoningTokens": 1,
                **named,
            }
        },
    )


@pytest.mark.parametrize(
    ("usage", "complaint"),
    [
        ({"input_tokens": 1.5}, r"^Usage\.input_tokens is a float, no whole number$"),
        ({"output_tokens": "7"}, r"^Usage\.output_tokens is a str, no whole number$"),
        ({"input_tokens": 2**64}, r"^Usage\.input_tokens holds an integer of more than 64 bits$"),
        ({"model": 5}, "^model holds a int where text is needed$"),
    ],
)
def test_usage_that_json_cannot_carry_is_illegal(usage: dict[str, Any], complaint: str) -> None:
    with pytest.raises(IllegalEvent, match=complaint):
        mapped(Usage(**usage))


# Whatever else


@pytest.mark.parametrize("thing", [None, 5, object(), {"event": "TextDelta"}])
def test_what_is_no_event_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError) as refusal:
        mapped(thing)

    assert str(refusal.value) == f"an agent yields events and text, not {type(thing).__name__}"

"""The toolbox as an agent. It is Friday, 20 November 2026, 08:42 UTC."""

from datetime import UTC, datetime
from typing import Any

import pytest

from a2a_agent.agents.toolbox.agent import ToolboxAgent
from a2a_agent.agents.toolbox.phrases.courtesies import ABILITIES, OVERVIEW
from a2a_agent.domain.agent_events import (
    Artifact,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolProgress,
    ToolResult,
)
from a2a_agent.domain.model import DataPart, FilePart, JsonValue, Part
from a2a_agent.runtime.agent import describe
from tests.agents.runs import events_of, request_of

agent = ToolboxAgent(lambda: datetime(2026, 11, 20, 8, 42, tzinfo=UTC))
STATISTICS = "characters ({} without spaces), 1 sentence and 1 line."


class Conversation:
    """A task with the toolbox: keeps what the agent said last and what it wants back."""

    def __init__(self) -> None:
        self.question: InputRequired | None = None
        self.events: list[Any] = []

    async def say(self, text: str = "", *parts: Part) -> str:
        """The answer; what is asked stands in `question`."""
        resume = self.question.resume if self.question else None
        self.events = await events_of(agent, request_of(text, *parts, resume=resume))
        last = self.events[-1]
        self.question = last if isinstance(last, InputRequired) else None
        assert self.question or last == RunFinished()
        return "".join(event.text for event in self.events if isinstance(event, TextDelta))

    @property
    def prompt(self) -> str | None:
        return self.question.prompt if self.question else None


async def test_a_request_runs_through_plan_call_and_answer() -> None:
    arguments: JsonValue = {"value": 5, "from_unit": "miles", "to_unit": "km"}

    assert await events_of(agent, request_of("Convert 5 miles to km", message_id="m1")) == [
        RunStarted(agent="toolbox"),
        StepStarted(step=1, name="plan"),
        ReasoningDelta("1. Use convert_units (value: 5, from_unit: miles, to_unit: km).", step=1),
        StepFinished(step=1, name="plan"),
        StepStarted(step=2, name="convert_units"),
        ToolCall(call_id="m1-1", name="convert_units", arguments=arguments, step=2),
        ToolProgress(
            call_id="m1-1",
            name="convert_units",
            data={"message": "Looking up the units."},
            step=2,
        ),
        ToolResult(
            call_id="m1-1",
            name="convert_units",
            output={"value": 8.04672, "unit": "km"},
            step=2,
        ),
        StepFinished(step=2, name="convert_units"),
        TextDelta("5 "),
        TextDelta("miles "),
        TextDelta("≈ "),
        TextDelta("8.05 "),
        TextDelta("km"),
        RunFinished(),
    ]


async def test_several_requests_are_answered_line_by_line() -> None:
    conversation = Conversation()

    answer = await conversation.say("What is 2+2 and what time is it in Tokyo?")

    assert answer == ("2+2 = 4\nIn Tokyo it is 17:42 on Friday, 20 November 2026 (UTC+09:00).")
    calls = [event for event in conversation.events if isinstance(event, ToolCall)]
    assert [(call.call_id, call.step) for call in calls] == [("m-1", 2), ("m-2", 3)]


async def test_a_call_that_fails_is_told_and_the_others_go_on() -> None:
    conversation = Conversation()

    answer = await conversation.say("1/0 and 5 kg to km and 1+1")

    assert answer == (
        "1/0: I cannot divide by zero.\n"
        "5 kg to km: “kg” cannot be converted to “km”: they measure different things.\n"
        "1+1 = 2"
    )
    results = [event for event in conversation.events if isinstance(event, ToolResult)]
    assert [(result.error is None, result.output) for result in results] == [
        (False, None),
        (False, None),
        (True, {"result": 2}),
    ]


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("hello", OVERVIEW),
        ("", OVERVIEW),
        ("Write me a poem!", f"I cannot help with “Write me a poem”. {ABILITIES}"),
    ],
)
async def test_what_needs_no_tool_is_answered_at_once(text: str, answer: str) -> None:
    assert await Conversation().say(text) == answer


async def test_a_question_ends_the_run_and_its_answer_completes_the_request() -> None:
    conversation = Conversation()

    assert await conversation.say("convert 5 miles") == ""
    assert conversation.question == InputRequired(
        prompt="To which unit shall I convert 5 miles?",
        schema={
            "type": "object",
            "properties": {"to_unit": {"type": "string"}},
            "required": ["to_unit"],
        },
        resume={
            "steps": [
                {
                    "step": "Question",
                    "prompt": "To which unit shall I convert 5 miles?",
                    "missing": "to_unit",
                    "before": "convert 5 miles to ",
                    "after": "",
                    "options": (),
                }
            ]
        },
    )
    assert await conversation.say("km") == "5 miles ≈ 8.05 km"
    assert conversation.question is None


async def test_a_question_offers_its_options() -> None:
    conversation = Conversation()

    await conversation.say("What time is it in Brazil?")

    assert conversation.question is not None
    assert conversation.question.options == ("São Paulo", "Manaus")
    assert conversation.question.schema == {
        "type": "object",
        "properties": {"place": {"type": "string", "examples": ("São Paulo", "Manaus")}},
        "required": ["place"],
    }
    assert await conversation.say("Manaus") == (
        "In Manaus it is 04:42 on Friday, 20 November 2026 (UTC-04:00)."
    )


async def test_several_questions_are_asked_one_by_one_and_the_answer_holds_everything() -> None:
    conversation = Conversation()

    answers = [
        await conversation.say("What is 2+2? Convert 5 miles. Count the words. What is 3+3?"),
        await conversation.say("km"),
        await conversation.say("the quick brown fox"),
    ]

    assert answers == [
        "2+2 = 4\n3+3 = 6",
        "2+2 = 4\n5 miles ≈ 8.05 km\n3+3 = 6",
        f"2+2 = 4\n5 miles ≈ 8.05 km\nThe text has 4 words, 19 {STATISTICS.format(16)}\n3+3 = 6",
    ]
    called = [event.name for event in conversation.events if isinstance(event, ToolCall)]
    assert called == ["text_statistics"]


@pytest.mark.parametrize(
    "part",
    [
        DataPart({"to_unit": "km"}),
        DataPart({"answer": "km"}),
        DataPart({"value": "km"}),
        DataPart("km"),
        FilePart(raw=b"km", media_type="text/plain"),
    ],
)
async def test_an_answer_may_come_as_data(part: Part) -> None:
    conversation = Conversation()
    await conversation.say("convert 5 miles")

    assert await conversation.say("", part) == "5 miles ≈ 8.05 km"


async def test_a_number_may_come_as_data() -> None:
    conversation = Conversation()
    await conversation.say("convert miles to km")

    assert await conversation.say("", DataPart({"value": 5})) == "5 miles ≈ 8.05 km"


@pytest.mark.parametrize("data", [{"unit": "km"}, [], None, {"to_unit": None}])
async def test_data_that_is_no_answer_makes_the_question_come_again(data: JsonValue) -> None:
    conversation = Conversation()
    await conversation.say("convert 5 miles")

    await conversation.say("", DataPart(data))

    assert conversation.prompt == (
        "Sorry, I did not understand that. To which unit shall I convert 5 miles?"
    )
    assert await conversation.say("km") == "5 miles ≈ 8.05 km"


async def test_a_request_may_be_taken_back() -> None:
    conversation = Conversation()
    await conversation.say("What is 2+2 and convert 5 miles")

    answer = await conversation.say("never mind")

    assert answer == "2+2 = 4\nAll right, I leave it at that."
    assert conversation.question is None


async def test_a_new_request_as_an_answer_is_answered() -> None:
    conversation = Conversation()
    await conversation.say("convert 5 miles")

    assert await conversation.say("What is 2+2?") == "2+2 = 4"
    assert conversation.question is None


@pytest.mark.parametrize("resume", [None, 1, {}, {"steps": 1}, {"steps": [{"step": "Odd"}]}])
async def test_a_resume_that_is_not_ours_makes_the_message_a_new_one(resume: JsonValue) -> None:
    events = await events_of(agent, request_of("2+2", resume=resume))

    assert "".join(e.text for e in events if isinstance(e, TextDelta)) == "2+2 = 4"


async def test_data_may_call_a_tool() -> None:
    conversation = Conversation()
    call: JsonValue = {
        "tool": "convert_units",
        "arguments": {"value": 5, "from_unit": "miles", "to_unit": "km"},
    }

    assert await conversation.say("", DataPart(call)) == "5 miles ≈ 8.05 km"
    assert await conversation.say("2+2", DataPart(call)) == "5 miles ≈ 8.05 km\n2+2 = 4"


@pytest.mark.parametrize(
    ("data", "answer"),
    [
        (
            {"tool": "rm", "arguments": {}},
            "There is no tool “rm”; the tools are calculate, convert_units, current_time,"
            " convert_time, days_between, add_to_date, weekday, text_statistics.",
        ),
        (
            {"tool": "calculate"},
            "calculate cannot take this: expression: missing required keyword only argument.",
        ),
        (
            {"tool": "calculate", "arguments": 5},
            'As data I take tool calls: {"tool": name, "arguments": {…}}.',
        ),
        (
            {"key": "value"},
            'As data I take tool calls: {"tool": name, "arguments": {…}}.',
        ),
        ([1], 'As data I take tool calls: {"tool": name, "arguments": {…}}.'),
    ],
)
async def test_data_that_is_no_call_is_answered_politely(data: JsonValue, answer: str) -> None:
    assert await Conversation().say("", DataPart(data)) == answer


async def test_an_attached_text_is_counted() -> None:
    conversation = Conversation()
    picture = FilePart(raw=b"\x89PNG", media_type="image/png")
    file = FilePart(raw="the quick bröwn fox".encode(), media_type="text/plain")

    answer = await conversation.say("How many words are in this file?", picture, file)

    assert answer == f"The text has 4 words, 19 {STATISTICS.format(16)}"


@pytest.mark.parametrize("modes", [("application/json",), ("Application/JSON; charset=utf-8",)])
async def test_a_client_that_takes_only_json_gets_the_results_as_data(
    modes: tuple[str, ...],
) -> None:
    request = request_of("2+2 and 1/0 and write me a poem", accepted_output_modes=modes)

    events = await events_of(agent, request)

    assert not [event for event in events if isinstance(event, TextDelta)]
    assert events[-2:] == [
        Artifact(
            artifact_id="results",
            name="results",
            parts=(
                DataPart(
                    {
                        "results": [
                            {
                                "tool": "calculate",
                                "arguments": {"expression": "2+2"},
                                "output": {"result": 4},
                            },
                            {
                                "tool": "calculate",
                                "arguments": {"expression": "1/0"},
                                "error": "I cannot divide by zero.",
                            },
                        ],
                        "notes": ["I cannot help with “write me a poem”."],
                    },
                    media_type="application/json",
                ),
            ),
        ),
        RunFinished(),
    ]


async def test_without_results_there_is_no_data() -> None:
    request = request_of("convert 5 miles", accepted_output_modes=["application/json"])

    events = await events_of(agent, request)

    assert not [event for event in events if isinstance(event, Artifact)]
    assert isinstance(events[-1], InputRequired)


async def test_a_client_that_also_takes_text_gets_text() -> None:
    modes = ("application/json", "text/plain")

    events = await events_of(agent, request_of("2+2", accepted_output_modes=modes))

    assert TextDelta("4") in events


def test_the_agent_describes_itself() -> None:
    described = describe(ToolboxAgent())

    assert described.name == "toolbox"
    assert [skill.id for skill in described.skills] == [
        "arithmetic",
        "units",
        "time",
        "dates",
        "text",
    ]

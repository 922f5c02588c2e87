"""Calls that the client is asked about."""

import json
from collections.abc import Sequence
from typing import Any

import pytest

from a2a_agent.agents.tools import tool
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputKind,
    InputRequired,
    RunFinished,
    StepFinished,
    ToolCall,
    ToolResult,
)
from a2a_agent.domain.model import DataPart, FilePart, JsonValue, Part, TextPart
from tests.agents.openai.models import add, ending, run_of, started, step, words, writing
from tests.agents.runs import request_of
from tests.support.fake_openai import SUM, Fake, Script

FILE = {"name": "delete_file", "arguments": {"path": "a.txt"}}
OTHER_FILE = {"name": "delete_file", "arguments": {"path": "b.txt"}}
SCRIPT: Script = [{"tool_calls": [FILE]}, {"text": "Done."}]
TWO_FILES: Script = [{"tool_calls": [FILE, OTHER_FILE]}, {"text": "Done."}]
MIXED: Script = [{"tool_calls": [FILE, SUM]}, {"text": "Done."}]


@tool(requires_approval=True)
def delete_file(path: str) -> str:
    """Deletes a file."""
    return f"{path} is gone"


async def run(
    fake: Fake, api: str, script: Script, *said: Part, resume: JsonValue = None
) -> list[AgentEvent | str]:
    """A run of an agent of its own, as after a restart."""
    request = request_of("", *(said or (TextPart("Tidy up"),)), resume=resume)
    return await run_of(fake, script, request, tools=[delete_file, add], api=api)


async def asked(fake: Fake, api: str, script: Script = SCRIPT) -> InputRequired:
    """The question that a run ends with."""
    question = (await run(fake, api, script))[-1]
    assert isinstance(question, InputRequired)
    return question


def calling(place: int, path: str) -> ToolCall:
    return ToolCall(call_id=f"call-0-{place}", name="delete_file", arguments={"path": path}, step=1)


def result(place: int, path: str) -> ToolResult:
    return ToolResult(
        call_id=f"call-0-{place}", name="delete_file", output=f"{path} is gone", step=1
    )


def refused(place: int, told: str = "error: denied") -> ToolResult:
    error = told.removeprefix("error: ")
    return ToolResult(
        call_id=f"call-0-{place}", name="delete_file", error=error, denied=True, step=1
    )


def asking(place: int, path: str, resume: dict[str, Any]) -> InputRequired:
    return InputRequired(
        prompt=f'May I use delete_file with {{"path": "{path}"}}?',
        kind=InputKind.APPROVAL,
        options=("approve", "deny"),
        call_id=f"call-0-{place}",
        name="delete_file",
        arguments={"path": path},
        request_id=f"call-0-{place}-{len(resume['turns'])}",
        resume=resume,
        step=1,
    )


ANSWERED = [*step(2, "scripted", *words("Done.", 2)), *ending(2)]
CALL: JsonValue = ["call-0-0", "delete_file", '{"path": "a.txt"}']
OTHER_CALL: JsonValue = ["call-0-1", "delete_file", '{"path": "b.txt"}']
TIDY_UP: JsonValue = {"said": [{"kind": "text", "text": "Tidy up"}]}


def answer(*calls: JsonValue) -> JsonValue:
    return {"answer": "", "calls": calls and list(calls), "reasoning": []}


async def test_a_call_that_requires_approval_ends_the_run_with_a_question(
    fake: Fake, api: str
) -> None:
    assert await run(fake, api, SCRIPT) == [
        started("scripted"),
        *step(1, "scripted", *writing("call-0-0", "delete_file", '{"path": "a.txt"}', 1)),
        calling(0, "a.txt"),
        StepFinished(step=1),
        asking(
            0,
            "a.txt",
            {"turns": [TIDY_UP, answer(CALL)], "schema": None, "step": 1, "waiting": [CALL]},
        ),
    ]


async def test_what_the_agent_leaves_with_its_question_is_json(fake: Fake, api: str) -> None:
    file = FilePart(raw=b"\x00\xff", media_type="image/png", filename="a.png")

    question = (await run(fake, api, SCRIPT, file, DataPart({"n": [1, None]})))[-1]

    assert isinstance(question, InputRequired)
    assert json.loads(json.dumps(question.resume)) == question.resume


@pytest.mark.parametrize(
    "said",
    [
        [TextPart("yes")],
        [TextPart(" Approve. ")],
        [TextPart("OK!")],
        [DataPart({"requestId": "call-0-0-2", "decision": "approve"})],
        [DataPart({"decision": "Allow"})],
        [DataPart({"decision": True})],
        [TextPart("OK."), DataPart({"decision": "yes"})],
        [DataPart({"more": 1}), TextPart("yes")],
    ],
)
async def test_an_approved_call_is_made_and_the_model_goes_on(
    fake: Fake, api: str, said: Sequence[Part]
) -> None:
    question = await asked(fake, api)

    assert await run(fake, api, SCRIPT, *said, resume=question.resume) == [
        started("scripted"),
        result(0, "a.txt"),
        *ANSWERED,
    ]


async def test_work_goes_on_from_what_was_left_as_json(fake: Fake, api: str) -> None:
    question = await asked(fake, api)
    resume = json.loads(json.dumps(question.resume))

    events = await run(fake, api, SCRIPT, TextPart("yes"), resume=resume)

    assert events == [started("scripted"), result(0, "a.txt"), *ANSWERED]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ([TextPart("no")], "error: denied"),
        ([TextPart("Deny!")], "error: denied"),
        ([DataPart({"decision": "deny"})], "error: denied"),
        (
            [TextPart("Not yet, save it first.")],
            "error: denied: Not yet, save it first.",
        ),
        (
            [DataPart({"decision": "deny"}), TextPart("I need it.")],
            "error: denied: I need it.",
        ),
        ([DataPart(["yes"])], "error: denied"),
        ([DataPart({"decision": None})], "error: denied"),
        (
            [DataPart({"decision": "approve"}), DataPart({"decision": "deny"})],
            "error: denied",
        ),
        (
            [DataPart({"decision": "approve"}), TextPart("No! Do not do it.")],
            "error: denied: No! Do not do it.",
        ),
    ],
)
async def test_what_is_no_yes_denies_the_call_and_the_model_is_told_the_clients_words(
    fake: Fake, said: Sequence[Part], told: str
) -> None:
    question = await asked(fake, "chat")

    events = await run(fake, "chat", SCRIPT, *said, resume=question.resume)

    assert events == [started("scripted"), refused(0, told), *ANSWERED]
    assert fake.bodies[-1]["messages"][-1] == {
        "role": "tool",
        "tool_call_id": "call-0-0",
        "content": told,
    }


async def test_a_decision_about_another_question_changes_nothing_and_it_is_asked_again(
    fake: Fake, api: str
) -> None:
    question = await asked(fake, api)
    decision = DataPart({"requestId": "call-7-7", "decision": "approve"})

    events = await run(fake, api, SCRIPT, decision, resume=question.resume)

    assert events == [started("scripted"), question]
    assert len(fake.calls) == 1


async def test_a_call_whose_arguments_are_no_json_is_not_asked_about(fake: Fake, api: str) -> None:
    script: Script = [
        {"tool_calls": [{"name": "delete_file", "arguments": '{"path": '}]},
        {"text": "Done."},
    ]

    *_, failed, _ = await run(fake, api, script)

    assert not any(isinstance(event, InputRequired) for event in await run(fake, api, script))
    assert failed == StepFinished(step=2)


async def test_no_two_questions_have_the_same_id_though_their_calls_have(fake: Fake) -> None:
    script: Script = [{"tool_calls": [FILE]}, {"tool_calls": [FILE]}, {"text": "Done."}]
    first = await asked(fake, "chat", script)
    approved = DataPart({"requestId": first.request_id, "decision": "approve"})
    second = (await run(fake, "chat", script, approved, resume=first.resume))[-1]
    assert isinstance(second, InputRequired)

    again = (await run(fake, "chat", script, approved, resume=second.resume))[-1]

    assert again == second


async def test_two_calls_of_one_answer_are_asked_about_one_after_the_other(
    fake: Fake, api: str
) -> None:
    first = await asked(fake, api, TWO_FILES)
    approved = await run(fake, api, TWO_FILES, TextPart("yes"), resume=first.resume)
    second = asking(
        1,
        "b.txt",
        {
            "turns": [
                TIDY_UP,
                answer(CALL, OTHER_CALL),
                {"result": "a.txt is gone", "callId": "call-0-0"},
            ],
            "schema": None,
            "step": 1,
            "waiting": [OTHER_CALL],
        },
    )
    denied = await run(fake, api, TWO_FILES, TextPart("no"), resume=second.resume)

    assert first == asking(
        0,
        "a.txt",
        {
            "turns": [TIDY_UP, answer(CALL, OTHER_CALL)],
            "schema": None,
            "step": 1,
            "waiting": [CALL, OTHER_CALL],
        },
    )
    assert approved == [started("scripted"), result(0, "a.txt"), second]
    assert denied == [started("scripted"), refused(1), *ANSWERED]


async def test_calls_that_need_no_approval_are_made_before_the_question(
    fake: Fake, api: str
) -> None:
    events = await run(fake, api, MIXED)
    *_, question = events
    assert isinstance(question, InputRequired)
    answered = await run(fake, api, MIXED, TextPart("yes"), resume=question.resume)

    added = ToolResult(call_id="call-0-1", name="add", output=4, step=1)
    assert events[-5:-1] == [
        calling(0, "a.txt"),
        ToolCall(call_id="call-0-1", name="add", arguments={"a": 2, "b": 2}, step=1),
        added,
        StepFinished(step=1),
    ]
    assert answered == [started("scripted"), result(0, "a.txt"), *ANSWERED]


async def test_the_model_is_told_of_both_calls_after_the_question(fake: Fake) -> None:
    question = await asked(fake, "chat", MIXED)
    await run(fake, "chat", MIXED, TextPart("yes"), resume=question.resume)

    def written(place: int, call: Any) -> Any:
        function = {"name": call["name"], "arguments": json.dumps(call["arguments"])}
        return {"id": f"call-0-{place}", "type": "function", "function": function}

    assert fake.bodies[-1]["messages"] == [
        {"role": "user", "content": "Tidy up"},
        {"role": "assistant", "content": None, "tool_calls": [written(0, FILE), written(1, SUM)]},
        {"role": "tool", "tool_call_id": "call-0-1", "content": "4"},
        {"role": "tool", "tool_call_id": "call-0-0", "content": "a.txt is gone"},
    ]


async def test_a_question_shows_no_more_than_the_beginning_of_long_arguments(fake: Fake) -> None:
    path = "x" * 1_000
    script: Script = [
        {"tool_calls": [{"name": "delete_file", "arguments": {"path": path}}], "pieces": "whole"}
    ]

    question = await asked(fake, "chat", script)

    assert question.prompt == 'May I use delete_file with {"path": "' + "x" * 490 + "?"
    assert question.arguments == {"path": path}


async def test_a_run_ends_that_goes_on_after_more_steps_than_are_allowed_by_now(fake: Fake) -> None:
    question = await asked(fake, "chat")
    left: Any = question.resume

    request = request_of("yes", resume={**left, "step": 5})
    end = (await run_of(fake, SCRIPT, request, tools=[delete_file], max_steps=3))[-1]

    assert isinstance(end, RunFinished)
    assert end.reason == "max-steps"

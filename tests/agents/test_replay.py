import asyncio
import json
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from a2a_agent.agents.recording import event_to_json, recorded
from a2a_agent.agents.replay import ReplayAgent, replayed
from a2a_agent.agents.toolbox.agent import ToolboxAgent
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    RunFinished,
    RunStarted,
    TextDelta,
)
from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.runtime.agent import describe
from tests.agents.runs import events_of, request_of

ENGINE = "agentor.engine.events.Event"
HI = {"class": ENGINE, "event": {"type": "text_delta", "text": "Hi"}}
BYE = {"class": ENGINE, "event": {"type": "run_end", "status": "completed", "text": "Hi"}}


def written(directory: Path, *lines: Mapping[str, Any]) -> Path:
    path = directory / "run.jsonl"
    path.write_text("".join(json.dumps({"t": 0.0, **line}) + "\n" for line in lines))
    return path


def own(*events: AgentEvent) -> list[dict[str, Any]]:
    return [{"event": event_to_json(event)} for event in events]


def ended(**event: Any) -> dict[str, Any]:
    return {"class": "recorder.End", "event": event}


async def test_recorded_run_is_played_as_it_was(tmp_path: Path) -> None:
    request = request_of("What is 2 + 2, and 3 miles in km?")
    happened = await events_of(recorded(ToolboxAgent(), tmp_path), request)

    played = await events_of(replayed(tmp_path / "task-1.jsonl"), request_of("anything"))

    assert played == [TextDelta(e) if isinstance(e, str) else e for e in happened]


async def test_question_that_ended_the_run_ends_it_again(tmp_path: Path) -> None:
    events = (RunStarted(), InputRequired(prompt="Which?", resume={"a": 1}))

    assert await events_of(replayed(written(tmp_path, *own(*events))), request_of()) == [*events]


async def test_question_in_the_middle_of_a_run_is_asked_again(tmp_path: Path) -> None:
    asked = []

    async def ask(question: InputRequired) -> Message:
        asked.append(question)
        return Message(message_id="a", role=Role.USER, parts=(TextPart("blue"),))

    question = InputRequired(prompt="Which?")
    agent = replayed(written(tmp_path, *own(RunStarted(), question, TextDelta("Blue."))))

    assert await events_of(agent, replace(request_of(), ask=ask)) == [
        RunStarted(),
        TextDelta("Blue."),
    ]
    assert (asked, agent.most_questions) == ([question], 1)


async def test_events_of_a_framework_are_translated(tmp_path: Path) -> None:
    agent = replayed(written(tmp_path, HI, BYE, ended(outcome="exhausted")))

    assert await events_of(agent, request_of()) == [TextDelta("Hi"), RunFinished(text="Hi")]


ERROR = {"$class": "openai.RateLimitError", "message": "Error code: 429 - …"}


@pytest.mark.parametrize(
    ("end", "state", "reason"),
    [
        (ended(outcome="exhausted"), "failed", "ended-without-result"),
        (ended(outcome="raised", error=ERROR), "failed", "model-rate-limited"),
        (
            ended(outcome="raised", error={"$class": "builtins.KeyError", "message": "'x'"}),
            "failed",
            "agent-error",
        ),
        (
            ended(outcome="raised", error={"$class": "asyncio.exceptions.CancelledError"}),
            "canceled",
            None,
        ),
        (ended(outcome="consumer-stopped"), "canceled", None),
        (ended(outcome="timeout"), "failed", "idle-timeout"),
    ],
)
async def test_run_of_a_framework_ends_as_its_iterator_did(
    tmp_path: Path, end: dict[str, Any], state: str, reason: str | None
) -> None:
    *events, finished = await events_of(replayed(written(tmp_path, HI, end)), request_of())

    assert events == [TextDelta("Hi")]
    assert isinstance(finished, RunFinished)
    assert (finished.state, finished.reason) == (TaskState(state), reason)


async def test_end_that_an_event_has_told_stands(tmp_path: Path) -> None:
    path = written(tmp_path, HI, BYE, ended(outcome="raised", error=ERROR))

    assert await events_of(replayed(path), request_of()) == [
        TextDelta("Hi"),
        RunFinished(text="Hi"),
    ]


async def test_framework_is_told_where_its_events_do_not_say_so(tmp_path: Path) -> None:
    plain = {"class": "builtins.dict", "event": HI["event"]}

    agent = replayed(written(tmp_path, plain, ended(outcome="exhausted")), framework="agentor")

    assert (await events_of(agent, request_of()))[0] == TextDelta("Hi")


async def test_recording_is_played_at_its_pace_if_that_is_wanted(tmp_path: Path) -> None:
    lines = [{"t": 3600.0 * number, **line} for number, line in enumerate(own(*[RunStarted()] * 2))]
    agent = replayed(written(tmp_path, *lines), in_real_time=True)

    run = agent.run(request_of())
    assert await anext(run) == RunStarted()
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.01):
            await anext(run)


def test_agent_is_described_by_its_file(tmp_path: Path) -> None:
    agent = replayed(written(tmp_path, *own(RunStarted())))

    assert isinstance(agent, ReplayAgent)
    assert (describe(agent).name, describe(agent).description) == (
        "run",
        "Plays the recording run.jsonl.",
    )


FOREIGN = '{"t": 0, "class": "agentor.Event", "event": {"type": "text_delta", "text": "Hi"}}'
OWN = '{"t": 0, "event": {"type": "RunStarted"}}'


@pytest.mark.parametrize(
    ("lines", "wrong"),
    [
        ([OWN, '{"t": 0, "event": ' + "[" * 100_000 + "]" * 100_000 + "}"], "line 2 is no part"),
        ([OWN, '{"t": 1' + "0" * 400 + ', "event": {"type": "RunStarted"}}'], "line 2 is no part"),
        ([OWN, '{"t": 1e999, "event": {"type": "RunStarted"}}'], "its time is inf"),
        ([OWN, '{"t": NaN, "event": {"type": "RunStarted"}}'], "its time is nan"),
        (
            [OWN, '{"t": 0, "event": {"type": "TextDelta", "text": 7}}'],
            "line 2 is no part of a recording: this is no TextDelta: its field text holds 7",
        ),
        ([FOREIGN, OWN], "line 2 is an agent event, unlike line 1"),
        ([OWN, FOREIGN], "line 2 is a framework's event, unlike line 1"),
    ],
)
def test_file_that_is_no_recording_is_refused_with_the_reason(
    tmp_path: Path, lines: list[str], wrong: str
) -> None:
    path = tmp_path / "run.jsonl"
    path.write_text("\n".join(lines))

    with pytest.raises(ValueError, match=wrong):
        replayed(path)

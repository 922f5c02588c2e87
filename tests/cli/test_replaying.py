"""`replay`: what a recorded run becomes on the wire."""

import json
from pathlib import Path
from typing import Any

import pytest

from a2a_agent.agents.recording import event_to_json
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    RunStarted,
    TextDelta,
)
from tests.cli.conftest import Run
from tests.support.dialects import DIALECTS, Dialect
from tests.support.shapes import check_reply


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    dialect: Dialect = request.param
    return dialect


def recording(directory: Path, *events: AgentEvent) -> str:
    path = directory / "run.jsonl"
    lines = [{"t": 0.0, "event": event_to_json(event)} for event in events]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return str(path)


def shown(run: Run, dialect: Dialect, *words: str) -> list[tuple[Any, ...]]:
    outcome = run("replay", *words, "--version", dialect.version)
    assert (outcome.code, outcome.err) == (0, "")
    frames = [json.loads(line) for line in outcome.out.splitlines()]
    for frame in frames:
        check_reply(dialect, dialect.stream, frame)
    return [dialect.gist(frame["result"]) for frame in frames]


def test_frames_are_those_that_a_client_gets(run: Run, dialect: Dialect, tmp_path: Path) -> None:
    path = recording(tmp_path, RunStarted(), TextDelta("Hello "), TextDelta("you."))

    assert shown(run, dialect, path) == [
        ("task", "submitted"),
        ("status", "working", ""),
        ("artifact", "response", "Hello ", "first"),
        ("artifact", "response", "you.", "last"),
        ("status", "completed", ""),
    ]


def test_mode_says_how_much_is_shown(run: Run, dialect: Dialect, tmp_path: Path) -> None:
    path = recording(tmp_path, RunStarted(), ReasoningDelta("Hm."), TextDelta("Hello"))

    assert shown(run, dialect, path, "--mode", "output") == [
        ("task", "submitted"),
        ("artifact", "response", "Hello", "whole"),
        ("status", "completed", ""),
    ]
    assert len(shown(run, dialect, path, "--mode", "all")) == 5


def test_question_in_the_middle_is_answered_and_the_frames_go_on(
    run: Run, dialect: Dialect, tmp_path: Path
) -> None:
    path = recording(tmp_path, InputRequired(prompt="Which?"), TextDelta("Blue."), RunFinished())

    assert [frame[:2] for frame in shown(run, dialect, path)] == [
        ("task", "submitted"),
        ("status", "working"),
        ("status", "input-required"),
        ("task", "working"),
        ("artifact", "response"),
        ("status", "completed"),
    ]


def test_question_at_the_end_is_the_end(run: Run, dialect: Dialect, tmp_path: Path) -> None:
    path = recording(tmp_path, InputRequired(prompt="Which?"))

    assert shown(run, dialect, path)[-1] == ("status", "input-required", "Which?")


def test_framework_that_there_is_no_adapter_for_is_told_of(run: Run, tmp_path: Path) -> None:
    outcome = run("replay", recording(tmp_path, RunStarted()), "--framework", "parrot")

    assert outcome.code == 2
    assert "there is no framework 'parrot'; there are agentor, " in outcome.err


def test_file_that_is_not_there_is_told_of(run: Run) -> None:
    outcome = run("replay", "missing.jsonl")

    assert (outcome.code, outcome.err) == (
        2,
        "error: cannot read missing.jsonl: No such file or directory\n",
    )


def test_settings_of_the_environment_change_no_frame(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2A_AGENT_RPC_PATH", "/elsewhere")
    monkeypatch.setenv("A2A_AGENT_STREAMING", "false")

    assert len(run("replay", recording(tmp_path, RunStarted())).out.splitlines()) == 3


def test_settings_that_let_nothing_be_played_are_told_of(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("A2A_AGENT_MAX_BODY_BYTES", "10")

    outcome = run("replay", recording(tmp_path, RunStarted()))

    assert (outcome.code, outcome.out) == (2, "")
    assert "error: the settings of the environment do not let it be played" in outcome.err

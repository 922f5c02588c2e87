"""The official Python SDK as a client: 1.3 with both of its transports, and 0.3.

The clients are programs in `tests/peers`, for environments of their own: `make peers`.
"""

import json
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from a2a_agent import (
    Artifact,
    InputRequired,
    Reply,
    RunRequest,
    RunStarted,
    TextDelta,
    TextPart,
    ToolCall,
    ToolResult,
)
from tests.support.endpoint import serving_agent
from tests.support.gates import Gate

ROOT = Path(__file__).parents[2]
CLIENTS = [("sdk13", "1.0"), ("sdk13", "0.3"), ("sdk03", "0.3")]
LIMIT_SECONDS = 50.0

Report: TypeAlias = dict[str, Any]


async def works(_: RunRequest) -> Any:
    yield RunStarted()
    yield TextDelta("one ")
    yield ToolCall(call_id="1", name="look", arguments={"at": "it"})
    yield ToolResult(call_id="1", name="look", output=1)
    yield TextDelta("two")
    yield Artifact(artifact_id="extra", parts=(TextPart("more"),))


async def asks(_: RunRequest) -> Any:
    yield InputRequired(prompt="Which?")


async def replies(_: RunRequest) -> Any:
    yield Reply.of_text("Hi")


async def waits(_: RunRequest) -> Any:
    yield "half"
    await Gate().passed()


@pytest.fixture(scope="module", params=CLIENTS, ids="-".join)
def client(request: pytest.FixtureRequest) -> Iterator[tuple[str, str, Report]]:
    """A client's name, its version, and what it says of its visit to our server."""
    name, version = request.param
    python = ROOT / ".venv-peers" / name / "bin" / "python"
    if not python.exists():
        pytest.fail(f"{python} is not there; make it with: make peers")
    with serving_agent() as endpoint:
        acts = {act.__name__: endpoint.stage.plays(act) for act in (works, asks, replies, waits)}
        program = ROOT / "tests" / "peers" / f"client_{name}.py"
        done = subprocess.run(
            [python, program, endpoint.base, version, json.dumps(acts)],
            capture_output=True,
            text=True,
            timeout=LIMIT_SECONDS,
        )
    assert done.returncode == 0, done.stderr
    yield name, version, json.loads(done.stdout)


@pytest.fixture
def report(client: tuple[str, str, Report]) -> Report:
    return client[2]


def test_client_finds_its_interface_in_the_card(client: tuple[str, str, Report]) -> None:
    _, version, report = client

    assert report["card"] == {
        "name": "stage",
        "streaming": True,
        "interfaces": [["JSONRPC", version]],
    }


def test_client_gets_the_task_of_a_message_and_of_its_repeat(report: Report) -> None:
    assert (report["sent"], report["repeated"]) == (["completed", ["Hello"]], True)


def test_client_gets_a_message_where_the_agent_answers_by_one(report: Report) -> None:
    assert (report["replied"], report["replied in a stream"]) == ("Hi", [["message", "Hi"]])


def test_client_gets_every_frame_in_order(report: Report) -> None:
    assert report["streamed"] == [
        ["task", "submitted"],
        ["status", "working"],
        ["artifact", "one ", False, False],
        ["status", "working"],
        ["status", "working"],
        ["artifact", "two", False, False],
        ["artifact", "more", False, True],
        ["artifact", "", True, True],
        ["status", "completed"],
    ]


def test_client_chooses_what_a_stream_shows(report: Report) -> None:
    assert report["quiet"] == [
        ["task", "submitted"],
        ["artifact", "two", False, True],
        ["status", "completed"],
    ]


def test_client_gets_the_task_again_with_as_much_history_as_it_wants(report: Report) -> None:
    assert (report["got"], report["history"]) == (True, [0, 1])


def test_client_answers_a_question(report: Report) -> None:
    assert report["asked"] == ["input-required", "Which?"]
    assert report["answered"] == [
        ["task", "working"],
        ["artifact", "This", False, True],
        ["status", "completed"],
    ]


def test_client_returns_to_a_stream_and_cancels_its_task(report: Report) -> None:
    assert report["left"] == [
        ["task", "submitted"],
        ["status", "working"],
        ["artifact", "half", False, False],
    ]
    assert report["returned"] == [
        ["task", "working"],
        ["artifact", "", True, True],
        ["status", "canceled"],
    ]
    assert report["canceled"] == ["canceled", ["half"]]


def test_client_lists_tasks_page_by_page(client: tuple[str, str, Report]) -> None:
    _, version, report = client

    # 0.3 has no such method, so its transports have none either.
    expected = [2, 1, "", 3] if version == "1.0" else "NotImplementedError"
    assert report["listed"] == expected


def test_client_knows_each_refusal_for_what_it_is(client: tuple[str, str, Report]) -> None:
    name, _, report = client

    by_code = {
        "get unknown": -32001,
        "get too little": -32602,
        "cancel unknown": -32001,
        "cancel ended": -32002,
        "send to unknown": -32001,
        "stream to unknown": -32001,
        "stream to ended": -32004,
        "subscribe to ended": -32004,
        "send an image": -32005,
        "push": -32003,
    }
    names = {
        -32001: "TaskNotFoundError",
        -32002: "TaskNotCancelableError",
        -32003: "PushNotificationNotSupportedError",
        -32004: "UnsupportedOperationError",
        -32005: "ContentTypeNotSupportedError",
        -32602: "InvalidParamsError",
    }
    by_name = {what: names[code] for what, code in by_code.items()}
    assert report["refused"] == (by_code if name == "sdk03" else by_name)

from base64 import b64encode
from typing import Any

import pytest

from a2a_agent.cli.dialects import DIALECTS, Dialect, Operation
from a2a_agent.cli.errors import ProtocolError, UsageError
from a2a_agent.cli.frames import ArtifactFrame, StatusFrame, TaskFrame
from a2a_agent.domain.model import Artifact, DataPart, FilePart, Message, Part, Role, TextPart

OLD, NEW = DIALECTS["0.3"], DIALECTS["1.0"]
FILE = FilePart(raw=b"\xfb\xff", media_type="a/b", filename="f")


def message(*parts: Part, task_id: str | None = None, context_id: str | None = None) -> Message:
    return Message(
        message_id="m", role=Role.USER, parts=parts, task_id=task_id, context_id=context_id
    )


def said(*parts: Part) -> Message:
    return Message(message_id="", role=Role.AGENT, parts=parts)


def test_message_of_0_3_says_kinds() -> None:
    written = OLD.message(message(TextPart("a"), DataPart({"b": 1}), FILE, task_id="t"))

    assert written == {
        "kind": "message",
        "role": "user",
        "messageId": "m",
        "taskId": "t",
        "parts": [
            {"kind": "text", "text": "a"},
            {"kind": "data", "data": {"b": 1}},
            {"kind": "file", "file": {"bytes": "+/8=", "mimeType": "a/b", "name": "f"}},
        ],
    }


def test_message_of_1_0_says_no_kinds() -> None:
    written = NEW.message(message(TextPart("a"), DataPart([1]), FILE, context_id="c"))

    assert written == {
        "role": "ROLE_USER",
        "messageId": "m",
        "contextId": "c",
        "parts": [
            {"text": "a"},
            {"data": [1]},
            {"raw": "+/8=", "mediaType": "a/b", "filename": "f"},
        ],
    }


def test_version_0_3_takes_only_objects_as_data() -> None:
    with pytest.raises(UsageError, match=r"version 0.3 of the protocol takes only a JSON object"):
        OLD.message(message(DataPart([1])))


@pytest.mark.parametrize("dialect", [OLD, NEW])
def test_every_operation_has_a_method(dialect: Dialect) -> None:
    assert dialect.methods.keys() == set(Operation)


def test_states_have_the_words_of_their_version() -> None:
    assert OLD.state("input-required") == "input-required"
    assert NEW.state("input-required") == "TASK_STATE_INPUT_REQUIRED"


PARTS = (
    TextPart("a"),
    DataPart({"b": 1}),
    FILE,
    FilePart(url="https://example.com/f", media_type="a/b"),
)
PARTS_03: list[dict[str, Any]] = [
    {"kind": "text", "text": "a"},
    {"kind": "data", "data": {"b": 1}},
    {"kind": "file", "file": {"bytes": "+/8=", "mimeType": "a/b", "name": "f"}},
    {"kind": "file", "file": {"uri": "https://example.com/f", "mimeType": "a/b"}},
]
PARTS_10: list[dict[str, Any]] = [
    {"text": "a"},
    {"data": {"b": 1}},
    {"raw": "-_8", "mediaType": "a/b", "filename": "f"},
    {"url": "https://example.com/f", "mediaType": "a/b"},
]
TASK = TaskFrame(
    task_id="t",
    context_id="c",
    state="input-required",
    message=said(*PARTS),
    timestamp="2026-01-01T00:00:00.000Z",
    artifacts=(Artifact(artifact_id="a", name="n", description="d", parts=PARTS),),
    history=(message(*PARTS, task_id="t", context_id="c"),),
)


def task(state: str, role: str, parts: list[dict[str, Any]]) -> dict[str, Any]:
    status = {"state": state, "message": {"parts": parts}, "timestamp": TASK.timestamp}
    ids = {"messageId": "m", "taskId": "t", "contextId": "c"}
    return {
        "id": "t",
        "contextId": "c",
        "status": status,
        "artifacts": [{"artifactId": "a", "name": "n", "description": "d", "parts": parts}],
        "history": [{**ids, "role": role, "parts": parts}],
    }


TASK_03 = {"kind": "task", **task("input-required", "user", PARTS_03)}
TASK_10 = task("TASK_STATE_INPUT_REQUIRED", "ROLE_USER", PARTS_10)


@pytest.mark.parametrize(("dialect", "written"), [(OLD, TASK_03), (NEW, TASK_10)])
def test_task_is_read_in_full(dialect: Dialect, written: Any) -> None:
    assert dialect.task(written) == TASK
    assert dialect.frame(dialect.as_frame(written)) == TASK
    assert dialect.tasks({"tasks": [written], "nextPageToken": "p"}) == ([TASK], "p")


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (OLD, {"kind": "message", "role": "agent", "parts": PARTS_03}),
        (NEW, {"message": {"role": "ROLE_AGENT", "parts": PARTS_10}}),
    ],
)
def test_message_is_read(dialect: Dialect, written: Any) -> None:
    assert dialect.frame(written) == said(*PARTS)


@pytest.mark.parametrize(
    ("dialect", "written"),
    [
        (OLD, {"kind": "status-update", "taskId": "t", "status": {"state": "working"}}),
        (NEW, {"statusUpdate": {"taskId": "t", "status": {"state": "TASK_STATE_WORKING"}}}),
    ],
)
def test_status_update_is_read(dialect: Dialect, written: Any) -> None:
    assert dialect.frame(written) == StatusFrame(task_id="t", context_id="", state="working")


def test_note_of_the_stream_extension_is_read() -> None:
    update = {
        "taskId": "t",
        "status": {"state": "TASK_STATE_WORKING"},
        "metadata": {"urn:a2a-agent:stream:v1": {"kind": "reasoning", "text": "hm"}},
    }

    frame = NEW.frame({"statusUpdate": update})

    assert isinstance(frame, StatusFrame)
    assert frame.note == {"kind": "reasoning", "text": "hm"}


@pytest.mark.parametrize("append", [True, False])
def test_artifact_update_is_read(append: bool) -> None:
    update = {"taskId": "t", "artifact": {"artifactId": "a", "parts": []}, "append": append}
    frame = ArtifactFrame(
        task_id="t",
        context_id="",
        artifact=Artifact(artifact_id="a", parts=()),
        append=append,
    )

    assert OLD.frame({"kind": "artifact-update", **update}) == frame
    assert NEW.frame({"artifactUpdate": update}) == frame


BROKEN: list[Any] = [
    None,
    [],
    "text",
    {},
    {"kind": "cat"},
    {"kind": "task", "id": "t", "task": {"id": "t"}},
    {"kind": "message", "parts": [{}], "message": {"parts": [{}]}},
    {"kind": "message", "parts": [3], "message": {"parts": [3]}},
]


@pytest.mark.parametrize("dialect", [OLD, NEW])
@pytest.mark.parametrize("written", BROKEN)
def test_what_is_no_frame_is_refused(dialect: Dialect, written: Any) -> None:
    with pytest.raises(ProtocolError, match="not what A2A says it should be"):
        dialect.frame(written)


def test_file_with_broken_base64_is_refused() -> None:
    with pytest.raises(ProtocolError):
        NEW.frame({"message": {"parts": [{"raw": "a"}]}})


def test_file_bytes_survive_both_ways() -> None:
    raw = bytes(range(256))
    part = {"kind": "file", "file": {"bytes": b64encode(raw).decode()}}

    frame = OLD.frame({"kind": "message", "parts": [part]})

    assert frame == said(FilePart(raw=raw))

"""What both versions write alike."""

import orjson
import pytest
from hypothesis import given

from a2a_agent.domain.errors import InvalidParams, TaskNotFound
from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    FilePart,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)
from a2a_agent.domain.requests import (
    TaskList,
)
from a2a_agent.domain.task_events import ArtifactChunk, Entry, Noted, Replied, StatusChanged
from a2a_agent.wire.version import WireVersion
from tests.properties.promises import validator
from tests.properties.values import entries
from tests.support.dialects import Dialect
from tests.wire.versions import Json, both, both_wires

STATUS = TaskStatus(state=TaskState.WORKING, timestamp_ms=0)
PARTS = (TextPart("a"), DataPart({"b": 1}), FilePart(url="https://example.com"))


@both_wires
def test_page_of_tasks_says_how_to_go_on(wire: WireVersion) -> None:
    task = Task(id="t", context_id="c", status=STATUS)
    page = TaskList(tasks=(task, task), next_page_token="next", page_size=2, total_size=5)
    shown = orjson.loads(wire.encode_task(task))

    assert orjson.loads(wire.encode_list(page)) == {
        "tasks": [shown, shown],
        "nextPageToken": "next",
        "pageSize": 2,
        "totalSize": 5,
    }


@both_wires
def test_last_page_has_an_empty_token(wire: WireVersion) -> None:
    page = TaskList(tasks=(), next_page_token="", page_size=50, total_size=0)

    assert orjson.loads(wire.encode_list(page)) == {
        "tasks": [],
        "nextPageToken": "",
        "pageSize": 50,
        "totalSize": 0,
    }


@both_wires
def test_entry_is_encoded_once(wire: WireVersion) -> None:
    entry = Entry(2, 0, StatusChanged(TaskState.WORKING))

    assert wire.encode_entry(entry, "t", "c") is wire.encode_entry(entry, "t", "c")
    assert entry.encoded.keys() == {wire.VERSION}


@both_wires
def test_large_entry_is_encoded_for_each_reader(wire: WireVersion) -> None:
    entry = Entry(2, 0, ArtifactChunk("a", (TextPart("x" * 5000),)))

    assert wire.encode_entry(entry, "t", "c") == wire.encode_entry(entry, "t", "c")
    assert entry.encoded == {}


@both_wires
def test_reply_has_no_frame(wire: WireVersion) -> None:
    with pytest.raises(ValueError, match="^a reply is answered with a Message, it has no frame$"):
        wire.encode_entry(Entry(2, 0, Replied((TextPart("a"),))), "t", "c")


@both_wires
@given(entry=entries.filter(lambda entry: not isinstance(entry.event, Replied)))
def test_every_entry_has_a_frame_of_the_right_shape(wire: WireVersion, entry: Entry) -> None:
    at = Entry(entry.sequence, entry.timestamp_ms % 2**45, entry.event)
    frame = orjson.loads(wire.encode_entry(at, "t", "c"))

    name = "StreamResult" if wire.VERSION == "0.3" else "StreamResponse"
    validator(wire.VERSION, name).validate(frame)


@both_wires
def test_resume_never_leaves_the_server(wire: WireVersion) -> None:
    asked = StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("?"),), None, {"secret": 1})

    assert b"secret" not in wire.encode_entry(Entry(3, 0, asked), "t", "c")


@both_wires
def test_note_is_metadata_of_a_working_status(wire: WireVersion) -> None:
    frame = orjson.loads(wire.encode_entry(Entry(3, 0, Noted({"kind": "raw"})), "t", "c"))
    update = frame if wire.VERSION == "0.3" else frame["statusUpdate"]

    assert update["metadata"] == {"urn:a2a-agent:stream:v1": {"kind": "raw"}}
    assert update["status"].keys() == {"state", "timestamp"}


@both
def test_invalid_params_are_told_field_by_field(wire: WireVersion, dialect: Dialect) -> None:
    found = (("id", "is missing"), ("pageSize", "must be 1 to 100"))

    assert wire.error_data(InvalidParams(*found)) == dialect.violations(*found)


@both
def test_error_of_a2a_has_the_data_of_its_version(wire: WireVersion, dialect: Dialect) -> None:
    assert wire.error_data(TaskNotFound("gone")) == dialect.error_data("TASK_NOT_FOUND")


@both_wires
def test_artifact_keeps_its_names_and_metadata(wire: WireVersion) -> None:
    words: Json = {"name": "n", "description": "d", "metadata": {"k": None}}
    artifact = Artifact(artifact_id="a", parts=PARTS, **words)
    task = Task(id="t", context_id="c", status=STATUS, artifacts=(artifact,))

    (shown,) = orjson.loads(wire.encode_task(task))["artifacts"]
    assert {name: shown[name] for name in words} == words
    assert shown["artifactId"] == "a"
    assert len(shown["parts"]) == 3

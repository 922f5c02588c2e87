"""A2A 0.3: what is its own in requests, and every reply and frame as it looks."""

from typing import Any

import orjson
import pytest

from a2a_agent.domain.errors import (
    A2AError,
    Busy,
    ContentTypeNotSupported,
    ExtensionSupportRequired,
    InvalidParams,
    InvalidRequest,
    MethodNotFound,
    PushNotificationNotSupported,
    TaskNotCancelable,
    TaskNotFound,
    UnsupportedOperation,
    VersionNotSupported,
)
from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    FilePart,
    Message,
    Part,
    Role,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.wire import v0_3 as wire
from tests.wire.versions import Json, violations


def message(*parts: Json, **more: object) -> Json:
    """Parameters of `message/send`."""
    given = {"kind": "message", "messageId": "m", "role": "user", "parts": [*parts]}
    return {"message": {**given, **more}}


TEXT: Json = {"kind": "text", "text": "a"}


# Requests


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ({"kind": "text", "text": "a"}, TextPart("a")),
        ({"kind": "text", "text": ""}, TextPart("")),
        ({"kind": "text", "text": "a", "metadata": {"k": 1}}, TextPart("a", metadata={"k": 1})),
        ({"kind": "file", "file": {"bytes": "YWI="}}, FilePart(raw=b"ab")),
        ({"kind": "file", "file": {"bytes": ""}}, FilePart(raw=b"")),
        ({"kind": "file", "file": {"bytes": "_-8"}}, FilePart(raw=b"\xff\xef")),
        ({"kind": "file", "file": {"uri": "https://x"}}, FilePart(url="https://x")),
        ({"kind": "file", "file": {"uri": "https://x", "bytes": None}}, FilePart(url="https://x")),
        (
            {
                "kind": "file",
                "file": {"uri": "https://x", "mimeType": "image/png", "name": "x.png", "size": 3},
                "metadata": {"k": 1},
            },
            FilePart(url="https://x", media_type="image/png", filename="x.png", metadata={"k": 1}),
        ),
        ({"kind": "data", "data": {}}, DataPart({})),
        (
            {"kind": "data", "data": {"a": [None, 1.5]}, "metadata": {"k": 1}},
            DataPart({"a": [None, 1.5]}, metadata={"k": 1}),
        ),
    ],
)
def test_part_is_read_by_its_kind(sent: Json, part: Part) -> None:
    assert wire.decode_send(message(sent)).message.parts == (part,)


def test_parts_keep_their_order() -> None:
    sent = message(TEXT, {"kind": "data", "data": {}}, {"kind": "text", "text": "b"})

    assert wire.decode_send(sent).message.parts == (TextPart("a"), DataPart({}), TextPart("b"))


ONE_CONTENT = "must have either bytes or uri, and not both"
KINDS = "must have as 'kind' one of 'text', 'file', 'data'"


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({}, "", "must have a 'kind'"),
        ({"text": "a"}, "", "must have a 'kind'"),
        ({"kind": None}, "", KINDS),
        ({"kind": "image"}, "", KINDS),
        ({"kind": "text"}, ".text", "is missing"),
        ({"kind": "text", "text": 5}, ".text", "must be a string"),
        ({"kind": "text", "text": None}, ".text", "must be a string"),
        ({"kind": "text", "text": "a", "metadata": 5}, ".metadata", "must be an object"),
        ({"kind": "file"}, ".file", "is missing"),
        ({"kind": "file", "file": None}, ".file", "must be an object"),
        ({"kind": "file", "file": {}}, ".file", ONE_CONTENT),
        ({"kind": "file", "file": {"bytes": None, "uri": None}}, ".file", ONE_CONTENT),
        ({"kind": "file", "file": {"bytes": "YQ==", "uri": "u"}}, ".file", ONE_CONTENT),
        ({"kind": "file", "file": {"bytes": "?"}}, ".file.bytes", "is no valid base64"),
        ({"kind": "file", "file": {"bytes": 5}}, ".file.bytes", "must be a base64 string"),
        ({"kind": "file", "file": {"uri": ""}}, ".file.uri", "must not be empty"),
        ({"kind": "file", "file": {"uri": 5}}, ".file.uri", "must be a string"),
        (
            {"kind": "file", "file": {"uri": "u", "mimeType": 5}},
            ".file.mimeType",
            "must be a string",
        ),
        ({"kind": "file", "file": {"uri": "u", "name": 5}}, ".file.name", "must be a string"),
        ({"kind": "data"}, ".data", "is missing"),
        ({"kind": "data", "data": None}, ".data", "must be an object"),
        ({"kind": "data", "data": [1]}, ".data", "must be an object"),
        ({"kind": "data", "data": "text"}, ".data", "must be an object"),
    ],
)
def test_invalid_part_is_refused_by_its_field(sent: Json, field: str, said: str) -> None:
    assert violations(wire.decode_send, message(TEXT, sent)) == (
        (f"message.parts[1]{field}", said),
    )


def test_kind_of_a_message_may_be_left_out() -> None:
    sent = message(TEXT)
    del sent["message"]["kind"]

    assert wire.decode_send(sent) == wire.decode_send(message(TEXT))


@pytest.mark.parametrize("kind", ["task", None, 5])
def test_kind_of_a_message_is_no_other(kind: object) -> None:
    assert violations(wire.decode_send, message(TEXT, kind=kind)) == (
        ("message.kind", "must be 'message'"),
    )


@pytest.mark.parametrize("name", ["contextId", "taskId"])
def test_id_that_is_given_is_not_empty(name: str) -> None:
    assert violations(wire.decode_send, message(TEXT, **{name: ""})) == (
        (f"message.{name}", "must not be empty"),
    )


def test_snake_case_is_unknown() -> None:
    sent = message(TEXT, context_id="c", message_id="other")

    assert wire.decode_send(sent) == wire.decode_send(message(TEXT))


@pytest.mark.parametrize(
    ("blocking", "returns_immediately"), [(None, False), (True, False), (False, True)]
)
def test_send_waits_unless_blocking_is_off(
    blocking: bool | None, returns_immediately: bool
) -> None:
    sent = {**message(TEXT), "configuration": {"blocking": blocking}}

    assert wire.decode_send(sent).returns_immediately is returns_immediately


@pytest.mark.parametrize("blocking", ["false", 0])
def test_blocking_is_true_or_false(blocking: object) -> None:
    sent = {**message(TEXT), "configuration": {"blocking": blocking}}

    assert violations(wire.decode_send, sent) == (
        ("configuration.blocking", "must be true or false"),
    )


def test_wish_for_push_notifications_is_noticed() -> None:
    sent = {**message(TEXT), "configuration": {"pushNotificationConfig": {"url": "https://x"}}}

    assert wire.decode_send(sent).has_push_config


def test_push_notification_config_is_an_object() -> None:
    sent = {**message(TEXT), "configuration": {"pushNotificationConfig": []}}

    assert violations(wire.decode_send, sent) == (
        ("configuration.pushNotificationConfig", "must be an object"),
    )


@pytest.mark.parametrize("state", ["unknown", "WORKING", "TASK_STATE_WORKING", 5, [], {}])
def test_state_of_a_list_is_one_of_ours(state: object) -> None:
    names = (
        "'submitted', 'working', 'input-required', 'auth-required', 'completed', 'canceled', "
        "'failed' or 'rejected'"
    )

    assert violations(wire.decode_list, {"status": state}) == (
        ("status", f"must be one of {names}"),
    )


def test_context_of_a_list_is_not_empty() -> None:
    assert violations(wire.decode_list, {"contextId": ""}) == (("contextId", "must not be empty"),)


# Replies


def of(encoded: bytes) -> Any:
    return orjson.loads(encoded)


PARTS: list[tuple[Part, Json]] = [
    (TextPart("a"), {"kind": "text", "text": "a"}),
    (TextPart(""), {"kind": "text", "text": ""}),
    (TextPart("a", metadata={"k": 1}), {"kind": "text", "text": "a", "metadata": {"k": 1}}),
    (TextPart("a", metadata={}), {"kind": "text", "text": "a", "metadata": {}}),
    (
        TextPart("a", "text/x", "f", {"k": 1}),
        {
            "kind": "text",
            "text": "a",
            "metadata": {"mediaType": "text/x", "filename": "f", "k": 1},
        },
    ),
    (FilePart(raw=b"ab"), {"kind": "file", "file": {"bytes": "YWI="}}),
    (FilePart(raw=b""), {"kind": "file", "file": {"bytes": ""}}),
    (FilePart(raw=b"\xfb\xff"), {"kind": "file", "file": {"bytes": "+/8="}}),
    (
        FilePart(url="https://x", media_type="image/png", filename="x", metadata={"k": 1}),
        {
            "kind": "file",
            "file": {"uri": "https://x", "mimeType": "image/png", "name": "x"},
            "metadata": {"k": 1},
        },
    ),
    (DataPart({"a": None}), {"kind": "data", "data": {"a": None}}),
    (DataPart([1]), {"kind": "data", "data": {"value": [1]}}),
    (DataPart(None), {"kind": "data", "data": {"value": None}}),
    (
        DataPart({}, "application/x", "f"),
        {"kind": "data", "data": {}, "metadata": {"mediaType": "application/x", "filename": "f"}},
    ),
]


@pytest.mark.parametrize(("part", "shown"), PARTS)
def test_part_is_written_by_its_kind(part: Part, shown: Json) -> None:
    said = Message(message_id="m", role=Role.AGENT, parts=(part,))

    assert of(wire.encode_result(said)) == {
        "kind": "message",
        "messageId": "m",
        "role": "agent",
        "parts": [shown],
    }


FULL = Message(
    message_id="m",
    role=Role.USER,
    parts=(TextPart("a"),),
    context_id="c",
    task_id="t",
    metadata={"k": None},
    extensions=("urn:x",),
    reference_task_ids=("t-0",),
)
FULL_SHOWN = {
    "kind": "message",
    "messageId": "m",
    "role": "user",
    "parts": [{"kind": "text", "text": "a"}],
    "contextId": "c",
    "taskId": "t",
    "metadata": {"k": None},
    "extensions": ["urn:x"],
    "referenceTaskIds": ["t-0"],
}


def test_message_is_written_with_all_it_has() -> None:
    assert of(wire.encode_result(FULL)) == FULL_SHOWN


@pytest.mark.parametrize("state", TaskState)
def test_task_is_written_without_what_it_has_not(state: TaskState) -> None:
    task = Task(id="t", context_id="c", status=TaskStatus(state=state, timestamp_ms=1_500))
    shown = {
        "kind": "task",
        "id": "t",
        "contextId": "c",
        "status": {"state": state.value, "timestamp": "1970-01-01T00:00:01.500Z"},
    }

    assert of(wire.encode_task(task)) == of(wire.encode_result(task)) == shown


def test_task_is_written_with_all_it_has() -> None:
    task = Task(
        id="t",
        context_id="c",
        status=TaskStatus(state=TaskState.WORKING, timestamp_ms=0, message=FULL),
        artifacts=(Artifact(artifact_id="a", parts=(TextPart("x"),)),),
        history=(FULL, FULL),
        metadata={"k": 1},
    )

    assert of(wire.encode_task(task)) == {
        "kind": "task",
        "id": "t",
        "contextId": "c",
        "status": {
            "state": "working",
            "timestamp": "1970-01-01T00:00:00.000Z",
            "message": FULL_SHOWN,
        },
        "artifacts": [{"artifactId": "a", "parts": [{"kind": "text", "text": "x"}]}],
        "history": [FULL_SHOWN, FULL_SHOWN],
        "metadata": {"k": 1},
    }


ASKED = {
    "kind": "message",
    "messageId": "t-4",
    "role": "agent",
    "parts": [{"kind": "text", "text": "?"}],
    "taskId": "t",
    "contextId": "c",
}
AT = "1970-01-01T00:00:04.000Z"


def status(state: str, *, final: bool = False, **more: object) -> Json:
    """A status-update of entry 4."""
    return {
        "kind": "status-update",
        "taskId": "t",
        "contextId": "c",
        "status": {"state": state, "timestamp": AT},
        "final": final,
        **more,
    }


def artifact(append: bool, last: bool, **more: object) -> Json:
    """An artifact-update."""
    return {
        "kind": "artifact-update",
        "taskId": "t",
        "contextId": "c",
        "artifact": {"artifactId": "a", "parts": [{"kind": "text", "text": "x"}], **more},
        "append": append,
        "lastChunk": last,
    }


X = (TextPart("x"),)
FRAMES: list[tuple[TaskEvent, Json]] = [
    (StatusChanged(TaskState.WORKING), status("working")),
    *((StatusChanged(s), status(s.value, final=s.is_resting)) for s in TaskState),
    (StatusChanged(TaskState.WORKING, (), {"k": 1}), status("working", metadata={"k": 1})),
    (
        StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("?"),)),
        status("input-required", final=True)
        | {"status": {"state": "input-required", "timestamp": AT, "message": ASKED}},
    ),
    (MessageAccepted(FULL), status("working")),
    (
        Noted({"kind": "reasoning"}),
        status("working", metadata={"urn:a2a-agent:stream:v1": {"kind": "reasoning"}}),
    ),
    (ArtifactChunk("a", X), artifact(False, False)),
    (ArtifactChunk("a", X, True, True), artifact(True, True)),
    (
        ArtifactChunk("a", X, False, True, "n", "d", {"k": 1}),
        artifact(False, True, name="n", description="d", metadata={"k": 1}),
    ),
]


@pytest.mark.parametrize(("event", "frame"), FRAMES)
def test_entry_is_written_as_a_frame(event: TaskEvent, frame: Json) -> None:
    assert of(wire.encode_entry(Entry(4, 4_000, event), "t", "c")) == frame


def test_first_message_is_written_as_a_submitted_status() -> None:
    frame = of(wire.encode_entry(Entry(1, 4_000, MessageAccepted(FULL)), "t", "c"))

    assert frame == status("submitted")


@pytest.mark.parametrize(
    "error",
    [
        InvalidRequest,
        MethodNotFound,
        TaskNotFound,
        TaskNotCancelable,
        PushNotificationNotSupported,
        UnsupportedOperation,
        ContentTypeNotSupported,
        ExtensionSupportRequired,
        VersionNotSupported,
        Busy,
    ],
)
def test_error_has_no_data(error: type[A2AError]) -> None:
    assert wire.error_data(error("what was wrong")) is None


def test_invalid_params_name_the_fields() -> None:
    error = InvalidParams(("id", "is missing"))

    assert wire.error_data(error) == {
        "fieldViolations": [{"field": "id", "description": "is missing"}]
    }

"""A2A 1.0: what is its own in requests, and every reply and frame as it looks."""

from typing import Any

import orjson
import pytest
from hypothesis import given

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
from a2a_agent.domain.requests import CancelTask, GetTask, ListTasks, SubscribeToTask
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.wire import v1_0 as wire
from tests.properties.values import json_values
from tests.wire.versions import Json, violations


def message(*parts: Json, **more: object) -> Json:
    """Parameters of `SendMessage`."""
    return {"message": {"messageId": "m", "role": "ROLE_USER", "parts": [*parts], **more}}


TEXT: Json = {"text": "a"}
MORE: Json = {"mediaType": "text/x", "filename": "f", "metadata": {"k": 1}}


# Requests


@pytest.mark.parametrize(
    ("sent", "part"),
    [
        ({"text": "a"}, TextPart("a")),
        ({"text": ""}, TextPart("")),
        ({"text": "a", **MORE}, TextPart("a", "text/x", "f", {"k": 1})),
        ({"raw": "YWI="}, FilePart(raw=b"ab")),
        ({"raw": ""}, FilePart(raw=b"")),
        ({"raw": "_-8"}, FilePart(raw=b"\xff\xef")),
        (
            {"raw": "YWI=", **MORE},
            FilePart(raw=b"ab", media_type="text/x", filename="f", metadata={"k": 1}),
        ),
        ({"url": "https://x"}, FilePart(url="https://x")),
        (
            {"url": "https://x", **MORE},
            FilePart(url="https://x", media_type="text/x", filename="f", metadata={"k": 1}),
        ),
        ({"data": {"a": 1}, **MORE}, DataPart({"a": 1}, "text/x", "f", {"k": 1})),
        ({"data": None}, DataPart(None)),
        ({"data": None, "text": None, "raw": None, "url": None}, DataPart(None)),
        ({"data": None, "text": "a"}, TextPart("a")),
        ({"text": None, "url": "https://x", "raw": None}, FilePart(url="https://x")),
        ({"text": "a", "kind": "text"}, TextPart("a")),
    ],
)
def test_part_is_read_by_its_content(sent: Json, part: Part) -> None:
    assert wire.decode_send(message(sent)).message.parts == (part,)


@given(data=json_values)
def test_data_is_any_json(data: Any) -> None:
    assert wire.decode_send(message({"data": data})).message.parts == (DataPart(data),)


ONE_CONTENT = "must have exactly one of text, raw, url and data"


@pytest.mark.parametrize(
    ("sent", "field", "said"),
    [
        ({}, "", ONE_CONTENT),
        ({"text": None}, "", ONE_CONTENT),
        ({"metadata": {}}, "", ONE_CONTENT),
        ({"text": "a", "url": "https://x"}, "", ONE_CONTENT),
        ({"text": "", "raw": ""}, "", ONE_CONTENT),
        ({"text": "a", "data": 1}, "", ONE_CONTENT),
        ({"text": "a", "raw": "", "data": None}, "", ONE_CONTENT),
        ({"text": 5}, ".text", "must be a string"),
        ({"raw": "?"}, ".raw", "is no valid base64"),
        ({"raw": 5}, ".raw", "must be a base64 string"),
        ({"url": ""}, ".url", "must not be empty"),
        ({"url": 5}, ".url", "must be a string"),
        ({"text": "a", "mediaType": 5}, ".mediaType", "must be a string"),
        ({"text": "a", "filename": 5}, ".filename", "must be a string"),
        ({"text": "a", "metadata": 5}, ".metadata", "must be an object"),
    ],
)
def test_invalid_part_is_refused_by_its_field(sent: Json, field: str, said: str) -> None:
    assert violations(wire.decode_send, message(TEXT, sent)) == (
        (f"message.parts[1]{field}", said),
    )


def test_empty_id_is_as_good_as_absent() -> None:
    assert wire.decode_send(message(TEXT, contextId="", taskId="")) == wire.decode_send(
        message(TEXT)
    )
    assert wire.decode_list({"contextId": ""}) == ListTasks()


def test_tenant_is_read_from_every_request() -> None:
    assert wire.decode_send({**message(TEXT), "tenant": "x"}).tenant == "x"
    assert wire.decode_get({"id": "t", "tenant": "x"}) == GetTask(task_id="t", tenant="x")
    assert wire.decode_list({"tenant": "x"}) == ListTasks(tenant="x")
    assert wire.decode_cancel({"id": "t", "tenant": "x"}) == CancelTask(task_id="t", tenant="x")
    assert wire.decode_subscribe({"id": "t", "tenant": "x"}) == SubscribeToTask(
        task_id="t", tenant="x"
    )


@pytest.mark.parametrize(
    ("tenant", "said"),
    [(5, "must be a string"), ("x" * 257, "must be 256 characters at most")],
)
def test_tenant_is_a_short_string(tenant: object, said: str) -> None:
    assert violations(wire.decode_list, {"tenant": tenant}) == (("tenant", said),)


@pytest.mark.parametrize("at_once", [None, False, True])
def test_send_waits_unless_it_shall_return_at_once(at_once: bool | None) -> None:
    sent = {**message(TEXT), "configuration": {"returnImmediately": at_once}}

    assert wire.decode_send(sent).returns_immediately is bool(at_once)


@pytest.mark.parametrize("at_once", ["true", 1])
def test_return_immediately_is_true_or_false(at_once: object) -> None:
    sent = {**message(TEXT), "configuration": {"returnImmediately": at_once}}

    assert violations(wire.decode_send, sent) == (
        ("configuration.returnImmediately", "must be true or false"),
    )


def test_wish_for_push_notifications_is_noticed() -> None:
    config = {"taskPushNotificationConfig": {"url": "https://x"}}

    assert wire.decode_send({**message(TEXT), "configuration": config}).has_push_config


def test_push_notification_config_is_an_object() -> None:
    sent = {**message(TEXT), "configuration": {"taskPushNotificationConfig": []}}

    assert violations(wire.decode_send, sent) == (
        ("configuration.taskPushNotificationConfig", "must be an object"),
    )


def test_requests_may_be_written_in_snake_case() -> None:
    sent = {
        "message": {
            "message_id": "m",
            "context_id": "c",
            "task_id": "t",
            "role": "ROLE_USER",
            "parts": [{"url": "https://x", "media_type": "text/x"}],
            "reference_task_ids": ["t-0"],
        },
        "configuration": {
            "accepted_output_modes": ["text/plain"],
            "task_push_notification_config": {"url": "https://x"},
            "history_length": 1,
            "return_immediately": True,
        },
    }
    same = {
        "message": {
            "messageId": "m",
            "contextId": "c",
            "taskId": "t",
            "role": "ROLE_USER",
            "parts": [{"url": "https://x", "mediaType": "text/x"}],
            "referenceTaskIds": ["t-0"],
        },
        "configuration": {
            "acceptedOutputModes": ["text/plain"],
            "taskPushNotificationConfig": {"url": "https://x"},
            "historyLength": 1,
            "returnImmediately": True,
        },
    }

    assert wire.decode_send(sent) == wire.decode_send(same)


def test_list_may_be_asked_for_in_snake_case() -> None:
    sent = {
        "context_id": "c",
        "page_size": 5,
        "page_token": "next",
        "history_length": 1,
        "status_timestamp_after": "1970-01-01T00:00:01Z",
        "include_artifacts": True,
    }

    assert wire.decode_list(sent) == ListTasks(
        context_id="c",
        page_size=5,
        page_token="next",
        history_length=1,
        updated_after_ms=1000,
        includes_artifacts=True,
    )


def test_invalid_field_is_named_as_it_was_written() -> None:
    sent = {**message(TEXT), "configuration": {"history_length": -1}}

    assert violations(wire.decode_send, sent) == (
        ("configuration.history_length", "must be 0 or more"),
    )


def test_unspecified_state_of_a_list_is_any() -> None:
    assert wire.decode_list({"status": "TASK_STATE_UNSPECIFIED"}) == ListTasks()


@pytest.mark.parametrize("state", ["working", "TASK_STATE_UNKNOWN", "", 5, [], {}])
def test_state_of_a_list_is_one_of_ours(state: object) -> None:
    names = (
        "TASK_STATE_SUBMITTED, TASK_STATE_WORKING, TASK_STATE_INPUT_REQUIRED, "
        "TASK_STATE_AUTH_REQUIRED, TASK_STATE_COMPLETED, TASK_STATE_CANCELED, "
        "TASK_STATE_FAILED, TASK_STATE_REJECTED"
    )

    assert violations(wire.decode_list, {"status": state}) == (
        ("status", f"must be one of {names}"),
    )


# Replies


def of(encoded: bytes) -> Any:
    return orjson.loads(encoded)


@pytest.mark.parametrize(
    ("part", "shown"),
    [
        (TextPart("a"), {"text": "a"}),
        (TextPart(""), {"text": ""}),
        (TextPart("a", metadata={}), {"text": "a", "metadata": {}}),
        (TextPart("a", "text/x", "f", {"k": 1}), {"text": "a", **MORE}),
        (FilePart(raw=b"\xfb\xff"), {"raw": "+/8="}),
        (FilePart(raw=b""), {"raw": ""}),
        (
            FilePart(raw=b"ab", media_type="text/x", filename="f", metadata={"k": 1}),
            {"raw": "YWI=", **MORE},
        ),
        (FilePart(url="https://x"), {"url": "https://x"}),
        (
            FilePart(url="https://x", media_type="text/x", filename="f", metadata={"k": 1}),
            {"url": "https://x", **MORE},
        ),
        (DataPart({"a": None}), {"data": {"a": None}}),
        (DataPart([1]), {"data": [1]}),
        (DataPart(None), {"data": None}),
        (DataPart("x", "text/x", "f", {"k": 1}), {"data": "x", **MORE}),
    ],
)
def test_part_is_written_by_its_content(part: Part, shown: Json) -> None:
    said = Message(message_id="m", role=Role.AGENT, parts=(part,))

    assert of(wire.encode_result(said)) == {
        "message": {"messageId": "m", "role": "ROLE_AGENT", "parts": [shown]}
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
    "messageId": "m",
    "role": "ROLE_USER",
    "parts": [{"text": "a"}],
    "contextId": "c",
    "taskId": "t",
    "metadata": {"k": None},
    "extensions": ["urn:x"],
    "referenceTaskIds": ["t-0"],
}


def test_message_is_written_with_all_it_has() -> None:
    assert of(wire.encode_result(FULL)) == {"message": FULL_SHOWN}


def test_message_that_is_written_can_be_read_again() -> None:
    assert wire.decode_send(of(wire.encode_result(FULL))).message == FULL


STATES = {
    TaskState.SUBMITTED: "TASK_STATE_SUBMITTED",
    TaskState.WORKING: "TASK_STATE_WORKING",
    TaskState.INPUT_REQUIRED: "TASK_STATE_INPUT_REQUIRED",
    TaskState.AUTH_REQUIRED: "TASK_STATE_AUTH_REQUIRED",
    TaskState.COMPLETED: "TASK_STATE_COMPLETED",
    TaskState.CANCELED: "TASK_STATE_CANCELED",
    TaskState.FAILED: "TASK_STATE_FAILED",
    TaskState.REJECTED: "TASK_STATE_REJECTED",
}


@pytest.mark.parametrize(("state", "name"), STATES.items())
def test_task_is_written_without_what_it_has_not(state: TaskState, name: str) -> None:
    task = Task(id="t", context_id="c", status=TaskStatus(state=state, timestamp_ms=1_500))
    shown = {
        "id": "t",
        "contextId": "c",
        "status": {"state": name, "timestamp": "1970-01-01T00:00:01.500Z"},
    }

    assert of(wire.encode_task(task)) == shown
    assert of(wire.encode_result(task)) == {"task": shown}


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
        "id": "t",
        "contextId": "c",
        "status": {
            "state": "TASK_STATE_WORKING",
            "timestamp": "1970-01-01T00:00:00.000Z",
            "message": FULL_SHOWN,
        },
        "artifacts": [{"artifactId": "a", "parts": [{"text": "x"}]}],
        "history": [FULL_SHOWN, FULL_SHOWN],
        "metadata": {"k": 1},
    }


ASKED = {
    "messageId": "t-4",
    "role": "ROLE_AGENT",
    "parts": [{"text": "?"}],
    "taskId": "t",
    "contextId": "c",
}
AT = "1970-01-01T00:00:04.000Z"


def status(state: str, said: Json | None = None, **more: object) -> Json:
    """A status update of entry 4."""
    now: Json = {"state": state, "timestamp": AT} | ({"message": said} if said else {})
    return {"statusUpdate": {"taskId": "t", "contextId": "c", "status": now, **more}}


def artifact(append: bool, last: bool, **more: object) -> Json:
    """An artifact update."""
    shown = {"artifactId": "a", "parts": [{"text": "x"}], **more}
    update = {"taskId": "t", "contextId": "c", "artifact": shown}
    return {"artifactUpdate": {**update, "append": append, "lastChunk": last}}


X = (TextPart("x"),)
FRAMES: list[tuple[TaskEvent, Json]] = [
    *((StatusChanged(state), status(name)) for state, name in STATES.items()),
    (
        StatusChanged(TaskState.WORKING, (), {"k": 1}),
        status("TASK_STATE_WORKING", metadata={"k": 1}),
    ),
    (
        StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("?"),)),
        status("TASK_STATE_INPUT_REQUIRED", ASKED),
    ),
    (MessageAccepted(FULL), status("TASK_STATE_WORKING")),
    (
        Noted({"kind": "reasoning"}),
        status("TASK_STATE_WORKING", metadata={"urn:a2a-agent:stream:v1": {"kind": "reasoning"}}),
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

    assert frame == status("TASK_STATE_SUBMITTED")


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (TaskNotFound, "TASK_NOT_FOUND"),
        (TaskNotCancelable, "TASK_NOT_CANCELABLE"),
        (PushNotificationNotSupported, "PUSH_NOTIFICATION_NOT_SUPPORTED"),
        (UnsupportedOperation, "UNSUPPORTED_OPERATION"),
        (ContentTypeNotSupported, "CONTENT_TYPE_NOT_SUPPORTED"),
        (ExtensionSupportRequired, "EXTENSION_SUPPORT_REQUIRED"),
        (VersionNotSupported, "VERSION_NOT_SUPPORTED"),
    ],
)
def test_error_of_a2a_has_its_reason(error: type[A2AError], reason: str) -> None:
    assert wire.error_data(error("what was wrong")) == [
        {
            "@type": "type.googleapis.com/google.rpc.ErrorInfo",
            "reason": reason,
            "domain": "a2a-protocol.org",
        }
    ]


@pytest.mark.parametrize("error", [InvalidRequest, MethodNotFound, Busy])
def test_error_of_json_rpc_has_no_data(error: type[A2AError]) -> None:
    assert wire.error_data(error("what was wrong")) is None


def test_invalid_params_name_the_fields() -> None:
    error = InvalidParams(("id", "is missing"))

    assert wire.error_data(error) == [
        {
            "@type": "type.googleapis.com/google.rpc.BadRequest",
            "fieldViolations": [{"field": "id", "description": "is missing"}],
        }
    ]

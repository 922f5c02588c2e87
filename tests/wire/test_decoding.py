"""What both versions read alike: valid forms, and each invalid one with its field."""

from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.domain.errors import InvalidParams
from a2a_agent.domain.model import (
    Message,
    Role,
    TaskState,
    TextPart,
)
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    SendMessage,
    SubscribeToTask,
)
from a2a_agent.wire.version import WireVersion
from tests.properties.values import json_values, texts
from tests.support.dialects import V0_3, V1_0, Dialect
from tests.wire.versions import VERSIONS, Json, both, both_wires, violations


@both
def test_message_alone_is_enough_to_send(wire: WireVersion, dialect: Dialect) -> None:
    params = {"message": dialect.message("Hello", messageId="m-1")}

    assert wire.decode_send(params) == SendMessage(
        message=Message(message_id="m-1", role=Role.USER, parts=(TextPart("Hello"),))
    )


FULL: Json = {
    "messageId": "m-1",
    "contextId": "c-1",
    "taskId": "t-1",
    "metadata": {"a": [None, {"b": 1.5}]},
    "extensions": ["urn:x"],
    "referenceTaskIds": ["t-0"],
}
FULL_MESSAGE = Message(
    message_id="m-1",
    role=Role.USER,
    parts=(TextPart("Hello"),),
    context_id="c-1",
    task_id="t-1",
    metadata={"a": [None, {"b": 1.5}]},
    extensions=("urn:x",),
    reference_task_ids=("t-0",),
)


@both
def test_everything_that_can_be_said_of_a_message_is_read(
    wire: WireVersion, dialect: Dialect
) -> None:
    params = {
        "message": dialect.message("Hello", **FULL),
        "configuration": {
            "acceptedOutputModes": ["text/plain", "image/*"],
            "historyLength": 3,
            **dialect.no_waiting,
        },
        "metadata": {"k": "v"},
    }

    assert wire.decode_send(params) == SendMessage(
        message=FULL_MESSAGE,
        returns_immediately=True,
        history_length=3,
        accepted_output_modes=("text/plain", "image/*"),
        metadata={"k": "v"},
    )


@both
def test_null_is_as_good_as_absent(wire: WireVersion, dialect: Dialect) -> None:
    nothing = dict.fromkeys(FULL.keys() - {"messageId"})
    settings = dict.fromkeys(
        [
            "acceptedOutputModes",
            "historyLength",
            "blocking",
            "returnImmediately",
            "pushNotificationConfig",
            "taskPushNotificationConfig",
        ]
    )
    message = dialect.message("Hello", messageId="m-1", **nothing)
    message["parts"][0]["metadata"] = None
    plain = wire.decode_send({"message": dialect.message("Hello", messageId="m-1")})

    for configuration in (None, {}, settings):
        params = {"message": message, "configuration": configuration, "metadata": None}
        assert wire.decode_send({**params, "tenant": None}) == plain


@both
def test_unknown_members_are_ignored(wire: WireVersion, dialect: Dialect) -> None:
    unknown = {"later": {"version": 2}, "kind_": None}
    message = dialect.message("Hello", messageId="m-1", **unknown)
    message["parts"][0].update(unknown)
    params = {"message": message, "configuration": unknown, **unknown}

    assert wire.decode_send(params) == wire.decode_send(
        {"message": dialect.message("Hello", messageId="m-1")}
    )
    assert wire.decode_get({"id": "t", **unknown}) == GetTask(task_id="t")
    assert wire.decode_cancel({"id": "t", **unknown}) == CancelTask(task_id="t")
    assert wire.decode_subscribe({"id": "t", **unknown}) == SubscribeToTask(task_id="t")
    assert wire.decode_list(unknown) == ListTasks()


@both_wires
@pytest.mark.parametrize("length", [None, 0, 1, 2**31 - 1])
def test_task_is_asked_for_by_its_id(wire: WireVersion, length: int | None) -> None:
    assert wire.decode_get({"id": "t", "historyLength": length}) == GetTask(
        task_id="t", history_length=length
    )


@both_wires
def test_task_is_canceled_by_its_id(wire: WireVersion) -> None:
    assert wire.decode_cancel({"id": "t", "metadata": {"why": 1}}) == CancelTask(task_id="t")


@both_wires
@pytest.mark.parametrize("metadata", [None, {"urn:x": {"mode": "all"}}])
def test_task_is_followed_by_its_id(wire: WireVersion, metadata: Json | None) -> None:
    assert wire.decode_subscribe({"id": "t", "metadata": metadata}) == SubscribeToTask(
        task_id="t", metadata=metadata
    )


@both_wires
@pytest.mark.parametrize("nulls", [False, True])
def test_list_of_everything_needs_no_parameters(wire: WireVersion, nulls: bool) -> None:
    names = (
        "contextId status pageSize pageToken historyLength statusTimestampAfter includeArtifacts"
    )

    assert wire.decode_list(dict.fromkeys(names.split()) if nulls else {}) == ListTasks()


@both
@pytest.mark.parametrize("state", TaskState)
def test_everything_that_can_be_asked_of_a_list_is_read(
    wire: WireVersion, dialect: Dialect, state: TaskState
) -> None:
    params = {
        "contextId": "c-1",
        "status": dialect.state(state.value),
        "pageSize": 7,
        "pageToken": "next",
        "historyLength": 0,
        "statusTimestampAfter": "2025-10-28T10:30:00.123Z",
        "includeArtifacts": True,
    }

    assert wire.decode_list(params) == ListTasks(
        context_id="c-1",
        state=state,
        page_size=7,
        page_token="next",
        history_length=0,
        updated_after_ms=1_761_647_400_123,
        includes_artifacts=True,
    )


@both_wires
@pytest.mark.parametrize("size", [-1, 0, 101])
def test_range_of_the_page_size_is_left_to_the_service(wire: WireVersion, size: int) -> None:
    assert wire.decode_list({"pageSize": size}) == ListTasks(page_size=size)


INVALID_MESSAGES: list[tuple[Json, str, str]] = [
    ({"messageId": ""}, "message.messageId", "must not be empty"),
    ({"messageId": 5}, "message.messageId", "must be a string"),
    ({"messageId": "x" * 257}, "message.messageId", "must be 256 characters at most"),
    ({"contextId": "x" * 257}, "message.contextId", "must be 256 characters at most"),
    ({"taskId": "x" * 257}, "message.taskId", "must be 256 characters at most"),
    ({"messageId": None}, "message.messageId", "must be a string"),
    ({"parts": []}, "message.parts", "must not be empty"),
    ({"parts": None}, "message.parts", "must be a list"),
    ({"parts": {}}, "message.parts", "must be a list"),
    ({"parts": ["text"]}, "message.parts[0]", "must be an object"),
    ({"contextId": 5}, "message.contextId", "must be a string"),
    ({"taskId": ["t"]}, "message.taskId", "must be a string"),
    ({"metadata": []}, "message.metadata", "must be an object"),
    ({"metadata": "text"}, "message.metadata", "must be an object"),
    ({"extensions": "urn:x"}, "message.extensions", "must be a list"),
    ({"extensions": ["urn:x", 5]}, "message.extensions[1]", "must be a string"),
    ({"referenceTaskIds": [None]}, "message.referenceTaskIds[0]", "must be a string"),
]


@both
@pytest.mark.parametrize(("members", "field", "said"), INVALID_MESSAGES)
def test_invalid_message_is_refused_by_its_field(
    wire: WireVersion, dialect: Dialect, members: Json, field: str, said: str
) -> None:
    params = {"message": dialect.message(**members)}

    assert violations(wire.decode_send, params) == ((field, said),)


@both
@pytest.mark.parametrize("role", ["agent", "ROLE_AGENT", "ROLE_UNSPECIFIED", "system", 5, None])
def test_message_is_the_users(wire: WireVersion, dialect: Dialect, role: object) -> None:
    mine = dialect.message()["role"]

    assert violations(wire.decode_send, {"message": dialect.message(role=role)}) == (
        ("message.role", f"must be '{mine}'"),
    )


@both_wires
@pytest.mark.parametrize(
    ("params", "field", "said"),
    [
        ({}, "message", "is missing"),
        ({"message": None}, "message", "must be an object"),
        ({"message": []}, "message", "must be an object"),
    ],
)
def test_message_is_needed_to_send(wire: WireVersion, params: Json, field: str, said: str) -> None:
    assert violations(wire.decode_send, params) == ((field, said),)


@both_wires
@pytest.mark.parametrize("needed", ["messageId", "role", "parts"])
def test_message_without_what_it_needs_is_refused(wire: WireVersion, needed: str) -> None:
    message = (V0_3 if wire.VERSION == "0.3" else V1_0).message()
    del message[needed]

    assert violations(wire.decode_send, {"message": message}) == (
        (f"message.{needed}", "is missing"),
    )


INVALID_CONFIGURATIONS: list[tuple[Any, str, str]] = [
    ([], "configuration", "must be an object"),
    ({"historyLength": -1}, "configuration.historyLength", "must be 0 or more"),
    ({"historyLength": 2**31}, "configuration.historyLength", "must be 2147483647 at most"),
    ({"historyLength": 1.0}, "configuration.historyLength", "must be a whole number"),
    ({"historyLength": "1"}, "configuration.historyLength", "must be a whole number"),
    ({"historyLength": True}, "configuration.historyLength", "must be a whole number"),
    ({"acceptedOutputModes": "a"}, "configuration.acceptedOutputModes", "must be a list"),
    ({"acceptedOutputModes": [5]}, "configuration.acceptedOutputModes[0]", "must be a string"),
]


@both
@pytest.mark.parametrize(("configuration", "field", "said"), INVALID_CONFIGURATIONS)
def test_invalid_configuration_is_refused_by_its_field(
    wire: WireVersion, dialect: Dialect, configuration: object, field: str, said: str
) -> None:
    params = {"message": dialect.message(), "configuration": configuration}

    assert violations(wire.decode_send, params) == ((field, said),)


@both
def test_metadata_of_a_request_is_an_object(wire: WireVersion, dialect: Dialect) -> None:
    params = {"message": dialect.message(), "metadata": []}

    assert violations(wire.decode_send, params) == (("metadata", "must be an object"),)


@both_wires
@pytest.mark.parametrize("decoder", ["decode_get", "decode_cancel", "decode_subscribe"])
@pytest.mark.parametrize(
    ("params", "said"),
    [
        ({}, "is missing"),
        ({"id": None}, "must be a string"),
        ({"id": 5}, "must be a string"),
        ({"id": ""}, "must not be empty"),
        ({"id": "x" * 257}, "must be 256 characters at most"),
    ],
)
def test_request_about_a_task_needs_its_id(
    wire: WireVersion, decoder: str, params: Json, said: str
) -> None:
    assert violations(getattr(wire, decoder), params) == (("id", said),)


@both_wires
@pytest.mark.parametrize("decoder", ["decode_cancel", "decode_subscribe"])
def test_metadata_about_a_task_is_an_object(wire: WireVersion, decoder: str) -> None:
    params = {"id": "t", "metadata": 5}

    assert violations(getattr(wire, decoder), params) == (("metadata", "must be an object"),)


@both_wires
def test_length_of_a_history_is_not_negative(wire: WireVersion) -> None:
    params = {"id": "t", "historyLength": -1}

    assert violations(wire.decode_get, params) == (("historyLength", "must be 0 or more"),)


A_TIME = "must be an ISO 8601 time in UTC, such as 2025-10-28T10:30:00.000Z"
INVALID_LISTS: list[tuple[Json, str, str]] = [
    ({"contextId": 5}, "contextId", "must be a string"),
    ({"contextId": "x" * 257}, "contextId", "must be 256 characters at most"),
    ({"pageSize": "5"}, "pageSize", "must be a whole number"),
    ({"pageSize": 1.0}, "pageSize", "must be a whole number"),
    ({"pageToken": 5}, "pageToken", "must be a string"),
    ({"historyLength": -1}, "historyLength", "must be 0 or more"),
    ({"statusTimestampAfter": "yesterday"}, "statusTimestampAfter", A_TIME),
    ({"statusTimestampAfter": "2025-10-28T10:30:00"}, "statusTimestampAfter", A_TIME),
    ({"statusTimestampAfter": 1_761_647_400}, "statusTimestampAfter", A_TIME),
    ({"includeArtifacts": "yes"}, "includeArtifacts", "must be true or false"),
]


@both_wires
@pytest.mark.parametrize(("params", "field", "said"), INVALID_LISTS)
def test_invalid_list_request_is_refused_by_its_field(
    wire: WireVersion, params: Json, field: str, said: str
) -> None:
    assert violations(wire.decode_list, params) == ((field, said),)


@both
def test_every_wrong_field_is_named_up_to_ten(wire: WireVersion, dialect: Dialect) -> None:
    message = dialect.message(extensions=[*range(20)], messageId="")

    assert violations(wire.decode_send, {"message": message}) == (
        ("message.messageId", "must not be empty"),
        *((f"message.extensions[{number}]", "must be a string") for number in range(9)),
    )


@st.composite
def mutated(draw: st.DrawFn, params: Json) -> Json:
    """The parameters with some of their values replaced, removed or added."""
    value: Any = orjson.loads(orjson.dumps(params))
    for _ in range(draw(st.integers(1, 3))):
        place = value
        while True:
            keys = list(place) if isinstance(place, dict) else list(range(len(place)))
            key = draw(st.sampled_from(keys) | texts) if keys else "new"
            inner = place[key] if key in keys else None
            if isinstance(inner, dict | list) and inner and draw(st.booleans()):
                place = inner
                continue
            break
        if isinstance(place, dict):
            if key in place and draw(st.booleans()):
                del place[key]
            else:
                place[key] = draw(json_values)
        elif isinstance(key, int):
            place[key] = draw(json_values)
        else:
            place.append(draw(json_values))
    return dict(value)


def rich(dialect: Dialect) -> Json:
    """Parameters with every member that any decoder knows."""
    file: Json = {"url": "https://example.com/a", "mediaType": "image/png", "filename": "a"}
    raw: Json = {"raw": "YQ==", "media_type": "image/png"}
    if dialect.is_old:
        file = {"kind": "file", "file": {"uri": file["url"], "mimeType": "image/png"}}
        raw = {"kind": "file", "file": {"bytes": "YQ==", "name": "a"}}
    return {
        "id": "t-1",
        "tenant": "x",
        "message": dialect.message(
            **FULL,
            parts=[dialect.text_part("a"), dialect.data_part({"a": 1}), file, raw],
        ),
        "configuration": {
            "acceptedOutputModes": ["text/plain"],
            "historyLength": 1,
            "pushNotificationConfig": {"url": "https://example.com"},
            "taskPushNotificationConfig": {"url": "https://example.com"},
            **dialect.no_waiting,
        },
        "metadata": {"a": 1},
        "contextId": "c-1",
        "status": dialect.state("working"),
        "pageSize": 5,
        "pageToken": "next",
        "historyLength": 2,
        "statusTimestampAfter": "2025-10-28T10:30:00.000Z",
        "includeArtifacts": False,
    }


DECODERS = [name for name in vars(WireVersion) if name.startswith("decode_")]


@given(
    st.sampled_from(VERSIONS).flatmap(
        lambda both: st.tuples(st.just(both[0]), mutated(rich(both[1])))
    )
)
def test_mutated_parameters_are_read_or_refused_by_their_fields(
    case: tuple[WireVersion, Json],
) -> None:
    wire, params = case
    for name in DECODERS:
        try:
            getattr(wire, name)(params)
        except InvalidParams as refusal:
            assert refusal.violations
            assert all(
                isinstance(said, str) and 0 < len(said) <= 200
                for violation in refusal.violations
                for said in violation
            )

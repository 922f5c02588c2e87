"""The operations with one reply: send, get, cancel, and those that are not offered."""

import re
from typing import Any
from uuid import uuid4

import pytest

from a2a_agent import (
    AgentDescription,
    DataPart,
    FilePart,
    InputRequired,
    Reply,
    RunFinished,
    RunRequest,
    TaskState,
    TextPart,
)
from tests.support.dialects import V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"
TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


async def asks(request: RunRequest) -> Any:
    yield InputRequired(prompt="Which?", request_id="r1")


def a2a_error(dialect: Dialect, code: int, message: str, reason: str) -> Json:
    data = dialect.error_data(reason)
    return {"code": code, "message": message, **({"data": data} if data else {})}


def invalid(dialect: Dialect, field: str, said: str) -> Json:
    return {
        "code": -32602,
        "message": f"{field}: {said}",
        "data": dialect.violations((field, said)),
    }


# Send.


def test_send_returns_the_whole_task(endpoint: Endpoint, dialect: Dialect) -> None:
    message = dialect.message("Hello", metadata={"a": [1]})

    result = endpoint.send(dialect, message)

    task = dialect.task(result)
    ids = {"taskId": task["id"], "contextId": task["contextId"]}
    expected = {
        "id": task["id"],
        "contextId": task["contextId"],
        "status": {
            "state": dialect.state("completed"),
            "timestamp": task["status"]["timestamp"],
        },
        "artifacts": [
            {
                "artifactId": "response",
                "name": "response",
                "parts": [dialect.text_part("Hello")],
            }
        ],
        "history": [{**message, **ids}],
    }
    assert result == ({"kind": "task", **expected} if dialect.is_old else {"task": expected})
    assert TIMESTAMP.fullmatch(task["status"]["timestamp"])


def test_send_returns_the_message_of_an_agent_that_answers_by_one(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    async def act(_: RunRequest) -> Any:
        yield Reply(parts=(TextPart("Hi"),), metadata={"mood": "good"})

    result = endpoint.send(dialect, endpoint.stage.plays(act))

    reply = dialect.reply(result)
    expected = {
        "messageId": reply["messageId"],
        "role": "agent" if dialect.is_old else "ROLE_AGENT",
        "parts": [dialect.text_part("Hi")],
        "contextId": reply["contextId"],
        "metadata": {"mood": "good"},
    }
    assert result == ({"kind": "message", **expected} if dialect.is_old else {"message": expected})


def test_send_returns_when_the_agent_asks(endpoint: Endpoint, dialect: Dialect) -> None:
    task = endpoint.task(dialect, endpoint.stage.plays(asks))

    ids = {"taskId": task["id"], "contextId": task["contextId"]}
    question = {"requestId": "r1", "kind": "text"}
    assert {**task["status"], "timestamp": ""} == {
        "state": dialect.state("input-required"),
        "timestamp": "",
        "message": {
            **({"kind": "message"} if dialect.is_old else {}),
            **ids,
            "messageId": task["status"]["message"]["messageId"],
            "role": "agent" if dialect.is_old else "ROLE_AGENT",
            "parts": [dialect.text_part("Which?"), dialect.data_part(question)],
        },
    }


@pytest.mark.parametrize(
    ("state", "message"),
    [(TaskState.REJECTED, "No."), (TaskState.FAILED, "It broke."), (TaskState.CANCELED, None)],
)
def test_send_returns_the_task_however_it_ends(
    endpoint: Endpoint, dialect: Dialect, state: TaskState, message: str | None
) -> None:
    async def act(_: RunRequest) -> Any:
        yield RunFinished(state=state, message=message)

    status = endpoint.task(dialect, endpoint.stage.plays(act))["status"]

    assert status["state"] == dialect.state(state.value)
    assert [part for part in status.get("message", {"parts": []})["parts"]] == (
        [dialect.text_part(message)] if message else []
    )


def test_send_returns_at_once_when_told_so(endpoint: Endpoint, dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        await gate.passed()
        yield "done"

    message = dialect.message(endpoint.stage.plays(act))
    task = endpoint.started(dialect, message)
    gate.open()

    assert task["status"]["state"] == dialect.state("submitted")
    rested = endpoint.task(dialect, message)
    assert (rested["id"], rested["status"]["state"]) == (task["id"], dialect.state("completed"))


def test_reply_to_a_client_that_does_not_wait_becomes_the_answer_of_its_task(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        await gate.passed()
        yield Reply.of_text("Hi")

    message = dialect.message(endpoint.stage.plays(act))
    task = endpoint.started(dialect, message)
    gate.open()

    rested = endpoint.task(dialect, message)
    assert rested["id"] == task["id"]
    assert rested["artifacts"][0]["parts"] == [dialect.text_part("Hi")]


def test_send_waits_when_told_so(endpoint: Endpoint, dialect: Dialect) -> None:
    configuration = {"blocking": True} if dialect.is_old else {"returnImmediately": False}

    task = endpoint.task(dialect, "Hello", configuration=configuration)

    assert task["status"]["state"] == dialect.state("completed")


def test_optional_members_may_be_null(endpoint: Endpoint, dialect: Dialect) -> None:
    names = ["taskId", "contextId", "metadata", "extensions", "referenceTaskIds"]
    message = {**dialect.message(), **dict.fromkeys(names)}
    message["parts"][0]["metadata"] = None
    names = ["acceptedOutputModes", "historyLength", *dialect.no_waiting]
    more: Json = {"configuration": dict.fromkeys(names), "metadata": None}

    tasks = [
        endpoint.task(dialect, message, **more),
        endpoint.task(dialect, dialect.message(), configuration=None),
    ]

    assert [task["status"]["state"] for task in tasks] == [dialect.state("completed")] * 2


def test_1_0_takes_the_names_of_its_proto(endpoint: Endpoint) -> None:
    file = {"raw": "aGk", "media_type": "application/json", "filename": "f"}
    message = {
        "message_id": str(uuid4()),
        "context_id": str(uuid4()),
        "role": "ROLE_USER",
        "parts": [{"text": "Hello", "media_type": "text/plain"}, file],
        "reference_task_ids": ["t"],
    }
    configuration = {"accepted_output_modes": ["text/plain"], "history_length": 1}

    task = endpoint.task(V1_0, message, configuration=configuration)
    got = endpoint.get(V1_0, task["id"], history_length=0)
    listed = endpoint.result(
        V1_0, V1_0.list, {"context_id": message["context_id"], "include_artifacts": True}
    )

    assert task["history"] == [
        {
            "messageId": message["message_id"],
            "role": "ROLE_USER",
            "parts": [
                {"text": "Hello", "mediaType": "text/plain"},
                {"raw": "aGk=", "mediaType": "application/json", "filename": "f"},
            ],
            "taskId": task["id"],
            "contextId": message["context_id"],
            "referenceTaskIds": ["t"],
        }
    ]
    assert "history" not in got
    assert listed["tasks"] == [task]


def test_parts_of_all_kinds_go_both_ways(dialect: Dialect) -> None:
    async def agent(request: RunRequest) -> Any:
        yield Reply(parts=(*request.message.parts, *sent))

    sent = (
        FilePart(raw=b"\0\xff", media_type="image/png", filename="i.png", metadata={"a": 1}),
        FilePart(url="https://example.org/x"),
        DataPart({"n": None}),
    )
    if dialect.is_old:
        parts: list[Json] = [
            {
                "kind": "file",
                "file": {"bytes": "AP8=", "mimeType": "image/png", "name": "i.png"},
                "metadata": {"a": 1},
            },
            {"kind": "file", "file": {"uri": "https://example.org/x"}},
            {"kind": "data", "data": {"n": None}},
        ]
    else:
        parts = [
            {
                "raw": "AP8=",
                "mediaType": "image/png",
                "filename": "i.png",
                "metadata": {"a": 1},
            },
            {"url": "https://example.org/x"},
            {"data": {"n": None}},
        ]
    description = AgentDescription(name="a", description="b", input_modes=("*/*",))
    with serving_agent(agent, description=description) as endpoint:
        reply = endpoint.send(dialect, dialect.message(parts=parts))

    assert dialect.reply(reply)["parts"] == [*parts, *parts]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"messageId": None}, "message.messageId"),
        ({"messageId": ""}, "message.messageId"),
        ({"messageId": 5}, "message.messageId"),
        ({"role": "nobody"}, "message.role"),
        ({"role": 1}, "message.role"),
        ({"parts": None}, "message.parts"),
        ({"parts": []}, "message.parts"),
        ({"parts": {}}, "message.parts"),
        ({"parts": [5]}, "message.parts[0]"),
        ({"parts": [{}]}, "message.parts[0]"),
        ({"metadata": []}, "message.metadata"),
        ({"extensions": "x"}, "message.extensions"),
        ({"extensions": ["x", 5]}, "message.extensions[1]"),
        ({"referenceTaskIds": {}}, "message.referenceTaskIds"),
        ({"taskId": 5}, "message.taskId"),
        ({"contextId": []}, "message.contextId"),
    ],
    ids=repr,
)
def test_message_that_is_wrong_is_refused_by_the_name_of_its_field(
    endpoint: Endpoint, dialect: Dialect, wrong: Json, field: str
) -> None:
    params = {"message": {**dialect.message(), **wrong}}

    for method in (dialect.send, dialect.stream):
        error = endpoint.error(dialect, method, params)

        (violation,) = violations(dialect, error)
        assert (error["code"], violation["field"]) == (-32602, field)
        assert error["message"] == f"{field}: {violation['description']}"


OLD_PARTS = [
    ({}, ""),
    ({"kind": "video"}, ""),
    ({"kind": "text"}, ".text"),
    ({"kind": "text", "text": 5}, ".text"),
    ({"kind": "text", "text": "x", "metadata": "m"}, ".metadata"),
    ({"kind": "data"}, ".data"),
    ({"kind": "data", "data": [1]}, ".data"),
    ({"kind": "file"}, ".file"),
    ({"kind": "file", "file": "x"}, ".file"),
    ({"kind": "file", "file": {}}, ".file"),
    ({"kind": "file", "file": {"uri": "x", "bytes": "eA=="}}, ".file"),
    ({"kind": "file", "file": {"uri": ""}}, ".file.uri"),
    ({"kind": "file", "file": {"bytes": "§"}}, ".file.bytes"),
    ({"kind": "file", "file": {"bytes": "A"}}, ".file.bytes"),
    ({"kind": "file", "file": {"bytes": 5}}, ".file.bytes"),
    ({"kind": "file", "file": {"uri": "x", "mimeType": 5}}, ".file.mimeType"),
]
NEW_PARTS = [
    ({}, ""),
    ({"text": "x", "url": "y"}, ""),
    ({"text": "x", "data": 1}, ""),
    ({"text": 5}, ".text"),
    ({"url": 5}, ".url"),
    ({"url": ""}, ".url"),
    ({"raw": "§"}, ".raw"),
    ({"raw": "A"}, ".raw"),
    ({"raw": 5}, ".raw"),
    ({"text": "x", "mediaType": 5}, ".mediaType"),
    ({"text": "x", "filename": 5}, ".filename"),
    ({"text": "x", "metadata": "m"}, ".metadata"),
    ({"data": 1, "metadata": "m"}, ".metadata"),
]


@pytest.mark.parametrize(
    ("dialect", "part", "field"),
    [
        *((V0_3, part, field) for part, field in OLD_PARTS),
        *((V1_0, part, field) for part, field in NEW_PARTS),
    ],
    ids=str,
)
def test_part_that_is_wrong_is_refused_by_the_name_of_its_field(
    endpoint: Endpoint, dialect: Dialect, part: Json, field: str
) -> None:
    params = {"message": dialect.message(parts=[dialect.text_part("x"), part])}

    error = endpoint.error(dialect, dialect.send, params)

    (violation,) = violations(dialect, error)
    assert (error["code"], violation["field"]) == (-32602, f"message.parts[1]{field}")


def violations(dialect: Dialect, error: Json) -> list[Json]:
    data = error["data"] if dialect.is_old else error["data"][0]
    found: list[Json] = data["fieldViolations"]
    return found


@pytest.mark.parametrize(
    ("params", "field"),
    [
        ({}, "message"),
        ({"message": None}, "message"),
        ({"message": "Hello"}, "message"),
        ({"configuration": []}, "configuration"),
        ({"configuration": {"historyLength": -1}}, "configuration.historyLength"),
        ({"configuration": {"historyLength": "1"}}, "configuration.historyLength"),
        ({"configuration": {"historyLength": 2**31}}, "configuration.historyLength"),
        ({"configuration": {"acceptedOutputModes": "x"}}, "configuration.acceptedOutputModes"),
        ({"metadata": "x"}, "metadata"),
    ],
    ids=repr,
)
def test_params_that_are_wrong_are_refused_by_the_name_of_their_field(
    endpoint: Endpoint, dialect: Dialect, params: Json, field: str
) -> None:
    given = params if "message" in params or not params else {"message": dialect.message()}

    error = endpoint.error(dialect, dialect.send, {**given, **params})

    assert (error["code"], violations(dialect, error)[0]["field"]) == (-32602, field)


def test_every_wrong_field_is_named_up_to_ten(endpoint: Endpoint, dialect: Dialect) -> None:
    message = dialect.message(messageId=1, parts=[5] * 20)

    error = endpoint.error(dialect, dialect.send, {"message": message})

    fields = [violation["field"] for violation in violations(dialect, error)]
    assert fields == ["message.messageId", *(f"message.parts[{n}]" for n in range(9))]


def test_message_with_most_parts_is_taken_and_one_with_more_refused(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    parts = [dialect.text_part("x")] * 100

    taken = endpoint.task(dialect, dialect.message(parts=parts))
    params = {"message": dialect.message(parts=[*parts, *parts[:1]])}

    assert taken["status"]["state"] == dialect.state("completed")
    assert endpoint.error(dialect, dialect.send, params) == invalid(
        dialect, "message.parts", "must be 100 at most"
    )


def test_part_that_the_agent_does_not_take_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    part: Json = {"url": "https://example.org", "mediaType": "image/png"}
    if dialect.is_old:
        part = {"kind": "file", "file": {"uri": "https://example.org", "mimeType": "image/png"}}
    params = {"message": dialect.message(parts=[dialect.text_part("x"), part])}

    assert endpoint.error(dialect, dialect.send, params) == a2a_error(
        dialect,
        -32005,
        "message.parts[1] is image/png; this agent takes text/plain, application/json",
        "CONTENT_TYPE_NOT_SUPPORTED",
    )


@pytest.mark.parametrize(
    ("modes", "is_met"),
    [
        ([], True),
        (["text/plain"], True),
        (["image/png", "TEXT/*"], True),
        (["*/*"], True),
        (["image/png"], False),
        (["text/html"], False),
    ],
)
def test_output_that_the_agent_cannot_give_is_refused(
    endpoint: Endpoint, dialect: Dialect, modes: list[str], is_met: bool
) -> None:
    params = {"message": dialect.message(), "configuration": {"acceptedOutputModes": modes}}

    reply = endpoint.call(dialect, dialect.send, params)

    if is_met:
        assert dialect.gist(reply["result"]) == ("task", "completed")
    else:
        assert reply["error"] == a2a_error(
            dialect,
            -32005,
            "acceptedOutputModes has none of what this agent gives: text/plain",
            "CONTENT_TYPE_NOT_SUPPORTED",
        )


def test_webhook_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    webhook = {"url": "https://example.org/hook"}
    name = "pushNotificationConfig" if dialect.is_old else "taskPushNotificationConfig"
    params = {"message": dialect.message(), "configuration": {name: webhook}}

    for method in (dialect.send, dialect.stream):
        assert endpoint.error(dialect, method, params) == a2a_error(
            dialect,
            -32003,
            "this agent sends no push notifications",
            "PUSH_NOTIFICATION_NOT_SUPPORTED",
        )


def test_methods_for_webhooks_are_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    for method in dialect.push_methods:
        for params in (None, {"id": UNKNOWN}, {"taskId": UNKNOWN, "id": "1"}):
            assert endpoint.error(dialect, method, params) == a2a_error(
                dialect,
                -32003,
                "this agent sends no push notifications",
                "PUSH_NOTIFICATION_NOT_SUPPORTED",
            )


def test_extended_card_is_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    assert endpoint.error(dialect, dialect.extended_card) == a2a_error(
        dialect, -32004, "this agent has no extended card", "UNSUPPORTED_OPERATION"
    )

"""The JSON-RPC envelope: ids, parameters, notifications, batches, and what is no request."""

import logging
from typing import Any
from uuid import uuid4

import pytest

from tests.support.dialects import DIALECTS, V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def request(method: str, params: Any = None, **more: Any) -> Json:
    return {"jsonrpc": "2.0", "method": method, "params": params, **more}


def refused(code: int, message: str, id: Any = None) -> Json:
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}


def not_found(dialect: Dialect, id: Any) -> Json:
    error: Json = {"code": -32001, "message": f"there is no task {UNKNOWN}"}
    if data := dialect.error_data("TASK_NOT_FOUND"):
        error["data"] = data
    return {"jsonrpc": "2.0", "id": id, "error": error}


def test_error_that_is_answered_is_one_line_in_the_servers_log(
    endpoint: Endpoint, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="a2a_agent")

    endpoint.error(dialect, dialect.get, {"id": UNKNOWN})

    said = f"answered with an error: -32001 'there is no task {UNKNOWN}'"
    assert [line for line in caplog.messages if "error" in line] == [said]


IDS = [1, 0, -7, 1.5, 2**64 - 1, -(2**63), "1", "", "ü-☃", None]


@pytest.mark.parametrize("id", IDS, ids=repr)
def test_id_comes_back_as_it_was(endpoint: Endpoint, dialect: Dialect, id: Any) -> None:
    reply = endpoint.call(dialect, dialect.list, {"contextId": "nobody's"}, id=id)

    assert reply == {
        "jsonrpc": "2.0",
        "id": id,
        "result": {"tasks": [], "nextPageToken": "", "pageSize": 50, "totalSize": 0},
    }
    assert type(reply["id"]) is type(id)


@pytest.mark.parametrize("id", IDS, ids=repr)
def test_id_comes_back_with_an_error(endpoint: Endpoint, dialect: Dialect, id: Any) -> None:
    reply = endpoint.call(dialect, dialect.get, {"id": UNKNOWN}, id=id)

    assert reply == not_found(dialect, id)
    assert type(reply["id"]) is type(id)


@pytest.mark.parametrize("id", IDS, ids=repr)
def test_id_comes_back_with_every_event(endpoint: Endpoint, dialect: Dialect, id: Any) -> None:
    params = {"message": dialect.message()}

    replies = [frame.reply for frame in endpoint.frames(dialect, dialect.stream, params, id=id)]

    assert len(replies) > 2
    assert [(reply["id"], type(reply["id"])) for reply in replies] == [(id, type(id))] * len(
        replies
    )


@pytest.mark.parametrize("id", [True, [], {}, [1], {"a": 1}], ids=repr)
def test_id_of_another_type_is_refused(endpoint: Endpoint, dialect: Dialect, id: Any) -> None:
    reply = endpoint.call(dialect, dialect.list, id=id)

    assert reply == refused(
        -32600, "id must be a string of 256 characters at most, a number or null"
    )


@pytest.mark.parametrize("params", ["absent", None, {}], ids=repr)
def test_absent_or_null_params_are_none(endpoint: Endpoint, dialect: Dialect, params: Any) -> None:
    body = {**request(dialect.list, params), "id": 1}
    if params == "absent":
        del body["params"]

    assert endpoint.post(body, dialect).json()["result"]["pageSize"] == 50


def test_positional_params_are_refused(endpoint: Endpoint, dialect: Dialect) -> None:
    for method in dialect.methods:
        assert endpoint.error(dialect, method, [UNKNOWN]) == {
            "code": -32602,
            "message": "params: must be an object",
            "data": dialect.violations(("params", "must be an object")),
        }


@pytest.mark.parametrize("params", ["text", 5, True], ids=repr)
def test_params_of_another_type_are_no_request(
    endpoint: Endpoint, dialect: Dialect, params: Any
) -> None:
    reply = endpoint.call(dialect, dialect.list, params)

    assert reply == refused(-32600, "params must be an object", 1)


@pytest.mark.parametrize("name", ["context", "call", "self", "method", "params", "positional"])
def test_unknown_members_of_params_are_ignored(
    endpoint: Endpoint, dialect: Dialect, name: str
) -> None:
    reply = endpoint.call(dialect, dialect.get, {"id": UNKNOWN, name: {"x": 1}})

    assert reply == not_found(dialect, 1)


def test_unknown_members_anywhere_are_ignored(endpoint: Endpoint, dialect: Dialect) -> None:
    part = {**dialect.text_part("Hello"), "unknown": 1}
    message = {**dialect.message(), "parts": [part], "unknown": [1]}
    params: Json = {"message": message, "configuration": {"unknown": {}}, "unknown": None}
    body = {**request(dialect.send, params), "id": 1, "unknown": "member"}

    result = endpoint.post(body, dialect).json()["result"]

    assert dialect.gist(result) == ("task", "completed")


@pytest.mark.parametrize(
    ("body", "said"),
    [
        (5, "the body must be a request object, or a batch of some"),
        ("text", "the body must be a request object, or a batch of some"),
        (None, "the body must be a request object, or a batch of some"),
        ([], "the body must be a request object, or a batch of some"),
        ({}, 'jsonrpc must be "2.0"'),
        ({"method": "tasks/get"}, 'jsonrpc must be "2.0"'),
        ({"jsonrpc": "1.0", "method": "tasks/get"}, 'jsonrpc must be "2.0"'),
        ({"jsonrpc": 2.0, "method": "tasks/get"}, 'jsonrpc must be "2.0"'),
        ({"jsonrpc": "2.0"}, "method must be a string"),
        ({"jsonrpc": "2.0", "method": None}, "method must be a string"),
        ({"jsonrpc": "2.0", "method": 5}, "method must be a string"),
        ({"jsonrpc": "2.0", "result": {}}, "method must be a string"),
    ],
    ids=repr,
)
def test_body_that_is_no_request_is_refused(
    endpoint: Endpoint, dialect: Dialect, body: Any, said: str
) -> None:
    response = endpoint.post(body, dialect)

    assert (response.status_code, response.json()) == (200, refused(-32600, said))


@pytest.mark.parametrize("id", [7, "seven"])
def test_readable_id_of_what_is_no_request_comes_back(
    endpoint: Endpoint, dialect: Dialect, id: Any
) -> None:
    body = {"jsonrpc": "1.0", "id": id, "method": dialect.list}

    assert endpoint.post(body, dialect).json() == refused(-32600, 'jsonrpc must be "2.0"', id)


@pytest.mark.parametrize("method", ["", "tasks", "Tasks/Get", "getTask", "rpc.discover", "ü"])
def test_unknown_method_is_refused(endpoint: Endpoint, dialect: Dialect, method: str) -> None:
    reply = endpoint.call(dialect, method, {"id": UNKNOWN})

    assert reply == refused(-32601, f"A2A {dialect.version} has no such method", 1)


@pytest.mark.parametrize(
    ("spoken", "method", "owner"),
    [
        *((V0_3, method, V1_0) for method in V1_0.methods),
        *((V1_0, method, V0_3) for method in V0_3.methods),
    ],
    ids=str,
)
def test_method_of_the_other_version_is_refused_with_a_hint(
    endpoint: Endpoint, spoken: Dialect, method: str, owner: Dialect
) -> None:
    reply = endpoint.call(spoken, method, {"id": UNKNOWN})

    version = owner.version
    said = f"{method} is a method of A2A {version}; send the header A2A-Version: {version}"
    assert reply == refused(-32601, said, 1)


@pytest.mark.parametrize("path", ["/", ""])
def test_request_is_taken_with_and_without_a_trailing_slash(
    endpoint: Endpoint, dialect: Dialect, path: str
) -> None:
    body = {**request(dialect.list, {"contextId": "nobody's"}), "id": 1}

    response = endpoint.post(body, dialect, path=endpoint.base + path)

    assert (response.status_code, response.history) == (200, [])


# Notifications.


def tasks_of(endpoint: Endpoint, dialect: Dialect, context_id: str) -> list[Json]:
    params = {"contextId": context_id}
    tasks: list[Json] = endpoint.result(dialect, dialect.list, params)["tasks"]
    return tasks


@pytest.mark.parametrize("name", ["send", "stream"])
def test_notification_is_carried_out_without_a_reply(
    endpoint: Endpoint, dialect: Dialect, name: str
) -> None:
    told = Gate()

    async def act(_: object) -> Any:
        told.open()
        yield "done"

    context_id = str(uuid4())
    message = dialect.message(endpoint.stage.plays(act), contextId=context_id)

    response = endpoint.post(request(getattr(dialect, name), {"message": message}), dialect)

    assert (response.status_code, response.content) == (204, b"")
    assert "content-type" not in response.headers
    told.wait()
    (task,) = tasks_of(endpoint, dialect, context_id)
    # Waits for the run: a repeat of the message is answered with the task when it rests.
    repeated = endpoint.task(dialect, message)
    assert repeated["id"] == task["id"]
    assert repeated["status"]["state"] == dialect.state("completed")


def test_notification_to_cancel_cancels(endpoint: Endpoint, dialect: Dialect) -> None:
    async def act(_: object) -> Any:
        yield "working"
        await Gate().passed()

    task = endpoint.started(dialect, endpoint.stage.plays(act))

    response = endpoint.post(request(dialect.cancel, {"id": task["id"]}), dialect)

    assert (response.status_code, response.content) == (204, b"")
    status = endpoint.get(dialect, task["id"])["status"]
    assert status["state"] == dialect.state("canceled")


@pytest.mark.parametrize("dialect", DIALECTS, ids=str)
@pytest.mark.parametrize(
    ("method", "params"),
    [
        ("nonsense", {}),
        ("get", {"id": UNKNOWN}),
        ("get", {}),
        ("get", ["positional"]),
        ("send", {"message": {}}),
        ("stream", {"message": {}}),
        ("subscribe", {"id": UNKNOWN}),
        ("extended_card", {}),
    ],
)
def test_notification_that_fails_gets_no_reply(
    endpoint: Endpoint, dialect: Dialect, method: str, params: Any
) -> None:
    response = endpoint.post(request(getattr(dialect, method, method), params), dialect)

    assert (response.status_code, response.content) == (204, b"")


def test_notification_in_a_version_that_is_not_served_gets_no_reply(endpoint: Endpoint) -> None:
    response = endpoint.post(request("GetTask"), headers={"A2A-Version": "7.0"})

    assert (response.status_code, response.content) == (204, b"")

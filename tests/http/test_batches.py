"""JSON-RPC batches: every member is answered by itself, streams cannot be part of one."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any
from uuid import uuid4

from tests.support.dialects import Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate

UNKNOWN = "00000000-0000-4000-8000-000000000000"


def request(method: str, params: Any = None, **more: Any) -> Json:
    return {"jsonrpc": "2.0", "method": method, "params": params, **more}


def refused(code: int, message: str, id: Any = None) -> Json:
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}


def listed(id: Any) -> Json:
    result = {"tasks": [], "nextPageToken": "", "pageSize": 50, "totalSize": 0}
    return {"jsonrpc": "2.0", "id": id, "result": result}


NOBODY = {"contextId": "nobody's"}


def test_members_are_answered_in_their_order(endpoint: Endpoint, dialect: Dialect) -> None:
    batch = [request(dialect.list, NOBODY, id=id) for id in (3, "one", None, 2)]

    response = endpoint.post(batch, dialect)

    assert (response.status_code, response.headers["content-type"]) == (200, "application/json")
    assert response.json() == [listed(3), listed("one"), listed(None), listed(2)]


def test_batch_of_one_is_answered_by_a_batch(endpoint: Endpoint, dialect: Dialect) -> None:
    response = endpoint.post([request(dialect.list, NOBODY, id=1)], dialect)

    assert response.json() == [listed(1)]


def test_bad_members_keep_no_other_from_its_answer(endpoint: Endpoint, dialect: Dialect) -> None:
    batch = [
        1,
        [],
        None,
        {"id": 1},
        {"jsonrpc": "2.0", "id": "two"},
        request("nonsense", id=3),
        request(dialect.list, "text", id=4),
        request(dialect.list, {"pageSize": 0}, id=5),
        request(dialect.list, NOBODY),
        request(dialect.list, NOBODY, id={}),
        request(dialect.list, NOBODY, id=6),
    ]
    too_small = ("pageSize", "must be 1 to 100")

    assert endpoint.post(batch, dialect).json() == [
        refused(-32600, "a request must be an object"),
        refused(-32600, "a request must be an object"),
        refused(-32600, "a request must be an object"),
        refused(-32600, 'jsonrpc must be "2.0"', 1),
        refused(-32600, "method must be a string", "two"),
        refused(-32601, f"A2A {dialect.version} has no such method", 3),
        refused(-32600, "params must be an object", 4),
        {
            "jsonrpc": "2.0",
            "id": 5,
            "error": {
                "code": -32602,
                "message": "pageSize: must be 1 to 100",
                "data": dialect.violations(too_small),
            },
        },
        refused(-32600, "id must be a string of 256 characters at most, a number or null"),
        listed(6),
    ]


def test_streaming_member_is_refused_and_the_others_are_answered(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    message = dialect.message(contextId=str(uuid4()))
    batch = [
        request(dialect.stream, {"message": message}, id=1),
        request(dialect.list, {"contextId": message["contextId"]}, id=2),
        request(dialect.subscribe, {"id": UNKNOWN}, id=3),
    ]
    said = "a streaming method cannot be part of a batch"

    response = endpoint.post(batch, dialect)

    assert response.headers["content-type"] == "application/json"
    assert response.json() == [refused(-32600, said, 1), listed(2), refused(-32600, said, 3)]


def test_members_are_carried_out_at_the_same_time(endpoint: Endpoint, dialect: Dialect) -> None:
    first, second = Gate(), Gate()

    async def opens_second(_: object) -> Any:
        await first.passed()
        second.open()
        yield "one"

    async def opens_first(_: object) -> Any:
        first.open()
        await second.passed()
        yield "two"

    acts = (endpoint.stage.plays(opens_second), endpoint.stage.plays(opens_first))
    batch = [request(dialect.send, {"message": dialect.message(text)}, id=text) for text in acts]

    replies = endpoint.post(batch, dialect).json()

    assert [dialect.gist(reply["result"]) for reply in replies] == [("task", "completed")] * 2


def test_batch_of_notifications_gets_no_reply(endpoint: Endpoint, dialect: Dialect) -> None:
    context_id = str(uuid4())
    messages = [dialect.message(contextId=context_id) for _ in range(3)]
    batch = [
        *(request(dialect.send, {"message": message}) for message in messages),
        request("nonsense"),
        request(dialect.stream, {"message": messages[0]}),
    ]

    response = endpoint.post(batch, dialect)

    assert (response.status_code, response.content) == (204, b"")
    listed = endpoint.result(dialect, dialect.list, {"contextId": context_id})
    assert listed["totalSize"] == 3


def test_longest_batch_is_answered_and_a_longer_one_refused(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    batch = [request(dialect.list, NOBODY, id=id) for id in range(50)]

    assert endpoint.post(batch, dialect).json() == [listed(id) for id in range(50)]
    assert endpoint.post([*batch, batch[0]], dialect).json() == refused(
        -32600, "a batch must have 50 requests at most"
    )


def test_member_over_a_limit_is_refused_and_the_others_are_answered(dialect: Dialect) -> None:
    with serving_agent(max_concurrent_runs=1) as endpoint:
        gate = Gate()

        async def act(_: object) -> Any:
            await gate.passed()
            yield "done"

        running = endpoint.started(dialect, endpoint.stage.plays(act))
        batch = [
            request(dialect.send, {"message": dialect.message()}, id=1),
            request(dialect.list, NOBODY, id=2),
        ]

        response = endpoint.post(batch, dialect)

        assert response.status_code == 200
        assert response.json() == [
            refused(-32000, "1 tasks are being worked on already", 1),
            listed(2),
        ]
        gate.open()
        assert endpoint.get(dialect, running["id"])["id"] == running["id"]


# Limits on what the replies hold.


def no_room(most: int, id: Any) -> Json:
    said = f"the replies of the batch exceed {most} bytes; send this request by itself"
    return refused(-32000, said, id)


def test_replies_beyond_the_limit_are_left_out(dialect: Dialect) -> None:
    with serving_agent() as endpoint:
        task = endpoint.task(dialect, "Hello " * 100)
        alone = endpoint.post(request(dialect.get, {"id": task["id"]}, id=1), dialect)
    most = 2 * len(alone.content)

    with serving_agent(max_batch_reply_bytes=most) as endpoint:
        task = endpoint.task(dialect, "Hello " * 100)
        batch = [request(dialect.get, {"id": task["id"]}, id=id) for id in range(4)]
        taken, two_left_out = (endpoint.post(batch[:n], dialect).json() for n in (2, 4))

    assert [reply["result"]["id"] for reply in taken] == [task["id"]] * 2
    assert two_left_out == [*taken, no_room(most, 2), no_room(most, 3)]


def test_request_whose_reply_has_no_room_can_be_sent_by_itself(dialect: Dialect) -> None:
    message = dialect.message()

    with serving_agent(max_batch_reply_bytes=100) as endpoint:
        batch = [request(dialect.send, {"message": message}, id=1)]
        replies = endpoint.post(batch, dialect).json()
        (task,) = endpoint.result(dialect, dialect.list)["tasks"]
        repeated = endpoint.task(dialect, message)

    assert replies == [no_room(100, 1)]
    assert repeated["id"] == task["id"]


def test_only_notifications_are_carried_out_when_there_is_no_room(dialect: Dialect) -> None:
    notified = dialect.message(contextId=str(uuid4()))
    batch = [
        *(request(dialect.list, NOBODY, id=id) for id in range(8)),
        request(dialect.send, {"message": dialect.message()}, id=8),
        request(dialect.send, {"message": notified}),
        1,
    ]

    with serving_agent(max_batch_reply_bytes=10) as endpoint:
        replies = endpoint.post(batch, dialect).json()
        (task,) = endpoint.result(dialect, dialect.list)["tasks"]

    assert replies == [no_room(10, id) for id in (*range(9), None)]
    assert task["contextId"] == notified["contextId"]


def test_eight_members_are_carried_out_at_the_same_time(dialect: Dialect) -> None:
    started, gate, context_id = [Gate() for _ in range(9)], Gate(), str(uuid4())

    def act(number: int) -> Any:
        async def plays(_: object) -> Any:
            started[number].open()
            await gate.passed()
            yield "done"

        return plays

    with serving_agent() as endpoint, ThreadPoolExecutor(1) as client:
        texts = [endpoint.stage.plays(act(number)) for number in range(9)]
        messages = [dialect.message(text, contextId=context_id) for text in texts]
        batch = [request(dialect.send, {"message": message}, id=1) for message in messages]
        posted = client.submit(endpoint.post, batch, dialect)
        for number in range(8):
            started[number].wait()
        tasks = endpoint.result(dialect, dialect.list, {"contextId": context_id})["tasks"]
        gate.open()
        replies = posted.result().json()

    assert len(tasks) == 8
    assert [dialect.gist(reply["result"]) for reply in replies] == [("task", "completed")] * 9

"""Limits on what runs at the same time: 429 with Retry-After, until there is room again."""

from typing import Any

import httpx
import pytest

from a2a_agent import InputRequired, RunRequest
from tests.support.dialects import Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate


def post(endpoint: Endpoint, dialect: Dialect, method: str, params: Json) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": "x", "method": method, "params": params}
    return endpoint.post(body, dialect)


def is_refused(response: httpx.Response, said: str) -> bool:
    assert (
        response.status_code,
        response.headers["retry-after"],
        response.headers["content-type"],
        response.json(),
    ) == (
        429,
        "1",
        "application/json",
        {"jsonrpc": "2.0", "id": "x", "error": {"code": -32000, "message": said}},
    )
    return True


async def asks(_: RunRequest) -> Any:
    yield InputRequired(prompt="Which?")


def test_run_above_the_limit_is_refused_until_another_ends(dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "working"
        await gate.passed()

    with serving_agent(max_concurrent_runs=1) as endpoint:
        asked = endpoint.task(dialect, endpoint.stage.plays(asks))
        message = dialect.message(endpoint.stage.plays(act))
        running = endpoint.started(dialect, message)
        for params in (
            {"message": dialect.message()},
            {"message": dialect.message(taskId=asked["id"])},
        ):
            for method in (dialect.send, dialect.stream):
                response = post(endpoint, dialect, method, params)
                assert is_refused(response, "1 tasks are being worked on already")
        assert endpoint.started(dialect, message)["id"] == running["id"]
        gate.open()
        assert endpoint.task(dialect, message)["id"] == running["id"]

        answered = endpoint.task(dialect, dialect.message(taskId=asked["id"]))

    assert answered["status"]["state"] == dialect.state("completed")


def test_stream_above_the_limit_is_refused_until_another_closes(dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "working"
        await gate.passed()

    with serving_agent(max_streams_per_caller=1) as endpoint:
        with endpoint.sending(dialect, endpoint.stage.plays(act)) as frames:
            first = next(frames)
            task_id = dialect.task(first.result)["id"]
            for method, params in (
                (dialect.stream, {"message": dialect.message()}),
                (dialect.subscribe, {"id": task_id}),
            ):
                response = post(endpoint, dialect, method, params)
                assert is_refused(response, "1 streams of this caller are open already")
            assert endpoint.result(dialect, dialect.list)["totalSize"] == 1
            gate.open()
            assert dialect.gist([*frames][-1].result) == ("status", "completed", "")

        assert endpoint.gists(dialect)[-1] == ("status", "completed", "")


@pytest.mark.parametrize("reads", [0, 1])
def test_stream_that_its_client_left_makes_room(dialect: Dialect, reads: int) -> None:
    gate, ended = Gate(), Gate()

    async def act(_: RunRequest) -> Any:
        yield "working"
        await gate.passed()
        ended.open()

    with serving_agent(max_streams_per_caller=1) as endpoint:
        with endpoint.sending(dialect, endpoint.stage.plays(act)) as frames:
            for _ in range(reads):
                next(frames)
        # The server hears of it in its own time; the end of the task closes the stream too.
        gate.open()
        ended.wait()
        with endpoint.sending(dialect) as frames:
            assert dialect.gist([*frames][-1].result) == ("status", "completed", "")


def test_notification_above_the_limit_is_dropped(dialect: Dialect) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        await gate.passed()
        yield "done"

    with serving_agent(max_concurrent_runs=1) as endpoint:
        endpoint.started(dialect, endpoint.stage.plays(act))
        body = {"jsonrpc": "2.0", "method": dialect.send, "params": {"message": dialect.message()}}
        response = endpoint.post(body, dialect)
        listed = endpoint.result(dialect, dialect.list)
        gate.open()

    assert (response.status_code, response.content) == (204, b"")
    assert listed["totalSize"] == 1

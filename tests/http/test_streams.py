"""Streams: Server-Sent Events, numbered, in order, and ended where the task rests."""

import asyncio
import re
from itertools import islice
from typing import Any

import httpx
import orjson
from starlette.types import Message

from a2a_agent import (
    Artifact,
    InputRequired,
    Reply,
    RunFinished,
    RunRequest,
    RunStarted,
    Settings,
    TextDelta,
    TextPart,
    create_app,
)
from tests.support.dialects import V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, Frame, events, serving_agent
from tests.support.gates import Gate
from tests.support.server import LIMIT_SECONDS

UNKNOWN = "00000000-0000-4000-8000-000000000000"


async def answers(_: RunRequest) -> Any:
    yield RunStarted()
    yield TextDelta("one ")
    yield TextDelta("two ")
    yield Artifact(artifact_id="extra", parts=(TextPart("more"),))
    yield TextDelta("three")
    yield RunFinished()


async def asks(_: RunRequest) -> Any:
    yield TextDelta("Well")
    yield InputRequired(prompt="Which?")


async def answers_by_message(_: RunRequest) -> Any:
    yield Reply.of_text("Hi")


async def fails(_: RunRequest) -> Any:
    yield TextDelta("half an ans")
    raise RuntimeError("the secret is 1234")


def in_short(dialect: Dialect, frames: list[Frame]) -> list[tuple[int | None, Any]]:
    return [(frame.id, dialect.gist(frame.result)) for frame in frames]


ANSWERED = [
    (1, ("task", "submitted")),
    (2, ("status", "working", "")),
    (3, ("artifact", "response", "one ", "first")),
    (4, ("artifact", "response", "two ", "more")),
    (5, ("artifact", "extra", "more", "whole")),
    (6, ("artifact", "response", "three", "last")),
    (7, ("status", "completed", "")),
]


def test_stream_shows_the_task_from_its_beginning_to_its_end(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    with endpoint.sending(dialect, endpoint.stage.plays(answers)) as frames:
        assert in_short(dialect, list(frames)) == ANSWERED


def test_stream_is_events_of_an_id_and_one_line_of_data(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    params = {"message": dialect.message("line\nbreak\r\u2028")}

    with endpoint.open(dialect, dialect.stream, params) as response:
        body = response.read()

    assert response.status_code == 200
    assert {
        name: response.headers.get(name)
        for name in ("content-type", "cache-control", "x-accel-buffering", "content-length")
    } == {
        "content-type": "text/event-stream; charset=utf-8",
        "cache-control": "no-cache, no-transform",
        "x-accel-buffering": "no",
        "content-length": None,
    }
    found = re.findall(rb"id: ([1-9]\d*)\ndata: (\{[^\r\n]*\})\n\n", body)
    assert body == b"".join(b"id: %b\ndata: %b\n\n" % event for event in found)
    replies = [orjson.loads(data) for _, data in found]
    assert [reply.keys() for reply in replies] == [{"jsonrpc", "id", "result"}] * len(replies)


def test_every_frame_names_the_same_task_and_context(endpoint: Endpoint, dialect: Dialect) -> None:
    with endpoint.sending(dialect, endpoint.stage.plays(answers)) as frames:
        first, *rest = [frame.result for frame in frames]

    task = dialect.task(first)
    updates = rest if dialect.is_old else [update for frame in rest for update in frame.values()]
    assert {(update["taskId"], update["contextId"]) for update in updates} == {
        (task["id"], task["contextId"])
    }


def test_last_status_of_0_3_alone_is_final(endpoint: Endpoint) -> None:
    for act in (answers, asks, fails):
        with endpoint.sending(V0_3, endpoint.stage.plays(act)) as frames:
            finals = [frame.result.get("final") for frame in frames]

        assert finals[-1] is True
        assert set(finals[:-1]) == {None, False}


def test_no_frame_of_1_0_is_final(endpoint: Endpoint) -> None:
    with endpoint.sending(V1_0, endpoint.stage.plays(answers)) as frames:
        results = [frame.result for frame in frames]

    assert [result.keys() & {"kind", "final"} for result in results] == [set()] * 7
    assert [len(result) for result in results] == [1] * 7


def test_stream_ends_where_the_task_is_interrupted_and_goes_on_with_the_answer(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    with endpoint.sending(dialect, endpoint.stage.plays(asks)) as frames:
        asked = list(frames)
    task_id = dialect.task(asked[0].result)["id"]
    message = dialect.message(endpoint.stage.plays(answers), taskId=task_id)
    with endpoint.sending(dialect, message) as frames:
        answered = list(frames)

    assert in_short(dialect, asked) == [
        (1, ("task", "submitted")),
        (2, ("status", "working", "")),
        (3, ("artifact", "response", "Well", "whole")),
        (4, ("status", "input-required", "Which?")),
    ]
    assert in_short(dialect, answered) == [
        (5, ("task", "working")),
        (6, ("artifact", "response", "one ", "first")),
        (7, ("artifact", "response", "two ", "more")),
        (8, ("artifact", "extra", "more", "whole")),
        (9, ("artifact", "response", "three", "last")),
        (10, ("status", "completed", "")),
    ]


def test_failure_of_the_agent_is_the_last_status(endpoint: Endpoint, dialect: Dialect) -> None:
    with endpoint.sending(dialect, endpoint.stage.plays(fails)) as frames:
        assert in_short(dialect, list(frames)) == [
            (1, ("task", "submitted")),
            (2, ("status", "working", "")),
            (3, ("artifact", "response", "half an ans", "whole")),
            (4, ("status", "failed", "The agent failed.")),
        ]


def test_message_is_the_only_event(endpoint: Endpoint, dialect: Dialect) -> None:
    with endpoint.sending(dialect, endpoint.stage.plays(answers_by_message)) as frames:
        (frame,) = frames

    message = dialect.reply(frame.result)
    assert (frame.id, dialect.gist(frame.result)) == (1, ("message", "Hi"))
    assert "taskId" not in message


def test_history_of_the_first_frame_is_as_long_as_asked(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    message = dialect.message()
    firsts = []
    for length in (0, 1):
        with endpoint.sending(dialect, message, configuration={"historyLength": length}) as frames:
            firsts.append(dialect.task(next(frames).result))

    assert "history" not in firsts[0]
    assert [known["messageId"] for known in firsts[1]["history"]] == [message["messageId"]]


# What a stream that cannot begin is answered with.


def refusals(endpoint: Endpoint, dialect: Dialect) -> list[tuple[str, Json, int]]:
    """Method, parameters and code of streams that are refused."""
    ended = endpoint.task(dialect)["id"]
    image: Json = {"text": "x", "mediaType": "image/png"}
    if dialect.is_old:
        image = {"kind": "file", "file": {"uri": "https://example.org", "mimeType": "image/png"}}
    return [
        (dialect.stream, {}, -32602),
        (dialect.stream, {"message": dialect.message(taskId=UNKNOWN)}, -32001),
        (dialect.stream, {"message": dialect.message(taskId=ended)}, -32004),
        (dialect.stream, {"message": dialect.message(parts=[image])}, -32005),
        (dialect.subscribe, {}, -32602),
        (dialect.subscribe, {"id": UNKNOWN}, -32001),
        (dialect.subscribe, {"id": ended}, -32004),
    ]


def test_refusal_under_0_3_is_one_event(endpoint: Endpoint) -> None:
    for method, params, code in refusals(endpoint, V0_3):
        with endpoint.open(V0_3, method, params, id="x") as response:
            body = response.read()

        assert (response.status_code, response.headers["content-type"]) == (
            200,
            "text/event-stream; charset=utf-8",
        )
        assert re.fullmatch(rb"data: [^\r\n]+\n\n", body)
        reply = orjson.loads(body.removeprefix(b"data: "))
        assert (reply["id"], reply["error"]["code"]) == ("x", code)


def test_refusal_under_1_0_is_plain_json(endpoint: Endpoint) -> None:
    for method, params, code in refusals(endpoint, V1_0):
        reply = endpoint.call(V1_0, method, params, id="x")

        assert (reply["id"], reply["error"]["code"]) == ("x", code)


def test_endpoint_that_does_not_stream_refuses_streams(dialect: Dialect) -> None:
    with serving_agent(streaming=False) as endpoint:
        errors = [
            endpoint.error(dialect, dialect.stream, {"message": dialect.message()}),
            endpoint.error(dialect, dialect.subscribe, {"id": UNKNOWN}),
        ]
        tasks = endpoint.result(dialect, dialect.list)["tasks"]
        sent = endpoint.task(dialect)

    data = dialect.error_data("UNSUPPORTED_OPERATION")
    said = "this agent does not stream; use the method without streaming"
    error = {"code": -32004, "message": said, **({"data": data} if data else {})}
    assert (errors, tasks) == ([error, error], [])
    assert sent["status"]["state"] == dialect.state("completed")


# Silence, and clients that go.


def test_silence_is_broken_by_comments(dialect: Dialect) -> None:
    heard = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one"
        await heard.passed()
        yield " two"

    comment = [": keep-alive"]
    seen: list[list[str]] = []
    with serving_agent(keep_alive_seconds=0.05) as endpoint:
        params = {"message": dialect.message(endpoint.stage.plays(act))}
        with endpoint.open(dialect, dialect.stream, params) as response:
            lines = events(response)
            while seen.count(comment) < 2:
                seen.append(next(lines))
            heard.open()
            seen += lines

    assert [event[0] for event in seen if event != comment] == [f"id: {n}" for n in range(1, 6)]


def test_client_that_goes_does_not_stop_the_task(endpoint: Endpoint, dialect: Dialect) -> None:
    gone = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one"
        await gone.passed()
        yield " two"

    message = dialect.message(endpoint.stage.plays(act))
    with endpoint.sending(dialect, message) as frames:
        task_id = dialect.task(next(frames).result)["id"]
    gone.open()

    task = endpoint.task(dialect, message)
    assert (task["id"], task["status"]["state"]) == (task_id, dialect.state("completed"))
    assert task["artifacts"][0]["parts"] == [dialect.text_part("one two")]


def test_all_streams_of_a_task_show_the_same_and_none_minds_another_closing(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    gate = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one"
        await gate.passed()
        yield " two"

    with endpoint.sending(dialect, endpoint.stage.plays(act)) as first:
        shown = list(islice(first, 3))
        params = {"id": dialect.task(shown[0].result)["id"]}
        with endpoint.streaming(dialect, dialect.subscribe, params) as second:
            seen = [next(second)]
            with endpoint.streaming(dialect, dialect.subscribe, params) as third:
                assert next(third) == seen[0]
            gate.open()
            seen += second
        shown += first

    assert [frame.id for frame in shown] == [1, 2, 3, 4, 5]
    assert (seen[0].id, dialect.gist(seen[0].result)) == (3, ("task", "working"))
    assert seen[1:] == shown[3:]


def test_repeated_message_gets_the_stream_again(endpoint: Endpoint, dialect: Dialect) -> None:
    message = dialect.message(endpoint.stage.plays(answers))

    with endpoint.sending(dialect, message) as frames:
        first = list(frames)
    with endpoint.sending(dialect, message) as frames:
        again = list(frames)

    assert again == first


async def test_stream_ends_when_the_server_says_that_the_client_has_gone() -> None:
    """Whatever else a server may say before."""
    told = iter(["http.request", "http.request", "http.disconnect"])
    sent: list[Message] = []
    params = {"message": V1_0.message()}
    body = {"jsonrpc": "2.0", "id": 1, "method": V1_0.stream, "params": params}

    async def act(_: RunRequest) -> Any:
        yield "one"
        await Gate().passed()

    async def receive() -> Message:
        return {"type": next(told), "body": orjson.dumps(body)}

    async def send(message: Message) -> None:
        sent.append(message)

    settings = Settings(store="memory:", shutdown_timeout_seconds=0.0)
    app = create_app(act, settings=settings)
    headers = [(name.lower().encode(), value.encode()) for name, value in V1_0.headers.items()]
    scope = {"type": "http", "method": "POST", "path": "/", "query_string": b"", "headers": headers}
    async with app.router.lifespan_context(app):
        async with asyncio.timeout(LIMIT_SECONDS):
            await app(scope, receive, send)

    assert sent[0]["status"] == 200
    assert sent[-1] == {"type": "http.response.body", "body": b""}


def test_connection_serves_the_next_request_after_a_stream(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    with httpx.Client(base_url=endpoint.base, limits=httpx.Limits(max_connections=1)) as http:
        http.headers = httpx.Headers({"Content-Type": "application/json", **dialect.headers})
        params = {"message": dialect.message()}
        body = {"jsonrpc": "2.0", "id": 1, "method": dialect.stream, "params": params}
        ports = []
        for _ in range(2):
            with http.stream("POST", "/", json=body) as response:
                stream = response.extensions["network_stream"]
                ports.append(stream.get_extra_info("client_addr"))
                response.read()

    assert ports[0] == ports[1]

from collections.abc import AsyncIterator
from contextlib import aclosing, asynccontextmanager
from typing import Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, Response

from a2a_agent.cli.client import Client, Event, connect, stream_metadata
from a2a_agent.cli.dialects import Operation
from a2a_agent.cli.errors import CommandError, ProtocolError, RpcError, UnreachableError
from a2a_agent.cli.target import Target
from a2a_agent.domain.views import StreamMode
from tests.cli.peers import COMPLETED, Stranger, card_03, chunk, error, result, stream, task


@asynccontextmanager
async def client_of(stranger: Stranger, *headers: str) -> AsyncIterator[Client]:
    with stranger.serving() as url:
        async with connect(Target.parse(url, None, headers, 5.0)) as client:
            yield client


async def frames(client: Client, after: str | None = None, **params: Any) -> list[Event]:
    async with aclosing(client.stream(Operation.STREAM, params, after)) as events:
        return [event async for event in events]


async def failure(reply: Response, operation: Operation = Operation.GET) -> CommandError:
    async with client_of(Stranger([lambda call: reply])) as client:
        with pytest.raises(CommandError) as raised:
            await client.call(operation, {})
        with pytest.raises(type(raised.value), match="."):
            client_again = Stranger([lambda call: reply])
            async with client_of(client_again) as other:
                await frames(other)
    return raised.value


async def test_call_is_json_rpc_in_the_version_of_the_card() -> None:
    stranger = Stranger([result({"a": 1})])
    async with client_of(stranger, "X-Key: k") as client:
        answer = await client.call(Operation.GET, {"id": "t"})

    assert answer == {"a": 1}
    [request], [headers] = stranger.requests, stranger.headers
    assert request == {
        "jsonrpc": "2.0",
        "id": request["id"],
        "method": "GetTask",
        "params": {"id": "t"},
    }
    assert headers["a2a-version"] == "1.0"
    assert headers["x-key"] == "k"
    assert headers["content-type"] == headers["accept"] == "application/json"
    assert "a2a-extensions" not in headers


async def test_old_agent_is_spoken_to_in_0_3() -> None:
    stranger = Stranger([result(None)], card=card_03())
    async with client_of(stranger) as client:
        await client.call(Operation.GET, {})

    assert stranger.requests[0]["method"] == "tasks/get"
    assert stranger.headers[0]["a2a-version"] == "0.3"


async def test_tenant_of_the_card_is_sent_along() -> None:
    interface = {"url": "/rpc", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    changes = {"supportedInterfaces": [{**interface, "tenant": "blue"}]}
    stranger = Stranger([result(None)], card_changes=changes)
    async with client_of(stranger) as client:
        await client.call(Operation.GET, {"id": "t"})

    assert stranger.requests[0]["params"] == {"id": "t", "tenant": "blue"}


async def test_mode_is_chosen_by_header_and_metadata() -> None:
    stranger = Stranger([stream(), stream()])
    async with client_of(stranger) as client:
        await frames(client, **stream_metadata(StreamMode.ALL))
    with stranger.serving() as url:
        async with connect(Target.parse(url, None, ["A2A-Extensions: own"], 5.0)) as client:
            await frames(client, **stream_metadata(StreamMode.ALL))

    uri = "urn:a2a-agent:stream:v1"
    assert stranger.requests[0]["params"] == {"metadata": {uri: {"mode": "all"}}}
    assert [headers["a2a-extensions"] for headers in stranger.headers] == [uri, f"own, {uri}"]


async def test_frames_have_their_ids_and_comments_are_passed_over() -> None:
    stranger = Stranger([stream({"task": task("TASK_STATE_SUBMITTED")}, chunk("a"), ids=[1, 5])])
    async with client_of(stranger) as client:
        events = await frames(client)

    assert [(event.id, event.result) for event in events] == [
        ("1", {"task": task("TASK_STATE_SUBMITTED")}),
        ("5", chunk("a")),
    ]
    assert stranger.headers[0]["accept"] == "text/event-stream"
    assert "last-event-id" not in stranger.headers[0]


async def test_stream_after_an_event_names_it() -> None:
    stranger = Stranger([stream()])
    async with client_of(stranger) as client:
        assert await frames(client, after="7") == []

    assert stranger.headers[0]["last-event-id"] == "7"


async def test_line_separators_of_unicode_are_part_of_the_text() -> None:
    text = "a\u2028b\u2029c\x85d"
    async with client_of(Stranger([stream(chunk(text))])) as client:
        [event] = await frames(client)

    assert event.result == chunk(text)


async def test_answer_in_one_piece_is_a_stream_of_one_frame() -> None:
    async with client_of(Stranger([result({"task": task(COMPLETED)})])) as client:
        [event] = await frames(client)

    assert (event.id, event.result) == ("", {"task": task(COMPLETED)})


@pytest.mark.parametrize("status", [200, 400, 500])
async def test_json_rpc_error_is_raised_whatever_the_http_status(status: int) -> None:
    body = {"jsonrpc": "2.0", "id": 1, "error": {"code": -32001, "message": "no such task"}}

    raised = await failure(JSONResponse(body, status))

    assert isinstance(raised, RpcError)
    assert (raised.code, str(raised)) == (-32001, "the agent answers: no such task (-32001)")


async def test_error_as_an_event_is_raised() -> None:
    def one_event(call: Any) -> Response:
        body = error(-32004, "no streams")(call).body
        return Response(b"data: " + bytes(body) + b"\n\n", media_type="text/event-stream")

    async with client_of(Stranger([one_event])) as client:
        with pytest.raises(RpcError, match=r"no streams \(-32004\)"):
            await frames(client)


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (HTMLResponse("<html>"), "answers with text/html that is no JSON-RPC"),
        (Response("x"), "answers with something unnamed that is no JSON-RPC"),
        (JSONResponse({"detail": "?"}), "answers with application/json that is no JSON-RPC"),
        (JSONResponse({"error": "text"}), "something that is no JSON-RPC response"),
        (HTMLResponse("<html>", 404), r"is no A2A endpoint \(404 Not Found\)"),
        (JSONResponse({"detail": "?"}, 401), "refuses with 401 Unauthorized"),
        (Response("[" * 100_000), "answers with something unnamed that is no JSON-RPC"),
    ],
)
async def test_garbage_is_named(reply: Response, said: str) -> None:
    raised = await failure(reply)

    assert isinstance(raised, ProtocolError)
    with pytest.raises(ProtocolError, match=said):
        raise raised


async def test_busy_server_is_unreachable_for_now() -> None:
    assert isinstance(await failure(Response(status_code=503)), UnreachableError)


@pytest.mark.parametrize("data", ["{", "[" * 100_000])
async def test_event_that_is_no_json_is_named(data: str) -> None:
    reply = Response(f"data: {data}\n\n", media_type="text/event-stream")
    async with client_of(Stranger([lambda call: reply])) as client:
        with pytest.raises(ProtocolError, match="an event that is no JSON"):
            await frames(client)


async def test_connection_that_breaks_within_a_stream_is_unreachable() -> None:
    async with client_of(Stranger([stream(chunk("a"), breaks=True)])) as client:
        events = client.stream(Operation.STREAM, {})
        assert (await anext(events)).result == chunk("a")
        with pytest.raises(UnreachableError, match="the connection to .*/rpc broke: "):
            await anext(events)

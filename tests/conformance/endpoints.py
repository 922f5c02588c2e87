"""Little servers that are no good: each is a function from a request to bytes on a connection."""

import asyncio
import json
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager, suppress
from itertools import cycle
from threading import Event, Thread
from typing import Any, TypeAlias

LIMIT_SECONDS = 20.0

Answer: TypeAlias = Callable[[bytes, bytes, asyncio.StreamWriter], Awaitable[None]]
"""Head and body of a request, and where the answer goes."""


@contextmanager
def listening(answer: Answer) -> Iterator[str]:
    """The URL of a server that answers so, in a thread of its own."""
    is_ready = Event()
    place: dict[str, Any] = {}

    at_work: set[asyncio.Task[None] | None] = set()

    async def serve() -> None:
        stopped = asyncio.Event()
        server = await asyncio.start_server(connected, "127.0.0.1", 0)
        place.update(
            loop=asyncio.get_running_loop(),
            stopped=stopped,
            port=server.sockets[0].getsockname()[1],
        )
        is_ready.set()
        await stopped.wait()
        server.close()
        left = [task for task in at_work if task is not None]
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        at_work.add(asyncio.current_task())
        try:
            with suppress(asyncio.IncompleteReadError, ConnectionError):
                while not writer.is_closing():
                    head = await reader.readuntil(b"\r\n\r\n")
                    await answer(head, await reader.readexactly(_length(head)), writer)
                    await writer.drain()
        finally:
            writer.close()
            at_work.discard(asyncio.current_task())

    thread = Thread(target=lambda: asyncio.run(serve()), name="endpoint")
    thread.start()
    assert is_ready.wait(LIMIT_SECONDS)
    try:
        yield f"http://127.0.0.1:{place['port']}"
    finally:
        place["loop"].call_soon_threadsafe(place["stopped"].set)
        thread.join(LIMIT_SECONDS)
        assert not thread.is_alive(), "the endpoint has not stopped"


def _length(head: bytes) -> int:
    lines = head.lower().split(b"\r\n")
    found = [line for line in lines if line.startswith(b"content-length:")]
    return int(found[0].partition(b":")[2]) if found else 0


def http(body: bytes, media_type: str = "application/json", status: str = "200 OK") -> bytes:
    """A whole response."""
    head = f"HTTP/1.1 {status}\r\nContent-Type: {media_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def card(writer: asyncio.StreamWriter, **members: Any) -> bytes:
    """The response with a card that names this server, for both versions."""
    host, port = writer.get_extra_info("sockname")
    url = f"http://{host}:{port}/"
    interface = {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    found = {
        "name": "no good",
        "url": url,
        "protocolVersion": "0.3.0",
        "preferredTransport": "JSONRPC",
        "supportedInterfaces": [interface],
        "capabilities": {"streaming": True},
    }
    return http(json.dumps({**found, **members}).encode())


def answering(rest: Answer, **members: Any) -> Answer:
    """A server that has a card, and does something else with all other requests."""

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        if head.startswith(b"GET "):
            writer.write(card(writer, **members))
        else:
            await rest(head, body, writer)

    return answer


async def with_nonsense(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"\x00\xff this is no HTTP\r\n\r\n" * 3)
    writer.close()


_ODD: tuple[Any, ...] = (None, 5, -0.5, True, "\ud800\x1b[2J", [], [7], [[]], {}, {"id": []})


def _odd_results() -> Iterator[Any]:
    """Tasks, messages and frames with something odd in the place of each member."""
    names = ("id", "contextId", "status", "artifacts", "history", "kind", "metadata", "parts")
    for odd in _ODD:
        yield odd
        for state in ("completed", "TASK_STATE_COMPLETED", "working", odd):
            task = {"id": "t", "contextId": "c", "kind": "task", "status": {"state": state}}
            ids = {"taskId": "t", "contextId": "c", "append": True}
            artifacts = [odd, {"artifactId": odd, "parts": odd}, {"parts": [odd, {"text": odd}]}]
            yield {**task, "artifacts": artifacts}
            yield {"task": {**task, "artifacts": artifacts}}
            for artifact in artifacts:
                yield {**ids, "kind": "artifact-update", "artifact": artifact}
                yield {"artifactUpdate": {**ids, "artifact": artifact}}
            yield {"statusUpdate": {"taskId": odd, "contextId": odd, "status": task["status"]}}
            yield {"kind": odd, "taskId": odd, "final": odd, "status": odd}
        for name in names:
            yield {"id": "t", "kind": "task", "status": {"state": "completed"}, name: odd}
            yield {"task": {"id": "t", "status": {"state": "TASK_STATE_COMPLETED"}, name: odd}}
            yield {"message": {"messageId": "m", "role": "ROLE_AGENT", "parts": [], name: odd}}


def with_odd_json() -> Answer:
    """Of the right media type, and with nothing in it that is what it should be."""
    results = cycle(_odd_results())

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        def reply() -> bytes:
            return json.dumps({"jsonrpc": "2.0", "id": 1, "result": next(results)}).encode()

        if b"event-stream" in head:
            events = b"".join(b"data: " + reply() + b"\n\n" for _ in range(20))
            writer.write(http(events + b"data: [5]\n\nid: 1\ndata: {\n", "text/event-stream"))
        else:
            writer.write(http(reply()))

    return answer


async def with_deep_json(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(http(b"[" * 100_000))


async def with_silence(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    """Never, though the connection stays."""


async def by_hanging_up(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.close()


async def with_endless_events(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\n")
    while True:
        writer.write(b'data: {"jsonrpc": "2.0", "id": 1, "result": {}}\n\n' * 100)
        await writer.drain()


async def with_drops(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
    """A byte at a time, for ever, each in time."""
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n")
    while True:
        writer.write(b" ")
        await writer.drain()
        await asyncio.sleep(0.02)


def _id(body: bytes) -> Any:
    try:
        request = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return request.get("id") if isinstance(request, dict) else None


def failing(code: int, message: str) -> Answer:
    """A server that answers all requests with an error."""

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        error = {"code": code, "message": message}
        writer.write(http(json.dumps({"jsonrpc": "2.0", "id": _id(body), "error": error}).encode()))

    return answering(answer)

"""A client's connection, close to the socket: it can be slow, leave, and tear an event apart."""

import asyncio
import socket
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import orjson

from tests.support.dialects import Dialect, Json
from tests.support.resuming.processes import ServerProcess

LIMIT_SECONDS = 30.0
"""For any single thing a client waits for; far more than a server takes to start again."""

_SMALL_BUFFER = 4096


class ServerWasKilled(Exception):
    """The connection broke, and so it should."""


class BrokenPromise(Exception):
    """The server did what it must not do."""


@dataclass(frozen=True, slots=True)
class Event:
    """An event of a stream: its id, and the result in it."""

    id: int
    result: Json


class Connection:
    """One request and its response."""

    def __init__(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, status: int, kind: str
    ) -> None:
        self._reader = reader
        self._writer = writer
        self._status = status
        self._kind = kind

    async def result(self) -> Any:
        """The result of a request that is no stream. Raises BrokenPromise for an error."""
        async with asyncio.timeout(LIMIT_SECONDS):
            reply = orjson.loads(await self._reader.read())
        if "result" not in reply:
            raise BrokenPromise(f"{self._status}: {reply}")
        return reply["result"]

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events of a stream as they come, to its end."""
        if (self._status, self._kind) != (200, "text/event-stream; charset=utf-8"):
            raise BrokenPromise(f"{self._status}, {self._kind}: {await self._reader.read()!r}")
        while batch := await self._chunk():
            for event in batch.removesuffix(b"\n\n").split(b"\n\n"):
                if not event.startswith(b":"):
                    yield _event(event)

    async def _chunk(self) -> bytes:
        """A chunk of the body (RFC 9112 §7.1); the last one is empty."""
        async with asyncio.timeout(LIMIT_SECONDS):
            size = int(await self._reader.readuntil(b"\r\n"), 16)
            return (await self._reader.readexactly(size + 2))[:-2]

    async def tear(self) -> None:
        """Takes some bytes more, which are no whole event."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await self._reader.read(7)

    def reset(self) -> None:
        """Goes without a word: the server gets a reset."""
        linger = b"\x01\x00\x00\x00\x00\x00\x00\x00"
        self._writer.get_extra_info("socket").setsockopt(
            socket.SOL_SOCKET, socket.SO_LINGER, linger
        )
        self._writer.transport.abort()


def _event(lines: bytes) -> Event:
    fields = dict(line.split(b": ", 1) for line in lines.split(b"\n"))
    reply = orjson.loads(fields[b"data"])
    if "result" not in reply or b"id" not in fields:
        raise BrokenPromise(f"an error in the stream: {reply}")
    return Event(int(fields[b"id"]), reply["result"])


@asynccontextmanager
async def connection(
    server: ServerProcess,
    dialect: Dialect,
    method: str,
    params: Json,
    *,
    slow: bool = False,
    **more: str,
) -> AsyncIterator[Connection]:
    """The response to a request. Raises ServerWasKilled when it breaks off for that."""
    kills = server.kills
    try:
        reader, writer = await _opened(server, slow=slow)
        try:
            headers = {"Host": "test", **dialect.headers, **more}
            writer.write(_request(headers, method, params))
            async with asyncio.timeout(LIMIT_SECONDS):
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")
            fields = dict(line.lower().split(": ", 1) for line in head[1:] if line)
            yield Connection(reader, writer, int(head[0].split()[1]), fields["content-type"])
        finally:
            writer.close()
    except (OSError, EOFError, ValueError) as error:
        if server.kills == kills:
            raise BrokenPromise(f"{method}: {error!r}; {server.condition}") from error
        raise ServerWasKilled from error


async def _opened(
    server: ServerProcess, *, slow: bool
) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
    opened = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    if slow:
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, _SMALL_BUFFER)
    opened.setblocking(False)
    await asyncio.get_running_loop().sock_connect(opened, server.address)
    return await asyncio.open_connection(sock=opened, limit=2**16)


def _request(headers: dict[str, str], method: str, params: Json) -> bytes:
    body = orjson.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
    headers = {
        **headers,
        "Content-Type": "application/json",
        "Content-Length": str(len(body)),
        "Connection": "close",
    }
    lines = [f"{name}: {value}" for name, value in headers.items()]
    return "\r\n".join(["POST / HTTP/1.1", *lines, "", ""]).encode() + body

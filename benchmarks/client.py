"""The load client: keep-alive connections on raw sockets.

It parses no more of HTTP than it must, so that the server is what is measured, but lets no reply
pass unchecked. `verify` reads replies as JSON; this module looks for words and counts.
"""

import asyncio
import re
import socket
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, cast

from benchmarks.commands import CHUNK, HELLO, STAMP_DIGITS
from benchmarks.dialect import Template

HOST = "127.0.0.1"
CONTENT_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
STAMP = re.compile(rb"\d{%d}" % STAMP_DIGITS)
STAMPS = re.compile(rb'"text": ?"((?:\d{%d})+)"' % STAMP_DIGITS)
CHUNK_BYTES = CHUNK.encode()
ERROR = b',"error":{"code":'
END_OF_STREAM = b"\r\n0\r\n\r\n"


class WrongReplyError(Exception):
    """A server did not answer as it should."""


class Connection(asyncio.Protocol):
    """A connection that knows its transport; the base of the two below."""

    transport: asyncio.Transport

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # uvloop's transports are asyncio's in all but name.
        self.transport = cast(asyncio.Transport, transport)


@dataclass(slots=True)
class SendTally:
    """What several senders share: how many requests to go, and what came of the others."""

    left: float
    latencies_ns: list[int] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    @property
    def replies(self) -> int:
        """How many right replies came."""
        return len(self.latencies_ns)


class Sender(Connection):
    """Sends, and sends again as soon as it is answered, until the tally has nothing left."""

    def __init__(self, template: Template, tally: SendTally) -> None:
        self._template = template
        self._tally = tally
        self._expected = (template.dialect.completed, f'"{HELLO}"'.encode())
        self._received = b""
        self._sent_ns = 0
        self.finished: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def send(self) -> None:
        """The next request, if one is left."""
        if self._tally.left <= 0:
            self._finish()
            return
        self._tally.left -= 1
        self._received = b""
        self._sent_ns = time.monotonic_ns()
        self.transport.write(self._template.request())

    def data_received(self, data: bytes) -> None:
        received = self._received = self._received + data
        end_of_head = received.find(b"\r\n\r\n")
        if end_of_head < 0:
            return
        length = CONTENT_LENGTH.search(received, 0, end_of_head)
        if length is None:
            self._give_up(f"no content-length: {received[:300]!r}")
        elif len(received) >= end_of_head + 4 + int(length[1]):
            self._check(received, end_of_head)
            self.send()

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.finished.done():
            self._give_up(f"connection lost: {exc!r}")

    def _check(self, reply: bytes, start: int) -> None:
        found = [reply.find(word, start) >= 0 for word in self._expected]
        if reply.startswith(b"HTTP/1.1 200 ") and all(found):
            self._tally.latencies_ns.append(time.monotonic_ns() - self._sent_ns)
        else:
            self._tally.wrong.append(repr(reply[:600]))

    def _give_up(self, reason: str) -> None:
        self._tally.wrong.append(reason)
        self._finish()

    def _finish(self) -> None:
        if not self.finished.done():
            self.finished.set_result(None)


@dataclass(slots=True)
class Received:
    """What came of one stream so far."""

    sent_ns: int
    frames: int = 0
    chunks: int = 0
    first_ns: int | None = None
    gaps_ns: list[int] = field(default_factory=list)
    progress: list[tuple[int, int]] = field(default_factory=list)
    """Time and number of chunks after each read."""


class Stream(Connection):
    """Reads one stream at a time. `on_events` sees each block of whole events."""

    def __init__(self, completed: bytes, on_events: "OnEvents | None" = None) -> None:
        self._completed = completed
        self._on_events = on_events
        self._rest = b""
        self._last = b""
        self._head_is_read = False
        self._answer: asyncio.Future[Received] | None = None
        self.received = Received(0)

    def open(self, request: bytes) -> "asyncio.Future[Received]":
        """Sends the request; the future has the stream when it has ended as it should."""
        self._rest = self._last = b""
        self._head_is_read = False
        self._answer = asyncio.get_running_loop().create_future()
        self.received = Received(time.monotonic_ns())
        self.transport.write(request)
        return self._answer

    def data_received(self, data: bytes) -> None:
        now_ns = time.monotonic_ns()
        rest = self._rest + data
        if not self._head_is_read:
            head, separator, rest = rest.partition(b"\r\n\r\n")
            if not separator:
                self._rest = head
                return
            if not head.startswith(b"HTTP/1.1 200 ") or b"chunked" not in head:
                self._fail(f"not a stream: {head!r} {rest[:300]!r}")
                return
            self._head_is_read = True
        end = rest.rfind(b"\n\n") + 2
        if end >= 2:
            self._read_events(rest[:end], now_ns)
            rest = rest[end:]
        self._rest = rest
        if rest.endswith(END_OF_STREAM):
            self._end()

    def connection_lost(self, exc: Exception | None) -> None:
        self._fail(f"connection lost after {self.received.frames} frames: {exc!r}")

    def _read_events(self, events: bytes, now_ns: int) -> None:
        received = self.received
        if ERROR in events:
            self._fail(f"an error in the stream: {events[:600]!r}")
            return
        frames = events.count(b"data:")
        if frames and received.first_ns is None:
            received.first_ns = now_ns
        received.frames += frames
        received.chunks += events.count(CHUNK_BYTES) or self._read_stamps(events, now_ns)
        received.progress.append((now_ns, received.chunks))
        self._last = events
        if self._on_events is not None:
            self._on_events(self, events)

    def _read_stamps(self, events: bytes, now_ns: int) -> int:
        stamps = [stamp for run in STAMPS.findall(events) for stamp in STAMP.findall(run)]
        self.received.gaps_ns.extend(now_ns - int(stamp) for stamp in stamps)
        return len(stamps)

    def _end(self) -> None:
        last_event = self._last[self._last.rfind(b"data:") :]
        if self._completed not in last_event:
            self._fail(f"the stream ended with {last_event[:600]!r}")
        elif self._answer is not None and not self._answer.done():
            self._answer.set_result(self.received)

    def _fail(self, reason: str) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(WrongReplyError(reason))
            self.transport.close()


OnEvents = Callable[[Stream, bytes], None]
AnyConnection = TypeVar("AnyConnection", bound=Connection)


async def connect(
    port: int,
    factory: Callable[[], AnyConnection],
    count: int = 1,
    receive_buffer_bytes: int | None = None,
) -> list[AnyConnection]:
    """Connections to the server; the caller closes them."""
    loop = asyncio.get_running_loop()
    connections = []
    for _ in range(count):
        endpoint = socket.socket()
        endpoint.setblocking(False)
        if receive_buffer_bytes is not None:
            endpoint.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, receive_buffer_bytes)
        await loop.sock_connect(endpoint, (HOST, port))
        _, connection = await loop.create_connection(factory, sock=endpoint)
        connections.append(connection)
    return connections

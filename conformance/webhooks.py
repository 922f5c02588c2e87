"""A webhook under the suite's control: a small HTTP server that keeps what is delivered to it.

Bounded in everything: how much a request may hold, how long it may take, how many are kept. What
is sent to a URL that nobody was given is not kept.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import Any, TypeAlias
from uuid import uuid4

from conformance.exchange import Exchange
from conformance.expect import MISSING

_SECONDS = 10.0
_MOST_HEAD = 32_000
_MOST_BODY = 2_000_000
_MOST_DELIVERIES = 500
_MOST_KEPT = 10_000_000
"""Bytes of the bodies that came to one URL, together."""
_SECRETS = frozenset({"authorization", "x-a2a-notification-token"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """A request that came; the names of its headers are in lower case."""

    method: str
    url: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def value(self) -> Any:
        """The JSON in its body, MISSING where there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return MISSING

    @property
    def media_type(self) -> str:
        """What it says that its body is, without parameters."""
        return self.headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def exchange(self) -> Exchange:
        """As it is shown to people."""
        return Exchange(
            method=self.method,
            url=self.url,
            request_headers=self.headers,
            request_body=self.body,
            secrets=_SECRETS,
            trouble="delivered to the webhook of the suite",
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What a webhook answers with."""

    status: int = 200
    location: str = ""


Answering: TypeAlias = Callable[[Delivery], Answer]


@dataclass(slots=True)
class Hook:
    """One URL of the receiver, and what was delivered to it, in order."""

    url: str
    answering: Answering
    deliveries: list[Delivery] = field(default_factory=list)
    _came: asyncio.Event = field(default_factory=asyncio.Event)

    async def wait(
        self, is_enough: Callable[[list[Delivery]], bool], seconds: float
    ) -> list[Delivery]:
        """What has come, as soon as it is enough, or when the time is over."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while not is_enough(self.deliveries):
                    self._came.clear()
                    await self._came.wait()
        return list(self.deliveries)

    def take(self, delivery: Delivery) -> Answer:
        """Keeps a delivery, and says what it is answered with."""
        kept = sum(len(one.body) for one in self.deliveries)
        has_room = kept + len(delivery.body) <= _MOST_KEPT
        if has_room and len(self.deliveries) < _MOST_DELIVERIES:
            self.deliveries.append(delivery)
            self._came.set()
        return self.answering(delivery)


class Receiver:
    """The server; `hook` gives URLs of it."""

    def __init__(self, origin: str) -> None:
        self._origin = origin
        self._hooks: dict[str, Hook] = {}

    def hook(self, answering: Answering = lambda _: Answer()) -> Hook:
        """A new URL, which only those know who are told."""
        path = f"/a2a/{uuid4()}"
        self._hooks[path] = Hook(f"{self._origin}{path}", answering)
        return self._hooks[path]

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One connection: one request, one answer."""
        answer = Answer(status=400)
        try:
            async with asyncio.timeout(_SECONDS):
                with suppress(ValueError, asyncio.LimitOverrunError, asyncio.IncompleteReadError):
                    answer = self._answer(await _read(reader, self._origin))
                writer.write(_encoded(answer))
                await writer.drain()
        except (TimeoutError, OSError):
            pass  # whoever sends so slowly, or hangs up, has delivered nothing
        finally:
            writer.close()

    def _answer(self, delivery: Delivery) -> Answer:
        hook = self._hooks.get(delivery.url.removeprefix(self._origin))
        return Answer(status=404) if hook is None else hook.take(delivery)


@asynccontextmanager
async def receiving(host: str) -> AsyncGenerator[Receiver, None]:
    """A receiver for as long as the block runs; endpoints reach it by the name or address.

    Raises OSError where there can be none.
    """
    connections: dict[asyncio.Task[Any] | None, asyncio.StreamWriter] = {}

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connection = asyncio.current_task()
        connections[connection] = writer
        try:
            await receiver.serve(reader, writer)
        finally:
            del connections[connection]

    server = await asyncio.start_server(serve, _listened_at(host), 0, limit=_MOST_HEAD)
    port = server.sockets[0].getsockname()[1]
    named = f"[{host}]" if ":" in host else host
    receiver = Receiver(f"http://{named}:{port}")
    try:
        yield receiver
    finally:
        server.close()
        left = [connection for connection in connections if connection is not None]
        for writer in connections.values():
            writer.close()
        await asyncio.gather(*left)


def _listened_at(host: str) -> str:
    """The address itself where it is of this machine only; others may be someone else's here."""
    if host == "localhost":
        return "127.0.0.1"
    try:
        address = ip_address(host)
    except ValueError:
        return "0.0.0.0"
    if address.is_loopback:
        return host
    return "0.0.0.0" if address.version == 4 else "::"


async def _read(reader: asyncio.StreamReader, origin: str) -> Delivery:
    """The request. Raises ValueError and those of the reader for what is none."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
    first, *lines = head[:-4].split("\r\n")
    method, target, _ = first.split(" ")
    named = (line.partition(":") for line in lines)
    headers = {name.strip().lower(): value.strip() for name, _, value in named}
    if headers.get("transfer-encoding", "").lower() == "chunked":
        body = await _read_chunks(reader)
    else:
        body = await _read_exactly(reader, int(headers.get("content-length", "0")))
    return Delivery(method=method, url=f"{origin}{target}", headers=headers, body=body)


async def _read_chunks(reader: asyncio.StreamReader) -> bytes:
    body = b""
    while size := int((await reader.readuntil(b"\r\n")).partition(b";")[0], 16):
        body += await _read_exactly(reader, size, already=len(body))
        await reader.readexactly(2)
    while await reader.readuntil(b"\r\n") != b"\r\n":
        pass  # trailers
    return body


async def _read_exactly(reader: asyncio.StreamReader, size: int, already: int = 0) -> bytes:
    if not 0 <= size <= _MOST_BODY - already:
        raise ValueError(f"the body is longer than {_MOST_BODY} bytes")
    return await reader.readexactly(size)


def _encoded(answer: Answer) -> bytes:
    lines = [f"HTTP/1.1 {answer.status} ", "Content-Length: 0", "Connection: close"]
    if answer.location:
        lines.append(f"Location: {answer.location}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1")

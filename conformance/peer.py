"""HTTP under the suite's eyes: every exchange is kept, and none can take for ever.

Whatever the endpoint does (nonsense, silence, endless bodies), a request ends in an `Exchange`;
what is missing of the response is told by its `trouble`.
"""

import asyncio
import time
from collections.abc import AsyncGenerator, AsyncIterator, Collection, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from types import MappingProxyType

import httpx

from conformance.exchange import Exchange
from conformance.origins import origin_of
from conformance.sse import Decoder, Event

# A host name that no DNS label can hold is a UnicodeError of Python's, a port that is too large an
# OverflowError.
_TROUBLES = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    OSError,
    OverflowError,
    UnicodeError,
)
_MOST_KEPT = 200_000
"""Bytes of a stream that are kept to be shown."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """How long and how much an exchange may be."""

    seconds: float = 30.0
    """For a whole reply; of a stream, for its head and for each further piece."""
    stream_seconds: float = 120.0
    body_bytes: int = 10_000_000


class Peer:
    """The endpoint, as far as HTTP goes; `headers` go with every request, and are not shown.

    With `origins`, they go with requests to these only.
    """

    def __init__(
        self,
        http: httpx.AsyncClient,
        *,
        limits: Limits,
        headers: Mapping[str, str],
        origins: Collection[str] | None = None,
    ) -> None:
        self._http = http
        self._headers = dict(headers)
        self._origins = origins
        self.limits = limits
        self.troubles = 0
        """How many exchanges, up to the last one, have ended without a whole response."""

    @property
    def headers(self) -> Mapping[str, str]:
        """Those that go with every request: credentials."""
        return MappingProxyType(self._headers)

    def headers_for(self, url: str) -> Mapping[str, str]:
        """Those that go with requests there: none where they must not become known."""
        is_trusted = self._origins is None or origin_of(url) in self._origins
        return self.headers if is_trusted else {}

    def anonymous(self) -> "Peer":
        """The same without the headers that go with every request: without credentials."""
        return self.speaking_as({})

    def speaking_as(self, headers: Mapping[str, str]) -> "Peer":
        """The same with these headers instead: as another caller."""
        return Peer(self._http, limits=self.limits, headers=headers, origins=self._origins)

    async def request(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> Exchange:
        """The exchange, with the whole body."""
        async with self.open(method, url, headers=headers, body=body) as response:
            await response.read()
        return response.exchange

    @asynccontextmanager
    async def open(
        self, method: str, url: str, *, headers: Mapping[str, str], body: bytes = b""
    ) -> AsyncGenerator["Response", None]:
        """The response, its body still to be read; leaving the block hangs up."""
        credentials = self.headers_for(url)
        exchange = Exchange(
            method=method,
            url=url,
            request_headers={**credentials, **headers},
            request_body=body,
            secrets=frozenset(name.lower() for name in credentials),
        )
        began = time.monotonic()
        async with AsyncExitStack() as stack:
            chunks: AsyncIterator[bytes] | None = None
            try:
                async with asyncio.timeout(self.limits.seconds):
                    response = await stack.enter_async_context(
                        self._http.stream(
                            method,
                            url,
                            headers=dict(exchange.request_headers),
                            content=body or None,
                        )
                    )
                exchange.status = response.status_code
                exchange.response_headers = dict(response.headers)
                chunks = response.aiter_raw()
            except _TROUBLES as error:
                exchange.was_cut = isinstance(error, TimeoutError)
                exchange.trouble = _said(error, _late(self.limits.seconds))
            try:
                yield Response(exchange, chunks, self.limits)
            finally:
                exchange.seconds = time.monotonic() - began
                self.troubles = self.troubles + 1 if exchange.trouble else 0


class Response:
    """What comes back, read as it comes."""

    def __init__(
        self, exchange: Exchange, chunks: AsyncIterator[bytes] | None, limits: Limits
    ) -> None:
        self.exchange = exchange
        self._chunks = chunks
        self._limits = limits
        self._decoder = Decoder()
        self.was_closed = False
        """Whether the endpoint has ended the body in good order."""

    @property
    def is_stream(self) -> bool:
        """Whether it says that events are coming."""
        return self.exchange.media_type == "text/event-stream"

    @property
    def comments(self) -> int:
        """How many comment lines came between the events."""
        return self._decoder.comments

    @property
    def has_leftover(self) -> bool:
        """Whether the body ended within an event."""
        return self._decoder.leftover

    async def read(self) -> None:
        """Reads the whole body into the exchange."""
        seconds = self._limits.seconds
        deadline = time.monotonic() + seconds
        while chunk := await self._next(deadline - time.monotonic(), _late(seconds)):
            self.exchange.response_body += chunk
            if len(self.exchange.response_body) > self._limits.body_bytes:
                self._break(f"the body is longer than {self._limits.body_bytes} bytes")

    async def events(self) -> AsyncGenerator[Event, None]:
        """The events as they come, until the endpoint closes the stream, or breaks it off."""
        limits = self._limits
        deadline = time.monotonic() + limits.stream_seconds
        size = 0
        while True:
            left, late = deadline - time.monotonic(), _late(limits.seconds)
            if left < limits.seconds:
                late = f"it went on for more than {limits.stream_seconds:g} seconds"
            chunk = await self._next(min(left, limits.seconds), late)
            if not chunk:
                return
            size += len(chunk)
            if size <= _MOST_KEPT:
                self.exchange.response_body += chunk
            if size > limits.body_bytes:
                self._break(f"the stream is longer than {limits.body_bytes} bytes")
            for event in self._decoder.feed(chunk):
                yield event

    async def _next(self, seconds: float, late: str) -> bytes:
        """The next piece of the body; b"" where there is no more of it, or where it is late."""
        while self._chunks is not None:
            try:
                async with asyncio.timeout(max(seconds, 0.0)):
                    chunk = await anext(self._chunks)
            except StopAsyncIteration:
                self.was_closed = True
                self._chunks = None
            except _TROUBLES as error:
                self.exchange.was_cut = isinstance(error, TimeoutError)
                self._break(_said(error, late))
            else:
                if chunk:
                    return chunk
        return b""

    def _break(self, why: str) -> None:
        self.exchange.trouble = why
        self._chunks = None


def _late(seconds: float) -> str:
    return f"nothing came for {seconds:g} seconds"


def _said(error: Exception, late: str) -> str:
    return late if isinstance(error, TimeoutError) else str(error) or type(error).__name__

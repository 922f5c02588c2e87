"""A client's connection: uvicorn's, with its fast parser, and what that lacks."""

import asyncio
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade, HttpRequestParser
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

_MOST_HEAD_BYTES = 64 * 1024


class Connection(HttpToolsProtocol):
    """Reads one request at a time: its head within limits of time and size, and no upgrades.

    What comes while a reply is under way is not read, and the connection ends with that reply; a
    client that sends its requests ahead sends them again (RFC 9112 §9.3.2). So nobody fills our
    memory with requests, and a client that leaves is noticed.

    That a request asks for another protocol is ignored, which RFC 9110 §7.8 allows. The parser
    takes what follows such a head for the other protocol's, body and all, so nothing is done at
    the end of that head; it is read again, without the header. Trailers are dropped.

    Where nothing is being served, what comes is part of a head, or of a body that nobody reads.
    Its time begins with its first byte, that of the first head with the connection; between
    requests uvicorn has a limit.
    """

    def __init__(self, *for_uvicorn: Any, head_seconds: float, **more_for_uvicorn: Any) -> None:
        super().__init__(*for_uvicorn, **more_for_uvicorn)
        self._head_seconds = head_seconds
        self._waiting: asyncio.TimerHandle | None = None
        self._is_deaf = False
        """Whether what comes is thrown away."""
        self._in_head = False
        self._head_bytes = 0
        self._unclear_bytes = 0
        """How much has come since the parser last made something of it."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Waits for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        """Reads what has come, and starts to serve the request whose head is complete."""
        if self._is_deaf:
            return
        self._unset_keepalive_if_required()
        self._unclear_bytes += len(data)
        try:
            self._parse(data)
            if self._unclear_bytes > _MOST_HEAD_BYTES:
                raise HttpParserError("a line is too long")
        except HttpParserError:
            self._refuse()
        if self._is_serving:
            self._stop_waiting()
        else:
            self._wait()

    def on_message_begin(self) -> None:
        """A head begins. Raises HttpParserError while another request is being served."""
        if self._is_serving:
            raise HttpParserError("a request was sent ahead")
        self._in_head = True
        self._head_bytes = 0
        super().on_message_begin()

    def on_url(self, url: bytes) -> None:
        """The target of the request, or a piece of it."""
        self._take_in_head(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        """A header, or a trailer."""
        self._take_in_head(len(name) + len(value) + 4)  # with colon, space and line end
        if self._in_head:
            super().on_header(name, value)

    def on_headers_complete(self) -> None:
        """The end of the head."""
        self._in_head = False
        self._unclear_bytes = 0
        super().on_headers_complete()

    def on_body(self, body: bytes) -> None:
        """A piece of the body."""
        self._unclear_bytes = 0
        super().on_body(body)

    @property
    def _is_serving(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _take_in_head(self, size: int) -> None:
        self._unclear_bytes = 0
        self._head_bytes += size
        if self._head_bytes > _MOST_HEAD_BYTES:
            raise HttpParserError("the head is too large")

    def _refuse(self) -> None:
        """Ends the connection, with the reply that is under way or with one of its own."""
        self._is_deaf = True
        if self._is_serving and (self.cycle.response_started or not self.cycle.more_body):
            self.cycle.keep_alive = False
            return
        said = "Invalid HTTP request received."
        self.logger.warning(said)
        self.send_400_response(said)

    def _wait(self) -> None:
        if self._waiting is None:
            hang_up = self.timeout_keep_alive_handler
            self._waiting = self.loop.call_later(self._head_seconds, hang_up)

    def _stop_waiting(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _parse(self, data: bytes) -> None:
        while data:
            try:
                self.parser.feed_data(data)
                return
            except HttpParserUpgrade as upgrade:
                # To this parser the connection is over, or another protocol's.
                self.parser = HttpRequestParser(self)
                self.parser.feed_data(self._head_without_upgrade())
                data = data[upgrade.args[0] :]

    def _should_upgrade(self) -> bool:
        return True  # asked by uvicorn, only when the parser has seen such a request

    def _head_without_upgrade(self) -> bytes:
        method, version = self.scope["method"].encode(), self.scope["http_version"].encode()
        if method == b"CONNECT":  # to the parser, always another protocol
            raise HttpParserError("there are no tunnels here")
        lines = [b"%b %b HTTP/%b" % (method, self.url, version)]
        lines += [b"%b: %b" % header for header in self.headers if header[0] != b"upgrade"]
        return b"\r\n".join((*lines, b"", b""))

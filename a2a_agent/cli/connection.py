"""A client's connection: uvicorn's, with its fast parser, and what that lacks."""

import asyncio
from typing import Any

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """Gives the head of a request a limited time, and ignores that it asks for another protocol.

    RFC 9110 §7.8 allows that, but the parser takes what follows such a head for the other
    protocol's, body and all. So nothing is done at the end of that head; it is read again,
    without the header.

    Where nothing is being served, what comes is part of a head, or of a body that nobody reads.
    Its time begins with its first byte, that of the first head with the connection; between
    requests uvicorn has a limit.
    """

    def __init__(self, *for_uvicorn: Any, head_seconds: float, **more_for_uvicorn: Any) -> None:
        super().__init__(*for_uvicorn, **more_for_uvicorn)
        self._head_seconds = head_seconds
        self._waiting: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's
        """Waits for the first request."""
        super().connection_made(transport)
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Waits no more."""
        super().connection_lost(exc)
        self._stop_waiting()

    def data_received(self, data: bytes) -> None:
        """Reads what has come, and starts to serve the requests whose heads are complete."""
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except HttpParserError:
            said = "Invalid HTTP request received."
            self.logger.warning(said)
            self.send_400_response(said)
        is_serving = self.cycle is not None and not self.cycle.response_complete
        if is_serving:
            self._stop_waiting()
        else:
            self._wait()

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

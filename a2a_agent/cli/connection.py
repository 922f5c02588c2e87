"""A client's connection: uvicorn's, with its fast parser, and what that lacks."""

from httptools import HttpParserError, HttpParserUpgrade
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol


class Connection(HttpToolsProtocol):
    """Serves requests for another protocol in HTTP/1.1. RFC 9110 §7.8: Upgrade may be ignored.

    The parser does not: it takes what follows such a head for the other protocol's, body and all.
    So nothing is done at the end of that head; it is read again, without the header.
    """

    def data_received(self, data: bytes) -> None:
        """Reads what has come, and starts to serve the requests whose heads are complete."""
        self._unset_keepalive_if_required()
        try:
            self._parse(data)
        except HttpParserError:
            said = "Invalid HTTP request received."
            self.logger.warning(said)
            self.send_400_response(said)

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

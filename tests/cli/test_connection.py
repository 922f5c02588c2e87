"""Connections on the server of `a2a-agent serve`, byte by byte."""

import functools
import json
import socket
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from http.client import HTTPResponse
from typing import Any

import pytest
import uvicorn

from a2a_agent import RunRequest
from tests.cli.agents import clerk
from tests.cli.peers import LIMIT_SECONDS, our_endpoint
from tests.support.dialects import V0_3
from tests.support.drips import drips
from tests.support.gates import Gate

Address = tuple[str, int]

BODY = b'{"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": {"id": "none"}}'
NOT_FOUND = {
    "jsonrpc": "2.0",
    "id": 1,
    "error": {"code": -32001, "message": "there is no task none"},
}
JAVA = (
    b"Connection: Upgrade, HTTP2-Settings",
    b"Upgrade: h2c",
    b"HTTP2-Settings: AAEAAEAAAAIAAAAB",
)
"""What Java's HttpClient sends with its first request to a server."""


@pytest.fixture(scope="module")
def address() -> Iterator[Address]:
    """Where an endpoint listens."""
    with our_endpoint(clerk) as url:
        yield address_of(url)


def address_of(url: str) -> Address:
    host, _, port = url.removeprefix("http://").rpartition(":")
    return host, int(port)


def head(*lines: bytes, line: bytes = b"POST / HTTP/1.1") -> bytes:
    """The head of a request, up to the empty line."""
    return b"\r\n".join((line, b"Host: x", b"Content-Type: application/json", *lines, b"", b""))


def chunked(body: bytes) -> bytes:
    return b"%x\r\n%b\r\n0\r\n\r\n" % (len(body), body)


LENGTH = b"Content-Length: %d" % len(BODY)


def reply(connection: socket.socket) -> tuple[int, Any]:
    """The status and the value of the next reply."""
    response = HTTPResponse(connection)
    response.begin()
    content = response.read()
    return response.status, json.loads(content)


# Requests for another protocol.


@pytest.mark.parametrize(
    "pieces",
    [
        (head(*JAVA, LENGTH) + BODY,),
        (head(*JAVA, LENGTH), BODY),
        (head(*JAVA, LENGTH), BODY[:20], BODY[20:]),
        (head(*JAVA)[:70], head(*JAVA, LENGTH)[70:] + BODY[:1], BODY[1:]),
        (head(*JAVA, b"Transfer-Encoding: chunked"), chunked(BODY)),
        (head(b"Connection: upgrade", b"Upgrade: websocket", LENGTH) + BODY,),
    ],
    ids=["at once", "head and body", "body in pieces", "head in pieces", "chunked", "websocket"],
)
def test_request_to_change_the_protocol_is_served_in_the_one_that_is_spoken(
    address: Address, pieces: tuple[bytes, ...]
) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for piece in pieces:
            connection.sendall(piece)

        assert reply(connection) == (200, NOT_FOUND)

        connection.sendall(head(LENGTH) + BODY)
        assert reply(connection) == (200, NOT_FOUND)


@pytest.mark.parametrize(
    ("line", "connection_header"),
    [
        (b"POST / HTTP/1.1", b"Connection: close, upgrade"),
        (b"POST / HTTP/1.0", b"Connection: upgrade"),
    ],
)
def test_request_to_change_the_protocol_and_then_close_is_served(
    address: Address, line: bytes, connection_header: bytes
) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        asked = head(connection_header, b"Upgrade: h2c", LENGTH, line=line) + BODY
        connection.sendall(asked)

        assert reply(connection) == (200, NOT_FOUND)
        assert connection.recv(1) == b""


# One request at a time.


def test_requests_sent_ahead_are_not_served_and_the_connection_ends(address: Address) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall((head(LENGTH) + BODY) * 1_000)

        assert reply(connection) == (200, NOT_FOUND)
        with suppress(ConnectionError):
            assert connection.recv(1) == b""


@pytest.mark.parametrize(
    "garbage", [b"\x00zz\r\n\r\n", b"CONNECT x:80 HTTP/1.1\r\nHost: x\r\n\r\n"]
)
def test_garbage_behind_a_request_leaves_its_reply_whole(address: Address, garbage: bytes) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(head(LENGTH) + BODY + garbage)

        assert reply(connection) == (200, NOT_FOUND)
        with suppress(ConnectionError):
            assert connection.recv(1) == b""


def test_client_of_a_stream_that_leaves_is_noticed_though_it_sent_requests_ahead() -> None:
    gate = Gate()

    async def works(request: RunRequest) -> AsyncIterator[str]:
        """Works until it may end."""
        yield "a"
        await gate.passed()

    with our_endpoint(works, max_streams_per_caller=1) as url:
        with socket.create_connection(address_of(url), LIMIT_SECONDS) as connection:
            connection.sendall(sending(V0_3.stream) + head(LENGTH) + BODY)
            while b"artifact-update" not in connection.recv(65536):
                pass
            connection.sendall(head(LENGTH) + BODY)
        statuses = [429]
        try:
            while statuses[-1] == 429:
                statuses.append(streams_again(url))
        finally:
            gate.open()

    assert statuses[-1] == 200


def streams_again(url: str) -> int:
    """The status of another stream's reply."""
    with socket.create_connection(address_of(url), LIMIT_SECONDS) as connection:
        connection.sendall(sending(V0_3.stream))
        response = HTTPResponse(connection)
        response.begin()
        return response.status


def sending(method: str) -> bytes:
    """A request that sends a message."""
    params = {"message": V0_3.message()}
    body = json.dumps({"jsonrpc": "2.0", "id": 1, "method": method, "params": params}).encode()
    return head(b"Content-Length: %d" % len(body)) + body


# Heads and trailers without end.


@pytest.mark.parametrize(
    "endless",
    [
        b"GET /%b" % (b"a" * 1_000_000),
        head()[:-2] + b"x: " + b"a" * 1_000_000,
        head()[:-2] + b"x: y\r\n" * 20_000,
    ],
    ids=["target", "header", "headers"],
)
def test_head_that_is_too_large_is_refused(address: Address, endless: bytes) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        with suppress(ConnectionError):
            connection.sendall(endless)
        with suppress(ConnectionError), connection.makefile("rb") as replies:
            assert replies.read().startswith(b"HTTP/1.1 400 Bad Request\r\n")


@pytest.mark.parametrize("endless", [b"x: " + b"a" * 1_000_000, b"x: y\r\n" * 20_000])
def test_trailers_that_are_too_large_are_refused(address: Address, endless: bytes) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(head(b"Transfer-Encoding: chunked") + chunked(BODY)[:-2])
        with suppress(ConnectionError):
            connection.sendall(endless)
        with suppress(ConnectionError), connection.makefile("rb") as replies:
            assert replies.read().startswith(b"HTTP/1.1 400 Bad Request\r\n")


def test_trailer_is_no_header(address: Address) -> None:
    asked = head(b"Transfer-Encoding: chunked") + chunked(BODY)[:-2] + b"A2A-Version: 9.9\r\n\r\n"
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(asked)

        assert reply(connection) == (200, NOT_FOUND)


def test_body_that_is_larger_than_a_head_may_be_is_read(address: Address) -> None:
    body = BODY + b" " * 1_000_000
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(head(b"Content-Length: %d" % len(body)) + body)

        assert reply(connection) == (200, NOT_FOUND)


def test_length_with_thousands_of_zeros_is_a_length(address: Address) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(head(b"Content-Length: " + b"0" * 5_000 + b"%d" % len(BODY)) + BODY)

        assert reply(connection) == (200, NOT_FOUND)


@pytest.mark.parametrize("more", [(), JAVA], ids=["plain", "upgrade"])
def test_tunnel_is_refused(address: Address, more: tuple[bytes, ...]) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(head(*more, line=b"CONNECT x:80 HTTP/1.1"))
        with connection.makefile("rb") as replies:
            received = replies.read()

    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\n")
    assert received.count(b"HTTP/1.1") == 1


def test_what_is_no_http_is_refused(address: Address) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n")
        with connection.makefile("rb") as replies:
            assert replies.read().startswith(b"HTTP/1.1 400 Bad Request\r\n")


# Clients that take their time.


@pytest.fixture(scope="module")
def impatient() -> Iterator[Address]:
    """Where an endpoint listens that waits for no client long."""
    with our_endpoint(clerk, receive_timeout_seconds=0.3) as url:
        yield address_of(url)


def test_client_that_says_nothing_is_hung_up_on(impatient: Address) -> None:
    with socket.create_connection(impatient, LIMIT_SECONDS) as connection:
        assert connection.recv(1) == b""


@pytest.mark.parametrize("served", [0, 1, 2])
def test_head_that_does_not_come_in_time_is_given_up(impatient: Address, served: int) -> None:
    with socket.create_connection(impatient, LIMIT_SECONDS) as connection:
        for _ in range(served):
            connection.sendall(head(LENGTH) + BODY)
            assert reply(connection) == (200, NOT_FOUND)
        connection.sendall(head(LENGTH)[:40])

        assert b"".join(drips(connection)) == b""


def test_body_that_nobody_reads_is_given_up(impatient: Address) -> None:
    with socket.create_connection(impatient, LIMIT_SECONDS) as connection:
        connection.sendall(head(b"Content-Length: 1000000", line=b"GET /health HTTP/1.1"))
        received = b"".join(drips(connection))

    assert received.startswith(b"HTTP/1.1 200 OK\r\n")


def test_head_in_pieces_is_waited_for(address: Address) -> None:
    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for _ in range(2):
            for byte in head(LENGTH) + BODY:
                connection.sendall(bytes([byte]))

            assert reply(connection) == (200, NOT_FOUND)


class Slow:
    """An agent that works until it may end."""

    def __init__(self) -> None:
        self.gate = Gate()

    async def run(self, request: RunRequest, /) -> AsyncIterator[str]:
        await self.gate.passed()
        yield "done"


def state_of_reply(connection: socket.socket) -> tuple[int, str]:
    status, value = reply(connection)
    return status, value["result"]["status"]["state"]


def test_reply_may_take_longer_than_the_request() -> None:
    slow = Slow()
    with (
        our_endpoint(slow, receive_timeout_seconds=0.3) as url,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as connection,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as other,
    ):
        connection.sendall(sending(V0_3.send))
        assert other.recv(1) == b""  # the time of a request is over
        slow.gate.open()

        assert state_of_reply(connection) == (200, "completed")


def test_reply_may_take_longer_than_a_connection_is_kept_without_requests(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    soon = functools.partial(uvicorn.Config, timeout_keep_alive=1)
    monkeypatch.setattr(uvicorn, "Config", soon)
    slow = Slow()
    with (
        our_endpoint(slow) as url,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as connection,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as other,
    ):
        for one in (connection, other):
            one.sendall(head(LENGTH) + BODY)
            assert reply(one) == (200, NOT_FOUND)
        connection.sendall(sending(V0_3.send))
        assert other.recv(1) == b""  # the time without requests is over
        slow.gate.open()

        assert state_of_reply(connection) == (200, "completed")

"""Connections on the server of `a2a-agent serve`, byte by byte."""

import json
import socket
from collections.abc import AsyncIterator, Iterator
from http.client import HTTPResponse
from typing import Any

import pytest

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


def test_many_requests_to_change_the_protocol_are_served_in_turn(address: Address) -> None:
    many = 2_000
    health = head(b"Connection: upgrade", b"Upgrade: h2c", line=b"GET /health HTTP/1.1")

    with socket.create_connection(address, LIMIT_SECONDS) as connection:
        connection.sendall(health * many + head(b"Connection: close", LENGTH) + BODY)
        with connection.makefile("rb") as replies:
            received = replies.read()

    assert received.count(b"HTTP/1.1 200 OK") == many + 1
    assert received.endswith(json.dumps(NOT_FOUND, separators=(",", ":")).encode())


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


def test_reply_may_take_longer_than_the_request() -> None:
    gate = Gate()

    async def works(request: RunRequest) -> AsyncIterator[str]:
        """Works until it may end."""
        await gate.passed()
        yield "done"

    params = {"message": V0_3.message()}
    call = {"jsonrpc": "2.0", "id": 1, "method": V0_3.send, "params": params}
    body = json.dumps(call).encode()
    with (
        our_endpoint(works, receive_timeout_seconds=0.3) as url,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as connection,
        socket.create_connection(address_of(url), LIMIT_SECONDS) as other,
    ):
        connection.sendall(head(b"Content-Length: %d" % len(body)) + body)
        assert other.recv(1) == b""  # the time of a request is over
        gate.open()

        status, value = reply(connection)

    assert (status, value["result"]["status"]["state"]) == (200, "completed")

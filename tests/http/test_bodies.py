"""What may be in a request body: strict JSON, within limits, of the right type."""

import http.client
import json
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2a_agent import Settings, create_app
from tests.support.dialects import V0_3, Dialect, Json
from tests.support.drips import drips
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.server import LIMIT_SECONDS, serving
from tests.support.stage import Stage


def request(method: str, params: Any = None) -> Json:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def refused(code: int, message: str, id: Any = None) -> Json:
    return {"jsonrpc": "2.0", "id": id, "error": {"code": code, "message": message}}


# Syntax.


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b" ",
        b"{",
        b"{}}",
        b"{'jsonrpc': '2.0'}",
        b'{"jsonrpc": "2.0",}',
        b'{"jsonrpc": "2.0" /* so be it */}',
        b"nonsense",
        b"\x00",
        b"\xff",
        b'{"jsonrpc": "2.0", "id": "\xff"}',
        b'{"jsonrpc": "2.0", "id": "\xed\xa0\x80"}',
        b'{"jsonrpc": "2.0", "id": "\\ud800"}',
        '{"jsonrpc": "2.0"}'.encode("utf-16"),
        b'\xef\xbb\xbf{"jsonrpc": "2.0"}',
        b'{"id": NaN}',
        b'{"id": Infinity}',
        b'{"id": -Infinity}',
        b'{"id": 01}',
        b'{"id": 1e999}',
        b'{"id": %s}' % (b"9" * 9999),
        b'{"id": "a\nb"}',
        b"[" * 100_000,
        b'{"a":' * 100_000,
        b"[" * 5_000 + b"1234567890123456789" + b"]" * 5_000,
    ],
    ids=lambda body: repr(body[:20]),
)
def test_body_that_is_no_json_is_a_parse_error(
    endpoint: Endpoint, dialect: Dialect, body: bytes
) -> None:
    response = endpoint.post(body, dialect)

    reply = response.json()
    said = reply["error"].pop("message")
    assert (response.status_code, reply) == (
        200,
        {"jsonrpc": "2.0", "id": None, "error": {"code": -32700}},
    )
    assert said.startswith("Parse error: the body is no")


@pytest.mark.parametrize("number", [2**64, -(2**63) - 1, 10**30], ids=["most", "least", "long"])
def test_integer_of_more_than_64_bits_is_a_parse_error(endpoint: Endpoint, number: int) -> None:
    body = b'{"jsonrpc": "2.0", "method": "tasks/get", "id": %d}' % number

    assert endpoint.post(body).json() == refused(
        -32700, "Parse error: a number has more than 64 bits"
    )


@pytest.mark.parametrize("digits", ["12345678901234567890", "1" * 200])
def test_long_digits_in_a_text_are_no_number(
    endpoint: Endpoint, dialect: Dialect, digits: str
) -> None:
    task = endpoint.task(dialect, digits)

    assert task["artifacts"][0]["parts"] == [dialect.text_part(digits)]


def test_numbers_in_data_come_back_as_they_were(endpoint: Endpoint, dialect: Dialect) -> None:
    data = {"least": -(2**63), "most": 2**64 - 1, "third": 1 / 3, "small": 5e-324, "zero": -0.0}
    message = dialect.message(parts=[dialect.data_part(data)])

    (kept,) = endpoint.task(dialect, message)["history"]

    assert kept["parts"] == [dialect.data_part(data)]
    assert json.dumps(kept["parts"][0]["data"]) == json.dumps(data)


def test_text_of_any_characters_comes_back_as_it_was(endpoint: Endpoint, dialect: Dialect) -> None:
    text = '\0\x01\x1f\x7f\r\n\t"\\\u0085\u2028\u2029\ufeff\ufffe é 語 😀 \U0010ffff'

    with endpoint.sending(dialect, text) as frames:
        gists = [dialect.gist(frame.result) for frame in frames]

    assert [gist[2] for gist in gists if gist[0] == "artifact"][0] == text


def test_whitespace_and_key_order_do_not_matter(endpoint: Endpoint) -> None:
    body = b' \r\n\t{ "params" : {"contextId":"nobody\'s"},"id":1 , "method":"tasks\\/list",'
    body += b'"\\u006asonrpc":"2.0" }\n'

    assert endpoint.post(body).json()["result"]["totalSize"] == 0


# Size.


def nested(depth: int, *, method: str) -> Json:
    """A request that is nested so deep, itself and its params counted."""
    value: Any = "innermost"
    for _ in range(depth - 2):
        value = {"deeper": value}
    return request(method, {"metadata": value})


def test_deepest_body_is_taken_and_a_deeper_one_refused(
    endpoint: Endpoint, dialect: Dialect
) -> None:
    taken = endpoint.post(nested(64, method=dialect.list), dialect).json()
    refusal = endpoint.post(nested(65, method=dialect.list), dialect).json()

    assert "result" in taken
    assert refusal == refused(-32600, "the body is nested more than 64 levels deep", 1)


def test_brackets_in_texts_make_no_depth(endpoint: Endpoint, dialect: Dialect) -> None:
    assert endpoint.task(dialect, "[{" * 1000)["artifacts"][0]["parts"] == [
        dialect.text_part("[{" * 1000)
    ]


def test_longest_string_is_taken_and_a_longer_one_refused(dialect: Dialect) -> None:
    with serving_agent(max_string_length=100) as endpoint:
        taken = endpoint.task(dialect, "é" * 100)
        body = request(dialect.send, {"message": dialect.message("é" * 101)})
        refusal = endpoint.post(body, dialect).json()
        key = request(dialect.list, {"k" * 101: 1})
        refusal_of_key = endpoint.post(key, dialect).json()
        long_id = {**request(dialect.list), "id": "i" * 101}
        refusal_of_id = endpoint.post(long_id, dialect).json()

    assert taken["artifacts"][0]["parts"] == [dialect.text_part("é" * 100)]
    assert refusal == refused(-32600, "a string is longer than 100 characters", 1)
    assert refusal_of_key == refusal
    assert refusal_of_id == {**refusal, "id": "i" * 101}


def test_batch_that_is_too_deep_is_refused_as_a_whole(endpoint: Endpoint, dialect: Dialect) -> None:
    batch = [request(dialect.list), nested(64, method=dialect.list)]

    assert endpoint.post(batch, dialect).json() == refused(
        -32600, "the body is nested more than 64 levels deep"
    )


class Counting:
    """An application that counts the bytes of bodies that it is given."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self.taken = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def counted() -> Message:
            message = await receive()
            self.taken += len(message.get("body", b""))
            return message

        await self.app(scope, counted, send)


@contextmanager
def counting(max_body_bytes: int) -> Iterator[tuple[Counting, http.client.HTTPConnection]]:
    settings = Settings(store="memory:", max_body_bytes=max_body_bytes)
    app = Counting(create_app(Stage(), settings=settings))
    with serving(app) as base:
        connection = http.client.HTTPConnection(base.removeprefix("http://"), timeout=LIMIT_SECONDS)
        try:
            yield app, connection
        finally:
            connection.close()


def padded(size: int) -> bytes:
    body = json.dumps(request(V0_3.list)).encode()
    return body + b" " * (size - len(body))


@pytest.mark.parametrize("is_chunked", [False, True], ids=["length", "chunked"])
def test_largest_body_is_taken_and_a_larger_one_refused(is_chunked: bool) -> None:
    with counting(1000) as (_, connection):
        replies = []
        for size in (1000, 1001):
            body = iter([padded(size)[:700], padded(size)[700:]]) if is_chunked else padded(size)
            connection.request(
                "POST", "/", body, {"Content-Type": "application/json"}, encode_chunked=is_chunked
            )
            response = connection.getresponse()
            replies.append((response.status, json.loads(response.read())))

    assert [status for status, _ in replies] == [200, 413]
    assert "result" in replies[0][1]
    assert replies[1][1] == refused(-32600, "the body must be 1000 bytes at most")


MEGABYTE = 1024 * 1024


def test_body_that_says_it_is_too_large_is_refused_unread() -> None:
    with counting(MEGABYTE) as (app, connection):
        connection.putrequest("POST", "/")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", str(30 * MEGABYTE))
        connection.endheaders(b"{" + b" " * 1000)
        response = connection.getresponse()

        assert (response.status, response.getheader("connection")) == (413, "close")
        assert json.loads(response.read()) == refused(
            -32600, f"the body must be {MEGABYTE} bytes at most"
        )
        assert app.taken == 0


def test_body_that_turns_out_too_large_is_not_read_to_its_end() -> None:
    with counting(MEGABYTE) as (app, connection):
        connection.putrequest("POST", "/")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Transfer-Encoding", "chunked")
        connection.endheaders()
        piece = b"%x\r\n%b\r\n" % (MEGABYTE, b" " * MEGABYTE)
        sent = 0
        with pytest.raises(OSError):
            while sent < 30:
                connection.send(piece)
                sent += 1
            pytest.fail("all of it was taken")

        assert app.taken < 2 * MEGABYTE


@pytest.mark.parametrize("length", ["-1", "1x", "9" * 5000])
def test_length_that_is_no_number_is_refused(length: str) -> None:
    with counting(MEGABYTE) as (app, connection):
        connection.putrequest("POST", "/")
        connection.putheader("Content-Type", "application/json")
        connection.putheader("Content-Length", length)
        connection.endheaders()

        assert connection.getresponse().status in (400, 413)
        assert app.taken == 0


def test_body_that_breaks_off_makes_nothing_happen(endpoint: Endpoint) -> None:
    connection = http.client.HTTPConnection(endpoint.base.removeprefix("http://"))
    connection.putrequest("POST", "/")
    connection.putheader("Content-Type", "application/json")
    connection.putheader("Content-Length", "1000")
    connection.endheaders(padded(500))
    connection.close()

    assert endpoint.result(V0_3, V0_3.list, {"contextId": "nobody's"})["totalSize"] == 0


# Time.


def post(connection: socket.socket, body: bytes) -> None:
    """Sends a request with a body of a thousand bytes, and of them so many."""
    lines = [b"POST / HTTP/1.1", b"Host: x", b"Content-Type: application/json"]
    connection.sendall(b"\r\n".join((*lines, b"Content-Length: 1000", b"", body)))


@pytest.mark.parametrize("begun", [b"", b"{"], ids=["nothing", "some"])
def test_body_that_does_not_come_in_time_is_refused(begun: bytes) -> None:
    with (
        serving_agent(receive_timeout_seconds=0.3) as endpoint,
        socket.create_connection(endpoint.address, LIMIT_SECONDS) as connection,
    ):
        post(connection, begun)
        received = b"".join(drips(connection))

    head, _, body = received.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 408 Request Timeout\r\n")
    assert b"connection: close" in head.split(b"\r\n")
    assert json.loads(body) == refused(-32600, "the body must arrive within 0.3 seconds")


# Content types.


@pytest.mark.parametrize(
    "content_type",
    [
        "application/json",
        "Application/JSON",
        "application/json;charset=utf-8",
        "application/json ; charset=UTF-8; x=y",
        "application/a2a+json",
        "",
    ],
)
def test_json_is_taken(endpoint: Endpoint, content_type: str) -> None:
    headers = {"Content-Type": content_type} if content_type else {}
    body = json.dumps(request(V0_3.list)).encode()

    response = endpoint.http.post("/", content=body, headers=headers)

    assert (response.status_code, "result" in response.json()) == (200, True)


@pytest.mark.parametrize(
    "content_type",
    [
        "text/plain",
        "text/json",
        "application/x-www-form-urlencoded",
        "multipart/form-data; boundary=x",
        "application/jsonx",
        "application/xml, application/json",
        ";",
    ],
)
def test_other_content_types_are_refused(
    endpoint: Endpoint, dialect: Dialect, content_type: str
) -> None:
    response = endpoint.post(request(dialect.list), dialect, headers={"Content-Type": content_type})

    assert (response.status_code, response.json()) == (
        415,
        refused(-32600, "the Content-Type must be application/json"),
    )

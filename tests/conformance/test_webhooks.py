"""The webhook that the suite puts up: what it keeps, what it answers, and what it puts up with."""

import asyncio
from collections.abc import AsyncIterator
from urllib.parse import urlsplit

import httpx
import pytest

from conformance.expect import MISSING
from conformance.redaction import Redaction
from conformance.webhooks import Answer, Delivery, Receiver, receiving
from tests.support.server import LIMIT_SECONDS


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with receiving("127.0.0.1") as one:
        yield one


async def _post(url: str, content: object, **headers: str) -> httpx.Response:
    async with httpx.AsyncClient(trust_env=False, timeout=LIMIT_SECONDS) as http:
        return await http.post(url, content=content, headers=headers)  # type: ignore[arg-type]  # bytes and streams of them


async def _said(url: str, request: bytes) -> bytes:
    """What comes back for bytes that may be no request."""
    parts = urlsplit(url)
    reader, writer = await asyncio.open_connection(parts.hostname, parts.port)
    writer.write(request)
    writer.write_eof()
    async with asyncio.timeout(LIMIT_SECONDS):
        answer = await reader.read()
    writer.close()
    return answer


async def test_delivery_is_kept_as_it_came(receiver: Receiver) -> None:
    hook = receiver.hook()
    response = await _post(hook.url, b'{"a": 1}', **{"Content-Type": "application/JSON; x=y"})
    assert response.status_code == 200
    (one,) = hook.deliveries
    assert (one.method, one.url, one.value) == ("POST", hook.url, {"a": 1})
    assert one.media_type == "application/json"


async def test_body_in_chunks_is_put_together(receiver: Receiver) -> None:
    async def chunks() -> AsyncIterator[bytes]:
        yield b'{"a": '
        yield b"1}"

    hook = receiver.hook()
    await _post(hook.url, chunks())
    assert hook.deliveries[0].value == {"a": 1}


@pytest.mark.parametrize("body", [b"", b"no JSON", b"\xff", b"[" * 100_000])
async def test_body_that_is_no_json_has_no_value(receiver: Receiver, body: bytes) -> None:
    hook = receiver.hook()
    await _post(hook.url, body)
    assert hook.deliveries[0].value is MISSING


async def test_hooks_are_told_apart(receiver: Receiver) -> None:
    one, other = receiver.hook(), receiver.hook()
    await _post(other.url, b"1")
    assert (len(one.deliveries), len(other.deliveries)) == (0, 1)


async def test_what_is_sent_elsewhere_is_not_kept(receiver: Receiver) -> None:
    hook = receiver.hook()
    response = await _post(f"{hook.url}/another", b"1")
    assert (response.status_code, hook.deliveries) == (404, [])


async def test_hook_answers_as_it_is_told(receiver: Receiver) -> None:
    def moved(delivery: Delivery) -> Answer:
        return Answer(status=307, location="http://127.0.0.2/") if delivery.value == 1 else Answer()

    hook = receiver.hook(moved)
    first, second = await _post(hook.url, b"1"), await _post(hook.url, b"2")
    assert (first.status_code, first.headers["location"]) == (307, "http://127.0.0.2/")
    assert (second.status_code, len(hook.deliveries)) == (200, 2)


async def test_hook_keeps_no_more_than_it_has_room_for(receiver: Receiver) -> None:
    hook, other = receiver.hook(), receiver.hook()
    for _ in range(6):
        await _post(hook.url, b"x" * 1_900_000)
    await _post(hook.url, b"1")
    await _post(other.url, b"1")
    assert [len(one.body) for one in hook.deliveries] == [*[1_900_000] * 5, 1]
    assert len(other.deliveries) == 1


async def test_wait_ends_as_soon_as_enough_has_come(receiver: Receiver) -> None:
    hook = receiver.hook()
    waiting = asyncio.create_task(hook.wait(lambda found: len(found) == 2, LIMIT_SECONDS))
    await _post(hook.url, b"1")
    assert not waiting.done()
    await _post(hook.url, b"2")
    assert [one.value for one in await waiting] == [1, 2]


async def test_wait_ends_when_its_time_is_over(receiver: Receiver) -> None:
    assert await receiver.hook().wait(bool, 0.01) == []


async def test_secrets_are_not_shown(receiver: Receiver) -> None:
    hook = receiver.hook()
    headers = {"Authorization": "Bearer secret", "X-A2A-Notification-Token": "secret"}
    await _post(hook.url, b"1", **headers)
    assert "secret" not in hook.deliveries[0].exchange.curl(Redaction())


@pytest.mark.parametrize(
    "request_bytes",
    [
        b"",
        b"nonsense\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: many\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 9999999999\r\n\r\n",
        b"POST / HTTP/1.1\r\nContent-Length: 10\r\n\r\nshort",
        b"POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nX: " + b"x" * 100_000,
    ],
)
async def test_nonsense_is_answered_and_not_kept(receiver: Receiver, request_bytes: bytes) -> None:
    hook = receiver.hook()
    answer = await _said(hook.url, request_bytes)
    assert answer.startswith((b"HTTP/1.1 400", b"HTTP/1.1 404"))
    await _post(hook.url, b"1")
    assert len(hook.deliveries) == 1


async def test_receiver_that_is_closed_hangs_up_on_those_who_are_slow() -> None:
    async with receiving("localhost") as receiver:
        hook = receiver.hook()
        parts = urlsplit(hook.url)
        reader, writer = await asyncio.open_connection("127.0.0.1", parts.port)
        await _post(hook.url, b"1")  # once this is answered, the one before has been accepted
    async with asyncio.timeout(LIMIT_SECONDS):
        assert await reader.read() == b""
    writer.close()
    with pytest.raises(OSError):
        await asyncio.open_connection("127.0.0.1", parts.port)


@pytest.mark.parametrize(
    ("host", "shown"),
    [("localhost", "localhost"), ("this.machine.example", "this.machine.example")],
)
async def test_urls_name_the_host_that_was_given(host: str, shown: str) -> None:
    async with receiving(host) as receiver:
        assert urlsplit(receiver.hook().url).hostname == shown


async def test_address_of_another_machine_is_listened_for_everywhere() -> None:
    async with receiving("192.0.2.7") as receiver:
        hook = receiver.hook()
        parts = urlsplit(hook.url)
        await _post(f"http://127.0.0.1:{parts.port}{parts.path}", b"1")
    assert len(hook.deliveries) == 1

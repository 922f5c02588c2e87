import asyncio
from collections.abc import AsyncGenerator, Iterator
from contextlib import aclosing
from typing import Any

import pytest
from starlette.types import Message, Receive

from a2a_agent.http.body import BodyTooLarge, read_body

LIMIT_SECONDS = 20.0


def piece(body: bytes, *, is_last: bool = False) -> Message:
    return {"type": "http.request", "body": body, "more_body": not is_last}


GONE = {"type": "http.disconnect"}


def giving(*messages: Message) -> Receive:
    """What has come already, all of it."""
    given: Iterator[Message] = iter(messages)

    async def receive() -> Message:
        return next(given)

    return receive


def at_once(receive: Receive, *, length: bytes = b"0") -> bytes | None:
    """What is read in one step, so without a wait."""
    with pytest.raises(StopIteration) as read:
        read_body(length, receive, most_bytes=4, seconds=LIMIT_SECONDS).send(None)
    body: bytes | None = read.value.value
    return body


@pytest.mark.parametrize(
    ("messages", "body"),
    [
        ([piece(b"body", is_last=True)], b"body"),
        ([{"type": "http.request"}], b""),
        ([piece(b"bo"), piece(b"dy", is_last=True)], b"body"),
        ([piece(b"bo"), GONE], None),
        ([GONE], None),
    ],
)
async def test_what_has_come_is_read_at_once(messages: list[Message], body: bytes | None) -> None:
    assert at_once(giving(*messages)) == body


@pytest.mark.parametrize("pieces", [[b"body!"], [b"body", b"!"]])
async def test_body_that_turns_out_too_large_is_refused(pieces: list[bytes]) -> None:
    with pytest.raises(BodyTooLarge):
        at_once(giving(*map(piece, pieces)))


async def test_body_that_says_it_is_too_large_is_refused_unread() -> None:
    with pytest.raises(BodyTooLarge):
        at_once(giving(), length=b"5")


class Client:
    """Sends what it is told to, when it is told to."""

    def __init__(self) -> None:
        self.sent: asyncio.Queue[Message] = asyncio.Queue()
        self.left: list[BaseException] = []
        """What the server's waiting ended with."""

    async def receive(self) -> Message:
        try:
            return await self.sent.get()
        except BaseException as error:
            self.left.append(error)
            raise

    def read(self, *, seconds: float = LIMIT_SECONDS) -> "asyncio.Task[bytes | None]":
        """The reading of its body, begun."""
        reading = read_body(b"0", self.receive, most_bytes=4, seconds=seconds)
        return asyncio.ensure_future(reading)


async def test_what_comes_later_is_waited_for() -> None:
    client = Client()
    reading = client.read()

    for message in (piece(b"bo"), piece(b"d"), piece(b"y", is_last=True)):
        await asyncio.sleep(0)
        assert not reading.done()
        client.sent.put_nowait(message)

    assert await asyncio.wait_for(reading, LIMIT_SECONDS) == b"body"


async def test_body_that_turns_out_too_large_later_is_refused() -> None:
    client = Client()
    reading = client.read()
    await asyncio.sleep(0)
    client.sent.put_nowait(piece(b"body!"))

    with pytest.raises(BodyTooLarge):
        await asyncio.wait_for(reading, LIMIT_SECONDS)


@pytest.mark.parametrize("begins", [False, True])
async def test_body_that_does_not_come_in_time_is_given_up(begins: bool) -> None:
    client = Client()
    if begins:
        client.sent.put_nowait(piece(b"bo"))

    with pytest.raises(TimeoutError):
        await client.read(seconds=0.01)

    assert list(map(type, client.left)) == [asyncio.CancelledError]


async def test_reading_can_be_canceled() -> None:
    client = Client()
    reading = client.read()
    await asyncio.sleep(0)
    reading.cancel()

    with pytest.raises(asyncio.CancelledError):
        await reading

    assert list(map(type, client.left)) == [asyncio.CancelledError]


async def test_receiving_may_wait_while_it_is_being_given_up() -> None:
    """As that of a middleware may, which has tasks of its own to end."""
    cleaned: list[str] = []

    async def messages() -> AsyncGenerator[Any, None]:
        try:
            yield await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append("up")

    async def receive() -> Message:
        async with aclosing(messages()) as given:
            message: Message = await anext(given)
            return message

    with pytest.raises(TimeoutError):
        await read_body(b"0", receive, most_bytes=4, seconds=0.01)

    assert cleaned == ["up"]

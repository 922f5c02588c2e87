"""Reads the body of a request, within limits of size and time. Knows nothing of what is in it."""

import asyncio
import types
from collections.abc import Callable, Coroutine, Generator
from typing import Any

from starlette.types import Receive


class BodyTooLarge(Exception):
    """The body exceeds the limit; what is left of it is not read."""


async def read_body(
    length: bytes, receive: Receive, *, most_bytes: int, seconds: float
) -> bytes | None:
    """The body; None when the client has gone. Raises BodyTooLarge or TimeoutError.

    A timer is made only where there is something to wait for: most bodies come with their head.
    """
    digits = length.lstrip(b"0") or b"0"
    if digits.isdigit() and (len(digits) > 18 or int(digits) > most_bytes):
        raise BodyTooLarge
    reading = _read(receive, most_bytes)
    try:
        waits_for = reading.send(None)
    except StopIteration as finished:
        body: bytes | None = finished.value
        return body
    async with asyncio.timeout(seconds):
        return await _rest(reading, waits_for)


async def _read(receive: Receive, most_bytes: int) -> bytes | None:
    chunks: list[bytes] = []
    size = 0
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return None
        chunk = message.get("body", b"")
        size += len(chunk)
        if size > most_bytes:
            raise BodyTooLarge
        chunks.append(chunk)
        if not message.get("more_body", False):
            return chunks[0] if len(chunks) == 1 else b"".join(chunks)


@types.coroutine
def _rest(
    begun: Coroutine[Any, Any, bytes | None], waits_for: Any
) -> Generator[Any, Any, bytes | None]:
    """Awaits a coroutine that has begun to wait, as `await` does from its beginning (PEP 380)."""
    while True:
        step: Callable[[Any], Any] = begun.send
        try:
            value = yield waits_for
        except BaseException as error:  # for the coroutine, as when its time is over
            step, value = begun.throw, error
        try:
            waits_for = step(value)
        except StopIteration as finished:
            body: bytes | None = finished.value
            return body

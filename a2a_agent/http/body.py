"""Reads the body of a request, within limits of size and time. Knows nothing of what is in it."""

import asyncio

from starlette.types import Receive

from a2a_agent.runtime.stepping import awaited


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
    async with asyncio.timeout(None) as limit:

        def waits() -> None:
            limit.reschedule(asyncio.get_running_loop().time() + seconds)

        return await awaited(_read(receive, most_bytes), waits)


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

"""What the load client may ask of a server, in the text of its message.

    send          one text answer, "hello"
    stream N      N chunks of 20 characters, as fast as they are taken
    chat N        N tokens of 20 characters, asked of a model server; see `llm`
    tstream N     as stream; each chunk is the time at which it was made
    paced N MS    as tstream, with a pause of MS milliseconds after each chunk
    hold          works until a release comes
    gated N       as hold, then N chunks
    release       lets all waiting runs go on; answered like send
    gc            collects the server's garbage; answered like send

The floor and our bench agent both obey these. Knows no protocol and no framework.
"""

import asyncio
import time
from dataclasses import dataclass

HELLO = "hello"
CHUNK = "twenty chars of text"
STAMP_DIGITS = len(CHUNK)


@dataclass(frozen=True, slots=True)
class Command:
    """A word and its numbers."""

    word: str
    numbers: tuple[int, ...] = ()

    @classmethod
    def parse(cls, text: str) -> "Command":
        """The command in a message's text."""
        word, *numbers = text.split()
        return cls(word, tuple(map(int, numbers)))


def stamp() -> str:
    """The time by the clock that all processes of the machine share, as long as a chunk."""
    return f"{time.monotonic_ns():0{STAMP_DIGITS}d}"


class Gate:
    """Where runs wait for a release; who comes later waits for the next one."""

    def __init__(self) -> None:
        self._released = asyncio.Event()

    async def wait(self) -> None:
        """Returns at the next release. Has no limit: the load client always releases."""
        await self._released.wait()

    def release(self) -> None:
        """Lets all go that wait now."""
        self._released.set()
        self._released = asyncio.Event()

"""A gate between a test and an agent that runs in another thread: one waits, the other opens."""

import asyncio
from concurrent.futures import Future

from tests.support.server import LIMIT_SECONDS


class Gate:
    """Closed until somebody opens it, for good."""

    def __init__(self) -> None:
        self._opened: Future[None] = Future()

    def open(self) -> None:
        """Lets everybody pass, from whichever thread."""
        if not self._opened.done():
            self._opened.set_result(None)

    def wait(self, *, seconds: float = LIMIT_SECONDS) -> None:
        """Returns when the gate is open, which may take so long; for the test."""
        self._opened.result(seconds)

    async def passed(self) -> None:
        """Returns when the gate is open; for the agent."""
        async with asyncio.timeout(LIMIT_SECONDS):
            await asyncio.shield(asyncio.wrap_future(self._opened))

"""Decides when the write-ahead log is copied to the database, so that it stays short.

Knows no SQL: how it is done is handed in.
"""

import asyncio
import logging
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from a2a_agent.domain.errors import StoreUnavailable

logger = logging.getLogger(__name__)

_BYTES_BETWEEN = 4 * 1024 * 1024
_BYTES_OF_A_CHANGE = 4096
"""What a change writes at least: the log takes whole pages."""


class Checkpoints:
    """Makes a checkpoint each time enough was written."""

    def __init__(self, checkpoint: Callable[[], Awaitable[None]]) -> None:
        self._checkpoint = checkpoint
        self._written = 0
        self._due = asyncio.Event()

    def wrote(self, changes: int, size: int) -> None:
        """To be told of every commit, with its size in bytes."""
        self._written += changes * _BYTES_OF_A_CHANGE + size
        if self._written >= _BYTES_BETWEEN:
            self._due.set()

    @asynccontextmanager
    async def kept_up(self) -> AsyncIterator[None]:
        """Inside this context checkpoints are made."""
        task = asyncio.create_task(self._keep_up(), name="a2a-agent checkpoints")
        try:
            yield
        finally:
            task.cancel()
            await asyncio.wait([task])

    async def _keep_up(self) -> None:
        while True:
            # There is nothing to do before, however long it takes.
            await self._due.wait()
            self._due.clear()
            self._written = 0
            try:
                await self._checkpoint()
            except StoreUnavailable:
                logger.warning("a checkpoint failed; the next one will try again", exc_info=True)

"""The bench agent: obeys the commands, with the least an agent can do."""

import asyncio
import gc
from collections.abc import AsyncIterator

from a2a_agent import AgentEvent, RunRequest, RunStarted
from benchmarks.commands import CHUNK, HELLO, Command, Gate, stamp


class BenchAgent:
    """Obeys the command in the text of the message."""

    def __init__(self) -> None:
        self._gate = Gate()

    async def run(self, request: RunRequest) -> AsyncIterator[AgentEvent | str]:
        """Yields plain text, as most agents do, and sleeps only where it is told to."""
        match Command.parse(request.text):
            case Command("stream", (count,)):
                for _ in range(count):
                    yield CHUNK
            case Command("tstream", (count,)):
                for _ in range(count):
                    yield stamp()
            case Command("paced", (count, pause_milliseconds)):
                for _ in range(count):
                    yield stamp()
                    await asyncio.sleep(pause_milliseconds / 1000)
            case Command("hold"):
                yield RunStarted()
                await self._gate.wait()
            case Command("gated", (count,)):
                yield RunStarted()
                await self._gate.wait()
                for _ in range(count):
                    yield CHUNK
            case Command("release"):
                self._gate.release()
                yield HELLO
            case Command("gc"):
                gc.collect()
                yield HELLO
            case _:
                yield HELLO

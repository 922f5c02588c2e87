"""What a measurement is given, and what it gives back."""

import asyncio
import math
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from benchmarks.client import (
    Connection,
    OnEvents,
    Received,
    Sender,
    SendTally,
    Stream,
    connect,
)
from benchmarks.dialect import Dialect, Template
from benchmarks.machine import ProcessUsage
from benchmarks.process import Server

REPLY_TIMEOUT_SECONDS = 60.0

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Effort:
    """How much is done for a figure."""

    attempts: int = 3
    """At a measurement that others disturb."""
    window_seconds: float = 1.0
    """Of load, for a rate."""
    paced_chunks: int = 50
    first_frames: int = 20
    long_artifact: int = 5_000
    short_artifact: int = 100
    open_streams: int = 2_000
    kept_from: int = 10_000
    """Sends before memory is first looked at; by then the page cache of a database is full."""
    kept_to: int = 28_000
    stalled_chunks: int = 60_000
    chat_rounds: int = 3


FULL = Effort()
QUICK = Effort(
    attempts=1,
    window_seconds=0.3,
    paced_chunks=15,
    first_frames=10,
    long_artifact=2_000,
    open_streams=200,
    kept_from=300,
    kept_to=1_500,
    stalled_chunks=20_000,
    chat_rounds=1,
)


@dataclass(frozen=True, slots=True)
class Sample:
    """The values one measurement found, and each wrong reply it met."""

    values: dict[str, float]
    wrong: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True, kw_only=True)
class Subject:
    """A running server, spoken to in one version."""

    server: Server
    dialect: Dialect
    effort: Effort

    @property
    def usage(self) -> ProcessUsage:
        """CPU and memory of the server."""
        return self.server.usage

    def sends(self, text: str) -> Template:
        """Send requests with this text."""
        return self.dialect.template(self.dialect.send, text)

    def streams(self, text: str) -> Template:
        """Stream requests with this text."""
        return self.dialect.template(self.dialect.stream, text)

    async def senders(self, tally: SendTally, connections: int) -> list[Sender]:
        """Connections that share the tally, not yet sending."""
        template = self.sends("send")
        return await connect(self.server.port, lambda: Sender(template, tally), connections)

    async def send(self, count: int, connections: int) -> list[str]:
        """Sends so many; returns what was wrong."""
        tally = SendTally(left=count)
        senders = await self.senders(tally, connections)
        for sender in senders:
            sender.send()
        await within_limit(asyncio.gather(*(sender.finished for sender in senders)))
        hang_up(senders)
        return tally.wrong

    async def command(self, word: str) -> None:
        """One send with this text, answered."""
        tally = SendTally(left=1)
        template = self.sends(word)
        senders = await connect(self.server.port, lambda: Sender(template, tally))
        senders[0].send()
        await within_limit(senders[0].finished)
        hang_up(senders)

    async def readers(
        self,
        count: int = 1,
        on_events: OnEvents | None = None,
        receive_buffer_bytes: int | None = None,
    ) -> list[Stream]:
        """Connections for streams."""
        completed = self.dialect.completed
        return await connect(
            self.server.port, lambda: Stream(completed, on_events), count, receive_buffer_bytes
        )


@dataclass(slots=True)
class Stopwatch:
    """Wall time, and the server's CPU time meanwhile."""

    usage: ProcessUsage
    _begun: float = field(init=False)
    _cpu_before: float = field(init=False)

    def __post_init__(self) -> None:
        self._cpu_before = self.usage.cpu_seconds()
        self._begun = time.monotonic()

    def read(self) -> tuple[float, float]:
        """Seconds, and CPU seconds."""
        return time.monotonic() - self._begun, self.usage.cpu_seconds() - self._cpu_before


async def within_limit(result: "asyncio.Future[Result]") -> Result:
    """The result, which no server may keep back for ever."""
    return await asyncio.wait_for(result, REPLY_TIMEOUT_SECONDS)


def hang_up(connections: Iterable[Connection]) -> None:
    """Closes the connections."""
    for connection in connections:
        connection.transport.close()


def expect_chunks(streams: Iterable[Received], count: int) -> list[str]:
    """What is wrong with streams that should have brought so many chunks."""
    return [f"{s.chunks} chunks instead of {count}" for s in streams if s.chunks != count]


def quantile(values: Iterable[float], share: float) -> float:
    """The value that this share of the values does not exceed."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))] if ranked else math.nan

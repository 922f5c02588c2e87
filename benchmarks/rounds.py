"""Runs benchmarks in rounds, baseline and subject in turn, and repeats what was disturbed."""

import asyncio
import statistics
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from benchmarks.client import WrongReplyError
from benchmarks.dialect import Dialect
from benchmarks.figures import Benchmark, Measure
from benchmarks.machine import Cores, ForeignLoad
from benchmarks.process import Server, ServerDiedError, ServerKind, running
from benchmarks.subject import Effort, Sample, Subject
from benchmarks.verify import verify

TOLERATED_FOREIGN_SHARE = 0.06
WARM_UP_SENDS = 200
WARM_UP_CONNECTIONS = 8
IDLE_SECONDS = 0.1
IDLE_CPU_SECONDS = 0.015
IDLE_CHECKS = 50


@dataclass(slots=True)
class Outcome:
    """All samples of a benchmark, round by round."""

    benchmark: Benchmark
    samples: list[Sample] = field(default_factory=list)
    baseline: list[Sample] = field(default_factory=list)
    failures: list[str] = field(default_factory=list)
    """Why there are fewer samples than there should be."""
    complaints: list[str] = field(default_factory=list)
    """What the servers logged."""

    @property
    def wrong(self) -> list[str]:
        """Every wrong reply, and every failure."""
        samples = self.samples + self.baseline
        return self.failures + [text for sample in samples for text in sample.wrong]

    @property
    def foreign_share(self) -> float:
        """Of the more disturbed side, in its middle round: what the medians have to bear."""
        sides = [[s.values["foreign_share"] for s in side] for side in self._sides if side]
        return max(map(statistics.median, sides), default=0.0)

    @property
    def _sides(self) -> tuple[list[Sample], list[Sample]]:
        return self.samples, self.baseline


@dataclass(frozen=True, slots=True, kw_only=True)
class Session:
    """One run of the suite."""

    cores: Cores
    dialect: Dialect
    effort: Effort
    rounds: int | None
    """Instead of each benchmark's own number."""
    progress: Callable[[str], None]

    async def run(self, benchmark: Benchmark) -> Outcome:
        """Measures; what goes wrong is in the outcome."""
        outcome = Outcome(benchmark)
        run = self._on_fresh_servers if benchmark.needs_fresh_server else self._on_same_servers
        try:
            await run(outcome)
        except (WrongReplyError, ServerDiedError, TimeoutError, OSError) as error:
            outcome.failures.append(f"{benchmark.name}, {benchmark.kind.name}: {error}")
        return outcome

    async def _on_same_servers(self, outcome: Outcome) -> None:
        benchmark = outcome.benchmark
        async with (
            self._serving(benchmark.baseline_kind, outcome) as floor,
            self._serving(benchmark.kind, outcome) as ours,
        ):
            for _ in self._rounds(benchmark):
                outcome.baseline.append(await self._undisturbed(benchmark.baseline, floor))
                outcome.samples.append(await self._undisturbed(benchmark.measure, ours))

    async def _on_fresh_servers(self, outcome: Outcome) -> None:
        benchmark = outcome.benchmark
        for _ in self._rounds(benchmark):
            async with self._serving(benchmark.baseline_kind, outcome) as floor:
                outcome.baseline.append(await self._measure(benchmark.baseline, floor))
            async with self._serving(benchmark.kind, outcome) as ours:
                outcome.samples.append(await self._measure(benchmark.measure, ours))

    def _rounds(self, benchmark: Benchmark) -> Iterator[int]:
        rounds = self.rounds or benchmark.rounds
        for number in range(1, rounds + 1):
            self.progress(f"{benchmark.name}, {benchmark.kind.name}: {number}/{rounds}")
            yield number

    @asynccontextmanager
    async def _serving(self, kind: ServerKind, outcome: Outcome) -> AsyncIterator[Server]:
        """A server that is verified and warm."""
        async with kind.beside():
            with running(kind, self.cores) as server:
                try:
                    await asyncio.to_thread(verify, server, self.dialect)
                    await self._subject(server).send(WARM_UP_SENDS, WARM_UP_CONNECTIONS)
                    yield server
                finally:
                    outcome.complaints += server.complaints()

    async def _undisturbed(self, measure: Measure, server: Server) -> Sample:
        """The least disturbed of some attempts, with the wrong replies of all of them.

        The figures have no say in the choice.
        """
        best = await self._measure(measure, server)
        wrong = list(best.wrong)
        for _ in range(self.effort.attempts - 1):
            if best.values["foreign_share"] <= TOLERATED_FOREIGN_SHARE:
                break
            again = await self._measure(measure, server)
            wrong += again.wrong
            best = min(best, again, key=lambda sample: sample.values["foreign_share"])
        return Sample(best.values, wrong)

    async def _measure(self, measure: Measure, server: Server) -> Sample:
        await _idle(server)
        load = ForeignLoad(self.cores, server.usage)
        try:
            sample = await measure(self._subject(server))
        except (WrongReplyError, TimeoutError, OSError) as error:
            sample = Sample({}, [f"{server.kind.name}: {error!r}"])
        sample.values["foreign_share"] = load.share()
        return sample

    def _subject(self, server: Server) -> Subject:
        return Subject(server=server, dialect=self.dialect, effort=self.effort)


async def _idle(server: Server) -> None:
    """Returns when the server is done with what came before, or after a few seconds."""
    before = server.usage.cpu_seconds()
    for _ in range(IDLE_CHECKS):
        await asyncio.sleep(IDLE_SECONDS)
        now = server.usage.cpu_seconds()
        if now - before <= IDLE_CPU_SECONDS:
            return
        before = now

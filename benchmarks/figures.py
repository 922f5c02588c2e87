"""The table of figures: what is measured, on what, and which target it has."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from functools import partial
from typing import Literal

from benchmarks import footprint, llm, measure
from benchmarks.process import FLOOR, MEMORY, SQLITE, ServerKind
from benchmarks.subject import Sample, Subject

Measure = Callable[[Subject], Awaitable[Sample]]


@dataclass(frozen=True, slots=True)
class Target:
    """What a value, or its ratio to the baseline, should be."""

    of: Literal["value", "ratio"]
    relation: Literal["≥", "≤"]
    limit: float

    def is_met(self, value: float | None, ratio: float | None) -> bool:
        """Whether the figure is good enough."""
        judged = value if self.of == "value" else ratio
        if judged is None:
            return False
        return judged >= self.limit if self.relation == "≥" else judged <= self.limit


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """One line of the report: a value that a benchmark finds. Without a target, for information."""

    title: str
    key: str
    unit: str
    target: Target | None = None
    is_of_time: bool = True
    """Other programs on the same cores disturb it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Benchmark:
    """A measurement of one server beside its baseline."""

    name: str
    kind: ServerKind
    measure: Measure
    figures: tuple[Figure, ...]
    baseline: Measure
    baseline_kind: ServerKind = FLOOR
    rounds: int = 5
    needs_fresh_server: bool = False
    """Started anew for each measurement, because what ran before would show."""


def at_least(limit: float) -> Target:
    """Of the baseline."""
    return Target("ratio", "≥", limit)


def at_most(limit: float, of: Literal["value", "ratio"] = "value") -> Target:
    """Of the figure's unit, or of the baseline."""
    return Target(of, "≤", limit)


def _send(kind: ServerKind, connections: int, share: float) -> Benchmark:
    run = partial(measure.send_rate, connections=connections)
    title = f"sends, {kind.name}, {connections} connections"
    figure = Figure(title=title, key="per_second", unit="/s", target=at_least(share))
    return Benchmark(name="send", kind=kind, measure=run, baseline=run, figures=(figure,))


def _stream(kind: ServerKind, share: float) -> Benchmark:
    title = f"frames, {kind.name}, {measure.STREAMS} streams of {measure.CHUNKS_PER_STREAM} chunks"
    figure = Figure(title=title, key="per_second", unit="/s", target=at_least(share))
    run = measure.frame_rate
    return Benchmark(name="stream", kind=kind, measure=run, baseline=run, figures=(figure,))


def _gap(kind: ServerKind, limit: float) -> Benchmark:
    title = (
        f"yield to client p99, {kind.name}, {measure.PACED_STREAMS} streams, "
        f"a chunk each {measure.PAUSE_MILLISECONDS} ms"
    )
    figure = Figure(title=title, key="p99_ms", unit="ms", target=at_most(limit))
    run = measure.paced_gap
    return Benchmark(name="gap", kind=kind, measure=run, baseline=run, figures=(figure,))


def _first(kind: ServerKind, limit: float) -> Benchmark:
    title = f"first frame p50, {kind.name}, one stream"
    figure = Figure(title=title, key="p50_ms", unit="ms", target=at_most(limit))
    run = measure.first_frame
    return Benchmark(name="first", kind=kind, measure=run, baseline=run, figures=(figure,))


def _growth(kind: ServerKind) -> Benchmark:
    whole = Figure(
        title=f"cost of a chunk, {kind.name}, long over short artifact",
        key="growth",
        unit="×",
        target=at_most(1.1),
    )
    marginal = Figure(
        title=f"the same, {kind.name}, without the cost of opening a stream",
        key="marginal_growth",
        unit="×",
    )
    run = measure.chunk_growth
    return Benchmark(name="growth", kind=kind, measure=run, baseline=run, figures=(whole, marginal))


def _open(kind: ServerKind) -> Benchmark:
    figure = Figure(
        title=f"memory of an open stream, {kind.name}",
        key="kib_per_stream",
        is_of_time=False,
        unit="KiB",
        target=at_most(40),
    )
    return Benchmark(
        name="open",
        kind=kind,
        measure=footprint.open_streams,
        baseline=footprint.open_streams,
        figures=(figure,),
        rounds=3,
        needs_fresh_server=True,
    )


def _kept(kind: ServerKind, limit: float) -> Benchmark:
    figure = Figure(
        title=f"memory kept of a finished task, {kind.name}",
        key="kib_per_task",
        is_of_time=False,
        unit="KiB",
        target=at_most(limit),
    )
    return Benchmark(
        name="kept",
        kind=kind,
        measure=footprint.kept_per_task,
        baseline=footprint.kept_per_task,
        figures=(figure,),
        rounds=1,
        needs_fresh_server=True,
    )


def _stalled(kind: ServerKind) -> Benchmark:
    growth = Figure(
        title=f"memory growth with a stalled reader, {kind.name}",
        key="growth_mib",
        is_of_time=False,
        unit="MiB",
        target=at_most(60),
    )
    slowdown = Figure(
        title=f"time of another reader beside a stalled one, {kind.name}",
        key="seconds",
        unit="s",
        target=at_most(1.1, of="ratio"),
    )
    catching_up = Figure(
        title=f"time in which the stalled reader catches up, {kind.name}",
        key="late_seconds",
        unit="s",
    )
    return Benchmark(
        name="stalled",
        kind=kind,
        measure=footprint.stalled_reader,
        baseline=footprint.no_stalled_reader,
        baseline_kind=kind,
        figures=(growth, slowdown, catching_up),
        rounds=3,
        needs_fresh_server=True,
    )


def _chat() -> Benchmark:
    figure = Figure(
        title=f"a model's token, {measure.CHATS} chats of {measure.TOKENS_PER_CHAT}",
        key="per_token_us",
        unit="µs CPU",
        target=at_most(2.5, of="ratio"),
    )
    run = measure.token_cost
    return Benchmark(
        name="chat",
        kind=llm.LLM,
        measure=run,
        baseline=run,
        baseline_kind=llm.BARE,
        figures=(figure,),
    )


NO_GROWTH_KIB = 0.05
"""Taken for nothing: 0.9 MiB over 18,000 tasks is what an allocator may do."""

BENCHMARKS = (
    _send(MEMORY, 16, 0.40),
    _send(SQLITE, 64, 0.20),
    _stream(MEMORY, 0.60),
    _stream(SQLITE, 0.40),
    _gap(MEMORY, 1.0),
    _gap(SQLITE, 5.0),
    _first(MEMORY, 1.0),
    _first(SQLITE, 3.0),
    _growth(MEMORY),
    _growth(SQLITE),
    _open(MEMORY),
    _open(SQLITE),
    _kept(MEMORY, 1.4),
    _kept(SQLITE, NO_GROWTH_KIB),
    _stalled(MEMORY),
    _stalled(SQLITE),
    _chat(),
)
NAMES = tuple(dict.fromkeys(benchmark.name for benchmark in BENCHMARKS))

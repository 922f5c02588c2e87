"""What was found: as a table for the terminal, as JSON, as Markdown."""

import json
import statistics
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from rich.table import Table

from benchmarks.figures import Figure
from benchmarks.rounds import TOLERATED_FOREIGN_SHARE, Outcome
from benchmarks.subject import Effort, Sample

HEADINGS = (
    "figure",
    "value",
    "baseline",
    "ratio",
    "target",
    "met",
    "CPU µs",
    "baseline",
    "ratio",
    "others",
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """One figure, judged. Values are medians; None where a measurement failed."""

    benchmark: str
    store: str
    title: str
    unit: str
    value: float | None
    baseline: float | None
    ratio: float | None
    spread: float | None
    """Half of largest minus smallest, over the median."""
    target: str
    is_met: bool | None
    """None where there is no target."""
    cpu_us: float | None
    baseline_cpu_us: float | None
    foreign_share: float
    """What others took of a core meanwhile."""
    is_doubtful: bool
    """Judged, although others have disturbed the measurement."""

    @property
    def cpu_ratio(self) -> float | None:
        """What the ratio of a rate would be on a core of one's own."""
        if self.cpu_us is None or self.baseline_cpu_us is None:
            return None
        return self.baseline_cpu_us / self.cpu_us


@dataclass(frozen=True, slots=True, kw_only=True)
class Report:
    """All outcomes of one run."""

    machine: Mapping[str, str]
    version: str
    effort: Effort
    outcomes: Sequence[Outcome]

    @property
    def rows(self) -> list[Row]:
        """One for each figure, in order."""
        return [_row(o, figure) for o in self.outcomes for figure in o.benchmark.figures]

    @property
    def wrong(self) -> list[str]:
        """Every wrong reply."""
        return [text for outcome in self.outcomes for text in outcome.wrong]

    @property
    def complaints(self) -> list[str]:
        """What the servers logged."""
        return [line for outcome in self.outcomes for line in outcome.complaints]

    def as_table(self) -> Table:
        """For a terminal."""
        table = Table(*HEADINGS)
        for row in self.rows:
            style = {True: "green", False: "red", None: None}[row.is_met]
            table.add_row(*_cells(row), style=style)
        return table

    def as_json(self) -> str:
        """With every sample."""
        rows = [asdict(row) for row in self.rows]
        samples = [_samples(outcome) for outcome in self.outcomes]
        whole = {
            "machine": dict(self.machine),
            "version": self.version,
            "effort": asdict(self.effort),
            "rows": rows,
            "samples": samples,
        }
        return json.dumps(whole, indent=1, ensure_ascii=False)

    def as_markdown(self) -> str:
        """The table, and under it the machine."""
        lines = ["| " + " | ".join(HEADINGS) + " |", "|---" * len(HEADINGS) + "|"]
        lines += ["| " + " | ".join(_cells(row)) + " |" for row in self.rows]
        return "\n".join([*lines, "", self.footer(), ""])

    def footer(self) -> str:
        """Under which circumstances it was found."""
        machine = ", ".join(f"{name} {value}" for name, value in self.machine.items())
        return (
            f"Protocol version {self.version}. Medians; a target is of the ratio where it has no "
            f"unit. The baseline is the bare Starlette application, in the rows of the stalled "
            f"reader our server without it. Others: what other programs took of a core; above "
            f"{TOLERATED_FOREIGN_SHARE:.0%} a figure of time is in doubt. "
            f"Wrong replies: {len(self.wrong)}. Machine: {machine}."
        )


def _row(outcome: Outcome, figure: Figure) -> Row:
    values, baseline = _found(outcome.samples, figure.key), _found(outcome.baseline, figure.key)
    value, base = _median(values), _median(baseline)
    ratio = value / base if value is not None and base else None
    target = figure.target
    unit = f" {figure.unit}" if target and target.of == "value" else ""
    return Row(
        benchmark=outcome.benchmark.name,
        store=outcome.benchmark.kind.name,
        title=figure.title,
        unit=figure.unit,
        value=value,
        baseline=base,
        ratio=ratio,
        spread=(max(values) - min(values)) / 2 / value if value else None,
        target=f"{target.relation} {target.limit:g}{unit}" if target else "",
        is_met=target.is_met(value, ratio) if target else None,
        is_doubtful=figure.is_of_time and outcome.foreign_share > TOLERATED_FOREIGN_SHARE,
        cpu_us=_median(_found(outcome.samples, "cpu_us")),
        baseline_cpu_us=_median(_found(outcome.baseline, "cpu_us")),
        foreign_share=outcome.foreign_share,
    )


def _cells(row: Row) -> tuple[str, ...]:
    spread = "" if not row.spread else f" ±{row.spread:.0%}"
    return (
        row.title,
        f"{_number(row.value)} {row.unit}{spread}",
        _number(row.baseline),
        _number(row.ratio),
        row.target,
        _verdict(row),
        _number(row.cpu_us),
        _number(row.baseline_cpu_us),
        _number(row.cpu_ratio),
        f"{row.foreign_share:.0%}",
    )


def _verdict(row: Row) -> str:
    if row.is_met is None:
        return ""
    return ("yes" if row.is_met else "NO") + ("?" if row.is_doubtful else "")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    digits = 0 if abs(value) >= 100 else 1 if abs(value) >= 10 else 2
    return f"{value:,.{digits}f}"


def _found(samples: Sequence[Sample], key: str) -> list[float]:
    return [sample.values[key] for sample in samples if key in sample.values]


def _median(values: Sequence[float]) -> float | None:
    return statistics.median(values) if values else None


def _samples(outcome: Outcome) -> dict[str, Any]:
    return {
        "benchmark": outcome.benchmark.name,
        "store": outcome.benchmark.kind.name,
        "values": [sample.values for sample in outcome.samples],
        "baseline": [sample.values for sample in outcome.baseline],
        "wrong": outcome.wrong,
        "complaints": outcome.complaints,
    }

"""A run as reports tell of it: verdicts with their grounds, sorted and counted."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from importlib.metadata import version as version_of

from conformance.baseline import Differences, Known, differences
from conformance.outcome import Outcome, outcome
from conformance.requirements import Level, Requirement
from conformance.runner import Finished, Started
from conformance.text import clean
from conformance.verdict import Finding, Result, Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A requirement under a version, with its verdict."""

    requirement: Requirement
    version: str
    verdict: Verdict
    breaches: Sequence[Finding] = ()
    more_breaches: int = 0
    """How many there were besides."""
    reason: str = ""
    how: str = ""
    is_known: bool = False
    """Whether it is a failure that the baseline knows."""

    @property
    def id(self) -> str:
        """The requirement's."""
        return self.requirement.id


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """The verdicts of a version on one level, counted."""

    version: str
    level: Level
    counts: dict[Verdict, int]

    @property
    def total(self) -> int:
        """All of them."""
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """All that there is to tell of a run."""

    url: str
    versions: Sequence[str]
    began: str
    """ISO 8601, in UTC."""
    seconds: float
    is_whole: bool
    suite: str
    """The suite's own version."""
    musts_exercised: float
    outcome: Outcome
    rows: Sequence[Row]
    differences: Differences | None = None
    """From the baseline, where there is one."""

    def having(self, *verdicts: Verdict) -> list[Row]:
        """The rows with one of the verdicts."""
        return [row for row in self.rows if row.verdict in verdicts]

    def tallies(self) -> list[Tally]:
        """Version by version, from MUST to MAY; levels that nothing is of are left out."""
        tallies = []
        for version in self.versions:
            for level in Level:
                found = [
                    row.verdict
                    for row in self.rows
                    if row.version == version and row.requirement.level is level
                ]
                counts = {verdict: found.count(verdict) for verdict in Verdict}
                tallies.append(Tally(version=version, level=level, counts=counts))
        return [tally for tally in tallies if tally.total]

    def not_exercised(self) -> dict[tuple[str, str], list[Row]]:
        """What was not exercised, by the reason and how to make it possible."""
        found: dict[tuple[str, str], list[Row]] = {}
        for row in self.having(Verdict.NOT_EXERCISED):
            found.setdefault((row.reason, row.how), []).append(row)
        return found


def account(
    started: Started,
    finished: Finished,
    *,
    known: Known | None,
    min_exercised_percent: float,
) -> Account:
    """The account of a run, and what it comes to, by the baseline where there is one."""
    found = None if known is None else differences(known, finished.results)
    return Account(
        url=clean(started.url),
        versions=tuple(started.versions),
        began=started.at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        seconds=round(finished.seconds, 3),
        is_whole=finished.is_whole,
        suite=version_of("a2a-agent"),
        musts_exercised=round(finished.musts_exercised, 4),
        outcome=outcome(finished, found, min_exercised_percent),
        rows=[_row(result, known or frozenset()) for result in finished.results],
        differences=found,
    )


def names(rows: Iterable[Row]) -> list[str]:
    """The ids with their versions: `stream.one-task (0.3, 1.0)`."""
    versions: dict[str, list[str]] = {}
    for row in rows:
        versions.setdefault(row.id, []).append(row.version)
    return [f"{id} ({', '.join(found)})" for id, found in versions.items()]


def _row(result: Result, known: Known) -> Row:
    is_failure = result.verdict is Verdict.FAIL
    return Row(
        requirement=result.requirement,
        version=result.version,
        verdict=result.verdict,
        breaches=result.findings,
        more_breaches=result.more_findings,
        reason=result.reason,
        how=result.how,
        is_known=is_failure and (result.version, result.requirement.id) in known,
    )

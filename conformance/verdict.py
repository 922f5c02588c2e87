"""What a run finds out: observations, and the verdict on each requirement that they lead to.

PASS            kept, wherever the run looked
FAIL            a MUST that was broken at least once
WARN            a SHOULD that was broken
NOT EXERCISED   nothing happened that it speaks of; the reason says what would make it happen
ERROR           the suite's own fault: never the endpoint's
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from conformance.exchange import Exchange
from conformance.requirements import Level, Requirement


class Verdict(StrEnum):
    """How it stands with a requirement."""

    PASS = "PASS"
    FAIL = "FAIL"
    WARN = "WARN"
    NOT_EXERCISED = "NOT EXERCISED"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A requirement that was broken, once: what was expected, what came, and in which exchange."""

    expected: str
    got: str
    exchange: Exchange | None = None
    case: str = ""
    """The requirement whose case was at work, where that is another one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict on one requirement under one version, with its grounds."""

    requirement: Requirement
    version: str
    verdict: Verdict
    findings: Sequence[Finding] = ()
    reason: str = ""
    """Why it was not exercised, or what went wrong in the suite."""
    how: str = ""
    """What would make it possible to exercise it."""


@dataclass(slots=True)
class Record:
    """What is known so far of one requirement under one version."""

    requirement: Requirement
    version: str
    kept: int = 0
    findings: list[Finding] = field(default_factory=list)
    reason: str = ""
    how: str = ""
    fault: str = ""

    def result(self) -> Result:
        """The verdict by all that was seen."""
        return Result(
            requirement=self.requirement,
            version=self.version,
            verdict=self._verdict(),
            findings=tuple(self.findings),
            reason=self.fault or self.reason,
            how=self.how,
        )

    def _verdict(self) -> Verdict:
        if self.findings:
            match self.requirement.level:
                case Level.MUST:
                    return Verdict.FAIL
                case Level.SHOULD:
                    return Verdict.WARN
                case Level.MAY:
                    return Verdict.NOT_EXERCISED
        if self.fault:
            return Verdict.ERROR
        return Verdict.PASS if self.kept else Verdict.NOT_EXERCISED

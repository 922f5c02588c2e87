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
from conformance.redaction import Redaction
from conformance.requirements import Level, Requirement

MOST_FINDINGS = 3
"""Different ones, of one requirement under one version, that are kept."""
_MOST_SAID = 1_000
"""Characters of what was expected, and of what came."""
_MOST_ANSWER = 4_000
_MOST_REASON = 300
_MOST_FAULT = 4_000


class Verdict(StrEnum):
    """How it stands with a requirement."""

    PASS = "PASS"
    FAIL = "FAIL"
    WARN = "WARN"
    NOT_EXERCISED = "NOT EXERCISED"
    ERROR = "ERROR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """A requirement that was broken: what was expected, and what came, as it may be shown."""

    expected: str
    got: str
    case: str = ""
    """The requirement whose case was at work, where that is another one."""
    curl: str = ""
    """The request, where there was one."""
    answer: str = ""
    """What had come of the response."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """The verdict on one requirement under one version, with its grounds."""

    requirement: Requirement
    version: str
    verdict: Verdict
    findings: Sequence[Finding] = ()
    more_findings: int = 0
    """How many there were besides."""
    reason: str = ""
    """Why it was not exercised, or what went wrong in the suite."""
    how: str = ""
    """What would make it possible to exercise it."""


@dataclass(slots=True)
class Record:
    """What is known so far of one requirement under one version; all of it may be shown."""

    requirement: Requirement
    version: str
    redaction: Redaction = field(default_factory=Redaction)
    kept: int = 0
    findings: list[Finding] = field(default_factory=list)
    more_findings: int = 0
    reason: str = ""
    how: str = ""
    fault: str = ""

    def breach(
        self, expected: str, got: str, exchange: Exchange | None = None, case: str = ""
    ) -> None:
        """It was broken; what is found over and over, or after enough else, is only counted."""
        if len(self.findings) < MOST_FINDINGS:
            expected, got = (self.redaction.shown(text, _MOST_SAID) for text in (expected, got))
            if all((one.expected, one.got) != (expected, got) for one in self.findings):
                self.findings.append(self._finding(expected, got, exchange, case))
                return
        self.more_findings += 1

    def miss(self, reason: str, how: str = "") -> None:
        """It could not be exercised."""
        self.reason = self.redaction.shown(reason, _MOST_REASON)
        self.how = self.redaction.shown(how, _MOST_REASON)

    def fail(self, fault: str) -> None:
        """The suite has failed, with this traceback."""
        self.fault = self.redaction.shown(fault, _MOST_FAULT)

    def result(self) -> Result:
        """The verdict by all that was seen."""
        return Result(
            requirement=self.requirement,
            version=self.version,
            verdict=self._verdict(),
            findings=tuple(self.findings),
            more_findings=self.more_findings,
            reason=self.fault or self.reason,
            how=self.how,
        )

    def _finding(self, expected: str, got: str, exchange: Exchange | None, case: str) -> Finding:
        if exchange is None:
            return Finding(expected=expected, got=got, case=case)
        return Finding(
            expected=expected,
            got=got,
            case=case,
            curl=exchange.curl(self.redaction),
            answer=self.redaction.shown(exchange.answer, _MOST_ANSWER),
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

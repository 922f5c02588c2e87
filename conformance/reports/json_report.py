"""The report for programs; its shape is stable, and in report.schema.json beside this module."""

import json
from typing import Any

from conformance.reports.account import Account, Row, Tally
from conformance.verdict import Finding, Verdict

FORMAT = "a2a-conformance-report/1"


def text(account: Account) -> str:
    """The report, in ASCII."""
    return json.dumps(document(account), indent=2) + "\n"


def document(account: Account) -> dict[str, Any]:
    """The report as JSON."""
    found: dict[str, Any] = {
        "format": FORMAT,
        "suite": {"name": "a2a-conformance", "version": account.suite},
        "url": account.url,
        "versions": list(account.versions),
        "began": account.began,
        "seconds": account.seconds,
        "isWhole": account.is_whole,
        "outcome": {"exitCode": int(account.outcome.code), "sentence": account.outcome.sentence},
        "mustsExercised": account.musts_exercised,
        "summary": [_tally(tally) for tally in account.tallies()],
        "results": [_row(row) for row in account.rows],
    }
    if account.differences is not None:
        differences = account.differences
        found["baseline"] = {
            name: [{"version": version, "requirement": id} for version, id in entries]
            for name, entries in (("new", differences.new), ("fixed", differences.fixed))
        }
    return found


def _tally(tally: Tally) -> dict[str, Any]:
    counts = {_key(verdict): count for verdict, count in tally.counts.items()}
    return {"version": tally.version, "level": tally.level.value, **counts}


def _key(verdict: Verdict) -> str:
    return "notExercised" if verdict is Verdict.NOT_EXERCISED else verdict.value.lower()


def _row(row: Row) -> dict[str, Any]:
    requirement = row.requirement
    found: dict[str, Any] = {
        "requirement": row.id,
        "version": row.version,
        "level": requirement.level.value,
        "verdict": row.verdict.value,
        "rule": requirement.rule,
        "section": requirement.section,
        "isKnown": row.is_known,
        "reason": row.reason,
        "how": row.how,
        "findings": [_breach(breach) for breach in row.breaches],
        "moreFindings": row.more_breaches,
    }
    return {name: value for name, value in found.items() if value not in ("", [])}


def _breach(breach: Finding) -> dict[str, str]:
    found = {
        "expected": breach.expected,
        "got": breach.got,
        "case": breach.case,
        "request": breach.curl,
        "response": breach.answer,
    }
    return {name: value for name, value in found.items() if value or name in ("expected", "got")}

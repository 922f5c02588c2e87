"""SARIF 2.1.0, as code scanning reads it: a rule a requirement, a result a failure or a warning.

A finding has no place in a file. Each result points to the card, which is what an endpoint shows of
itself, by a path alone: code scanning refuses places that are not below the checkout.
"""

import json
from typing import Any

from conformance.reports.account import Account, Row
from conformance.requirements import Level, Requirement
from conformance.verdict import Verdict

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {Level.MUST: "error", Level.SHOULD: "warning", Level.MAY: "note"}


def text(account: Account) -> str:
    """The report, in ASCII."""
    return json.dumps(_log(account), indent=2) + "\n"


def _log(account: Account) -> dict[str, Any]:
    rules = list({row.id: row.requirement for row in account.rows}.values())
    numbers = {rule.id: number for number, rule in enumerate(rules)}
    driver = {
        "name": "a2a-conformance",
        "version": account.suite,
        "rules": [_rule(rule) for rule in rules],
    }
    run = {
        "tool": {"driver": driver},
        "columnKind": "unicodeCodePoints",
        "invocations": [_invocation(account)],
        "results": [
            _result(row, numbers[row.id]) for row in account.having(Verdict.FAIL, Verdict.WARN)
        ],
        "properties": {"endpoint": account.url},
    }
    return {"$schema": _SCHEMA, "version": "2.1.0", "runs": [run]}


def _invocation(account: Account) -> dict[str, Any]:
    faults = [
        {
            "descriptor": {"id": row.id},
            "level": "error",
            "message": {"text": f"{row.version}: {row.reason}"},
        }
        for row in account.having(Verdict.ERROR)
    ]
    return {
        "executionSuccessful": account.is_whole and not faults,
        "exitCode": int(account.outcome.code),
        "exitCodeDescription": account.outcome.sentence,
        "startTimeUtc": account.began,
        "toolExecutionNotifications": faults,
    }


def _rule(requirement: Requirement) -> dict[str, Any]:
    return {
        "id": requirement.id,
        "shortDescription": {"text": requirement.rule},
        "help": {"text": f"{requirement.level} by {requirement.section}: {requirement.rule}"},
        "defaultConfiguration": {"level": _LEVELS[requirement.level]},
        "properties": {"tags": ["a2a", requirement.area, requirement.level.value]},
    }


def _result(row: Row, number: int) -> dict[str, Any]:
    result: dict[str, Any] = {
        "ruleId": row.id,
        "ruleIndex": number,
        "kind": "fail",
        "level": _LEVELS[row.requirement.level],
        "message": {"text": _message(row)},
        "locations": [
            {
                "physicalLocation": {
                    "artifactLocation": {"uri": ".well-known/agent-card.json"},
                    "region": {"startLine": 1},
                }
            }
        ],
        "partialFingerprints": {"requirementAndVersion/v1": f"{row.id}@{row.version}"},
        "properties": {"protocolVersion": row.version},
    }
    if row.is_known:
        result["suppressions"] = [{"kind": "external", "justification": "known by the baseline"}]
    return result


def _message(row: Row) -> str:
    lines = [f"A2A {row.version}: {row.requirement.rule}"]
    for breach in row.breaches:
        lines += [f"Expected {breach.expected}; got {breach.got}."]
        lines += [line for line in (breach.curl, breach.answer) if line]
    if row.more_breaches:
        lines.append(f"And {row.more_breaches} more of these.")
    return "\n".join(lines)

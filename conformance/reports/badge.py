"""The data of a badge, as shields.io reads them from an endpoint of one's own."""

import json

from conformance.outcome import ExitCode
from conformance.reports.account import Account
from conformance.verdict import Verdict


def text(account: Account) -> str:
    """The badge."""
    message, color = _words(account)
    label = f"A2A {', '.join(account.versions)}"
    badge = {"schemaVersion": 1, "label": label, "message": message, "color": color}
    return json.dumps(badge) + "\n"


def _words(account: Account) -> tuple[str, str]:
    exercised = f"{int(100 * account.musts_exercised)} %"
    failed = len(account.having(Verdict.FAIL))
    match account.outcome.code:
        case ExitCode.PASSED if failed:
            return f"{failed} known failing", "yellow"
        case ExitCode.PASSED:
            return f"conforms, {exercised} exercised", "brightgreen"
        case ExitCode.FAILED if failed:
            return f"{failed} failing", "red"
        case ExitCode.FAILED:
            return "differs from the baseline", "red"
        case ExitCode.TOO_LITTLE:
            return f"{exercised} exercised", "lightgrey"
        case _:
            return "unknown", "lightgrey"

"""Whether what an endpoint says shows its insides: exceptions, paths, queries. Pure."""

import json
import re
from typing import Any

_LEAKS = re.compile(
    r"Traceback \(most recent call last\)"
    r"|File \"[^\"]+\", line \d+"
    r"|\b\w+(?:\.\w+)*(?:Error|Exception): "
    r"|\bat [\w$.<>]+ \(?(?:/|[A-Z]:\\|file:|node:)[^)\s]+:\d+"
    r"|\[Errno -?\d+\]|\bE(?:NOENT|ACCES|CONN\w+|ADDR\w+|EXIST|PERM|PIPE|TIMEDOUT): "
    r"|\bcodec can't (?:de|en)code\b"
    r"|\bCannot read propert(?:y|ies) of\b|\b[\w.]+ is not a function\b|\b'?NoneType'? object\b"
    r"|(?<![\w.-])/(?:usr|home|root|app|opt|var|srv|tmp|mnt|Users)/[\w./-]+"
    r"|\b(?:site-packages|node_modules)/[\w./-]+"
    r"|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.+\b(?:FROM|VALUES|SET|WHERE)\b"
)
"""How the insides of servers look when they come through."""


def leak(response: Any) -> str | None:
    """What shows of the insides in the error of a JSON-RPC response, or in the words with which a
    task has failed; None where nothing does. All else is the agent's own."""
    said = response["error"] if "error" in response else _status_messages(response.get("result"))
    found = _LEAKS.search(json.dumps(said, ensure_ascii=False))
    return found[0] if found else None


def _status_messages(value: Any) -> Any:
    """What the endpoint says of a task's status: the only words of a result that are its own."""
    if not isinstance(value, dict):
        return None
    opened = [value, *(item for item in value.values() if isinstance(item, dict))]
    found = [item.get("status") for item in opened]
    failed = [s for s in found if isinstance(s, dict) and "fail" in str(s.get("state")).lower()]
    return [status.get("message") for status in failed]

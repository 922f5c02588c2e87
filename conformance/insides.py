"""Whether what an endpoint says shows its insides: exceptions, paths, queries. Pure."""

import re
from collections.abc import Iterable, Iterator
from typing import Any

from conformance.expect import NAMES

_TRACES = re.compile(
    # Python
    r"Traceback \(most recent call last\)|^\s*File \"[^\"\n]+\", line \d+, in "
    # Node, Java
    r"|^\s*at (?:[\w$.<>\[\] ]{1,200} \()?(?:/|[A-Z]:\\|file:|node:)[^)\s]+:\d+:\d+"
    r"|^\s*at (?:[\w$]+\.)+[\w$<>]+\((?:\w+\.(?:java|kt|scala|groovy):\d+|Native Method)\)"
    r"|^Caused by: (?:[\w$]+\.)+\w*(?:Exception|Error)\b"
    # Go, Rust, .NET, PHP, Ruby
    r"|\bgoroutine \d+ \[[^\]]{1,100}\]:|\.go:\d+ \+0x[0-9a-f]+"
    r"|^thread '[^'\n]+' panicked at "
    r"|^\s*at .{1,200}\bin \S+\.cs:line \d+"
    r"|^(?:PHP )?Fatal error:  ?Uncaught \w+"
    r"|^\s*(?:from )?\S+\.rb:\d+:in [`']"
    # The drivers of databases
    r"|\((?:[a-z_]\w*\.)+\w*(?:Error|Exception|Warning)\) "
    r"|\((?:sqlite3|psycopg\d?|asyncpg|aiosqlite|pymysql|MySQLdb|pyodbc|oracledb)\.[\w.]+\) "
    r"|^\[SQL: |\bsqlalche\.me/|\bSQLSTATE\[\w+\]|\bORA-\d{5}: "
    r"|\b(?:java\.sql|org\.postgresql|org\.hibernate|com\.mysql)\.[\w.]+Exception: ",
    re.MULTILINE,
)
"""How stack traces and the errors of databases look: what nobody says on purpose."""

_SYSTEM = (
    r"\[Errno -?\d+\]|\bE(?:NOENT|ACCES|CONN\w+|ADDR\w+|EXIST|PERM|PIPE|TIMEDOUT|NOTFOUND|ISDIR): "
)
_KNOWN = "|".join(
    (
        *(name for name in NAMES.values() if name.endswith("Error")),
        *("JSONParseError", "InvalidRequestError", "MethodNotFoundError", "InvalidParamsError"),
        "InternalError",
    )
)
"""What the protocol calls its errors is nothing of the insides (1.0 §3.3.2, 0.3 §8)."""

_LEAKS = re.compile(
    rf"\b(?!(?:{_KNOWN})\b)\w+(?:Error|Exception)(?: \[ERR_\w+\])?: "
    r"|\b[A-Z]\w*(?:Error|Exception)\(['\"]"
    rf"|{_SYSTEM}"
    r"|File \"[^\"\n]+\", line \d+"
    r"|\bat [\w$.<>]+ \(?(?:/|[A-Z]:\\|file:|node:)[^)\s]+:\d+"
    r"|\b(?:java|javax|jakarta|kotlin|scala|org|com|io|net)\.[\w.$]{1,200}(?:Exception|Error)\b"
    r"|\bException in thread \""
    r"|^panic: |\bpanic: runtime error\b|\bpanic serving\b"
    r"|\bsql: no rows in result set\b|\bdial (?:tcp|udp|unix) \S+: "
    r"|\b(?:open|stat|read|write|mkdir|remove) \S+: (?:no such file|permission denied)"
    r"|\bno such (?:table|column): \w|\brelation \"[^\"]+\" does not exist\b"
    r"|\b(?:UNIQUE|NOT NULL|FOREIGN KEY|CHECK|PRIMARY KEY) constraint failed\b"
    r"|\bviolates (?:unique|foreign key|not-null|check) constraint\b"
    r"|\berror in your SQL syntax\b"
    r"|\bcodec can't (?:de|en)code\b"
    r"|\bCannot (?:read|set) propert(?:y|ies) (?:of\b|'[^']*' of\b)|\bCannot destructure property\b"
    r"|\b\w+ is not a function\b|\b'?NoneType'? object\b"
    r"|\bObject reference not set to an instance\b|\bundefined method [`']"
    r"|(?<![\w.-])/(?:usr|home|root|app|opt|var|srv|tmp|mnt|Users)/[\w./-]+"
    r"|\b(?:site-packages|node_modules)/[\w./-]+"
    r"|\b(?:SELECT|INSERT INTO|UPDATE|DELETE FROM)\b.{1,500}\b(?:FROM|VALUES|SET|WHERE)\b",
    re.MULTILINE,
)
"""How else the insides of servers look when they come through."""

_NOTHING_ELSE = re.compile(rf"(?:[\w ]*\b(?i:error|exception): )*(?:{_SYSTEM})")
"""A text that is an error of the operating system, and no sentence about one."""


def leak(response: Any) -> str | None:
    """What shows of the insides in the error of a JSON-RPC response, or in the words with which a
    task has failed; None where nothing does.

    Those words may be the agent's, which may speak of exceptions and paths: it is asked about code.
    """
    if "error" in response:
        texts = list(_texts(response["error"]))
        found = (pattern.search(text) for text in texts for pattern in (_TRACES, _LEAKS))
    else:
        texts = list(_texts(_status_messages(response.get("result"))))
        found = (_TRACES.search(text) or _NOTHING_ELSE.match(text) for text in texts)
    return next((one[0] for one in found if one), None)


def _texts(value: Any) -> Iterator[str]:
    """All texts in JSON, however deep."""
    left: list[Any] = [value]
    while left:
        item = left.pop()
        if isinstance(item, str):
            yield item
        elif isinstance(item, dict | list):
            inner: Iterable[Any] = item.values() if isinstance(item, dict) else item
            left += inner


def _status_messages(value: Any) -> Any:
    """What the endpoint says of a task's failure."""
    if not isinstance(value, dict):
        return None
    opened = [value, *(item for item in value.values() if isinstance(item, dict))]
    found = [item.get("status") for item in opened]
    failed = [s for s in found if isinstance(s, dict) and "fail" in str(s.get("state")).lower()]
    return [status.get("message") for status in failed]

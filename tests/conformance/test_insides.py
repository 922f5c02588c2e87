"""Errors that show a server's insides are known by them, whatever it is written in."""

from copy import deepcopy
from typing import Any

import httpx
import pytest

from conformance.dialects import V1_0, Operation
from conformance.insides import leak
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.replies import NO_INSIDES
from conformance.requirements import requirements
from conformance.session import Session
from conformance.verdict import Record
from tests.conformance.endpoints import failing, listening

TRACES = (
    'Traceback (most recent call last):\n  File "/srv/agent.py", line 3, in run',
    'boom\n  File "agent.py", line 3, in run',
    "boom\n    at run (/srv/agent.js:3:5)",
    "boom\n    at async Agent.run (file:///srv/agent.js:3:5)",
    "boom\n    at Object.<anonymous> [as run] (C:\\srv\\agent.js:3:5)",
    "boom\n    at /srv/agent.js:3:5",
    "boom\n    at node:internal/main/run_main_module:28:49",
    "boom\n\tat com.acme.Foo.bar(Foo.java:12)",
    "boom\n\tat com.acme.Foo$Bar.<init>(Foo.kt:12)",
    "boom\nCaused by: com.acme.StoreException: closed",
    "boom\n\ngoroutine 1 [running]:\nmain.main()",
    "main.main()\n\t/srv/main.go:12 +0x1d",
    "thread 'main' panicked at src/main.rs:2:5",
    "   at Acme.Store.Get() in C:\\srv\\Store.cs:line 12",
    "store.rb:3:in `get'",
    "(sqlite3.OperationalError) no such table: tasks",
    "(psycopg2.errors.UndefinedTable) relation",
    "(builtins.ValueError) boom",
    "PHP Fatal error:  Uncaught PDOException",
    "[SQL: INSERT INTO tasks VALUES (?)]",
    "(Background on this error at: https://sqlalche.me/e/20/e3q8)",
    "SQLSTATE[42S02]: Base table or view not found",
    "java.sql.SQLSyntaxErrorException: no such table",
    "ORA-00942: table or view does not exist",
)
SYSTEM = (
    "[Errno 2] No such file or directory: 'prices.csv'",
    "ENOENT: no such file or directory, open 'prices.csv'",
    "Agent execution error: ENOENT: no such file or directory, open 'prices.csv'",
)
INSIDES = (
    *TRACES,
    *SYSTEM,
    "ValueError: invalid literal for int()",
    "failed: KeyError('tasks')",
    'TypeError [ERR_INVALID_ARG_TYPE]: The "id" argument must be of type string',
    "Internal error: TypeError: x",
    "java.lang.NullPointerException",
    "com.acme.StoreException was thrown",
    'Exception in thread "main"',
    "recovered: panic: runtime error: invalid memory address or nil pointer dereference",
    "panic: assignment to entry in nil map",
    "dial tcp 10.0.0.7:5432: connect: connection refused",
    "open prices.csv: no such file or directory",
    "no such table: tasks",
    'relation "tasks" does not exist',
    "UNIQUE constraint failed: tasks.id",
    "cannot read /srv/data/prices.csv",
    "'utf-8' codec can't decode byte 0xff in position 58: invalid start byte",
    "'NoneType' object has no attribute 'id'",
    "Cannot read properties of undefined (reading 'messageId')",
    "Cannot read property 'messageId' of undefined",
    "taskId.trim is not a function",
    "open node_modules/express/index.js",
)
HARMLESS = (
    "Task not found: 5",
    "TaskNotFoundError: there is no task 5",
    "InvalidParamsError: historyLength is not an integer",
    "The task is gone (TaskNotFoundError), and will not come back",
    "see https://example.com/app/errors/5 or https://example.com/tmp/x",
    "the type application/x-nothing is not served",
    "ERROR: no such task",
    "Caused by: a missing field",
    "don't panic: the task is at work",
    "look at the goroutine 1, which is running",
    "at most 5 (at version 1.0:2)",
    "the extension org.acme.errors is required (com.acme.x) and io.acme is not",
    "no such table is booked: try another",
    "historyLength is not an integer",
)
ON_PURPOSE = (
    *HARMLESS,
    "/app/main.py does not compile",
    "Your code raises TypeError: x",
    "TypeError: x",
    "There is no such table: customers",
    "I ran SELECT name FROM people WHERE id = 1, and found nobody",
    "java.lang.NullPointerException is thrown where the list is empty",
    "main is not a function",
    "I could not run your script: [Errno 13] Permission denied: '/app/x.py'",
    "npm says ENOENT: no such file or directory, open 'package.json'",
    "The program ends with panic: runtime error: index out of range",
    "There is a syntax error at /app/main.c:3:5",
    'In File "main.py", line 3, a colon is missing',
    "Caused by: config.yaml is empty",
    "Lists (java.util.List) and java.sql.Connection are interfaces",
    "The function ends at +0x1d",
)
"""What an agent that is asked about code may say."""


async def told_of(message: str) -> bool:
    """Whether an error with the message is one that shows insides."""
    record = Record(requirements()[NO_INSIDES], "1.0")
    with listening(failing(-32603, message)) as url:
        async with httpx.AsyncClient(trust_env=False) as http:
            session = Session(
                peer=Peer(http, limits=Limits(), headers={}),
                url=url,
                dialect=V1_0,
                card={},
                knowledge=Knowledge(),
                records={NO_INSIDES: record},
            )
            await session.call(Operation.GET, {"id": "t"})
    return bool(record.findings)


@pytest.mark.parametrize("message", INSIDES)
async def test_insides_of_a_server_are_told_of(message: str) -> None:
    assert await told_of(message)


@pytest.mark.parametrize("message", HARMLESS)
async def test_what_a_client_may_know_is_not(message: str) -> None:
    assert not await told_of(message)


FAILED = {
    "1.0": {"task": {"status": {"state": "TASK_STATE_FAILED"}}},
    "1.0, streamed": {"statusUpdate": {"status": {"state": "TASK_STATE_FAILED"}}},
    "0.3": {"kind": "task", "status": {"state": "failed"}},
    "0.3, streamed": {"kind": "status-update", "status": {"state": "failed"}},
}


def _leaked(result: Any, text: str) -> str | None:
    """What shows in a failed task that says so."""
    given = deepcopy(result)
    opened = given if "status" in given else next(iter(given.values()))
    opened["status"]["message"] = {"messageId": "m", "parts": [{"text": text}]}
    return leak({"jsonrpc": "2.0", "id": 1, "result": given})


@pytest.mark.parametrize("result", FAILED.values(), ids=FAILED)
@pytest.mark.parametrize("message", [*TRACES, *SYSTEM])
def test_traces_and_errors_of_the_system_are_told_of_in_failed_tasks_too(
    message: str, result: Any
) -> None:
    assert _leaked(result, message) is not None


@pytest.mark.parametrize("message", ON_PURPOSE)
def test_agent_may_speak_of_code_when_it_fails(message: str) -> None:
    assert _leaked(FAILED["1.0"], message) is None


def test_tasks_that_have_not_failed_are_not_looked_at() -> None:
    assert _leaked({"task": {"status": {"state": "TASK_STATE_COMPLETED"}}}, TRACES[0]) is None


def test_errors_are_looked_at_however_deep_they_are() -> None:
    deep: Any = TRACES[0]
    for _ in range(5_000):
        deep = [deep]
    assert leak({"error": {"code": -32603, "data": deep}}) == "Traceback (most recent call last)"


@pytest.mark.timeout(20)
@pytest.mark.parametrize(
    "piece", ["a", "a.", "at ", "at a", "io.", "SELECT ", "goroutine 1 [", "Error: ", "(a.", "/app"]
)
def test_giant_texts_are_looked_at_in_little_time(piece: str) -> None:
    leak({"error": {"message": piece * 200_000}})
    _leaked(FAILED["1.0"], piece * 200_000)

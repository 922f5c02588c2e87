"""Mutants that give, keep or cancel tasks wrongly."""

import itertools
from collections.abc import Callable, Sequence
from typing import Any

from starlette.types import ASGIApp

from conformance.dialects import Operation
from conformance.expect import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    TASK_NOT_CANCELABLE,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
)
from tests.conformance.mutants.altering import Alteration, asks_of, replies
from tests.conformance.mutants.changes import asks_message, last_event, recoded_of, tasks, without
from tests.conformance.mutants.messages import Asked, error, result
from tests.conformance.mutants.mutant import Mutant


def _made_up(asked: Asked, state: str) -> Any:
    """A task as asked for, which there is not."""
    dialect, id = asked.dialect, asked.params.get("id")
    kind = {"kind": "task"} if dialect.is_old else {}
    status = {"state": dialect.state(state)}
    return result({**kind, "id": id, "contextId": "made-up", "status": status}, asked).value


def _made_up_where(code: int, state: str, operation: Operation) -> Alteration:
    """Gives a task that there is not instead of an error."""

    def change(reply: Any, asked: Asked) -> Any:
        is_it = (reply.get("error") or {}).get("code") == code and "id" in asked.params
        return _made_up(asked, state) if is_it else reply

    return replies(change, operation)


def _without_history_length(asked: Asked) -> Asked:
    return asked.with_members(params=without(asked.params, "historyLength"))


def _as_get(asked: Asked) -> Asked:
    return asked.with_members(method=asked.dialect.methods[Operation.GET])


def _state(task: Any) -> str:
    return str(task["status"]["state"]).removeprefix("TASK_STATE_").lower()


def _in_state(state: str, change: Callable[[Any], Any], operation: Operation) -> Alteration:
    return tasks(lambda task: change(task) if _state(task) == state else task, operation)


def _revived(task: dict[str, Any]) -> Any:
    state = "completed" if "kind" in task else "TASK_STATE_COMPLETED"
    return {**task, "status": {**task["status"], "state": state}}


def _other_time(task: dict[str, Any]) -> Any:
    return {**task, "status": {**task["status"], "timestamp": "2020-01-01T00:00:00.000Z"}}


def _growing(app: ASGIApp) -> ASGIApp:
    """Ended tasks have another artifact each time."""
    numbers = itertools.count()

    def change(task: dict[str, Any]) -> Any:
        part = {"text": f"{next(numbers)}", **({"kind": "text"} if "kind" in task else {})}
        return {**task, "artifacts": [{"artifactId": "growing", "parts": [part]}]}

    return _in_state("completed", change, Operation.GET)(app)


def _interrupted_uncanceled(reply: Any, asked: Asked) -> Any:
    """Canceling is refused for what has a message of the agent: for tasks that have asked."""
    task = reply.get("result") or {}
    asks = any("Please" in str(message) for message in task.get("history", ()))
    return error(TASK_NOT_CANCELABLE, asked).value if asks else reply


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "fabricated task",
        _made_up_where(TASK_NOT_FOUND, "completed", Operation.GET),
        ("tasks.unknown-is-not-found",),
    ),
    Mutant(
        "unknown task as invalid params",
        recoded_of(TASK_NOT_FOUND, INVALID_PARAMS, Operation.GET, Operation.CANCEL),
        ("tasks.unknown-is-not-found", "tasks.cancel-of-unknown-is-not-found"),
    ),
    Mutant(
        "missing id as an internal error",
        recoded_of(INVALID_PARAMS, INTERNAL_ERROR, Operation.GET, Operation.CANCEL),
        ("tasks.get-needs-an-id", "tasks.cancel-needs-an-id"),
    ),
    Mutant(
        "task given with another id",
        tasks(lambda task: {**task, "id": "another-task"}, Operation.GET),
        ("tasks.get-gives-the-task-that-was-sent",),
    ),
    Mutant(
        "status given without its time and message",
        tasks(
            lambda task: {**task, "status": {"state": task["status"]["state"]}},
            Operation.GET,
        ),
        ("tasks.get-has-what-was-streamed-last",),
    ),
    Mutant(
        "status of another time",
        tasks(_other_time, Operation.GET),
        ("tasks.get-has-what-was-streamed-last",),
    ),
    Mutant(
        "historyLength passed over by get",
        asks_of(_without_history_length, Operation.GET),
        ("tasks.history-length-zero-is-no-history", "tasks.history-length-is-not-negative"),
    ),
    Mutant(
        "history longer than asked for by get",
        tasks(lambda t: {**t, "history": t["history"] * 2} if "history" in t else t, Operation.GET),
        ("tasks.history-length-is-a-limit",),
    ),
    Mutant(
        "history of none as an empty list",
        tasks(lambda task: {"history": [], **task}, Operation.GET),
        ("tasks.history-of-none-is-left-out",),
    ),
    Mutant(
        "cancel does nothing",
        asks_of(_as_get, Operation.CANCEL),
        ("tasks.cancel-ends-a-task-at-work", "tasks.cancel-ends-a-task-that-asks"),
    ),
    Mutant(
        "cancel of a task that asks refused",
        replies(_interrupted_uncanceled, Operation.CANCEL),
        ("tasks.cancel-ends-a-task-that-asks",),
    ),
    Mutant(
        "cancel of an unknown task accepted",
        _made_up_where(TASK_NOT_FOUND, "canceled", Operation.CANCEL),
        ("tasks.cancel-of-unknown-is-not-found",),
    ),
    Mutant(
        "cancel of an ended task accepted",
        _made_up_where(TASK_NOT_CANCELABLE, "canceled", Operation.CANCEL),
        ("tasks.cancel-of-ended-is-refused", "tasks.cancel-of-canceled-is-refused"),
    ),
    Mutant(
        "cancel of an ended task as an unsupported operation",
        recoded_of(TASK_NOT_CANCELABLE, UNSUPPORTED_OPERATION, Operation.CANCEL),
        ("tasks.cancel-of-ended-is-refused", "tasks.cancel-of-canceled-is-refused"),
    ),
    Mutant(
        "canceled told twice",
        last_event(lambda e: [e, e] if e.frame.state == "canceled" else [e]),
        ("tasks.canceled-twice-at-once-is-canceled-once",),
    ),
    Mutant(
        "canceled task completed later",
        _in_state("canceled", _revived, Operation.GET),
        ("tasks.canceled-stays-canceled",),
    ),
    Mutant(
        "message to an ended task begins another one",
        asks_message(lambda message: without(message, "taskId")),
        ("tasks.message-to-ended-is-refused",),
    ),
    Mutant(
        "message to an ended task as invalid params",
        recoded_of(UNSUPPORTED_OPERATION, INVALID_PARAMS, Operation.SEND),
        ("tasks.message-to-ended-is-refused",),
    ),
    Mutant("ended task changes", _growing, ("tasks.ended-stays-as-it-was",)),
)

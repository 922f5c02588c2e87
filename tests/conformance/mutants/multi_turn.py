"""Mutants that lose the thread of a conversation."""

from collections.abc import Sequence
from typing import Any

from starlette.types import ASGIApp

from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, INVALID_PARAMS, UNSUPPORTED_OPERATION
from tests.conformance.mutants.altering import asks_of, both
from tests.conformance.mutants.changes import (
    asks_configuration,
    asks_message,
    recoded_of,
    results,
    tasks,
    without,
)
from tests.conformance.mutants.messages import Answer, Asked, error
from tests.conformance.mutants.mutant import Mutant

_SENDING = (Operation.SEND, Operation.STREAM)


def _message(asked: Asked) -> dict[str, Any]:
    message = asked.params.get("message")
    return message if isinstance(message, dict) else {}


def _refused_with_both(asked: Asked) -> Answer | None:
    is_both = {"taskId", "contextId"} <= _message(asked).keys()
    return error(INVALID_PARAMS, asked) if is_both else None


def _for_two_turns(app: ASGIApp) -> ASGIApp:
    """Only one message answers a task that asks."""
    answered: set[Any] = set()

    def ask(asked: Asked) -> Answer | None:
        task_id = _message(asked).get("taskId")
        if task_id in answered:
            return error(UNSUPPORTED_OPERATION, asked)
        if task_id is not None:
            answered.add(task_id)
        return None

    return asks_of(ask, *_SENDING)(app)


def _in_one_task(app: ASGIApp) -> ASGIApp:
    """A message in the context of a task is given that task."""
    tasks_of: dict[Any, Any] = {}

    def remember(task: dict[str, Any]) -> Any:
        first = tasks_of.setdefault(task.get("contextId"), task["id"])
        return {**task, "id": first}

    return tasks(remember, Operation.SEND)(app)


def _cut_from_the_front(app: ASGIApp) -> ASGIApp:
    """The oldest messages are what is left of a history that is cut."""
    wanted: list[Any] = []

    def ask(asked: Asked) -> Asked:
        wanted.append(asked.params.get("historyLength"))
        return asked.with_members(params=without(asked.params, "historyLength"))

    def cut(task: dict[str, Any]) -> Any:
        return {**task, "history": task["history"][: wanted[-1]]} if "history" in task else task

    return both(tasks(cut, Operation.GET), asks_of(ask, Operation.GET))(app)


def _cut_for_good(app: ASGIApp) -> ASGIApp:
    """What was left of a history is all that is given of it ever after."""
    lengths: dict[Any, int] = {}

    def ask(asked: Asked) -> None:
        id, length = asked.params.get("id"), asked.params.get("historyLength")
        if isinstance(id, str) and isinstance(length, int) and length > 0:
            lengths[id] = min(length, lengths.get(id, length))

    def cut(task: dict[str, Any]) -> Any:
        length = lengths.get(task["id"])
        return {**task, "history": task["history"][-length:]} if length else task

    return both(tasks(cut, Operation.GET), asks_of(ask, Operation.GET))(app)


def _answered_from_the_front(app: ASGIApp) -> ASGIApp:
    """The same, in the replies to messages."""

    def cut(result: Any, asked: Asked) -> Any:
        length = (asked.params.get("configuration") or {}).get("historyLength")
        task = asked.dialect.task(result)
        if length is None or not task or "history" not in task:
            return result
        shorter = {**task, "history": task["history"][:length]}
        return shorter if asked.dialect.is_old else {"task": shorter}

    def whole(configuration: dict[str, Any]) -> Any:
        return without(configuration, "historyLength")

    return both(asks_configuration(whole, Operation.SEND), results(cut, Operation.SEND))(app)


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "follow-up opens a new task",
        asks_message(lambda message: without(message, "taskId")),
        (
            "multi-turn.follow-up-continues-the-task",
            "multi-turn.follow-up-is-streamed",
            "multi-turn.any-number-of-turns",
        ),
    ),
    Mutant(
        "context not inferred from the task",
        tasks(
            lambda t: {**t, "contextId": "another"} if len(t.get("history", ())) > 2 else t,
            Operation.SEND,
        ),
        ("multi-turn.context-is-inferred",),
    ),
    Mutant(
        "context beside the task refused",
        asks_of(_refused_with_both, *_SENDING),
        ("multi-turn.context-may-be-given-too",),
    ),
    Mutant(
        "context mismatch accepted",
        asks_message(lambda m: without(m, "contextId") if "taskId" in m else m),
        ("multi-turn.contradicting-context-is-invalid",),
    ),
    Mutant(
        "context mismatch accepted by streams",
        asks_message(
            lambda m: without(m, "contextId") if "taskId" in m else m,
            Operation.STREAM,
        ),
        ("multi-turn.contradicting-context-is-invalid",),
    ),
    Mutant(
        "only the first message of a conversation is kept",
        tasks(lambda t: {**t, "history": t["history"][:1]} if "history" in t else t, Operation.GET),
        ("multi-turn.history-holds-all-messages",),
    ),
    Mutant(
        "history in the wrong order",
        tasks(
            lambda t: {**t, "history": t["history"][::-1]} if "history" in t else t, Operation.GET
        ),
        ("multi-turn.history-holds-all-messages",),
    ),
    Mutant(
        "oldest messages left in the history",
        _cut_from_the_front,
        ("multi-turn.history-length-gives-the-latest",),
    ),
    Mutant(
        "oldest messages left in the history of a reply",
        _answered_from_the_front,
        ("multi-turn.history-length-gives-the-latest",),
    ),
    Mutant(
        "history cut for good",
        _cut_for_good,
        ("multi-turn.history-is-cut-in-one-reply-only",),
    ),
    Mutant("only one answer taken", _for_two_turns, ("multi-turn.any-number-of-turns",)),
    Mutant("one task for a context", _in_one_task, ("multi-turn.context-alone-makes-a-new-task",)),
    Mutant(
        "message to a task at work as an internal error",
        recoded_of(UNSUPPORTED_OPERATION, INTERNAL_ERROR, Operation.SEND),
        ("multi-turn.message-to-a-task-at-work-is-answered",),
    ),
)

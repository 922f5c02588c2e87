"""Mutants whose errors say too much, too little, or what is wrong."""

from collections.abc import Sequence
from typing import Any

from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.model import TaskState
from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, NO_EXTENDED_CARD
from tests.conformance.mutants.altering import asks_of
from tests.conformance.mutants.changes import errors, objects, without
from tests.conformance.mutants.extensions import REQUIRING
from tests.conformance.mutants.messages import error
from tests.conformance.mutants.mutant import NEW, TEXTS_ONLY, Mutant, Plays, Setup

_FAILING = Setup(
    name="whose tasks fail",
    agent=Plays((RunFinished(state=TaskState.FAILED, message="It has failed."),)),
)
_REASONS = (
    "errors.task-not-found-reason",
    "errors.task-not-cancelable-reason",
    "errors.push-not-supported-reason",
    "errors.unsupported-operation-reason",
    "errors.version-not-supported-reason",
)


def _with_reason(error: dict[str, Any], **members: Any) -> Any:
    data = error.get("data")
    if not isinstance(data, list):
        return error
    return {**error, "data": [{**one, **members} if "reason" in one else one for one in data]}


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "exception in an error's message",
        errors(lambda error: {**error, "message": "KeyError: 'tasks' in the store"}),
        ("errors.no-insides",),
    ),
    Mutant(
        "stack trace in an error's data",
        errors(
            lambda error: {
                **error,
                "data": ['Traceback (most recent call last):\n  File "/app/store.py", line 7'],
            }
        ),
        ("errors.no-insides",),
    ),
    Mutant(
        "query in an error's message",
        errors(lambda error: {**error, "message": "no rows: SELECT head FROM tasks WHERE id = 1"}),
        ("errors.no-insides",),
    ),
    Mutant(
        "driver's error in an error's message",
        errors(lambda e: {**e, "message": "(sqlite3.OperationalError) no such table: tasks"}),
        ("errors.no-insides",),
    ),
    Mutant(
        "Java's exception in an error's message",
        errors(lambda e: {**e, "message": "java.lang.NullPointerException"}),
        ("errors.no-insides",),
    ),
    Mutant(
        "driver's error in the message of a failed task",
        objects(
            lambda o: (
                {**o, "text": "(sqlite3.OperationalError) locked"} if "failed" in str(o) else o
            )
        ),
        ("errors.no-insides",),
        setup=_FAILING,
    ),
    Mutant(
        "error with an empty message",
        errors(lambda error: {**error, "message": ""}),
        ("errors.message",),
    ),
    Mutant("error without a message", errors(lambda e: without(e, "message")), ("errors.message",)),
    Mutant(
        "odd ids as internal errors",
        asks_of(
            lambda a: None if str(a.params.get("id")).isascii() else error(INTERNAL_ERROR, a),
            Operation.GET,
        ),
        ("errors.client-faults",),
    ),
    Mutant(
        "invalid params without the field",
        errors(lambda error: {"code": error["code"], "message": "Invalid params"}),
        ("errors.names-the-field",),
    ),
    Mutant("errors without ErrorInfo", errors(lambda e: without(e, "data")), _REASONS, NEW),
    Mutant(
        "reasons in lower case",
        errors(lambda error: _with_reason(error, reason="not_found")),
        _REASONS,
        NEW,
    ),
    Mutant(
        "reasons of another domain",
        errors(lambda error: _with_reason(error, domain="example.com")),
        _REASONS,
        NEW,
    ),
    Mutant(
        "content type refused without ErrorInfo",
        errors(lambda error: without(error, "data")),
        ("errors.content-type-not-supported-reason",),
        NEW,
        setup=TEXTS_ONLY,
    ),
    Mutant(
        "no extended card set up, without ErrorInfo",
        asks_of(lambda asked: error(NO_EXTENDED_CARD, asked), Operation.EXTENDED_CARD),
        ("errors.extended-card-not-configured-reason",),
        NEW,
    ),
    Mutant(
        "required extension missed without ErrorInfo",
        errors(lambda error: without(error, "data")),
        ("errors.extension-required-reason",),
        NEW,
        setup=REQUIRING,
    ),
)

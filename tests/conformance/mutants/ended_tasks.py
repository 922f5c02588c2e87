"""Mutants that take for alive what has ended in one way, and give tasks otherwise than they are."""

import json
from collections.abc import Callable, Sequence
from typing import Any, TypeAlias

from starlette.types import ASGIApp

from conformance.dialects import Operation
from tests.conformance.mutants.altering import Alteration, asks, replies
from tests.conformance.mutants.changes import tasks, without
from tests.conformance.mutants.messages import Answer, Asked, result
from tests.conformance.mutants.mutant import NEW, OLD, Mutant

Respond: TypeAlias = Callable[[Any, Asked], Answer]
"""What is answered to a request for a task that has ended."""


def _accepted(state: str, operation: Operation, respond: Respond) -> Alteration:
    """Answers so to an operation on a task that has been seen to have ended in that state."""

    def alter(app: ASGIApp) -> ASGIApp:
        ended: dict[Any, Any] = {}

        def remember(reply: Any, asked: Asked) -> Any:
            found = reply.get("result") if isinstance(reply, dict) else None
            task: Any = asked.dialect.task(found) or found
            if asked.dialect.read_state(task) == state:
                ended[task["id"]] = task
            return reply

        def ask(asked: Asked) -> Answer | None:
            message = asked.params.get("message")
            given = message.get("taskId") if isinstance(message, dict) else asked.params.get("id")
            is_it = asked.operation is operation and isinstance(given, str) and given in ended
            return respond(ended[given], asked) if is_it else None

        return asks(ask)(replies(remember)(app))

    return alter


def _canceled(task: Any, asked: Asked) -> Answer:
    status = {**task["status"], "state": asked.dialect.state("canceled")}
    return result({**task, "status": status}, asked)


def _sent(task: Any, asked: Asked) -> Answer:
    return result(task if asked.dialect.is_old else {"task": task}, asked)


def _streamed(task: Any, asked: Asked) -> Answer:
    response = json.dumps(_sent(task, asked).value).encode()
    return Answer(
        headers={"content-type": "text/event-stream"}, body=b"data: " + response + b"\n\n"
    )


_NEEDS = ("fails", "rejects", "input")
_STATES = ("failed", "rejected", "canceled")


def _without_message(task: dict[str, Any]) -> Any:
    return {**task, "status": without(task["status"], "message")}


def _without_artifacts_at_work(task: dict[str, Any]) -> Any:
    is_at_work = str(task["status"]["state"]).lower().endswith("working")
    return without(task, "artifacts") if is_at_work else task


MUTANTS: Sequence[Mutant] = (
    *(
        Mutant(
            f"cancel of a {state} task accepted",
            _accepted(state, Operation.CANCEL, _canceled),
            (caught_by,),
            needs=_NEEDS,
        )
        for state, caught_by in (
            ("failed", "tasks.cancel-of-ended-is-refused"),
            ("rejected", "tasks.cancel-of-ended-is-refused"),
            ("canceled", "tasks.cancel-of-canceled-is-refused"),
        )
    ),
    *(
        Mutant(
            f"message to a {state} task accepted",
            _accepted(state, Operation.SEND, _sent),
            ("tasks.message-to-ended-is-refused",),
            needs=_NEEDS,
        )
        for state in _STATES
    ),
    *(
        Mutant(
            f"subscription to a {state} task accepted",
            _accepted(state, Operation.SUBSCRIBE, _streamed),
            (caught_by,),
            versions,
            needs=_NEEDS,
        )
        for state in _STATES
        for caught_by, versions in (
            ("subscribe.ended-is-unsupported", NEW),
            ("subscribe.ended-is-refused", OLD),
        )
    ),
    Mutant(
        "cancel gives another id",
        tasks(lambda task: {**task, "id": "another-task"}, Operation.CANCEL),
        ("tasks.cancel-ends-a-task-at-work", "tasks.cancel-ends-a-task-that-asks"),
    ),
    Mutant(
        "cancel gives another contextId",
        tasks(lambda task: {**task, "contextId": "another-context"}, Operation.CANCEL),
        ("tasks.cancel-ends-a-task-at-work", "tasks.cancel-ends-a-task-that-asks"),
    ),
    Mutant(
        "cancel gives no artifacts",
        tasks(lambda task: without(task, "artifacts"), Operation.CANCEL),
        ("tasks.canceled-stays-canceled",),
    ),
    Mutant(
        "task at work given without artifacts",
        tasks(_without_artifacts_at_work, Operation.GET),
        ("tasks.get-has-the-artifacts-so-far",),
    ),
    Mutant(
        "reply without the message of the status",
        tasks(_without_message, Operation.SEND),
        ("tasks.get-gives-the-task-that-was-sent",),
    ),
)

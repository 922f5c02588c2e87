"""Mutants that take messages, or answer them, wrongly."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

from starlette.types import ASGIApp, Message, Receive, Send

from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR
from tests.conformance.mutants.altering import (
    Alteration,
    asks_of,
    both,
    client_gone,
    replies,
    sends,
)
from tests.conformance.mutants.changes import (
    asks_configuration,
    asks_message,
    objects,
    results,
    tasks,
    without,
)
from tests.conformance.mutants.messages import Asked, error
from tests.conformance.mutants.mutant import Mutant

_CONTEXT = "the-only-context"


def _where(state: str, change: Callable[[Any, Asked], Any]) -> Alteration:
    """Changes the replies to messages that have become a task in this state."""

    def change_reply(reply: Any, asked: Asked) -> Any:
        task = asked.dialect.task(reply.get("result"))
        return change(reply, asked) if asked.dialect.read_state(task) == state else reply

    return replies(change_reply, Operation.SEND)


def _failed(_: Any, asked: Asked) -> Any:
    return error(INTERNAL_ERROR, asked).value


def _swapped(configuration: dict[str, Any]) -> dict[str, Any]:
    is_waited_for = configuration.get("blocking", True) and not configuration.get(
        "returnImmediately", False
    )
    others = without(configuration, "blocking", "returnImmediately")
    return {**others, "blocking": not is_waited_for, "returnImmediately": is_waited_for}


def _never_waiting(configuration: dict[str, Any]) -> dict[str, Any]:
    return {**configuration, "blocking": False, "returnImmediately": True}


def _silent_in(state: str) -> Alteration:
    """Does not answer a message whose task is in this state, until the client goes."""
    written = (state.encode(), state.upper().replace("-", "_").encode())
    return sends(partial(_held_with, written))


def _held_with(words: Sequence[bytes], receive: Receive, send: Send) -> Send:
    start: list[Message] = []

    async def send_held(message: Message) -> None:
        if message["type"] == "http.response.start":
            start.append(message)
            return
        if any(word in message["body"] for word in words):
            await client_gone(receive)
        while start:
            await send(start.pop())
        await send(message)

    return send_held


def _with_tasks_of_clients(app: ASGIApp) -> ASGIApp:
    """A task id that a client has made up becomes the id of a task."""
    real: dict[str, str] = {}

    def ask(asked: Asked) -> Asked | None:
        body = asked.body
        for own, id in real.items():
            body = body.replace(own.encode(), id.encode())
        return asked.saying(body)

    def remember(reply: Any, asked: Asked) -> Any:
        message = asked.params.get("message")
        own = message.get("taskId") if isinstance(message, dict) else None
        task = asked.dialect.task(reply.get("result"))
        if isinstance(own, str) and isinstance(task, dict):
            real[own] = task["id"]
        return reply

    def forget(message: dict[str, Any]) -> Any:
        is_known = message.get("taskId") in real.values()
        return message if is_known else without(message, "taskId")

    altered = both(asks_message(forget), replies(remember, Operation.SEND))(app)
    return asks_of(ask, *Operation)(altered)


def _split(task: dict[str, Any]) -> Any:
    """Each artifact twice, as if chunks were artifacts of their own."""
    artifacts = [one for one in task.get("artifacts", []) for _ in range(2)]
    return {**task, "artifacts": artifacts} if artifacts else task


def _with_message_id(result: Any, id: str) -> Any:
    if "messageId" in result:
        return {**result, "messageId": id}
    if "message" in result:
        return {"message": {**result["message"], "messageId": id}}
    return result


def _as_the_client(item: dict[str, Any]) -> Any:
    roles = {"agent": "user", "ROLE_AGENT": "ROLE_USER"}
    return {**item, "role": roles.get(item["role"], item["role"])} if "role" in item else item


def _in_ascii(item: dict[str, Any]) -> Any:
    if "text" not in item:
        return item
    return {**item, "text": item["text"].encode("ascii", "replace").decode()}


def _cut(member: str) -> Callable[[dict[str, Any]], Any]:
    """Makes of a message one whose member has no more than 64 characters."""
    return lambda message: {
        name: value[:64] if name == member else value for name, value in message.items()
    }


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "messages answered with something else",
        results(lambda _, asked: {"accepted": True}, Operation.SEND),
        ("send.gives-a-task-or-a-message",),
    ),
    Mutant(
        "answer by Message in the role of the client",
        objects(_as_the_client),
        ("send.message-in-reply-is-the-agents",),
    ),
    Mutant(
        "answer by Message with the id of the client's",
        results(
            lambda result, asked: _with_message_id(result, asked.params["message"]["messageId"]),
            Operation.SEND,
        ),
        ("send.message-in-reply-is-the-agents",),
    ),
    Mutant(
        "wait and no-wait swapped",
        asks_configuration(_swapped),
        (
            "send.waits-until-the-task-rests",
            "send.waits-when-nothing-is-said",
            "send.returns-at-once-when-told-so",
        ),
    ),
    Mutant(
        "nobody is waited for",
        asks_configuration(_never_waiting),
        ("send.waits-until-the-task-rests", "send.waits-when-nothing-is-said"),
    ),
    Mutant(
        "everybody is waited for",
        asks_configuration(lambda c: without(c, "blocking", "returnImmediately")),
        ("send.returns-at-once-when-told-so",),
    ),
    Mutant(
        "a task that asks is waited for",
        _silent_in("input-required"),
        ("send.returns-when-the-task-asks",),
        is_slow=True,
    ),
    Mutant(
        "a task that needs authentication is waited for",
        _silent_in("auth-required"),
        ("send.returns-when-the-task-needs-authentication",),
        is_slow=True,
    ),
    Mutant(
        "failed task as an internal error",
        _where("failed", _failed),
        ("send.failure-of-the-agent-is-a-task",),
    ),
    Mutant(
        "rejected task as an internal error",
        _where("rejected", _failed),
        ("send.rejection-by-the-agent-is-a-task",),
    ),
    Mutant(
        "task id taken from the message",
        tasks(lambda task: {**task, "id": task["history"][0]["messageId"]}, Operation.SEND),
        ("send.task-id-is-the-servers",),
    ),
    Mutant(
        "one task id for all",
        tasks(lambda t: {**t, "id": "task"}, Operation.SEND),
        ("send.task-id-is-the-servers",),
    ),
    Mutant(
        "unknown task id passed over",
        asks_message(lambda message: without(message, "taskId")),
        ("send.unknown-task-is-not-found", "multi-turn.follow-up-continues-the-task"),
    ),
    Mutant(
        "client-made task id accepted",
        _with_tasks_of_clients,
        ("send.client-makes-no-task", "send.unknown-task-is-not-found"),
    ),
    Mutant(
        "contextId missing in the reply",
        tasks(lambda task: without(task, "contextId"), Operation.SEND),
        ("send.context-is-made-when-absent",),
    ),
    Mutant(
        "one context for all",
        asks_message(lambda m: m if m.get("taskId") else {"contextId": _CONTEXT, **m}),
        ("send.context-is-made-when-absent",),
    ),
    Mutant(
        "contextId of the message passed over",
        asks_message(lambda message: without(message, "contextId")),
        (
            "send.context-is-kept-when-given",
            "multi-turn.contradicting-context-is-invalid",
            "multi-turn.context-alone-makes-a-new-task",
        ),
    ),
    Mutant(
        "contextId of a streamed message passed over",
        asks_message(
            lambda m: m if "taskId" in m else without(m, "contextId"),
            Operation.STREAM,
        ),
        ("send.context-is-kept-when-given",),
    ),
    Mutant(
        "context ids cut after 64 characters",
        asks_message(_cut("contextId")),
        ("send.context-is-kept-when-given",),
    ),
    Mutant(
        "message ids cut after 64 characters",
        asks_message(_cut("messageId")),
        ("send.history-holds-the-message",),
    ),
    Mutant(
        "message not in the history",
        tasks(lambda task: without(task, "history"), Operation.SEND, Operation.GET),
        ("send.history-holds-the-message", "multi-turn.history-holds-all-messages"),
    ),
    Mutant(
        "history in plain ASCII",
        objects(_in_ascii),
        ("send.history-holds-the-message",),
    ),
    Mutant(
        "historyLength passed over",
        asks_configuration(lambda given: without(given, "historyLength")),
        (
            "send.history-length-zero-is-no-history",
            "send.history-length-is-not-negative",
            "stream.history-length-zero-is-no-history",
        ),
    ),
    Mutant(
        "historyLength passed over by streams",
        asks_configuration(lambda given: without(given, "historyLength"), Operation.STREAM),
        ("send.history-length-is-not-negative", "stream.history-length-zero-is-no-history"),
    ),
    Mutant(
        "history longer than asked for",
        tasks(
            lambda t: {**t, "history": t["history"] * 2} if "history" in t else t, Operation.SEND
        ),
        ("send.history-length-is-a-limit",),
    ),
    Mutant("chunks as artifacts", tasks(_split, Operation.SEND), ("send.artifacts-are-assembled",)),
    Mutant(
        "reply without the last chunks",
        tasks(lambda task: without(task, "artifacts"), Operation.SEND),
        ("send.artifacts-are-assembled",),
    ),
)

"""Mutants that mishandle batches."""

from collections.abc import Callable, Sequence
from typing import Any

from conformance.expect import INVALID_REQUEST, METHOD_NOT_FOUND, TASK_NOT_FOUND
from tests.conformance.mutants.altering import Alteration, Ask, asks, says
from tests.conformance.mutants.messages import Answer, Asked, error
from tests.conformance.mutants.mutant import Mutant

_GETS = {"tasks/get", "GetTask"}


def _batches_ask(ask: Ask) -> Alteration:
    return asks(lambda asked: ask(asked) if isinstance(asked.value, list) else None)


def _batches_say(change: Callable[[list[Any], list[Any]], Any]) -> Alteration:
    """Changes the list of replies, by them and the batch."""

    def say(answer: Answer, asked: Asked) -> Answer:
        if not isinstance(answer.value, list):
            return answer
        return answer.saying(change(answer.value, asked.value))

    return says(say)


def _refused_as_a_whole(asked: Asked) -> Answer | None:
    methods = {one.get("method") for one in asked.value if isinstance(one, dict)}
    return error(INVALID_REQUEST) if len(asked.value) > 1 and methods - _GETS else None


def _refused_with_a_bad_member(asked: Asked) -> Answer | None:
    return None if all(isinstance(one, dict) for one in asked.value) else error(INVALID_REQUEST)


def _notifications_too(replies: list[Any], batch: list[Any]) -> list[Any]:
    missing = len(batch) - len(replies)
    failed = {"code": TASK_NOT_FOUND, "message": "There is no such task."}
    return [*replies, *[{"jsonrpc": "2.0", "id": None, "error": failed}] * missing]


def _stream_in_it(replies: list[Any], _: list[Any]) -> list[Any]:
    return [
        {"jsonrpc": "2.0", "id": one["id"], "result": {}} if one.get("id") == "stream" else one
        for one in replies
    ]


def _stream_not_found(replies: list[Any], _: list[Any]) -> list[Any]:
    not_found = {"code": METHOD_NOT_FOUND, "message": "There is no such method."}
    return [{**one, "error": not_found} if one.get("id") == "stream" else one for one in replies]


def _only_notifications(asked: Asked) -> Answer | None:
    is_so = bool(asked.value) and all(
        isinstance(one, dict) and "id" not in one for one in asked.value
    )
    return Answer.of_json([]) if is_so else None


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "batches refused",
        _batches_ask(lambda _: error(INVALID_REQUEST)),
        ("jsonrpc.batch-answered",),
    ),
    Mutant(
        "only the first reply of a batch",
        _batches_say(lambda replies, _: replies[:1]),
        ("jsonrpc.batch-answered",),
    ),
    Mutant(
        "one reply of a batch, without a list",
        _batches_say(lambda replies, _: replies[0]),
        ("jsonrpc.batch-answered",),
    ),
    Mutant(
        "batch refused for one request in it",
        _batches_ask(_refused_as_a_whole),
        ("jsonrpc.batch-mixes-results-and-errors",),
    ),
    Mutant(
        "batch refused for one member that is no request",
        _batches_ask(_refused_with_a_bad_member),
        ("jsonrpc.batch-of-no-requests",),
    ),
    Mutant(
        "notification in a batch answered",
        _batches_say(_notifications_too),
        ("jsonrpc.batch-with-a-notification",),
    ),
    Mutant(
        "batch of notifications answered with an empty list",
        _batches_ask(_only_notifications),
        ("jsonrpc.batch-of-notifications",),
    ),
    Mutant(
        "empty batch answered with an empty list",
        _batches_ask(lambda asked: None if asked.value else Answer.of_json([])),
        ("jsonrpc.empty-batch",),
    ),
    Mutant(
        "streaming method in a batch given a result",
        _batches_say(_stream_in_it),
        ("jsonrpc.no-stream-in-a-batch",),
    ),
    Mutant(
        "streaming method in a batch not found",
        _batches_say(_stream_not_found),
        ("jsonrpc.no-stream-in-a-batch",),
    ),
)

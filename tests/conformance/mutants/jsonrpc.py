"""Mutants at odds with JSON-RPC over HTTP: envelopes, ids, notifications, URLs."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from conformance.dialects import Operation
from conformance.expect import INVALID_REQUEST, METHOD_NOT_FOUND
from tests.conformance.mutants.altering import (
    Alteration,
    asks,
    frames,
    replies,
    responses,
    says,
)
from tests.conformance.mutants.changes import replies_where, without
from tests.conformance.mutants.messages import Answer, Asked, error
from tests.conformance.mutants.mutant import Mutant, Setup

_AT_A_PATH = Setup(name="at a path of its own", settings={"rpc_path": "/a2a/v1"})


def _with_ids(change: Callable[[Any], Any]) -> Alteration:
    return responses(
        lambda response, _: (
            {**response, "id": change(response["id"])} if "id" in response else response
        )
    )


def _errors_with_status(answer: Answer, asked: Asked) -> Answer:
    is_error = isinstance(answer.value, dict) and "error" in answer.value
    return replace(answer, status=400) if asked.is_rpc and is_error else answer


def _as_text(answer: Answer, asked: Asked) -> Answer:
    return answer.with_headers(content_type="text/plain") if asked.is_rpc else answer


def _answered_notification(asked: Asked) -> Asked | None:
    return asked.with_members(id=None) if asked.is_notification else None


def _streamed_notification(asked: Asked) -> Asked | None:
    return _answered_notification(asked) if asked.operation is Operation.STREAM else None


def _answered_message(asked: Asked) -> Asked | None:
    return _answered_notification(asked) if asked.operation is Operation.SEND else None


def _answered_failure(asked: Asked) -> Answer | None:
    is_bad = asked.operation is None or isinstance(asked.members.get("params"), list)
    return error(METHOD_NOT_FOUND) if asked.is_notification and is_bad else None


MUTANTS: Sequence[Mutant] = (
    Mutant("errors with HTTP 400", says(_errors_with_status), ("jsonrpc.http-200",)),
    Mutant("replies as plain text", says(_as_text), ("jsonrpc.content-type",)),
    Mutant(
        "replies without jsonrpc",
        replies(lambda reply, _: without(reply, "jsonrpc")),
        ("jsonrpc.version-member",),
    ),
    Mutant(
        "replies of JSON-RPC 1.0",
        replies(lambda reply, _: {**reply, "jsonrpc": "1.0"}),
        ("jsonrpc.version-member",),
    ),
    Mutant(
        "error null beside the result",
        replies(lambda reply, _: {"error": None, **reply}),
        ("jsonrpc.result-or-error",),
    ),
    Mutant(
        "result null beside the error",
        replies(lambda reply, _: {"result": None, **reply}),
        ("jsonrpc.result-or-error",),
    ),
    Mutant(
        "neither result nor error",
        replies(lambda reply, _: without(reply, "result")),
        ("jsonrpc.result-or-error",),
    ),
    Mutant("id missing", replies(lambda reply, _: without(reply, "id")), ("jsonrpc.id-echoed",)),
    Mutant("id always 0", _with_ids(lambda _: 0), ("jsonrpc.id-echoed", "jsonrpc.string-ids")),
    Mutant("id always null", _with_ids(lambda _: None), ("jsonrpc.id-echoed",)),
    Mutant(
        "number as id echoed as a string",
        _with_ids(lambda id: str(id) if isinstance(id, int) else id),
        ("jsonrpc.id-echoed", "jsonrpc.number-ids"),
    ),
    Mutant(
        "digits as id echoed as a number",
        _with_ids(lambda id: int(id) if isinstance(id, str) and id.isdigit() else id),
        ("jsonrpc.string-ids",),
    ),
    Mutant("id 0 echoed as null", _with_ids(lambda id: id or None), ("jsonrpc.number-ids",)),
    Mutant(
        "large id echoed as a float",
        _with_ids(lambda id: float(id) if isinstance(id, int) and id > 2**31 else id),
        ("jsonrpc.number-ids",),
    ),
    Mutant(
        "id 1 in all events of all streams",
        frames(lambda response, _: {**response, "id": 1}),
        ("jsonrpc.string-ids", "jsonrpc.number-ids"),
    ),
    Mutant(
        "digits as id echoed as a number in streams",
        frames(lambda r, _: {**r, "id": int(r["id"]) if r["id"] == "7" else r["id"]}),
        ("jsonrpc.string-ids",),
    ),
    Mutant(
        "ids cut after 64 characters",
        _with_ids(lambda id: id[:64] if isinstance(id, str) else id),
        ("jsonrpc.string-ids",),
    ),
    Mutant(
        "invalid request answered with the id null",
        replies_where(INVALID_REQUEST, lambda reply: {**reply, "id": None}),
        ("jsonrpc.id-null-only-where-unreadable",),
    ),
    Mutant(
        "notification answered",
        asks(_answered_notification),
        ("jsonrpc.notification-not-answered",),
    ),
    Mutant(
        "notification of a message answered",
        asks(_answered_message),
        ("jsonrpc.notification-not-answered",),
    ),
    Mutant(
        "notification answered with a stream",
        asks(_streamed_notification),
        ("jsonrpc.notification-opens-no-stream",),
    ),
    Mutant(
        "notification answered where it fails",
        asks(_answered_failure),
        ("jsonrpc.failed-notification-not-answered",),
    ),
    Mutant(
        "notification answered with HTTP 200",
        says(lambda answer, _: replace(answer, status=200) if answer.status == 204 else answer),
        ("jsonrpc.notification-status",),
    ),
    Mutant(
        "notification not carried out",
        asks(lambda asked: Answer.empty(204) if asked.is_notification else None),
        ("jsonrpc.notification-carried-out",),
    ),
    Mutant(
        "redirect from the URL with a slash",
        asks(lambda a: Answer.empty(307, location=a.path[:-1]) if a.path == "/a2a/v1/" else None),
        ("jsonrpc.trailing-slash",),
        setup=_AT_A_PATH,
    ),
    Mutant(
        "nothing at the URL with a slash",
        asks(lambda asked: Answer.empty(404) if asked.path == "/a2a/v1/" else None),
        ("jsonrpc.trailing-slash",),
        setup=_AT_A_PATH,
    ),
    Mutant(
        "content type with a charset refused",
        asks(
            lambda a: Answer.empty(415) if "charset" in a.headers.get("content-type", "") else None
        ),
        ("jsonrpc.content-type-with-charset",),
    ),
)

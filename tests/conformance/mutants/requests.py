"""Mutants that take requests and params that they must refuse, or refuse those they must take."""

from collections.abc import Callable, Sequence
from typing import Any

from conformance.dialects import Operation
from conformance.expect import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    PARSE_ERROR,
)
from tests.conformance.mutants.altering import Alteration, asks, asks_of, replies
from tests.conformance.mutants.changes import recoded, replies_where, walked
from tests.conformance.mutants.messages import Answer, Asked, error
from tests.conformance.mutants.mutant import NEW, Mutant


def _recoded_where(is_meant: Callable[[Asked], bool], code: int) -> Alteration:
    """Gives the errors to these requests another code."""

    def change(reply: Any, asked: Asked) -> Any:
        if not is_meant(asked) or "error" not in reply:
            return reply
        return {**reply, "error": {**reply["error"], "code": code}}

    return replies(change)


def _lenient_utf_8(asked: Asked) -> Asked:
    return asked.saying(asked.body.decode("utf-8", "replace").encode())


def _is_utf_8(asked: Asked) -> bool:
    try:
        asked.body.decode()
    except UnicodeDecodeError:
        return False
    return True


def _named_by_place(asked: Asked) -> Asked | None:
    params = asked.members.get("params")
    return asked.with_members(params={"id": params[0]}) if isinstance(params, list) else None


def _made_up_params(asked: Asked) -> Asked | None:
    is_odd = isinstance(asked.members.get("params"), str | int)
    return asked.with_members(params={"id": "a"}) if is_odd else None


def _refused_where(word: str, code: int = INVALID_PARAMS) -> Alteration:
    """Refuses requests whose body has the word."""
    return asks(lambda a: error(code, a) if a.is_rpc and word.encode() in a.body else None)


def _broken_by(is_meant: Callable[[bytes], bool]) -> Alteration:
    return asks(lambda asked: Answer.empty(500) if is_meant(asked.body) else None)


def _has_null(value: Any) -> bool:
    found: list[bool] = []
    walked(value, lambda item: found.append(None in item.values()))
    return any(found)


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "parse error as an internal error",
        recoded(PARSE_ERROR, INTERNAL_ERROR),
        ("jsonrpc.unreadable", "jsonrpc.bad-utf-8"),
    ),
    Mutant(
        "parse error with an id",
        replies_where(PARSE_ERROR, lambda reply: {**reply, "id": 1}),
        ("jsonrpc.unreadable",),
    ),
    Mutant("bad UTF-8 replaced", asks(_lenient_utf_8), ("jsonrpc.bad-utf-8-is-not-read",)),
    Mutant(
        "bad UTF-8 as an internal error",
        _recoded_where(lambda asked: not _is_utf_8(asked), INTERNAL_ERROR),
        ("jsonrpc.bad-utf-8",),
    ),
    Mutant(
        "empty body answered with nothing",
        asks(lambda asked: Answer.empty(200) if asked.is_rpc and not asked.body else None),
        ("jsonrpc.empty-body",),
    ),
    Mutant(
        "body that is no object as invalid params",
        _recoded_where(lambda asked: not isinstance(asked.value, dict), INVALID_PARAMS),
        ("jsonrpc.not-an-object",),
    ),
    Mutant(
        "missing jsonrpc accepted",
        asks(lambda asked: asked.with_members(jsonrpc="2.0") if asked.members else None),
        ("jsonrpc.no-jsonrpc",),
    ),
    *(
        Mutant(
            f"missing jsonrpc accepted by {operation.value}",
            asks_of(lambda asked: asked.with_members(jsonrpc="2.0"), operation),
            ("jsonrpc.no-jsonrpc",),
        )
        for operation in (Operation.SEND, Operation.STREAM)
    ),
    Mutant(
        "missing method as one that is not found",
        _recoded_where(lambda a: not isinstance(a.members.get("method"), str), METHOD_NOT_FOUND),
        ("jsonrpc.no-method",),
    ),
    Mutant(
        "id of any type accepted",
        asks(
            lambda asked: (
                asked.with_members(id=5)
                if isinstance(asked.members.get("id"), bool | list | dict)
                else None
            )
        ),
        ("jsonrpc.ids-of-other-types",),
    ),
    Mutant(
        "unknown method as an invalid request",
        recoded(METHOD_NOT_FOUND, INVALID_REQUEST),
        ("jsonrpc.unknown-method",),
    ),
    Mutant(
        "unknown method as an internal error",
        recoded(METHOD_NOT_FOUND, INTERNAL_ERROR),
        ("jsonrpc.unknown-method",),
    ),
    Mutant(
        "deep nesting breaks the server",
        _broken_by(lambda body: b"[[[[[[[[" in body),
        ("jsonrpc.too-deep",),
    ),
    Mutant(
        "large numbers break the server",
        _broken_by(lambda body: b"0" * 300 in body or b"1e400" in body),
        ("jsonrpc.too-large-numbers",),
    ),
    Mutant("params by position taken", asks(_named_by_place), ("jsonrpc.params-by-position",)),
    Mutant(
        "params of no structure passed over",
        asks(_made_up_params),
        ("jsonrpc.params-of-no-structure",),
    ),
    Mutant(
        "missing params as an internal error",
        _recoded_where(lambda a: bool(a.operation) and not a.params, INTERNAL_ERROR),
        ("jsonrpc.params-missing",),
    ),
    Mutant(
        "invalid params as an invalid request",
        recoded(INVALID_PARAMS, INVALID_REQUEST),
        ("jsonrpc.params-by-position", "jsonrpc.params-of-wrong-types"),
    ),
    Mutant(
        "invalid params as an internal error",
        recoded(INVALID_PARAMS, INTERNAL_ERROR),
        ("jsonrpc.params-of-wrong-types", "jsonrpc.params-missing", "errors.client-faults"),
    ),
    Mutant(
        "params needed by methods that need none",
        asks(
            lambda asked: (
                error(INVALID_PARAMS, asked)
                if asked.operation and "params" not in asked.members
                else None
            )
        ),
        ("jsonrpc.params-left-out",),
        NEW,
    ),
    Mutant(
        "unknown members of params refused",
        asks(lambda a: error(INVALID_PARAMS, a) if "xFuture" in str(a.params) else None),
        ("jsonrpc.unknown-members-ignored",),
    ),
    Mutant(
        "unknown members of requests refused",
        asks(lambda a: error(INVALID_REQUEST, a) if "xFuture" in a.members else None),
        ("jsonrpc.unknown-members-beside-params-ignored",),
    ),
    Mutant(
        "nulls refused",
        asks(lambda a: error(INVALID_PARAMS, a) if _has_null(a.params) else None),
        ("jsonrpc.nulls-accepted",),
    ),
    Mutant(
        "snake_case refused", _refused_where("message_id"), ("jsonrpc.snake-case-accepted",), NEW
    ),
    Mutant(
        "snake_case passed over",
        asks(lambda asked: asked.saying(asked.body.replace(b"history_length", b"unknown"))),
        ("jsonrpc.snake-case-accepted",),
        NEW,
    ),
)

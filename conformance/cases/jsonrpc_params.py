"""Params: which are refused, and which must be taken (JSON-RPC 2.0 §4.2; 1.0 §5)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    INVALID_PARAMS,
    INVALID_REQUEST,
    MISSING,
    TASK_NOT_FOUND,
    Broken,
    Reply,
    expect,
)
from conformance.replies import see_reply
from conformance.session import Session


async def by_position(session: Session) -> None:
    reply = await session.call(Operation.GET, [str(uuid4())])
    reply.must_be_error(INVALID_PARAMS)


async def of_no_structure(session: Session) -> None:
    for params in ("text", 7, True):
        reply = await session.call(Operation.GET, params)
        reply.must_be_error(INVALID_PARAMS, INVALID_REQUEST)


async def missing(session: Session) -> None:
    for operation in (Operation.GET, Operation.CANCEL, Operation.SEND):
        reply = await _without_params(session, operation)
        reply.must_be_error(INVALID_PARAMS)
        reply = await session.call(operation, {})
        reply.must_be_error(INVALID_PARAMS)


async def of_wrong_types(session: Session) -> None:
    message = session.message("Hello")
    for operation, params in (
        (Operation.GET, {"id": {"a": 1}}),
        (Operation.GET, {"id": str(uuid4()), "historyLength": "many"}),
        (Operation.CANCEL, {"id": ["a"]}),
        (Operation.SEND, {"message": "Hello"}),
        (Operation.SEND, {"message": {**message, "parts": "Hello"}}),
        (Operation.SEND, {"message": {**message, "role": {"a": 1}}}),
    ):
        reply = await session.call(operation, params)
        reply.must_be_error(INVALID_PARAMS)


async def left_out(session: Session) -> None:
    reply = await _without_params(session, Operation.LIST)
    expect(isinstance(reply.result, dict), "a list of tasks", reply.gist, reply.exchange)


async def unknown_members_ignored(session: Session) -> None:
    """Their values are of all kinds, and so are the places where they are."""
    unknown: dict[str, Any] = {"xFuture": {"a": [1, None, {}]}, "x-other": None, "xFlag": True}
    part = {**session.dialect.text_part("Hello"), **unknown}
    message = {**session.message("Hello", part), **unknown}
    configuration = {**session.dialect.waiting(True), **unknown}
    params = {"message": message, "configuration": configuration, **unknown}
    _expect_result(await session.call(Operation.SEND, params))


async def unknown_members_beside_params(session: Session) -> None:
    request = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    reply = await _posted(session, Operation.GET, {**request, "xFuture": {"a": 1}, "meta": None})
    reply.must_be_error(TASK_NOT_FOUND)


async def nulls_accepted(session: Session) -> None:
    optional = ("contextId", "taskId", "referenceTaskIds", "extensions", "metadata")
    nulls = dict.fromkeys(optional)
    params = {
        "message": {**session.message("Hello"), **nulls},
        "configuration": {"historyLength": None, "acceptedOutputModes": None},
        "metadata": None,
    }
    _expect_result(await session.call(Operation.SEND, params))
    reply = await session.call(Operation.GET, {"id": str(uuid4()), "historyLength": None})
    reply.must_be_error(TASK_NOT_FOUND)


async def snake_case_accepted(session: Session) -> None:
    """The history of no messages shows that the member is not only passed over."""
    message = session.message("Hello")
    params = {
        "message": {**message, "message_id": message["messageId"]},
        "configuration": {"history_length": 0, "return_immediately": False},
    }
    del params["message"]["messageId"]
    reply = await session.call(Operation.SEND, params)
    _expect_result(reply)
    task = session.dialect.task(reply.result)
    history = task.get("history") if isinstance(task, dict) else None
    expect(not history, "no history, as history_length is 0", history, reply.exchange)


def _expect_result(reply: Reply) -> None:
    if not isinstance(reply.result, dict):
        raise Broken("a result", reply.gist, reply.exchange)


async def _without_params(session: Session, operation: Operation) -> Reply:
    request = session.request(operation, MISSING, 1)
    del request["params"]
    return await _posted(session, operation, request)


async def _posted(session: Session, operation: Operation, request: Mapping[str, Any]) -> Reply:
    reply = await session.post(request)
    see_reply(session, reply, request["id"], session.dialect.results[operation])
    return reply


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "jsonrpc.params-by-position": by_position,
        "jsonrpc.params-of-no-structure": of_no_structure,
        "jsonrpc.params-missing": missing,
        "jsonrpc.params-of-wrong-types": of_wrong_types,
        "jsonrpc.params-left-out": left_out,
        "jsonrpc.unknown-members-ignored": unknown_members_ignored,
        "jsonrpc.unknown-members-beside-params-ignored": unknown_members_beside_params,
        "jsonrpc.nulls-accepted": nulls_accepted,
        "jsonrpc.snake-case-accepted": snake_case_accepted,
    }
)

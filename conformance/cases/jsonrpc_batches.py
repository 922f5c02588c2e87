"""Batches (JSON-RPC 2.0 §6); A2A neither asks for them nor takes them away."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING,
    TASK_NOT_FOUND,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.replies import see_content, see_envelope, see_reply
from conformance.session import Session

_RESULT: Any = object()
"""Stands for the code of a response that is no error."""


async def answered(session: Session) -> None:
    reply = await session.post([_get(session, 1), _get(session, "2")])
    if not isinstance(reply.value, list):
        raise Broken("a list of responses", reply.gist, reply.exchange)
    _expect(session, reply, {1: TASK_NOT_FOUND, "2": TASK_NOT_FOUND})


async def mixes_results_and_errors(session: Session) -> None:
    send = session.request(Operation.SEND, {"message": session.message("Hello")}, "sent")
    unknown = {**_get(session, 2), "method": "no/such/method"}
    reply = await _posted(session, [unknown, send, _get(session, 3)])
    _expect(session, reply, {2: METHOD_NOT_FOUND, "sent": _RESULT, 3: TASK_NOT_FOUND})


async def of_no_requests(session: Session) -> None:
    reply = await _posted(session, [1, "text", _get(session, 3)])
    said = [(response.get("id"), _code(response)) for response in _objects(reply)]
    expected = [(None, INVALID_REQUEST), (None, INVALID_REQUEST), (3, TASK_NOT_FOUND)]
    is_right = sorted(said, key=str) == sorted(expected, key=str)
    expect(is_right, f"ids and codes {expected}", reply.exchange.answer, reply.exchange)


async def with_a_notification(session: Session) -> None:
    reply = await _posted(session, [_get(session, MISSING), _get(session, 2)])
    _expect(session, reply, {2: TASK_NOT_FOUND})


async def of_notifications(session: Session) -> None:
    await _expect_batches(session)
    reply = await session.post([_get(session, MISSING), _get(session, MISSING)])
    exchange = reply.exchange
    expect(exchange.status is not None, "an HTTP response", exchange.answer, exchange)
    expect(not exchange.response_body.strip(), "no body", exchange.answer, exchange)


async def empty(session: Session) -> None:
    reply = await session.post([])
    see_reply(session, reply, None, None)
    reply.must_be_error(INVALID_REQUEST)


async def no_stream_in_it(session: Session) -> None:
    params = {"message": session.message("Hello")}
    stream = session.request(Operation.STREAM, params, "stream")
    reply = await _posted(session, [stream, _get(session, 2)])
    codes = {str(response.get("id")): _code(response) for response in _objects(reply)}
    got = codes.get("stream", MISSING)
    expect(got == INVALID_REQUEST, _said(INVALID_REQUEST), _said(got), reply.exchange)
    expect_equal("the code of the other", TASK_NOT_FOUND, codes.get("2"), reply.exchange)


async def _posted(session: Session, batch: Sequence[Any]) -> Reply:
    """The reply to a batch, a list. Raises NotExercised where batches are not served at all."""
    await _expect_batches(session)
    reply = await session.post(batch)
    if not isinstance(reply.value, list):
        raise Broken("a list of responses", reply.gist, reply.exchange)
    return reply


async def _expect_batches(session: Session) -> None:
    reply = await session.post([_get(session, 1)])
    if not isinstance(reply.value, list):
        raise NotExercised("batches are not served")


def _expect(session: Session, reply: Reply, codes: Mapping[Any, Any]) -> None:
    """One response each for these ids, whatever their order, and no others."""
    ids = [(type(id), id) for id in (response.get("id") for response in _objects(reply))]
    expected = [(type(id), id) for id in codes]
    is_whole = sorted(ids, key=str) == sorted(expected, key=str)
    answer = reply.exchange.answer
    expect(is_whole, f"one response for each id of {list(codes)}", answer, reply.exchange)
    for response in _objects(reply):
        id = response["id"]
        see_envelope(session, response, id, reply.exchange)
        see_content(session, response, None, reply.exchange)
        got = _code(response)
        is_right = got == codes[id]
        expect(is_right, f"{_said(codes[id])} for the id {id!r}", _said(got), reply.exchange)


def _objects(reply: Reply) -> list[Mapping[str, Any]]:
    return [one if isinstance(one, dict) else {} for one in reply.value]


def _code(response: Any) -> Any:
    error = response.get("error") if isinstance(response, dict) else None
    return error.get("code") if isinstance(error, dict) else _RESULT


def _said(code: Any) -> str:
    if code is MISSING:
        return "no response"
    return "a result" if code is _RESULT else f"error {code}"


def _get(session: Session, id: Any) -> dict[str, Any]:
    return session.request(Operation.GET, {"id": str(uuid4())}, id)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "jsonrpc.batch-answered": answered,
        "jsonrpc.batch-mixes-results-and-errors": mixes_results_and_errors,
        "jsonrpc.batch-of-no-requests": of_no_requests,
        "jsonrpc.batch-with-a-notification": with_a_notification,
        "jsonrpc.batch-of-notifications": of_notifications,
        "jsonrpc.empty-batch": empty,
        "jsonrpc.no-stream-in-a-batch": no_stream_in_it,
    }
)

"""What is no JSON, or no request, and requests for methods that there are not."""

import json
from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases.arranging import sending
from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING,
    PARSE_ERROR,
    TASK_NOT_FOUND,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
    read_json,
)
from conformance.replies import see_reply
from conformance.session import SSE_HEADERS, Session
from conformance.sse import Decoder

_LEVELS = 20_000
_DIGITS = 4_000
"""Of a number; Python, for one, refuses to convert more than 4300."""


async def unreadable(session: Session) -> None:
    for body in (b'{"jsonrpc": "2.0", "id": 1, "method": ', b"no JSON", b'{"id": 1}}'):
        reply = await _refused(session, body, PARSE_ERROR)
        got = reply.value.get("id", MISSING)
        expect(got is None, "the id null", reply.exchange.answer, reply.exchange)


async def bad_utf_8(session: Session) -> None:
    reply = await _with_bad_utf_8(session)
    if reply.code == TASK_NOT_FOUND:
        raise NotExercised("bytes that are no UTF-8 are read as text, as parsers may (RFC 8259 §9)")
    reply.must_be_error(PARSE_ERROR)


async def replaced_utf_8(session: Session) -> None:
    reply = await _with_bad_utf_8(session)
    expect(reply.code != TASK_NOT_FOUND, "a refusal of the body", reply.gist, reply.exchange)


async def _with_bad_utf_8(session: Session) -> Reply:
    """The reply to a request for a task whose id is no text."""
    body = json.dumps(_request(session, params={"id": "BAD"})).encode()
    return await _answered(session, body.replace(b"BAD", b"\xff\xfe\xc3("), id=1)


async def empty_body(session: Session) -> None:
    await _refused(session, b"", PARSE_ERROR, INVALID_REQUEST)


async def not_an_object(session: Session) -> None:
    # RFC 4627, which JSON-RPC 2.0 names, has no JSON texts but objects and lists.
    for body in (b"1", b'"text"', b"true", b"null"):
        await _refused(session, body, INVALID_REQUEST, PARSE_ERROR)


async def no_jsonrpc(session: Session) -> None:
    for said in (MISSING, "1.0", 2.0, None):
        await _refused(session, _request(session, jsonrpc=said), INVALID_REQUEST)
    for operation in sending(session):
        request = session.request(operation, {"message": session.message("Hello")}, 1)
        del request["jsonrpc"]
        headers = SSE_HEADERS if operation.is_streaming else None
        reply = _in_an_event(await session.post(request, headers=headers))
        reply.must_be_error(INVALID_REQUEST)


def _in_an_event(reply: Reply) -> Reply:
    """The reply in the first event of a stream; any other as it is."""
    if reply.exchange.media_type != "text/event-stream":
        return reply
    event = next(iter(Decoder().feed(reply.exchange.response_body)), None)
    value = MISSING if event is None else read_json(event.data.encode())
    return replace(reply, value=value)


async def no_method(session: Session) -> None:
    for said in (MISSING, 1, None, ["tasks/get"]):
        await _refused(session, _request(session, method=said), INVALID_REQUEST)


async def ids_of_other_types(session: Session) -> None:
    for said in ({"a": 1}, [1], True, False):
        await _refused(session, _request(session, id=said), INVALID_REQUEST)


async def id_null_only_where_unreadable(session: Session) -> None:
    reply = await session.post(_request(session, jsonrpc="1.0", id="mine"))
    if reply.error is None:
        raise NotExercised("what is no valid request gets no error here")
    expect_equal("the id", "mine", reply.value.get("id"), reply.exchange)


async def unknown_method(session: Session) -> None:
    for name in ("no/such/method", "NoSuchMethod", "__init__"):
        reply = await session.post(_request(session, method=name))
        see_reply(session, reply, 1, None)
        reply.must_be_error(METHOD_NOT_FOUND)


async def too_deep(session: Session) -> None:
    nested = b"[" * _LEVELS + b"]" * _LEVELS
    await _expect_answer(session, b'"NESTED"', nested, {"id": "a", "metadata": "NESTED"})


async def too_large_numbers(session: Session) -> None:
    for number in (b"1" + b"0" * _DIGITS, b"-1" + b"0" * 400, b"1e400"):
        await _expect_answer(session, b'"MANY"', number, {"id": "a", "historyLength": "MANY"})


async def _expect_answer(session: Session, word: bytes, content: bytes, params: Any) -> None:
    """What is said of the body does not matter, if only it is said, and the endpoint lives on."""
    body = json.dumps(_request(session, params=params)).encode().replace(word, content)
    reply = await session.post(body)
    exchange = reply.exchange
    is_told = exchange.status is not None and exchange.status < 500
    expect(is_told, "an answer, without HTTP 5xx", exchange.answer, exchange)
    is_response = isinstance(reply.value, dict) and "jsonrpc" in reply.value
    expected = "a JSON-RPC response, or HTTP 4xx"
    expect(is_response or exchange.status != 200, expected, exchange.answer, exchange)
    after = await session.call(Operation.GET, {"id": str(uuid4())})
    if after.code != TASK_NOT_FOUND:
        raise Broken("an answer to the next request as ever", after.gist, exchange)


def _request(session: Session, **members: Any) -> dict[str, Any]:
    """A harmless request with other members; without those that are MISSING."""
    request = {**session.request(Operation.GET, {"id": str(uuid4())}, 1), **members}
    return {name: value for name, value in request.items() if value is not MISSING}


async def _refused(session: Session, body: Any, *codes: int) -> Reply:
    """The reply to a body that must be refused."""
    reply = await _answered(session, body)
    reply.must_be_error(*codes)
    return reply


async def _answered(session: Session, body: Any, *, id: Any = None) -> Reply:
    """The reply to a body; `id` may be read in one that is no JSON."""
    reply = await session.post(body)
    if isinstance(body, dict):
        id = body.get("id")
    elif isinstance(reply.value, dict) and reply.value.get("id") is None:
        id = None
    see_reply(session, reply, id, None)
    return reply


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "jsonrpc.unreadable": unreadable,
        "jsonrpc.bad-utf-8": bad_utf_8,
        "jsonrpc.bad-utf-8-is-not-read": replaced_utf_8,
        "jsonrpc.empty-body": empty_body,
        "jsonrpc.not-an-object": not_an_object,
        "jsonrpc.no-jsonrpc": no_jsonrpc,
        "jsonrpc.no-method": no_method,
        "jsonrpc.ids-of-other-types": ids_of_other_types,
        "jsonrpc.id-null-only-where-unreadable": id_null_only_where_unreadable,
        "jsonrpc.unknown-method": unknown_method,
        "jsonrpc.too-deep": too_deep,
        "jsonrpc.too-large-numbers": too_large_numbers,
    }
)

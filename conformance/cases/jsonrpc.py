"""JSON-RPC over HTTP: ids, notifications, and the URL (JSON-RPC 2.0; 1.0 §9; 0.3 §3)."""

import asyncio
from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from conformance.cards import objects
from conformance.cases.arranging import answered_at_once, sending
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import Operation
from conformance.expect import (
    MISSING,
    TASK_NOT_FOUND,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
    read_json,
)
from conformance.knowledge import Draft
from conformance.session import SSE_HEADERS, Session
from conformance.sse import Decoder

_LARGEST_EXACT = 2**53 - 1
"""Beyond it JSON's numbers may lose digits (RFC 8259 §6)."""
_LOOKS = 25
"""Over in less than three seconds: long tasks are at work for longer."""
_SECONDS_BETWEEN_LOOKS = 0.1


# Ids


async def string_ids(session: Session) -> None:
    await _expect_ids(session, ("a", "7", str(uuid4()), "x" * 100, "ü \"'\\ 😀"))


async def number_ids(session: Session) -> None:
    await _expect_ids(session, (7, 0, -1, _LARGEST_EXACT))


async def _expect_ids(session: Session, ids: Sequence[Any]) -> None:
    """Each comes back with an error, and two of them with a result and on a stream, too."""
    replies = [(id, await session.call(Operation.GET, {"id": str(uuid4())}, id=id)) for id in ids]
    for id in ids[:2]:
        for operation in sending(session):
            message = session.message("Hello")
            replies.append((id, (await answered_at_once(session, operation, message, id))[1]))
    for id, reply in replies:
        got = reply.value.get("id") if isinstance(reply.value, dict) else MISSING
        is_same = type(got) is type(id) and got == id
        expect(is_same, f"the id {id!r}, of the same type", reply.exchange.answer, reply.exchange)


# Notifications


async def notification_not_answered(session: Session) -> None:
    unknown, said = {"id": str(uuid4())}, {"message": session.message("Hello")}
    await _expect_silence(session, session.request(Operation.GET, unknown, MISSING))
    await _expect_silence(session, session.request(Operation.CANCEL, unknown, MISSING))
    await _expect_silence(session, session.request(Operation.SEND, said, MISSING))


async def failed_notification_not_answered(session: Session) -> None:
    request = session.request(Operation.GET, ["by position"], MISSING)
    await _expect_silence(session, request)
    await _expect_silence(session, {**request, "method": "no/such/method"})


async def streaming_notification(session: Session) -> None:
    """An error opens no stream; that none may be answered is `failed_notification_not_answered`."""
    need_streaming(session)
    params = {"message": session.message("Hello")}
    request = session.request(Operation.STREAM, params, MISSING)
    reply = await session.post(request, headers=SSE_HEADERS)
    exchange = reply.exchange
    expect(exchange.status is not None, "an HTTP response", exchange.answer, exchange)
    events = Decoder().feed(exchange.response_body)
    said = [reply.value, *(read_json(event.data.encode()) for event in events)]
    results = [one for one in said if isinstance(one, dict) and "result" in one]
    expect(results == [], "no result", exchange.answer, exchange)


async def notification_status(session: Session) -> None:
    reply = await session.post(session.request(Operation.GET, {"id": str(uuid4())}, MISSING))
    status = reply.exchange.status
    expect(status in (202, 204), "HTTP 204 or 202", status, reply.exchange)


async def notification_carried_out(session: Session) -> None:
    """What was carried out shows in the tasks of its context, or in the task that it canceled."""
    draft = session.knowledge.need("completes")
    task = await session.sent(draft)
    if await _tasks_beside(session, task) == []:
        await _send_by_notification(session, draft, task)
    else:
        await _cancel_by_notification(session)


async def _send_by_notification(session: Session, draft: Draft, task: Any) -> None:
    params = {"message": session.message(draft, contextId=task.get("contextId"))}
    reply = await session.post(session.request(Operation.SEND, params, MISSING))
    for _ in range(_LOOKS):
        if await _tasks_beside(session, task):
            return
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    raise Broken("a task of the message that a notification sent", "none", reply.exchange)


async def _tasks_beside(session: Session, task: Any) -> list[Any] | None:
    """The other tasks of the context; None where its tasks cannot be listed."""
    reply = await session.call(Operation.LIST, {"contextId": task.get("contextId")})
    result = reply.value.get("result") if isinstance(reply.value, dict) else None
    listed = objects(result.get("tasks")) if isinstance(result, dict) else []
    ids = [one.get("id") for one in listed]
    return [id for id in ids if id != task["id"]] if task["id"] in ids else None


async def _cancel_by_notification(session: Session) -> None:
    task = await session.started(session.knowledge.need("long"))
    params = {"id": task["id"]}
    reply = await session.post(session.request(Operation.CANCEL, params, MISSING))
    state = None
    for _ in range(_LOOKS):
        state = session.dialect.read_state(await session.task(task["id"]))
        if state not in ("submitted", "working"):
            break
        await asyncio.sleep(_SECONDS_BETWEEN_LOOKS)
    if state == "completed":
        raise NotExercised("the task was over before it could be canceled", '--prompt long="…"')
    expect_equal("the state after a notification to cancel", "canceled", state, reply.exchange)


async def _expect_silence(session: Session, notification: Mapping[str, Any]) -> None:
    reply = await session.post(notification)
    exchange = reply.exchange
    expect(exchange.status is not None, "an HTTP response", exchange.answer, exchange)
    expect(not exchange.response_body.strip(), "no body", exchange.answer, exchange)


# The URL and its headers


async def trailing_slash(session: Session) -> None:
    parts = urlsplit(session.url)
    if not parts.path.strip("/"):
        raise NotExercised("the URL has no path, so a slash at its end makes no difference")
    other = parts.path.rstrip("/") if parts.path.endswith("/") else f"{parts.path}/"
    request = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    reply = await session.post(request, url=urlunsplit(parts._replace(path=other)))
    reply.must_be_error(TASK_NOT_FOUND)


async def content_type_with_charset(session: Session) -> None:
    reply: Reply = await session.call(
        Operation.GET,
        {"id": str(uuid4())},
        headers={"Content-Type": "application/json; charset=utf-8"},
    )
    reply.must_be_error(TASK_NOT_FOUND)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "jsonrpc.string-ids": string_ids,
        "jsonrpc.number-ids": number_ids,
        "jsonrpc.notification-not-answered": notification_not_answered,
        "jsonrpc.failed-notification-not-answered": failed_notification_not_answered,
        "jsonrpc.notification-opens-no-stream": streaming_notification,
        "jsonrpc.notification-status": notification_status,
        "jsonrpc.notification-carried-out": notification_carried_out,
        "jsonrpc.trailing-slash": trailing_slash,
        "jsonrpc.content-type-with-charset": content_type_with_charset,
    }
)

"""The JSON-RPC endpoint: one HTTP POST in, one reply or one stream of events out.

jsonrpcserver dispatches each request; this module settles the version, checks the envelope, and
writes what comes back. Knows HTTP and JSON-RPC, and no method.

jsonrpcserver's own parsing and checking of the body are not used: they refuse a whole batch for
one bad member, forget its id, and send exception texts to the client.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from typing import Any
from urllib.parse import parse_qs

from jsonrpcserver.async_dispatcher import dispatch_request
from jsonrpcserver.request import Request
from jsonrpcserver.sentinels import NODATA, NOID
from oslash.either import Left  # type: ignore[import-untyped]  # ships no types
from starlette.types import Receive, Scope, Send

from a2a_agent.domain.errors import (
    A2AError,
    Busy,
    ExtensionSupportRequired,
    VersionNotSupported,
)
from a2a_agent.http.body import BodyTooLarge, read_body
from a2a_agent.http.methods import (
    WIRE_VERSIONS,
    Call,
    EncodedStream,
    handlers,
    is_streaming,
    unknown_method,
)
from a2a_agent.runtime.service import Service
from a2a_agent.settings import Settings
from a2a_agent.wire import sse, v0_3
from a2a_agent.wire.fields import MAX_ID_LENGTH
from a2a_agent.wire.json import check_size, dumps, loads
from a2a_agent.wire.version import WireVersion

logger = logging.getLogger(__name__)

_JSON = (b"content-type", b"application/json")
_EVENTS = (
    (b"content-type", b"text/event-stream; charset=utf-8"),
    (b"cache-control", b"no-cache, no-transform"),
    (b"x-accel-buffering", b"no"),
)
_MEDIA_TYPES = (b"application/json", b"application/a2a+json")
_AT_ONCE = 8
"""Requests of a batch that are worked on: what their tasks hold is in memory at the same time."""

Headers = Mapping[bytes, bytes]


class RpcEndpoint:
    """The ASGI application behind the endpoint's URL."""

    def __init__(self, service: Service, settings: Settings, extensions: frozenset[str]) -> None:
        self._service = service
        self._settings = settings
        self._extensions = extensions
        self._handlers = {wire.VERSION: handlers(wire) for wire in WIRE_VERSIONS}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers: Headers = dict(scope["headers"])
        if not _is_json(headers):
            said = "the Content-Type must be application/json"
            await _reply(send, _error(None, -32600, said), status=415)
            return
        settings = self._settings
        call = Call(
            service=self._service,
            wire=v0_3,
            offers_streaming=settings.streaming,
            last_event_id=_text(headers, b"last-event-id"),
        )
        self._negotiate(call, scope, headers)
        try:
            body = await read_body(
                headers.get(b"content-length", b"0"),
                receive,
                most_bytes=settings.max_body_bytes,
                seconds=settings.receive_timeout_seconds,
            )
        except BodyTooLarge:
            said = f"the body must be {settings.max_body_bytes} bytes at most"
            await _reply(send, _error(None, -32600, said), status=413, close=True)
            return
        except TimeoutError:
            said = f"the body must arrive within {settings.receive_timeout_seconds:g} seconds"
            await _reply(send, _error(None, -32600, said), status=408, close=True)
            return
        if body is None:
            return
        try:
            await self._answer(call, await self._replies(call, body), receive, send)
        finally:
            if call.stream is not None:
                call.stream.stream.discard()

    def _negotiate(self, call: Call, scope: Scope, headers: Headers) -> None:
        """Sets the version and the extensions in force, or why they cannot be had."""
        asked = _version(scope, headers)
        wire = _wire(asked)
        if wire is None:
            call.wire = WIRE_VERSIONS[0]
            served = " and ".join(wire.VERSION for wire in WIRE_VERSIONS)
            call.refusal = VersionNotSupported(
                f"A2A {asked[:20]} is not served here; send A2A-Version with one of {served}"
            )
            return
        call.wire = wire
        listed = _list(scope, headers, b"a2a-extensions") or _list(
            scope, headers, b"x-a2a-extensions"
        )
        if not listed and not self._settings.required_extensions:
            return
        uris = {uri.strip() for uri in listed.split(",")}
        call.extensions = self._extensions & uris
        missing = [uri for uri in self._settings.required_extensions if uri not in uris]
        if missing:
            call.refusal = ExtensionSupportRequired(
                f"this agent requires the extension {missing[0]}; list it in A2A-Extensions"
            )

    async def _replies(self, call: Call, body: bytes) -> bytes | None:
        """The reply, or those of a batch as one; None where nothing is to be replied."""
        try:
            value = loads(body)
        except ValueError as error:
            return _error(None, -32700, f"Parse error: {error}")
        said = self._fault(value, body)
        if said is not None:
            return _error(_readable_id(value), -32600, said)
        if isinstance(value, dict):
            return await self._reply_to(call, value)
        call.is_batch = True
        return await self._replies_to(call, value)

    def _fault(self, value: Any, body: bytes) -> str | None:
        """What keeps the body, as a whole, from being served."""
        settings = self._settings
        try:
            check_size(
                value,
                body,
                max_depth=settings.max_json_depth,
                max_string=settings.max_string_length,
                max_values=settings.max_json_values,
            )
        except ValueError as error:
            return str(error)
        if isinstance(value, dict):
            return None
        if not isinstance(value, list) or not value:
            return "the body must be a request object, or a batch of some"
        if len(value) > settings.max_batch:
            return f"a batch must have {settings.max_batch} requests at most"
        return None

    async def _replies_to(self, call: Call, batch: list[Any]) -> bytes | None:
        """The replies to a batch, in its order; a few requests at a time, while there is room."""
        most = room = self._settings.max_batch_reply_bytes
        said = f"the replies of the batch exceed {most} bytes; send this request by itself"
        turns = asyncio.Semaphore(_AT_ONCE)

        async def reply_to(member: Any) -> bytes | None:
            nonlocal room
            if _is_notification(member):
                return await self._reply_to(call, member)
            async with turns:
                if room >= 0 and (reply := await self._reply_to(call, member)) is not None:
                    room -= len(reply)
                    if room >= 0:
                        return reply
            return _error(_readable_id(member), Busy.code, said)

        replies = await asyncio.gather(*map(reply_to, batch))
        said_something = [reply for reply in replies if reply is not None]
        return b"[" + b",".join(said_something) + b"]" if said_something else None

    async def _reply_to(self, call: Call, member: Any) -> bytes | None:
        """The reply to one request; None for a notification, and for a stream, see `Call`."""
        said = _request_fault(member)
        if said is not None:
            name = member.get("method") if isinstance(member, dict) else None
            call.has_streaming = isinstance(name, str) and is_streaming(name)
            return _error(_readable_id(member), -32600, said)
        request_id, name, params = member.get("id", NOID), member["method"], member.get("params")
        table = self._handlers[call.wire.VERSION]
        if call.refusal is not None or name not in table:
            if request_id is NOID:
                return None
            call.has_streaming = is_streaming(name) and call.refusal is not None
            refusal = call.refusal or unknown_method(name, call.wire)
            data = call.wire.error_data(refusal)
            return _error(request_id, refusal.code, refusal.message, data)
        request = Request(name, {} if params is None else params, request_id)
        _, result = await dispatch_request(table, call, request)
        if request_id is NOID:
            return None
        if isinstance(result, Left):
            error = result._error
            return _error(request_id, error.code, error.message, error.data)
        if call.stream is not None:
            call.stream_id = dumps(request_id)
            return None
        return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (dumps(request_id), result._value.result)

    async def _answer(self, call: Call, reply: bytes | None, receive: Receive, send: Send) -> None:
        extensions = b", ".join(sorted(uri.encode() for uri in call.extensions))
        more = ((b"a2a-extensions", extensions),) if extensions else ()
        if call.stream is not None and call.stream_id is not None:
            await _stream(call.stream, call.stream_id, more, receive, send)
        elif reply is None:
            await send({"type": "http.response.start", "status": 204, "headers": [*more]})
            await send({"type": "http.response.body", "body": b""})
        elif call.is_batch:
            await _reply(send, reply, more)
        elif call.busy is not None:
            retry = str(call.busy.retry_after_seconds).encode()
            await _reply(send, reply, (*more, (b"retry-after", retry)), status=429)
        elif call.has_streaming and call.wire is v0_3:
            await send({"type": "http.response.start", "status": 200, "headers": [*_EVENTS, *more]})
            await send({"type": "http.response.body", "body": sse.event(reply)})
        else:
            await _reply(send, reply, more)


async def _stream(
    encoded: EncodedStream,
    request_id: bytes,
    more: Sequence[tuple[bytes, bytes]],
    receive: Receive,
    send: Send,
) -> None:
    """Writes the stream until it ends or its client has gone.

    A client that stops reading is waited for, for as long as it keeps its connection: it holds a
    cursor and a batch, nothing else. How many may do so is a limit of the service.
    """
    head = b'{"jsonrpc":"2.0","id":' + request_id + b',"result":'
    watcher = asyncio.create_task(_watch(receive, encoded))
    try:
        await send({"type": "http.response.start", "status": 200, "headers": [*_EVENTS, *more]})
        async with aclosing(encoded.batches()) as batches:
            async for batch in batches:
                events = [b"id: %d\ndata: %b%b}\n\n" % (n, head, data) for n, data in batch]
                body = b"".join(events) or sse.KEEP_ALIVE
                await send({"type": "http.response.body", "body": body, "more_body": True})
    except A2AError as error:
        await _break_off(send, request_id, error.code, error.message)
    except Exception:  # our own fault, in the middle of a stream: its client is told so much
        logger.exception("a stream broke off")
        await _break_off(send, request_id, -32603, "Internal error")
    finally:
        watcher.cancel()
    await send({"type": "http.response.body", "body": b""})


async def _break_off(send: Send, request_id: bytes, code: int, message: str) -> None:
    event = sse.event(_error(loads(request_id), code, message))
    await send({"type": "http.response.body", "body": event, "more_body": True})


async def _watch(receive: Receive, encoded: EncodedStream) -> None:
    """Waits for as long as the stream lasts, and tells it when its client goes."""
    while (await receive())["type"] != "http.disconnect":
        pass
    encoded.stream.leave()


async def _reply(
    send: Send,
    body: bytes,
    more: Sequence[tuple[bytes, bytes]] = (),
    *,
    status: int = 200,
    close: bool = False,
) -> None:
    headers = [_JSON, (b"content-length", str(len(body)).encode()), *more]
    if close:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def _error(request_id: Any, code: int, message: str, data: Any = None) -> bytes:
    logger.debug("answered with an error: %d %r", code, message)
    error = {"code": code, "message": message}
    if data is not None and data is not NODATA:
        error["data"] = data
    return dumps({"jsonrpc": "2.0", "id": request_id, "error": error})


def _request_fault(member: Any) -> str | None:
    """What keeps the value from being a JSON-RPC 2.0 request object."""
    if not isinstance(member, dict):
        return "a request must be an object"
    if member.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(member.get("method"), str):
        return "method must be a string"
    if not _is_id(member.get("id")):
        return f"id must be a string of {MAX_ID_LENGTH} characters at most, a number or null"
    if not isinstance(member.get("params"), dict | list | None):
        return "params must be an object"
    return None


def _is_notification(member: Any) -> bool:
    return _request_fault(member) is None and "id" not in member


def _readable_id(value: Any) -> Any:
    """The id to answer what is no request with: null only where it cannot be read."""
    request_id = value.get("id") if isinstance(value, dict) else None
    return request_id if _is_id(request_id) else None


def _is_id(value: Any) -> bool:
    if isinstance(value, str):
        return len(value) <= MAX_ID_LENGTH
    return value is None or (isinstance(value, int | float) and not isinstance(value, bool))


def _is_json(headers: Headers) -> bool:
    given = headers.get(b"content-type")
    if given is None:
        # From a page of any origin it would come without being asked for: browsers ask only before
        # they send what is said to be JSON.
        return b"origin" not in headers
    return given.partition(b";")[0].strip().lower() in _MEDIA_TYPES


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").strip()


def _list(scope: Scope, headers: Headers, name: bytes) -> str:
    """A header that is a list: it may come in several lines (RFC 9110 §5.3)."""
    if name not in headers:
        return ""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _version(scope: Scope, headers: Headers) -> str:
    """The version asked for. Where several are, they are listed: no version is called that."""
    asked = _text(headers, b"a2a-version")
    if len(headers) < len(scope["headers"]):  # something is said twice
        lines = [value for name, value in scope["headers"] if name == b"a2a-version"]
        asked = _unlike([line.decode("latin-1") for line in lines])
    if asked:
        return asked
    query: bytes = scope.get("query_string", b"")
    return _unlike(parse_qs(query.decode("latin-1")).get("A2A-Version", [])) if query else ""


def _unlike(values: Sequence[str]) -> str:
    return ", ".join(dict.fromkeys(value.strip() for value in values))


def _wire(version: str) -> WireVersion | None:
    """The version of `Major.Minor`, patch numbers ignored; without a word it is 0.3."""
    if not version:
        return v0_3
    major_minor = ".".join(version.split(".")[:2])
    is_number = all(part.isascii() and part.isdigit() for part in version.split("."))
    for wire in WIRE_VERSIONS:
        if is_number and major_minor == wire.VERSION:
            return wire
    return None

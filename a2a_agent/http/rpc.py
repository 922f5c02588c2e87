"""The JSON-RPC endpoint: one HTTP POST in, one reply or one stream of events out.

jsonrpcserver dispatches; this module reads the body within limits, settles the version, checks
the envelope, and writes what comes back. Knows HTTP and JSON-RPC, and no method.
"""

import asyncio
import logging
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any
from urllib.parse import parse_qs

from jsonrpcserver import async_dispatch_to_response
from jsonrpcserver.response import ErrorResponse
from jsonrpcserver.sentinels import NODATA
from oslash.either import Left  # type: ignore[import-untyped]  # ships no types
from starlette.types import Receive, Scope, Send

from a2a_agent.domain.errors import (
    A2AError,
    ExtensionSupportRequired,
    VersionNotSupported,
)
from a2a_agent.http.methods import (
    INVALID,
    REFUSED,
    UNKNOWN,
    WIRE_VERSIONS,
    Call,
    EncodedStream,
    handlers,
)
from a2a_agent.runtime.service import Service
from a2a_agent.settings import Settings
from a2a_agent.wire import sse, v0_3
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

Headers = Mapping[bytes, bytes]


class _BodyTooLarge(Exception):
    """The body exceeds the limit; what is left of it is not read."""


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
        try:
            body = await self._body(headers, receive)
        except _BodyTooLarge:
            said = f"the body must be {self._settings.max_body_bytes} bytes at most"
            await _reply(send, _error(None, -32600, said), status=413, close=True)
            return
        if body is None:
            return
        call = Call(
            service=self._service,
            wire=v0_3,
            offers_streaming=self._settings.streaming,
            last_event_id=_text(headers, b"last-event-id"),
        )
        refusal = self._negotiate(call, scope, headers)
        response: Any = await async_dispatch_to_response(
            body,  # type: ignore[arg-type]  # handed to our deserializer, which takes bytes
            self._handlers[call.wire.VERSION],
            context=call,
            deserializer=partial(self._requests, call, refusal),
            validator=_as_it_is,
        )
        try:
            await self._answer(call, response, receive, send)
        finally:
            if call.stream is not None:
                call.stream.stream.discard()

    async def _body(self, headers: Headers, receive: Receive) -> bytes | None:
        """The body; None when the client has gone."""
        most = self._settings.max_body_bytes
        length = headers.get(b"content-length", b"0")
        if length.isdigit() and int(length) > most:
            raise _BodyTooLarge
        chunks: list[bytes] = []
        size = 0
        while True:
            message = await receive()
            if message["type"] == "http.disconnect":
                return None
            chunk = message.get("body", b"")
            size += len(chunk)
            if size > most:
                raise _BodyTooLarge
            chunks.append(chunk)
            if not message.get("more_body", False):
                return chunks[0] if len(chunks) == 1 else b"".join(chunks)

    def _negotiate(self, call: Call, scope: Scope, headers: Headers) -> A2AError | None:
        """Sets the version and the extensions in force; the error if they cannot be had."""
        asked = _text(headers, b"a2a-version") or _query(scope, "A2A-Version")
        wire = _wire(asked)
        if wire is None:
            call.wire = WIRE_VERSIONS[0]
            served = " and ".join(wire.VERSION for wire in WIRE_VERSIONS)
            return VersionNotSupported(
                f"A2A {asked[:20]} is not served here; send A2A-Version with one of {served}"
            )
        call.wire = wire
        listed = _list(scope, headers, b"a2a-extensions") or _list(
            scope, headers, b"x-a2a-extensions"
        )
        if not listed and not self._settings.required_extensions:
            return None
        uris = {uri.strip() for uri in listed.split(",")}
        call.extensions = self._extensions & uris
        missing = [uri for uri in self._settings.required_extensions if uri not in uris]
        if missing:
            return ExtensionSupportRequired(
                f"this agent requires the extension {missing[0]}; list it in A2A-Extensions"
            )
        return None

    def _requests(self, call: Call, refusal: A2AError | None, body: bytes) -> Any:
        """The requests in the body, each of them legal for jsonrpcserver to dispatch.

        One that is not is sent to a handler that refuses it, so that the others of its batch are
        served and its id is echoed. Raises ValueError if the body holds no request at all.
        """
        value, settings = loads(body), self._settings
        try:
            check_size(
                value,
                body,
                max_depth=settings.max_json_depth,
                max_string=settings.max_string_length,
            )
            if isinstance(value, dict):
                return self._member(call, refusal, value)
            if not isinstance(value, list) or not value:
                raise ValueError("the body must be a request object, or a batch of some")
            if len(value) > settings.max_batch:
                raise ValueError(f"a batch must have {settings.max_batch} requests at most")
        except ValueError as error:
            if isinstance(value, dict):
                return _invalid(value, str(error))
            call.refusal = str(error)
            raise
        call.is_batch = True
        return [self._member(call, refusal, member) for member in value]

    def _member(self, call: Call, refusal: A2AError | None, member: Any) -> dict[str, Any]:
        said = _fault(member)
        if said is not None:
            return _invalid(member, said)
        method = member["method"]
        request: dict[str, Any] = member
        if refusal is not None:
            request = {"method": REFUSED, "params": {"error": refusal, "name": method}}
        elif method not in self._handlers[call.wire.VERSION]:
            request = {"method": UNKNOWN, "params": {"name": method}}
        elif member.get("params", ...) is None:
            request = {"method": method, "params": {}}
        if request is not member and "id" in member:
            request["id"] = member["id"]
        return request

    async def _answer(self, call: Call, response: Any, receive: Receive, send: Send) -> None:
        extensions = b", ".join(sorted(uri.encode() for uri in call.extensions))
        more = ((b"a2a-extensions", extensions),) if extensions else ()
        if response is None:
            await send({"type": "http.response.start", "status": 204, "headers": [*more]})
            await send({"type": "http.response.body", "body": b""})
        elif isinstance(response, list):
            body = b"[" + b",".join(_rendered(call, one) for one in response) + b"]"
            await _reply(send, body, more)
        elif call.stream is not None:
            request_id = dumps(response._value.id)
            await _stream(call.stream, request_id, more, receive, send)
        elif call.has_streaming and call.wire is v0_3 and call.busy is None:
            event = sse.event(_rendered(call, response))
            await send({"type": "http.response.start", "status": 200, "headers": [*_EVENTS, *more]})
            await send({"type": "http.response.body", "body": event})
        elif call.busy is not None:
            retry = str(call.busy.retry_after_seconds).encode()
            more = (*more, (b"retry-after", retry))
            await _reply(send, _rendered(call, response), more, status=429)
        else:
            await _reply(send, _rendered(call, response), more)


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
        async for batch in encoded.batches():
            body = b"".join(
                [b"id: %d\ndata: %b%b}\n\n" % (number, head, data) for number, data in batch]
            )
            await send(
                {
                    "type": "http.response.body",
                    "body": body or sse.KEEP_ALIVE,
                    "more_body": True,
                }
            )
    except Exception:  # our own fault, in the middle of a stream: its client is told so much
        logger.exception("a stream broke off")
        event = sse.event(
            b'{"jsonrpc":"2.0","id":%b,"error":{"code":-32603,"message":"Internal error"}}'
            % request_id
        )
        await send({"type": "http.response.body", "body": event, "more_body": True})
    finally:
        watcher.cancel()
    await send({"type": "http.response.body", "body": b""})


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


def _rendered(call: Call, response: Any) -> bytes:
    """A response of jsonrpcserver as JSON."""
    if not isinstance(response, Left):
        success = response._value
        return b'{"jsonrpc":"2.0","id":%b,"result":%b}' % (dumps(success.id), success.result)
    error: ErrorResponse = response._error
    if call.refusal:
        return _error(None, -32600, call.refusal)
    if error.code == -32700:
        return _error(None, error.code, f"Parse error: {error.data}")
    return _error(error.id, error.code, error.message, error.data)


def _error(request_id: Any, code: int, message: str, data: Any = NODATA) -> bytes:
    error = {"code": code, "message": message}
    if data is not NODATA:
        error["data"] = data
    return dumps({"jsonrpc": "2.0", "id": request_id, "error": error})


def _as_it_is(requests: Any) -> Any:
    """What jsonrpcserver calls validation: `_requests` has done it."""
    return requests


def _fault(member: Any) -> str | None:
    """What keeps the value from being a JSON-RPC 2.0 request object."""
    if not isinstance(member, dict):
        return "a request must be an object"
    if member.get("jsonrpc") != "2.0":
        return 'jsonrpc must be "2.0"'
    if not isinstance(member.get("method"), str):
        return "method must be a string"
    if not _is_id(member.get("id")):
        return "id must be a string, a number or null"
    if not isinstance(member.get("params"), dict | list | None):
        return "params must be an object"
    return None


def _invalid(member: Any, said: str) -> dict[str, Any]:
    """The request to refuse what is none, with its id where that can be read."""
    request_id = member.get("id") if isinstance(member, dict) else None
    readable = request_id if _is_id(request_id) else None
    return {"method": INVALID, "params": {"said": said}, "id": readable}


def _is_id(value: Any) -> bool:
    return value is None or (isinstance(value, str | int | float) and not isinstance(value, bool))


def _is_json(headers: Headers) -> bool:
    given = headers.get(b"content-type", b"application/json")
    return given.partition(b";")[0].strip().lower() in _MEDIA_TYPES


def _text(headers: Headers, name: bytes) -> str:
    return headers.get(name, b"").decode("latin-1").strip()


def _list(scope: Scope, headers: Headers, name: bytes) -> str:
    """A header that is a list: it may come in several lines (RFC 9110 §5.3)."""
    if name not in headers:
        return ""
    return ",".join(value.decode("latin-1") for key, value in scope["headers"] if key == name)


def _query(scope: Scope, name: str) -> str:
    query: bytes = scope.get("query_string", b"")
    if not query:
        return ""
    return parse_qs(query.decode("latin-1")).get(name, [""])[0].strip()


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

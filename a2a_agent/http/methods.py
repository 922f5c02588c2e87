"""The methods on the wire: one row each, with its version, its operation and if it streams.

An operation decodes with the version of the call, asks the service, and encodes the same way.
"""

import logging
from collections import OrderedDict
from collections.abc import AsyncGenerator, Awaitable, Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from inspect import BoundArguments, Signature
from typing import Any, TypeAlias

from jsonrpcserver import JsonRpcError, Result, Success
from jsonrpcserver.sentinels import NODATA

from a2a_agent.domain.errors import (
    A2AError,
    Busy,
    InvalidParams,
    InvalidRequest,
    MethodNotFound,
    PushNotificationNotSupported,
    UnsupportedOperation,
)
from a2a_agent.domain.model import JsonObject
from a2a_agent.domain.requests import SendMessage, Snapshot, View
from a2a_agent.domain.views import MAX_COALESCE_MS, STREAM_EXTENSION_URI, StreamMode
from a2a_agent.runtime.service import Service, Stream
from a2a_agent.runtime.store import Scope
from a2a_agent.wire import v0_3, v1_0
from a2a_agent.wire.version import WireVersion

logger = logging.getLogger(__name__)

Params: TypeAlias = dict[str, Any]
Handler: TypeAlias = Callable[..., Awaitable[Result]]

_scope = lru_cache(maxsize=1024)(Scope)
"""The same scope for the same caller: thousands of tasks hold it."""

WIRE_VERSIONS: tuple[WireVersion, ...] = (v1_0, v0_3)
"""The versions served, the preferred one first."""


@dataclass(slots=True, kw_only=True)
class Call:
    """One HTTP request, as far as the methods in it need to know it."""

    service: Service
    wire: WireVersion
    offers_streaming: bool = True
    owner: str = "anonymous"
    extensions: frozenset[str] = frozenset()
    """The extensions that the client lists and the server has."""
    last_event_id: str | None = None
    is_batch: bool = False
    refusal: A2AError | None = None
    """Why no request of the body can be served: its version, or an extension that is missing."""
    has_streaming: bool = False
    """A streaming method was called: 0.3 wants even its errors as an event."""
    stream: "EncodedStream | None" = None
    """What the streaming method gave."""
    stream_id: bytes | None = None
    """The id of the request for the stream, as JSON; None for a notification."""
    busy: Busy | None = None


@dataclass(frozen=True, slots=True)
class EncodedStream:
    """A stream, its items encoded."""

    stream: Stream
    wire: WireVersion

    async def batches(self) -> AsyncGenerator[list[tuple[int, bytes]], None]:
        """Events as (number, JSON), in batches as they come; `[]` after a silence."""
        wire, task_id, context_id = self.wire, "", ""
        async for item in self.stream.items:
            if isinstance(item, list):
                yield [(e.sequence, wire.encode_entry(e, task_id, context_id)) for e in item]
            elif isinstance(item, Snapshot):
                task_id, context_id = item.task.id, item.task.context_id
                yield [(item.sequence, wire.encode_result(item.task))]
            else:
                yield [(1, wire.encode_result(item))]


def _send_request(call: Call, params: Params) -> SendMessage:
    request = call.wire.decode_send(params)
    return replace(request, extensions=call.extensions) if call.extensions else request


async def _send(call: Call, params: Params) -> bytes:
    request = _send_request(call, params)
    result = await call.service.send(_scope(call.owner, request.tenant), request)
    return call.wire.encode_result(result)


async def _stream(call: Call, params: Params) -> EncodedStream:
    request = _send_request(call, params)
    view = _view(call, request.metadata)
    scope = _scope(call.owner, request.tenant)
    return EncodedStream(await call.service.stream(scope, request, view), call.wire)


async def _subscribe(call: Call, params: Params) -> EncodedStream:
    request = call.wire.decode_subscribe(params)
    view = _view(call, request.metadata)
    scope, after = _scope(call.owner, request.tenant), _last_event(call.last_event_id)
    return EncodedStream(await call.service.subscribe(scope, request, after, view), call.wire)


async def _get(call: Call, params: Params) -> bytes:
    request = call.wire.decode_get(params)
    return call.wire.encode_task(
        await call.service.get(_scope(call.owner, request.tenant), request)
    )


async def _list(call: Call, params: Params) -> bytes:
    request = call.wire.decode_list(params)
    return call.wire.encode_list(
        await call.service.list(_scope(call.owner, request.tenant), request)
    )


async def _cancel(call: Call, params: Params) -> bytes:
    request = call.wire.decode_cancel(params)
    return call.wire.encode_task(
        await call.service.cancel(_scope(call.owner, request.tenant), request)
    )


async def _push_config(call: Call, params: Params) -> bytes:
    raise PushNotificationNotSupported("this agent sends no push notifications")


async def _extended_card(call: Call, params: Params) -> bytes:
    raise UnsupportedOperation("this agent has no extended card")


@dataclass(frozen=True, slots=True)
class Method:
    """A method of one version."""

    name: str
    wire: WireVersion
    operation: Callable[[Call, Params], Awaitable[bytes | EncodedStream]]
    streams: bool = False


METHODS = (
    Method("message/send", v0_3, _send),
    Method("message/stream", v0_3, _stream, streams=True),
    Method("tasks/get", v0_3, _get),
    Method("tasks/list", v0_3, _list),
    Method("tasks/cancel", v0_3, _cancel),
    Method("tasks/resubscribe", v0_3, _subscribe, streams=True),
    Method("tasks/pushNotificationConfig/set", v0_3, _push_config),
    Method("tasks/pushNotificationConfig/get", v0_3, _push_config),
    Method("tasks/pushNotificationConfig/list", v0_3, _push_config),
    Method("tasks/pushNotificationConfig/delete", v0_3, _push_config),
    Method("agent/getAuthenticatedExtendedCard", v0_3, _extended_card),
    Method("SendMessage", v1_0, _send),
    Method("SendStreamingMessage", v1_0, _stream, streams=True),
    Method("GetTask", v1_0, _get),
    Method("ListTasks", v1_0, _list),
    Method("CancelTask", v1_0, _cancel),
    Method("SubscribeToTask", v1_0, _subscribe, streams=True),
    Method("CreateTaskPushNotificationConfig", v1_0, _push_config),
    Method("GetTaskPushNotificationConfig", v1_0, _push_config),
    Method("ListTaskPushNotificationConfigs", v1_0, _push_config),
    Method("DeleteTaskPushNotificationConfig", v1_0, _push_config),
    Method("GetExtendedAgentCard", v1_0, _extended_card),
)

_STREAMING = frozenset(method.name for method in METHODS if method.streams)


def handlers(wire: WireVersion) -> dict[str, Handler]:
    """What jsonrpcserver dispatches to, by the names of the version's methods."""
    return {method.name: _handler(method) for method in METHODS if method.wire is wire}


def is_streaming(name: str) -> bool:
    """Whether a method of this name, in whatever version, gives a stream."""
    return name in _STREAMING


def unknown_method(name: str, wire: WireVersion) -> MethodNotFound:
    """The refusal of a method that the version does not have, with where it could be had."""
    for method in METHODS:
        if method.name == name:
            version = method.wire.VERSION
            return MethodNotFound(
                f"{name} is a method of A2A {version}; send the header A2A-Version: {version}"
            )
    return MethodNotFound(f"A2A {wire.VERSION} has no such method")


def _handler(method: Method) -> Handler:
    async def handle(call: Call, /, *positional: object, **params: Any) -> Result:
        try:
            if method.streams:
                _check_streaming(call)
            if positional:
                raise InvalidParams(("params", "must be an object"))
            result = await method.operation(call, params)
        except A2AError as error:
            if isinstance(error, Busy):
                call.busy = error
            data = call.wire.error_data(error)
            raise JsonRpcError(
                error.code, error.message, NODATA if data is None else data
            ) from None
        except Exception:  # our own fault: nothing of it may reach the client
            logger.exception("%s failed", method.name)
            raise JsonRpcError(-32603, "Internal error") from None
        if isinstance(result, EncodedStream):
            call.stream = result
        return Success(result)

    handle.__signature__ = _ANY_ARGUMENTS  # type: ignore[attr-defined]  # read by jsonrpcserver
    return handle


class _AnyArguments(Signature):
    """jsonrpcserver binds the arguments of every call to look if they fit: here all do."""

    def bind(self, /, *_: Any, **__: Any) -> BoundArguments:
        return _NO_ARGUMENTS


_ANY_ARGUMENTS = _AnyArguments()
_NO_ARGUMENTS = BoundArguments(_ANY_ARGUMENTS, OrderedDict())


def _check_streaming(call: Call) -> None:
    if call.is_batch:
        raise InvalidRequest("a streaming method cannot be part of a batch")
    call.has_streaming = True
    if not call.offers_streaming:
        raise UnsupportedOperation("this agent does not stream; use the method without streaming")


def _view(call: Call, metadata: JsonObject | None) -> View:
    """What the stream extension asks for, if it is active."""
    wanted = (metadata or {}).get(STREAM_EXTENSION_URI)
    if wanted is None or STREAM_EXTENSION_URI not in call.extensions:
        return View()
    field = f"metadata.{STREAM_EXTENSION_URI}"
    if not isinstance(wanted, dict):
        raise InvalidParams((field, "must be an object"))
    mode, coalesce_ms = wanted.get("mode", StreamMode.CORE), wanted.get("coalesceMs", 0)
    if isinstance(coalesce_ms, float) and coalesce_ms.is_integer():
        coalesce_ms = int(coalesce_ms)  # protobuf clients write every number in metadata as 10.0
    if mode not in list(StreamMode):
        raise InvalidParams((f"{field}.mode", f"must be one of {', '.join(StreamMode)}"))
    if type(coalesce_ms) is not int or not 0 <= coalesce_ms <= MAX_COALESCE_MS:
        raise InvalidParams((f"{field}.coalesceMs", f"must be 0 to {MAX_COALESCE_MS}"))
    return View(StreamMode(mode), coalesce_ms)


def _last_event(header: str | None) -> int | None:
    if not header:
        return None
    if not (header.isascii() and header.isdigit() and len(header) < 19):
        raise InvalidParams(("Last-Event-ID", "must be the id of an event of this task's stream"))
    return int(header)

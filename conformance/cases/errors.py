"""What errors say, and that they are told as whose fault they are (1.0 §3.3.2, §9; 0.3 §8)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cards import extensions, objects
from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    CONTENT_TYPE_NOT_SUPPORTED,
    EXTENSION_REQUIRED,
    INTERNAL_ERROR,
    INVALID_PARAMS,
    NAMES,
    NO_EXTENDED_CARD,
    PUSH_NOT_SUPPORTED,
    TASK_NOT_CANCELABLE,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
    VERSION_NOT_SUPPORTED,
    NotExercised,
    Reply,
    expect,
)
from conformance.session import Session

_DOMAIN = "a2a-protocol.org"
_ERROR_INFO = "type.googleapis.com/google.rpc.ErrorInfo"
_BAD_REQUEST = "type.googleapis.com/google.rpc.BadRequest"
_FIELD = "historyLength"
_ODD_TEXTS = ("\0", "\ud800", "../../../x", "' OR ''='", "%s%n{0}${7*7}", "x" * 100_000, "")


async def message(session: Session) -> None:
    request = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    for body in (
        b"no JSON",
        {**request, "jsonrpc": "1.0"},
        {**request, "method": "no/such/method"},
        {**request, "params": {}},
        request,
    ):
        reply = await session.post(body)
        text = (reply.error or {}).get("message")
        is_text = isinstance(text, str) and text.strip() != ""
        expect(is_text, "an error with a message", reply.exchange.answer, reply.exchange)


async def client_faults(session: Session) -> None:
    """What the replies show of the server's insides is seen by the watcher."""
    for operation, params in _odd(session):
        reply = await session.call(operation, params)
        exchange = reply.exchange
        is_told = exchange.status is not None and exchange.status < 500
        expect(is_told, "an answer, without HTTP 5xx", exchange.answer, exchange)
        expect(reply.code != INTERNAL_ERROR, "no internal error", reply.gist, exchange)


def _odd(session: Session) -> list[tuple[Operation, Any]]:
    said = session.message("Hello")
    wrong: list[Any] = [None, {}, ["a"], True, 1.5]
    return [
        *((Operation.GET, {"id": value}) for value in (*wrong, *_ODD_TEXTS)),
        *((Operation.CANCEL, {"id": text}) for text in _ODD_TEXTS),
        *((Operation.SEND, {"message": {**said, "taskId": text}}) for text in _ODD_TEXTS),
        *((Operation.SEND, {"message": value}) for value in wrong),
        *((Operation.SEND, {"message": {**said, "messageId": value}}) for value in wrong),
        *((Operation.SEND, {"message": {**said, "parts": value}}) for value in (*wrong, [[]], [7])),
        *((Operation.SEND, {"message": said, "configuration": value}) for value in ("x", [1])),
    ]


async def names_the_field(session: Session) -> None:
    reply = await session.call(Operation.GET, {"id": str(uuid4()), _FIELD: "many"})
    if reply.code != INVALID_PARAMS:
        raise NotExercised(f"a {_FIELD} that is a text is not refused with -32602")
    expected = f"the field {_FIELD}"
    if session.dialect.is_old:
        said: Any = str(reply.error)
    else:
        expected = f"{expected} in the fieldViolations of a {_BAD_REQUEST}"
        found = [one.get("fieldViolations") for one in _details(reply, _BAD_REQUEST)]
        said = [one.get("field") for violations in found for one in objects(violations)]
    is_named = any(name in str(said) for name in (_FIELD, "history_length"))
    expect(is_named, expected, reply.exchange.answer, reply.exchange)


# Reasons, under 1.0


async def task_not_found_reason(session: Session) -> None:
    reply = await session.call(Operation.GET, {"id": str(uuid4())})
    _expect_reason(reply, TASK_NOT_FOUND, "TASK_NOT_FOUND")


async def task_not_cancelable_reason(session: Session) -> None:
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.CANCEL, {"id": task["id"]})
    _expect_reason(reply, TASK_NOT_CANCELABLE, "TASK_NOT_CANCELABLE")


async def push_not_supported_reason(session: Session) -> None:
    if session.declares("pushNotifications"):
        raise NotExercised("push notifications are declared")
    reply = await session.call(Operation.PUSH_LIST, session.dialect.push_ids(str(uuid4())))
    _expect_reason(reply, PUSH_NOT_SUPPORTED, "PUSH_NOTIFICATION_NOT_SUPPORTED")


async def unsupported_operation_reason(session: Session) -> None:
    if not session.declares("extendedAgentCard"):
        reply = await session.call(Operation.EXTENDED_CARD, {})
    else:
        task = await session.sent(session.knowledge.need("completes"))
        late = session.message("Hello", taskId=task["id"])
        reply = await session.call(Operation.SEND, {"message": late})
    _expect_reason(reply, UNSUPPORTED_OPERATION, "UNSUPPORTED_OPERATION")


async def content_type_not_supported_reason(session: Session) -> None:
    part = session.dialect.file_part(b"\0", "application/x-unheard-of", "a")
    reply = await session.call(Operation.SEND, {"message": session.message("", part)})
    _expect_reason(reply, CONTENT_TYPE_NOT_SUPPORTED, "CONTENT_TYPE_NOT_SUPPORTED")


async def extended_card_not_configured_reason(session: Session) -> None:
    reply = await session.call(Operation.EXTENDED_CARD, {})
    _expect_reason(reply, NO_EXTENDED_CARD, "EXTENDED_AGENT_CARD_NOT_CONFIGURED")


async def extension_required_reason(session: Session) -> None:
    if not extensions(session.card, required=True):
        raise NotExercised("no extension is required")
    said = {"message": session.message("Hello")}
    reply = await session.call(Operation.SEND, said, headers={"A2A-Extensions": ""})
    _expect_reason(reply, EXTENSION_REQUIRED, "EXTENSION_SUPPORT_REQUIRED")


async def version_not_supported_reason(session: Session) -> None:
    params, headers = {"id": str(uuid4())}, {"A2A-Version": "9.9"}
    reply = await session.call(Operation.GET, params, headers=headers)
    _expect_reason(reply, VERSION_NOT_SUPPORTED, "VERSION_NOT_SUPPORTED")


def _expect_reason(reply: Reply, code: int, reason: str) -> None:
    if reply.code != code:
        raise NotExercised(f"{code} ({NAMES[code]}) was not met: {reply.gist}")
    said = [(one.get("reason"), one.get("domain")) for one in _details(reply, _ERROR_INFO)]
    expected = f"an ErrorInfo with the reason {reason} and the domain {_DOMAIN}"
    expect(said == [(reason, _DOMAIN)], expected, (reply.error or {}).get("data"), reply.exchange)


def _details(reply: Reply, kind: str) -> list[Mapping[str, Any]]:
    return [one for one in objects((reply.error or {}).get("data")) if one.get("@type") == kind]


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "errors.message": message,
        "errors.client-faults": client_faults,
        "errors.names-the-field": names_the_field,
        "errors.task-not-found-reason": task_not_found_reason,
        "errors.task-not-cancelable-reason": task_not_cancelable_reason,
        "errors.push-not-supported-reason": push_not_supported_reason,
        "errors.unsupported-operation-reason": unsupported_operation_reason,
        "errors.content-type-not-supported-reason": content_type_not_supported_reason,
        "errors.extended-card-not-configured-reason": extended_card_not_configured_reason,
        "errors.extension-required-reason": extension_required_reason,
        "errors.version-not-supported-reason": version_not_supported_reason,
    }
)

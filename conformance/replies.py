"""What holds for every reply: HTTP, the envelope of JSON-RPC, shapes, nothing of the insides."""

from typing import TYPE_CHECKING, Any

from conformance import shapes
from conformance.exchange import Exchange
from conformance.expect import (
    INVALID_REQUEST,
    PARSE_ERROR,
    NotExercised,
    Reply,
    is_id,
    shown_id,
)
from conformance.insides import leak

if TYPE_CHECKING:
    from conformance.session import Session

HTTP_OK = "jsonrpc.http-200"
CONTENT_TYPE = "jsonrpc.content-type"
ENVELOPE = "jsonrpc.version-member"
EITHER = "jsonrpc.result-or-error"
ID = "jsonrpc.id-echoed"
NO_INSIDES = "errors.no-insides"
RETRY_AFTER = "security.retry-after"

RULES = frozenset(
    {
        HTTP_OK,
        CONTENT_TYPE,
        ENVELOPE,
        EITHER,
        ID,
        NO_INSIDES,
        RETRY_AFTER,
    }
)


def see_reply(session: "Session", reply: Reply, id: Any, result: str | None) -> None:
    """Holds a reply against the rules of all replies; `result` names the result's shape.

    Raises NotExercised where the endpoint is too busy to give any.
    """
    exchange = reply.exchange
    if exchange.status is None:
        return
    if exchange.status == 429:
        told = exchange.response_headers.get("retry-after", "")
        session.check(RETRY_AFTER, told != "", "a Retry-After header", "none", exchange)
        raise NotExercised("HTTP 429: too many requests", "a higher limit for the suite")
    see_status(session, exchange)
    kind = exchange.media_type
    session.check(CONTENT_TYPE, kind == "application/json", "application/json", kind, exchange)
    see_envelope(session, reply.value, id, exchange)
    see_content(session, reply.value, result, exchange)


def see_status(session: "Session", exchange: Exchange) -> None:
    """Holds a response against what HTTP says of it."""
    session.check(HTTP_OK, exchange.status == 200, "HTTP 200", exchange.status, exchange)


def see_envelope(session: "Session", value: Any, id: Any, exchange: Exchange) -> None:
    """Holds a response against what JSON-RPC 2.0 says of all of them (§5)."""
    if not isinstance(value, dict):
        session.breach(ENVELOPE, "a JSON-RPC response", exchange.answer, exchange)
        return
    said = value.get("jsonrpc")
    session.check(ENVELOPE, said == "2.0", '"jsonrpc": "2.0"', repr(said), exchange)
    members = [name for name in ("result", "error") if name in value]
    expected = "either a result or an error"
    session.check(EITHER, len(members) == 1, expected, " and ".join(members) or "none", exchange)
    is_same = is_id(value, id)
    code = Reply(exchange=exchange, value=value).code
    # Of what is no request even an id that could be read may be null (§5).
    is_same |= is_id(value, None) and code in (PARSE_ERROR, INVALID_REQUEST)
    session.check(ID, is_same, f"the id {id!r}, of the same type", shown_id(value), exchange)


def see_content(session: "Session", value: Any, result: str | None, exchange: Exchange) -> None:
    """Holds the result or the error in a response against its shape."""
    if not isinstance(value, dict):
        return
    if "error" in value:
        see_shape(session, "Error", value["error"], exchange)
    elif "result" in value and result is not None:
        see_shape(session, result, value["result"], exchange)
    else:
        return
    leaked = leak(value)
    expected = "no exception, path or query of the server's insides"
    session.check(NO_INSIDES, leaked is None, expected, leaked, exchange)


def see_shape(session: "Session", name: str, value: Any, exchange: Exchange) -> None:
    """Holds a value against the schema of that name."""
    found = shapes.flaws(session.dialect.version, name, value)
    session.flaws += len(found)
    for flaw in found:
        session.breach(flaw.rule, flaw.expected, flaw.got, exchange)
    for rule in shapes.ALL - {flaw.rule for flaw in found}:
        session.keep(rule)

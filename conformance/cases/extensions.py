"""Extensions: those that a client must know, and those that it asks for (1.0 §4)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from conformance.cards import extensions
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import Operation
from conformance.exchange import Exchange
from conformance.expect import EXTENSION_REQUIRED, NotExercised, Reply, expect
from conformance.session import Session

_UNKNOWN = "https://example.com/extensions/unheard-of/v1"


async def required_is_required(session: Session) -> None:
    reply = await _sent_without_required(session)
    reply.must_be_error(EXTENSION_REQUIRED)


async def required_is_not_passed_over(session: Session) -> None:
    reply = await _sent_without_required(session)
    expect(reply.error is not None, "an error", reply.gist, reply.exchange)


async def _sent_without_required(session: Session) -> Reply:
    if not extensions(session.card, required=True):
        raise NotExercised("no extension is required")
    return await _sent(session, {"A2A-Extensions": "", "X-A2A-Extensions": ""})


async def activated_are_listed(session: Session) -> None:
    offered = _offered(session)
    reply = await _sent(session, session.dialect.activating(offered))
    _must_list_some(offered, reply.exchange)


async def activated_are_listed_on_streams(session: Session) -> None:
    offered = _offered(session)
    need_streaming(session)
    params, headers = {"message": session.message("Hello")}, session.dialect.activating(offered)
    async with session.stream(Operation.STREAM, params, headers=headers) as stream:
        await stream.first()
        _must_list_some(offered, stream.exchange)


def _must_list_some(offered: Sequence[str], exchange: Exchange) -> None:
    said = _activated(exchange)
    expected = f"some of {', '.join(offered)} in the reply's A2A-Extensions"
    expect(bool(said & set(offered)), expected, ", ".join(said) or "none", exchange)


async def only_what_was_asked_for(session: Session) -> None:
    required = set(extensions(session.card, required=True))
    if not set(_offered(session)) - required:
        raise NotExercised("every extension is required")
    reply = await _sent(session, {})
    more = _activated(reply.exchange) - required
    expected = f"none but {', '.join(required)}" if required else "none"
    expect(not more, f"{expected} in the reply's A2A-Extensions", ", ".join(more), reply.exchange)


async def unknown_is_ignored(session: Session) -> None:
    required = extensions(session.card, required=True)
    reply = await _sent(session, session.dialect.activating([*required, _UNKNOWN]))
    expect(isinstance(reply.result, dict), "a result", reply.gist, reply.exchange)
    expected = "nothing of an unknown extension in the reply's A2A-Extensions"
    expect(_UNKNOWN not in _activated(reply.exchange), expected, _UNKNOWN, reply.exchange)


def _offered(session: Session) -> list[str]:
    offered = extensions(session.card)
    if not offered:
        raise NotExercised("the card names no extensions")
    return offered


async def _sent(session: Session, headers: Mapping[str, str]) -> Reply:
    said = {"message": session.message("Hello")}
    return await session.call(Operation.SEND, said, headers=headers)


def _activated(exchange: Exchange) -> set[str]:
    """What the reply says is activated; 0.3.0 says it with an X-."""
    headers = exchange.response_headers
    listed = [headers.get(name, "") for name in ("a2a-extensions", "x-a2a-extensions")]
    return {uri.strip() for line in listed for uri in line.split(",")} - {""}


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "extensions.required-is-required": required_is_required,
        "extensions.required-is-not-passed-over": required_is_not_passed_over,
        "extensions.activated-are-listed": activated_are_listed,
        "extensions.activated-are-listed-on-streams": activated_are_listed_on_streams,
        "extensions.only-what-was-asked-for": only_what_was_asked_for,
        "extensions.unknown-is-ignored": unknown_is_ignored,
    }
)

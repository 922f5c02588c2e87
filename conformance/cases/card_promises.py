"""Whether what the card declares is so: its URLs, and what it can and cannot do (1.0 §3.3)."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

from conformance.cards import host_of, interfaces
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import Operation
from conformance.expect import (
    METHOD_NOT_FOUND,
    NO_EXTENDED_CARD,
    PUSH_NOT_SUPPORTED,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
    Broken,
    NotExercised,
    expect,
)
from conformance.session import Session

_MOST_URLS = 10
_WEBHOOK = "https://webhook.invalid/a2a"
"""Nobody is there (RFC 6761): should an endpoint send something after all, it harms nobody."""


async def interfaces_answer(session: Session) -> None:
    """Other URLs than the one under test are not given the credentials of the run."""
    named = [one for one in interfaces(session.card) if one.binding == "JSONRPC"]
    urls = [one.url for one in named if one.version == session.dialect.version]
    for url in list(dict.fromkeys(url for url in urls if host_of(url)))[:_MOST_URLS]:
        is_under_test = url == session.url
        peer = session.peer if is_under_test else session.peer.anonymous()
        there = session.beside(session.dialect, url, peer)
        reply = await there.call(Operation.GET, {"id": str(uuid4())})
        is_guarded = reply.exchange.status in (401, 403) and not is_under_test
        is_answer = isinstance(reply.value, dict) and reply.value.get("jsonrpc") == "2.0"
        expect(is_guarded or is_answer, f"JSON-RPC at {url}", reply.gist, reply.exchange)


# What it can do


async def streaming_is_true(session: Session) -> None:
    need_streaming(session)
    params = {"message": session.message("Hello")}
    async with session.stream(Operation.STREAM, params) as stream:
        await stream.first()


async def no_streaming_is_true(session: Session) -> None:
    if session.declares("streaming"):
        raise NotExercised("streaming is declared")
    refusals = _refusals(session, UNSUPPORTED_OPERATION)
    reply = await session.call(Operation.STREAM, {"message": session.message("Hello")})
    reply.must_be_error(*refusals)
    reply = await session.call(Operation.SUBSCRIBE, {"id": str(uuid4())})
    reply.must_be_error(*refusals, TASK_NOT_FOUND)


async def push_is_true(session: Session) -> None:
    if not session.declares("pushNotifications"):
        raise NotExercised("push notifications are not declared")
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.PUSH_LIST, session.dialect.push_ids(task["id"]))
    expect(isinstance(reply.result, dict | list), "configurations", reply.gist, reply.exchange)


async def no_push_is_true(session: Session) -> None:
    if session.declares("pushNotifications"):
        raise NotExercised("push notifications are declared")
    dialect, task_id = session.dialect, await _some_task(session)
    for operation, params in (
        (Operation.PUSH_CREATE, dialect.push_config(task_id, _WEBHOOK)),
        (Operation.PUSH_GET, dialect.push_ids(task_id, "a")),
        (Operation.PUSH_LIST, dialect.push_ids(task_id)),
        (Operation.PUSH_DELETE, dialect.push_ids(task_id, "a")),
    ):
        reply = await session.call(operation, params)
        reply.must_be_error(PUSH_NOT_SUPPORTED)


async def _some_task(session: Session) -> str:
    """The id of a task that there is, if messages become tasks here."""
    try:
        task_id = (await session.sent("Hello")).get("id")
    except Broken:
        task_id = None
    return task_id if isinstance(task_id, str) else str(uuid4())


async def extended_card_is_true(session: Session) -> None:
    if not _has_extended_card(session):
        raise NotExercised("an extended card is not declared")
    reply = await session.call(Operation.EXTENDED_CARD, {})
    if reply.exchange.status in (401, 403):
        raise NotExercised("the extended card is only for those who authenticate", "--header")
    if reply.code == NO_EXTENDED_CARD:
        raise NotExercised("an extended card is declared, but none is set up")
    expect(isinstance(reply.result, dict), "a card", reply.gist, reply.exchange)


async def no_extended_card_is_true(session: Session) -> None:
    if _has_extended_card(session):
        raise NotExercised("an extended card is declared")
    reply = await session.call(Operation.EXTENDED_CARD, {})
    codes = _refusals(session, UNSUPPORTED_OPERATION)
    reply.must_be_error(*codes, *((NO_EXTENDED_CARD,) if session.dialect.is_old else ()))


def _has_extended_card(session: Session) -> bool:
    if session.dialect.is_old:
        return session.card.get("supportsAuthenticatedExtendedCard") is True
    return session.declares("extendedAgentCard")


def _refusals(session: Session, code: int) -> tuple[int, ...]:
    """0.3 has the code, but does not say that a method may not be missing altogether."""
    return (code, METHOD_NOT_FOUND) if session.dialect.is_old else (code,)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "card.interfaces-answer": interfaces_answer,
        "card.streaming-is-true": streaming_is_true,
        "card.no-streaming-is-true": no_streaming_is_true,
        "card.push-is-true": push_is_true,
        "card.no-push-is-true": no_push_is_true,
        "card.extended-card-is-true": extended_card_is_true,
        "card.no-extended-card-is-true": no_extended_card_is_true,
    }
)

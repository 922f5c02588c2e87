"""Who is served, and how the others are told (1.0 §7, §13; 0.3 §4)."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

from conformance import shapes
from conformance.cards import host_of, interfaces, is_public, objects
from conformance.cases.case import Case
from conformance.cases.given import need_credentials, need_streaming, push_requests
from conformance.dialects import Json, Operation
from conformance.expect import (
    INVALID_REQUEST,
    METHOD_NOT_FOUND,
    MISSING,
    NO_EXTENDED_CARD,
    UNSUPPORTED_OPERATION,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.session import Session

_GIANT_BYTES = 16 * 1024 * 1024
_NOT_THERE = (METHOD_NOT_FOUND, UNSUPPORTED_OPERATION)


def _without_credentials(session: Session) -> Session:
    need_credentials(session)
    names = ("security", "securityRequirements")
    required = [one for name in names for one in objects(session.card.get(name))]
    if any(one in ({}, {"schemes": {}}) for one in required):
        raise NotExercised("credentials are not required, by the card: anybody may be served")
    return session.beside(session.dialect, peer=session.peer.anonymous())


def _wrong(value: str) -> str:
    """A credential that is none: the scheme is kept."""
    scheme, blank, _ = value.rpartition(" ")
    return f"{scheme}{blank}wrong-{uuid4().hex}"


def _with_wrong_credentials(session: Session) -> Session:
    need_credentials(session)
    wrong = {name: _wrong(value) for name, value in session.peer.headers.items()}
    return session.beside(session.dialect, peer=session.peer.speaking_as(wrong))


async def _must_not_serve(stranger: Session, session: Session) -> None:
    """Tries what anyone might ask, by each way to ask it: streams and the extended card aside."""
    unknown, params = str(uuid4()), {"message": session.message("Hello")}
    asked: list[tuple[Operation, Json]] = [
        (Operation.GET, {"id": unknown}),
        (Operation.SEND, params),
        (Operation.CANCEL, {"id": unknown}),
        (Operation.LIST, {}),
    ]
    if session.declares("pushNotifications"):
        asked += push_requests(session, unknown)
    for operation, given in asked:
        reply = await stranger.call(operation, given)
        # Lists are offered by few under 0.3: what is not there cannot be asked for.
        if operation is not Operation.LIST or reply.code not in _NOT_THERE:
            _must_be_401(reply)
    reply = await stranger.post(session.request(Operation.SEND, params, MISSING))
    if reply.code != INVALID_REQUEST:  # where requests without an id are taken at all
        _must_be_401(reply)
    batch = [session.request(Operation.GET, {"id": unknown}, id) for id in (1, 2)]
    if isinstance((await session.post(batch)).value, list):
        _must_be_401(await stranger.post(batch))


def _must_be_401(reply: Reply) -> None:
    responses = objects(reply.value if isinstance(reply.value, list) else [reply.value])
    is_served = any("result" in response for response in responses)
    got = f"HTTP {reply.exchange.status}, {reply.gist}"
    expect(reply.exchange.status == 401 and not is_served, "HTTP 401", got, reply.exchange)


async def no_credentials(session: Session) -> None:
    await _must_not_serve(_without_credentials(session), session)


async def wrong_credentials(session: Session) -> None:
    await _must_not_serve(_with_wrong_credentials(session), session)


async def streams(session: Session) -> None:
    stranger = _without_credentials(session)
    need_streaming(session)
    params = {"message": session.message("Hello")}
    for operation, given in (
        (Operation.STREAM, params),
        (Operation.SUBSCRIBE, {"id": str(uuid4())}),
    ):
        async with stranger.stream(operation, given) as stream:
            frame = await stream.next()
        if frame is not None:
            raise Broken("HTTP 401", f"a stream that begins with a {frame.kind}", stream.exchange)
        _must_be_401(stream.reply)


async def challenge(session: Session) -> None:
    for asking in (_without_credentials(session), _with_wrong_credentials(session)):
        reply = await asking.call(Operation.GET, {"id": str(uuid4())})
        if reply.exchange.status != 401:
            raise NotExercised(f"answered with HTTP {reply.exchange.status}, and not with 401")
        said = reply.exchange.response_headers.get("www-authenticate", "")
        expect(said.strip() != "", "a WWW-Authenticate header", "none", reply.exchange)


async def secrets(session: Session) -> None:
    asking = _with_wrong_credentials(session)
    reply = await asking.call(Operation.GET, {"id": str(uuid4())})
    answered = reply.exchange
    told = f"{dict(answered.response_headers)}{answered.response_body.decode(errors='replace')}"
    for value in asking.peer.headers.values():
        is_told = value.rpartition(" ")[2] in told
        expect(not is_told, "an answer without the credentials", "they are repeated", answered)


# The extended card


def _need_extended_card(session: Session) -> None:
    is_old, name = session.dialect.is_old, "supportsAuthenticatedExtendedCard"
    has_one = session.card.get(name) is True if is_old else session.declares("extendedAgentCard")
    if not has_one:
        raise NotExercised("an extended card is not declared")


async def extended_card_is_guarded(session: Session) -> None:
    _need_extended_card(session)
    stranger = session.beside(session.dialect, peer=session.peer.anonymous())
    reply = await stranger.call(Operation.EXTENDED_CARD, {})
    status = reply.exchange.status
    is_refused = reply.error is not None or (status is not None and 400 <= status < 500)
    expect(is_refused, "a refusal without credentials", reply.gist, reply.exchange)


async def extended_card(session: Session) -> None:
    _need_extended_card(session)
    need_credentials(session)
    reply = await session.call(Operation.EXTENDED_CARD, {})
    if reply.code == NO_EXTENDED_CARD:
        raise NotExercised("an extended card is declared, but none is set up")
    for flaw in shapes.flaws(session.dialect.version, "AgentCard", reply.result):
        raise Broken(f"AgentCard: {flaw.expected}", flaw.got, reply.exchange)
    mine, public = reply.result.get("name"), session.card.get("name")
    expect_equal("the name of the agent", public, mine, reply.exchange)


# Too much, and in the open


async def giant(session: Session) -> None:
    # Nothing that would be kept: a message of this size comes back in every list of tasks.
    params = {"id": str(uuid4()), "padding": "x" * _GIANT_BYTES}
    reply = await session.post(session.request(Operation.GET, params, 1))
    status = reply.exchange.status
    if status is None:
        # Whoever hangs up on a sender may well have answered: what was sent cannot be read then.
        raise NotExercised(f"no answer to {_GIANT_BYTES:,} bytes was read")
    expect(status < 500, "HTTP 413", f"HTTP {status}", reply.exchange)
    if status != 413:
        raise NotExercised(f"{_GIANT_BYTES:,} bytes are answered with HTTP {status}")


async def tls(session: Session) -> None:
    named = [one for one in interfaces(session.card) if is_public(host_of(one.url))]
    if not named:
        raise NotExercised("no URL of the card is public")
    for one in named:
        expect(str(one.url).startswith("https:"), f"an https URL in {one.place}", one.url)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "security.no-credentials": no_credentials,
        "security.wrong-credentials": wrong_credentials,
        "security.streams-are-guarded": streams,
        "security.challenge": challenge,
        "security.credentials-are-not-repeated": secrets,
        "security.extended-card-is-guarded": extended_card_is_guarded,
        "security.extended-card": extended_card,
        "security.too-large": giant,
        "security.tls": tls,
    }
)

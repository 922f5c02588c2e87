"""The card and how it is found (1.0 §4, §8; 0.3 §5)."""

import json
import re
from collections import Counter
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any
from urllib.parse import urljoin

from conformance import shapes
from conformance.cards import (
    NamedInterface,
    base64url,
    host_of,
    interfaces,
    is_public,
    is_unspecified,
    objects,
    protected_header,
)
from conformance.cases.case import Case
from conformance.exchange import Exchange
from conformance.expect import Broken, NotExercised, expect, expect_equal
from conformance.peer import Peer
from conformance.session import Session
from conformance.target import CARD_PATH

_OLD_PATH = "/.well-known/agent.json"
_MAX_AGE = re.compile(r"(?:^|,)\s*max-age\s*=\s*\"?\d+", re.IGNORECASE)
_VERSION = re.compile(r"\d+\.\d+(?:\.\d+)?")


async def _asked(
    session: Session,
    url: str = "",
    *,
    method: str = "GET",
    peer: Peer | None = None,
    known: str = "",
) -> Exchange:
    """The answer to a request for the card, by someone who has that of the `known` ETag."""
    spoken = {"Accept": "application/json", **({"If-None-Match": known} if known else {})}
    return await (peer or session.peer).request(method, url or session.card_url, headers=spoken)


async def _fetched(session: Session) -> tuple[Mapping[str, Any], Exchange]:
    exchange = await _asked(session)
    card = _card(exchange)
    if card is None:
        raise Broken("the card, a JSON object", exchange.answer, exchange)
    return card, exchange


def _card(exchange: Exchange) -> Mapping[str, Any] | None:
    try:
        card = json.loads(exchange.response_body) if exchange.status == 200 else None
    except (ValueError, RecursionError):
        return None
    return card if isinstance(card, dict) else None


# Where it is


async def well_known(session: Session) -> None:
    exchange = await _asked(session, urljoin(session.card_url, CARD_PATH))
    expect(_card(exchange) is not None, "the card, a JSON object", exchange.answer, exchange)


async def content_type(session: Session) -> None:
    exchange = await _asked(session)
    expect_equal("the status", 200, exchange.status, exchange)
    expect_equal("the content type", "application/json", exchange.media_type, exchange)


async def public(session: Session) -> None:
    exchange = await _asked(session, peer=session.peer.anonymous())
    expect(_card(exchange) is not None, "the card, a JSON object", exchange.answer, exchange)


async def old_path(session: Session) -> None:
    card, _ = await _fetched(session)
    exchange = await _asked(session, urljoin(session.card_url, _OLD_PATH))
    if exchange.status != 200:
        raise NotExercised(f"not offered: there is nothing at {_OLD_PATH}")
    if _card(exchange) != card:
        raise NotExercised(f"offered, but what is at {_OLD_PATH} is not the card")


# How it is kept


async def max_age(session: Session) -> None:
    exchange = await _asked(session)
    said = exchange.response_headers.get("cache-control", "")
    expect(bool(_MAX_AGE.search(said)), "Cache-Control: max-age=…", said or "none", exchange)


async def etag(session: Session) -> None:
    card, exchange = await _fetched(session)
    first = _etag(exchange)
    expect(first != "", "an ETag", "none", exchange)
    again, exchange = await _fetched(session)
    if again != card:
        raise NotExercised("the card changed between two requests")
    expect_equal("the ETag", first, _etag(exchange), exchange)


async def not_modified(session: Session) -> None:
    tag = await _known_etag(session)
    exchange = await _asked(session, known=tag)
    expect_equal("the status", 304, exchange.status, exchange)
    expect(not exchange.response_body, "no body", exchange.answer, exchange)


async def changed(session: Session) -> None:
    await _known_etag(session)
    exchange = await _asked(session, known='"another-card"')
    expect(_card(exchange) is not None, "the card, a JSON object", exchange.answer, exchange)


async def head(session: Session) -> None:
    exchange = await _asked(session, method="HEAD")
    expect_equal("the status", 200, exchange.status, exchange)
    expect_equal("the content type", "application/json", exchange.media_type, exchange)
    expect(not exchange.response_body, "no body", exchange.answer, exchange)


def _etag(exchange: Exchange) -> str:
    return exchange.response_headers.get("etag", "")


async def _known_etag(session: Session) -> str:
    tag = _etag(await _asked(session))
    if not tag:
        raise NotExercised("the card has no ETag")
    return tag


# What is in it


async def required_members(session: Session) -> None:
    await _expect_shape(session, lambda rule: rule == shapes.RULES["required"])


async def shape(session: Session) -> None:
    await _expect_shape(session, lambda rule: rule != shapes.RULES["required"])


async def _expect_shape(session: Session, is_meant: Callable[[str], bool]) -> None:
    """One document may carry both shapes: what only the other version names is not looked at."""
    card, exchange = await _fetched(session)
    found = shapes.flaws(session.dialect.version, "AgentCard", card)
    for flaw in found:
        if is_meant(flaw.rule):
            raise Broken(flaw.expected, flaw.got, exchange)


async def urls_are_absolute(session: Session) -> None:
    for one, exchange in await _interfaces(session):
        host = host_of(one.url)
        expected = f"an absolute http or https URL with a host in {one.place}"
        expect(host != "" and not is_unspecified(host), expected, repr(one.url), exchange)


async def urls_are_reachable(session: Session) -> None:
    card_host = host_of(session.card_url)
    if not is_public(card_host):
        raise NotExercised(f"the card is from {card_host}, which is not public")
    for one, exchange in await _interfaces(session):
        expected = f"a public host in {one.place}, as the card's {card_host} is"
        expect(is_public(host_of(one.url)), expected, repr(one.url), exchange)


async def protocol_version(session: Session) -> None:
    for one, exchange in await _interfaces(session):
        given = one.protocol_version
        is_right = isinstance(given, str) and _VERSION.fullmatch(given) is not None
        expect(is_right, f"a protocol version such as {session.dialect.version}", given, exchange)


async def no_patch_number(session: Session) -> None:
    for one, exchange in await _interfaces(session):
        if one.place == "supportedInterfaces":
            expect_equal("the version", session.dialect.version, one.protocol_version, exchange)


async def _interfaces(session: Session) -> list[tuple[NamedInterface, Exchange]]:
    """The JSON-RPC interfaces of the session's version."""
    card, exchange = await _fetched(session)
    version = session.dialect.version
    return [
        (one, exchange)
        for one in interfaces(card)
        if one.binding == "JSONRPC" and one.version == version
    ]


async def skills_are_unique(session: Session) -> None:
    card, exchange = await _fetched(session)
    ids = Counter(str(skill.get("id")) for skill in objects(card.get("skills")))
    twice = sorted(id for id, times in ids.items() if times > 1)
    expect(not twice, "an id of its own for each skill", f"twice: {', '.join(twice)}", exchange)


async def signatures(session: Session) -> None:
    for signature, exchange in await _signatures(session):
        content = signature.get("signature")
        expect(base64url(content) is not None, "a signature in base64url", content, exchange)
        header = protected_header(signature)
        algorithm = header.get("alg") if header is not None else None
        is_named = isinstance(algorithm, str) and algorithm not in ("", "none")
        expected = "a protected header, a JSON object in base64url, with an alg"
        expect(is_named, expected, signature.get("protected") if header is None else header)


async def signatures_name_their_key(session: Session) -> None:
    for signature, exchange in await _signatures(session):
        kid = (protected_header(signature) or {}).get("kid")
        expect(isinstance(kid, str) and kid != "", "a kid in the header", kid, exchange)


async def signatures_say_their_type(session: Session) -> None:
    for signature, exchange in await _signatures(session):
        expect_equal("typ", "JOSE", (protected_header(signature) or {}).get("typ"), exchange)


async def _signatures(session: Session) -> list[tuple[Mapping[str, Any], Exchange]]:
    card, exchange = await _fetched(session)
    found = objects(card.get("signatures"))
    if not found:
        raise NotExercised("the card is not signed")
    return [(signature, exchange) for signature in found]


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "card.well-known": well_known,
        "card.content-type": content_type,
        "card.required-members": required_members,
        "card.shape": shape,
        "card.public": public,
        "card.max-age": max_age,
        "card.etag": etag,
        "card.not-modified": not_modified,
        "card.changed": changed,
        "card.head": head,
        "card.old-path": old_path,
        "card.urls-are-absolute": urls_are_absolute,
        "card.urls-are-reachable": urls_are_reachable,
        "card.protocol-version": protocol_version,
        "card.no-patch-number": no_patch_number,
        "card.skills-are-unique": skills_are_unique,
        "card.signatures": signatures,
        "card.signatures-name-their-key": signatures_name_their_key,
        "card.signatures-say-their-type": signatures_say_their_type,
    }
)

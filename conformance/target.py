"""The endpoint as its card describes it: where each version is spoken."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin

from conformance.cards import host_of, interfaces
from conformance.dialects import DIALECTS, Dialect
from conformance.exchange import Exchange
from conformance.origins import is_link_local, origin_of
from conformance.peer import Peer

CARD_PATH = "/.well-known/agent-card.json"


class NoEndpoint(Exception):
    """Nothing that could be tested was found; the text says what was missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """Where one version is spoken over JSON-RPC."""

    dialect: Dialect
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An endpoint: its card, and its interfaces in the versions to be tested."""

    url: str
    """As it was given."""
    card_url: str
    card: Mapping[str, Any]
    card_exchange: Exchange
    interfaces: Sequence[Interface]


async def find(peer: Peer, url: str, versions: Sequence[str] = ()) -> Target:
    """The endpoint at the URL, or whose card is there. Without versions, those that it offers.

    Raises NoEndpoint where there is no card, none that names such interfaces, or one that leads to
    link-local addresses from elsewhere.
    """
    exchange, card = await _card(peer, url)
    offered = _interfaces(card)
    for one in offered:
        if await _leads_to_link_local(peer, url, one.url):
            raise NoEndpoint(f"the card at {exchange.url} names {one.url}, which is link-local")
    chosen = [one for one in offered if one.dialect.version in versions] if versions else offered
    found = {one.dialect.version for one in chosen}
    if not found or found < set(versions):
        named = ", ".join(one.dialect.version for one in offered)
        wanted = " or ".join(sorted(set(versions or DIALECTS) - found))
        but = f"{named}, but not" if named else "no JSON-RPC interface in version"
        raise NoEndpoint(f"the card at {exchange.url} offers {but} {wanted}")
    return Target(
        url=url, card_url=exchange.url, card=card, card_exchange=exchange, interfaces=chosen
    )


async def _leads_to_link_local(peer: Peer, given: str, named: str) -> bool:
    if origin_of(named) == origin_of(given):
        return False
    seconds = peer.limits.seconds
    return await is_link_local(named, seconds) and not await is_link_local(given, seconds)


async def _card(peer: Peer, url: str) -> tuple[Exchange, Mapping[str, Any]]:
    """The card and how it came: below the URL, as an agent's that has a path, or on the host."""
    below = url.rstrip("/") + CARD_PATH
    places = [url] if url.endswith(".json") else [below, urljoin(url, CARD_PATH)]
    reasons = []
    for place in dict.fromkeys(places):
        exchange = await peer.request("GET", place, headers={"Accept": "application/json"})
        if exchange.status == 200 and (card := _object(exchange.response_body)) is not None:
            return exchange, card
        reasons.append(f"there is no card at {place}: {exchange.trouble or _instead(exchange)}")
    raise NoEndpoint("; ".join(reasons))


def _instead(exchange: Exchange) -> str:
    """What came, where it should have been a card."""
    head = exchange.response_headers
    if exchange.status in (301, 302, 303, 307, 308) and (place := head.get("location")):
        leads = f"HTTP {exchange.status} leads to {place}"
        return f"{leads}; redirects are not followed, so that the final URL has to be given"
    if exchange.status != 200:
        return exchange.answer
    if (coding := head.get("content-encoding", "identity")) != "identity":
        return f"it is compressed ({coding}), though the request says Accept-Encoding: identity"
    return "it is no JSON object"


def _object(body: bytes) -> Mapping[str, Any] | None:
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _interfaces(card: Mapping[str, Any]) -> list[Interface]:
    """The first interface of each version, the older version first."""
    found: dict[str, str] = {}
    for one in interfaces(card):
        if one.binding == "JSONRPC" and one.version in DIALECTS and host_of(one.url):
            found.setdefault(one.version, one.url)
    return [
        Interface(dialect=DIALECTS[version], url=found[version])
        for version in DIALECTS
        if version in found
    ]

"""From the address a person types to the endpoint an agent's card names."""

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

import httpx

from a2a_agent.cli.dialects import DIALECTS, Dialect
from a2a_agent.cli.errors import ProtocolError
from a2a_agent.cli.http_errors import explained, refused

CARD_PATH = "/.well-known/agent-card.json"
CARD_PATH_BEFORE_0_3 = "/.well-known/agent.json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Interface:
    """One endpoint that a card names."""

    url: str
    dialect: Dialect
    tenant: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Card:
    """An agent's card, and where it was found."""

    url: str
    content: Mapping[str, Any]

    @property
    def interfaces(self) -> list[Interface]:
        """The JSON-RPC endpoints of known versions, the newest version first."""
        found: dict[str, Interface] = {}
        for entry in self._entries():
            version = "1.0" if entry["protocolVersion"].startswith("1.") else "0.3"
            if entry["protocolBinding"].upper() == "JSONRPC" and entry["url"]:
                with suppress(ValueError):  # an address that is none
                    url, tenant = urljoin(self.url, entry["url"]), entry["tenant"] or None
                    interface = Interface(url=url, dialect=DIALECTS[version], tenant=tenant)
                    found.setdefault(version, interface)
        return [found[version] for version in sorted(found, reverse=True)]

    @property
    def paths(self) -> set[str]:
        """Where on their hosts the endpoints are."""
        return {urlsplit(interface.url).path.rstrip("/") for interface in self.interfaces}

    @property
    def offers_streams(self) -> bool:
        """Whether the agent streams."""
        capabilities = self.content.get("capabilities")
        return isinstance(capabilities, Mapping) and capabilities.get("streaming") is True

    def choose(self, version: str | None) -> Interface:
        """The endpoint for a version, or for the newest one. Raises ProtocolError without any."""
        interfaces = self.interfaces
        for interface in interfaces:
            if version is None or interface.dialect.version == version:
                return interface
        offered = ", ".join(interface.dialect.version for interface in interfaces)
        wanted = f"version {version} of the protocol" if version else "a known version"
        rest = f"; it offers {offered}" if offered else ""
        raise ProtocolError(f"the card at {self.url} names no JSON-RPC endpoint of {wanted}{rest}")

    def _entries(self) -> list[dict[str, str]]:
        """What the card lists, 1.0's way first, each with the same members."""
        card = self.content
        version = card.get("protocolVersion", "0.3")
        preferred = card.get("preferredTransport", "JSONRPC")
        listed = [
            *_objects(card.get("supportedInterfaces")),
            {"url": card.get("url"), "protocolBinding": preferred, "protocolVersion": version},
            *(
                {**entry, "protocolBinding": entry.get("transport"), "protocolVersion": version}
                for entry in _objects(card.get("additionalInterfaces"))
            ),
        ]
        names = ("url", "protocolBinding", "protocolVersion", "tenant")
        return [{name: str(entry.get(name) or "") for name in names} for entry in listed]


async def find_card(http: httpx.AsyncClient, url: str) -> Card:
    """The card at or under the address; or that of its host, if it names this very address.

    Raises UnreachableError or ProtocolError where there is none.
    """
    path = urlsplit(url).path.rstrip("/")
    if path.endswith(".json"):
        return await _card_at(http, url)
    wrong: list[ProtocolError] = []
    for base in dict.fromkeys((path, "")):
        for well_known in (CARD_PATH, CARD_PATH_BEFORE_0_3):
            try:
                card = await _card_at(http, urljoin(url, base + well_known))
            except ProtocolError as error:
                wrong.append(error)
            else:
                if base == path or path in card.paths:
                    return card
    raise wrong[0]


async def _card_at(http: httpx.AsyncClient, url: str) -> Card:
    with explained(url):
        response = await http.get(
            url, headers={"Accept": "application/json"}, follow_redirects=True
        )
    if response.status_code != httpx.codes.OK:
        raise refused(response, f"there is no agent card at {url}")
    try:
        content = json.loads(response.content)
    except (ValueError, RecursionError):
        content = None
    if not isinstance(content, dict) or "name" not in content:
        kind = response.headers.get("content-type", "something unnamed").partition(";")[0]
        raise ProtocolError(f"{url} is no agent card but {kind}; is this the URL of an A2A agent?")
    return Card(url=str(response.url), content=content)


def _objects(value: object) -> list[dict[str, Any]]:
    return [entry for entry in value if isinstance(entry, dict)] if isinstance(value, list) else []

"""The agent card: one document for both versions, derived from what is wired.

0.3 §5.5 and 1.0 §4.4 name different members for the same facts; the card carries both.
"""

import re
from collections.abc import Sequence
from hashlib import blake2b
from ipaddress import ip_address, ip_network
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from a2a_agent.domain.views import MAX_COALESCE_MS, STREAM_EXTENSION_URI, StreamMode
from a2a_agent.http.methods import WIRE_VERSIONS
from a2a_agent.runtime.agent import AgentDescription, Skill
from a2a_agent.settings import Settings
from a2a_agent.wire.json import dumps
from a2a_agent.wire.replies import present

_HOST = re.compile(r"[A-Za-z0-9._-]+(:\d+)?|\[[0-9A-Fa-f:.]+\](:\d+)?")
_PREFIX = re.compile(r"(/[A-Za-z0-9._~-]+)*/?")


class CardEndpoint:
    """Answers with the card, as it is for whoever asks."""

    def __init__(self, description: AgentDescription, settings: Settings) -> None:
        self._description = description
        self._settings = settings
        self._trusted = [ip_network(proxy, strict=False) for proxy in settings.trusted_proxies]

    async def __call__(self, request: Request) -> Response:
        body = dumps(card(self._description, self._settings, self.url(request)))
        etag = f'"{blake2b(body, digest_size=12).hexdigest()}"'
        headers = {
            "cache-control": f"public, max-age={self._settings.card_max_age_seconds}",
            "etag": etag,
            "vary": "Origin, Host, X-Forwarded-Proto, X-Forwarded-Host, X-Forwarded-Prefix",
        }
        if _matches(request.headers.get("if-none-match", ""), etag):
            return Response(status_code=304, headers=headers)
        return Response(body, headers=headers, media_type="application/json")

    def url(self, request: Request) -> str:
        """Where clients reach the endpoint: as set, as a trusted proxy says, or as asked."""
        if self._settings.public_url:
            return self._settings.public_url
        scheme, host = request.scope.get("scheme", "http"), request.headers.get("host", "")
        prefix = request.scope.get("root_path", "")
        if self._is_trusted(request):
            forwarded = _first(request.headers.get("x-forwarded-proto", "")).lower()
            scheme = forwarded if forwarded in ("http", "https") else scheme
            forwarded = _first(request.headers.get("x-forwarded-host", ""))
            host = forwarded if _HOST.fullmatch(forwarded) else host
            forwarded = _first(request.headers.get("x-forwarded-prefix", ""))
            prefix = forwarded if forwarded and _PREFIX.fullmatch(forwarded) else prefix
        if not _HOST.fullmatch(host):
            host = "localhost"
        return f"{scheme}://{host}{prefix.rstrip('/')}{self._settings.rpc_path}"

    def _is_trusted(self, request: Request) -> bool:
        try:
            peer = ip_address(request.client.host if request.client else "")
        except ValueError:
            return False
        return any(peer in network for network in self._trusted)


def card(description: AgentDescription, settings: Settings, url: str) -> dict[str, Any]:
    """The card of an agent whose endpoint is at `url`."""
    provider = description.provider
    return present(
        name=description.name,
        description=description.description,
        version=description.version,
        protocolVersion="0.3.0",
        url=url,
        preferredTransport="JSONRPC",
        additionalInterfaces=[{"url": url, "transport": "JSONRPC"}],
        supportedInterfaces=[
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": wire.VERSION}
            for wire in WIRE_VERSIONS
        ],
        capabilities={
            "streaming": settings.streaming,
            "pushNotifications": False,
            "extensions": _extensions(settings),
        },
        defaultInputModes=list(description.input_modes),
        defaultOutputModes=list(description.output_modes),
        skills=[_skill(skill) for skill in description.skills],
        provider=None if provider is None else {"organization": provider[0], "url": provider[1]},
        documentationUrl=description.documentation_url,
        iconUrl=description.icon_url,
    )


def served_extensions(settings: Settings) -> frozenset[str]:
    """The extensions that a client may activate."""
    return frozenset(extension["uri"] for extension in _extensions(settings))


def _extensions(settings: Settings) -> list[dict[str, Any]]:
    required = set(settings.required_extensions)
    ours = {
        "uri": STREAM_EXTENSION_URI,
        "description": "Chooses how much a stream shows and whether its text is gathered, by "
        f'metadata: {{"{STREAM_EXTENSION_URI}": {{"mode": …, "coalesceMs": …}}}}.',
        "required": STREAM_EXTENSION_URI in required,
        "params": {"modes": list(StreamMode), "maxCoalesceMs": MAX_COALESCE_MS},
    }
    others: Sequence[str] = sorted(required - {STREAM_EXTENSION_URI})
    offered = [ours] if settings.streaming else []
    return [*offered, *({"uri": uri, "required": True} for uri in others)]


def _skill(skill: Skill) -> dict[str, Any]:
    return present(
        id=skill.id,
        name=skill.name,
        description=skill.description,
        tags=list(skill.tags),
        examples=list(skill.examples) or None,
    )


def _first(header: str) -> str:
    return header.partition(",")[0].strip()


def _matches(if_none_match: str, etag: str) -> bool:
    given = [one.strip().removeprefix("W/") for one in if_none_match.split(",")]
    return etag in given or "*" in given

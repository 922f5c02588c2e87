"""What a card says, read without raising: what is not there, or has a wrong shape, is left out."""

import json
import re
from base64 import urlsafe_b64decode
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_address
from typing import Any
from urllib.parse import urlsplit

_BASE64URL = re.compile(r"[A-Za-z0-9_-]+")
_LOCAL_NAMES = ("localhost", "local", "internal", "lan", "home.arpa", "test", "invalid")


@dataclass(frozen=True, slots=True, kw_only=True)
class NamedInterface:
    """An interface that a card names; `url` and `protocol_version` are as they are there."""

    place: str
    url: Any
    binding: Any
    protocol_version: Any

    @property
    def version(self) -> str:
        """Major and minor: the patch number means nothing (1.0 §3.6)."""
        return ".".join(str(self.protocol_version).split(".")[:2])


def objects(value: Any) -> list[Mapping[str, Any]]:
    """The objects in a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def interfaces(card: Mapping[str, Any]) -> Iterator[NamedInterface]:
    """All interfaces, those in the way of 1.0 first."""
    for one in objects(card.get("supportedInterfaces")):
        yield NamedInterface(
            place="supportedInterfaces",
            url=one.get("url"),
            binding=one.get("protocolBinding"),
            protocol_version=one.get("protocolVersion"),
        )
    if "url" in card:
        binding, version = card.get("preferredTransport", "JSONRPC"), card.get("protocolVersion")
        yield NamedInterface(
            place="url", url=card["url"], binding=binding, protocol_version=version
        )
    for one in objects(card.get("additionalInterfaces")):
        yield NamedInterface(
            place="additionalInterfaces",
            url=one.get("url"),
            binding=one.get("transport"),
            protocol_version=card.get("protocolVersion"),
        )


def extensions(card: Mapping[str, Any], *, required: bool = False) -> list[str]:
    """The URIs of the extensions, or of those that a client must know.

    What cannot be listed in a header is no URI.
    """
    capabilities = card.get("capabilities")
    declared = capabilities.get("extensions") if isinstance(capabilities, dict) else None
    found = [
        one.get("uri") for one in objects(declared) if one.get("required") is True or not required
    ]
    return [uri for uri in found if isinstance(uri, str) and _is_listable(uri)]


def _is_listable(uri: str) -> bool:
    return uri != "" and uri.isascii() and uri.isprintable() and not set(uri) & {",", " "}


def host_of(url: Any) -> str:
    """The host that an absolute http or https URL names; "" where it is no such URL."""
    try:
        parts = urlsplit(url) if isinstance(url, str) else None
        is_web = parts is not None and parts.scheme in ("http", "https") and parts.port != 0
        return (parts.hostname or "") if parts is not None and is_web else ""
    except ValueError:
        return ""


def is_public(host: str) -> bool:
    """Whether a host may be reached from anywhere, by what its name or address says."""
    try:
        return ip_address(host).is_global
    except ValueError:
        name = host.rstrip(".").lower()
        is_local = any(name == end or name.endswith(f".{end}") for end in _LOCAL_NAMES)
        return "." in name and not is_local


def is_loopback(host: str) -> bool:
    """Whether the host is the machine itself, by its usual name or by an address."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def is_unspecified(host: str) -> bool:
    """Whether the host is an address to listen on, which nobody can be reached at."""
    try:
        return ip_address(host).is_unspecified
    except ValueError:
        return False


def base64url(text: Any) -> bytes | None:
    """The bytes that base64url without padding stands for (RFC 7515 §2); None where it is none."""
    if not isinstance(text, str) or not _BASE64URL.fullmatch(text) or len(text) % 4 == 1:
        return None
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def protected_header(signature: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """What the protected header of a signature says; None where it cannot be read."""
    content = base64url(signature.get("protected"))
    try:
        header = json.loads(content) if content is not None else None
    except (ValueError, RecursionError):
        return None
    return header if isinstance(header, dict) else None

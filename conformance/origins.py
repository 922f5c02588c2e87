"""Where requests go: origins, as the HTTP client reads URLs, and addresses that are to be left."""

import asyncio
from ipaddress import IPv6Address, ip_address

import httpx

from conformance.cards import is_loopback

_PORTS = {"http": 80, "https": 443}


def origin_of(url: str) -> str:
    """Scheme, host and port of a URL; "" where it has none.

    The names of this machine's own loopback are one.
    """
    try:
        parts = httpx.URL(url)
    except (httpx.InvalidURL, UnicodeError):
        return ""
    if not parts.host:
        return ""
    host = "localhost" if is_loopback(parts.host) else parts.host
    shown = f"[{host}]" if ":" in host else host
    return f"{parts.scheme}://{shown}:{parts.port or _PORTS.get(parts.scheme)}"


async def is_link_local(url: str, seconds: float) -> bool:
    """Whether the host is a link-local address, however it is written, or a name of one.

    Clouds tell their secrets there. A name that is not known in that time is none.
    """
    try:
        async with asyncio.timeout(seconds):
            found = await asyncio.get_running_loop().getaddrinfo(httpx.URL(url).host, None)
    except (OSError, TimeoutError, UnicodeError, httpx.InvalidURL):
        return False
    return any(_is_link_local(str(place[0])) for *_, place in found)


def _is_link_local(text: str) -> bool:
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return (mapped or address).is_link_local

"""Whom a command talks to, and how, as it was typed."""

import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.terminal import clean

EXTENSIONS_HEADER = "A2A-Extensions"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """An agent's address, with the wire version, headers and patience asked for."""

    url: str
    version: str | None
    headers: Mapping[str, str]
    timeout_seconds: float

    @classmethod
    def parse(
        cls, url: str, version: str | None, headers: Sequence[str], timeout_seconds: float
    ) -> "Target":
        """Raises UsageError for an address or a header that is none."""
        return cls(
            url=_checked_url(url),
            version=version,
            headers=_parsed_headers(headers),
            timeout_seconds=timeout_seconds,
        )

    def command_line(self, command: str, *words: str) -> str:
        """What to type for another command on the same agent; values of headers are left out."""
        options = ["--version", self.version] if self.version else []
        for name in self.headers:
            options += ["--header", f"{name}: …"]
        return clean(shlex.join(["a2a-agent", command, self.url, *words, *options]))


def _checked_url(url: str) -> str:
    try:
        parts = urlsplit(url)
        is_sound = parts.scheme in {"http", "https"} and bool(parts.hostname)
        is_sound = is_sound and (parts.port is None or parts.port >= 0)
    except ValueError:
        is_sound = False
    if not is_sound or any(character.isspace() for character in url):
        raise UsageError(f"{url!r} is no URL; one looks like http://127.0.0.1:9999")
    return url


def _parsed_headers(lines: Sequence[str]) -> dict[str, str]:
    headers: dict[str, str] = {}
    for line in lines:
        name, colon, value = line.partition(":")
        name, value = name.strip(), value.strip()
        is_sound = name.isascii() and name.replace("-", "").replace("_", "").isalnum()
        if not (colon and is_sound and value.isascii() and value.isprintable()):
            raise UsageError(f"{line!r} is no header; one looks like 'Name: value'")
        same = next((known for known in headers if known.lower() == name.lower()), None)
        headers[same or name] = f"{headers[same]}, {value}" if same else value
    return headers

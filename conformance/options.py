"""What a run is asked to do, from words as people type them; light to import."""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from math import inf
from pathlib import Path
from urllib.parse import urlsplit

from conformance.cards import is_loopback
from conformance.knowledge import BEHAVIOURS
from conformance.requirements import VERSIONS, Requirement, requirements

TIMEOUT_SECONDS = 30.0
"""Longer than streams are silent as a rule: comments come every 15 seconds."""
MAX_MINUTES = 15.0
REPORTS = ("json", "junit", "sarif", "html", "markdown", "badge")
"""The formats of reports in files."""

_HEADER_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_HEADER_VALUE = re.compile(r"[\t\x20-\x7e]*")


class WrongOption(ValueError):
    """What was typed cannot be carried out; the text says what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """Which endpoint is tested, for what, and what is known of it."""

    url: str
    versions: Sequence[str] = ()
    """Empty: all that the card offers."""
    follows_scenarios: bool = False
    prompts: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    other_headers: Mapping[str, str] = field(default_factory=dict)
    trusts_card_urls: bool = False
    """Whether the headers are sent to whatever addresses the card names."""
    webhook_host: str | None = None
    timeout_seconds: float = TIMEOUT_SECONDS
    max_minutes: float = MAX_MINUTES
    only: Sequence[str] = ()
    min_exercised_percent: float = 50.0
    """Of the MUSTs, to call the run a pass."""

    @property
    def requirements(self) -> list[Requirement]:
        """Those that are asked for."""
        prefixes = tuple(self.only) or ("",)
        return [one for one in requirements().values() if one.id.startswith(prefixes)]


def parsed(
    url: str,
    *,
    versions: Sequence[str] = (),
    scenarios: bool = False,
    prompts: Sequence[str] = (),
    headers: Sequence[str] = (),
    other_headers: Sequence[str] = (),
    trusts_card_urls: bool = False,
    webhook_host: str | None = None,
    timeout_seconds: float = TIMEOUT_SECONDS,
    max_minutes: float = MAX_MINUTES,
    only: Sequence[str] = (),
    min_exercised_percent: float = 50.0,
) -> Options:
    """The options in these words. Raises WrongOption."""
    for version in versions:
        if version not in VERSIONS:
            raise WrongOption(f"version {version!r} is none of {', '.join(VERSIONS)}")
    if not 0 < timeout_seconds < inf:
        raise WrongOption("a timeout is a number of seconds above 0")
    if not 0 <= min_exercised_percent <= 100:
        raise WrongOption("a percentage is a number from 0 to 100")
    if not max_minutes > 0:
        raise WrongOption("a run takes more than 0 minutes")
    options = Options(
        url=_url(url),
        versions=tuple(dict.fromkeys(versions)),
        follows_scenarios=scenarios,
        prompts=dict(map(_prompt, prompts)),
        headers=dict(map(_header, _lines(headers))),
        other_headers=dict(map(_header, _lines(other_headers))),
        trusts_card_urls=trusts_card_urls,
        webhook_host=webhook_host or _own_host(url),
        timeout_seconds=timeout_seconds,
        max_minutes=max_minutes,
        only=tuple(only),
        min_exercised_percent=min_exercised_percent,
    )
    if not options.requirements:
        raise WrongOption(f"no requirement begins with {' or '.join(only)}; --list shows them")
    return options


def pair(text: str, sign: str, example: str) -> tuple[str, str]:
    """The two sides of a sign. Raises WrongOption."""
    name, found, value = text.partition(sign)
    if not found or not name.strip() or not value.strip():
        raise WrongOption(f"{text!r} is not of the form {example}")
    return name.strip(), value.strip()


def _url(text: str) -> str:
    try:
        parts = urlsplit(text)
        is_address = parts.scheme in ("http", "https") and bool(parts.hostname)
        is_address &= parts.port != 0  # which raises ValueError where it is none
    except ValueError:
        is_address = False
    if not is_address:
        raise WrongOption(f"{text!r} is no URL of an endpoint, such as http://127.0.0.1:9999")
    if "@" in parts.netloc:
        raise WrongOption("credentials in a URL would be shown: --header 'Authorization: …'")
    return text


def _prompt(text: str) -> tuple[str, str]:
    name, message = pair(text, "=", 'NAME="TEXT"')
    if name not in BEHAVIOURS:
        raise WrongOption(f"no prompt is called {name!r}; there are {', '.join(BEHAVIOURS)}")
    return name, message


def _lines(headers: Sequence[str]) -> Iterator[str]:
    """The headers, those of an `@FILE` line by line."""
    for header in headers:
        if not header.startswith("@"):
            yield header
            continue
        try:
            text = Path(header[1:]).read_text("utf-8")
        except (OSError, UnicodeError) as error:
            why = error.strerror if isinstance(error, OSError) else "it is not in UTF-8"
            raise WrongOption(f"the headers in {header[1:]} cannot be read: {why}") from None
        yield from filter(str.strip, text.splitlines())


def _header(text: str) -> tuple[str, str]:
    try:
        name, value = pair(text, ":", "'NAME: VALUE'")
    except WrongOption:
        # What was typed may be a secret.
        raise WrongOption("a header is of the form 'NAME: VALUE'") from None
    if not _HEADER_NAME.fullmatch(name) or not _HEADER_VALUE.fullmatch(value):
        raise WrongOption("a header has a name without spaces, and a value in ASCII")
    return name, value


def _own_host(url: str) -> str | None:
    """Where an endpoint on this machine reaches us."""
    return "127.0.0.1" if is_loopback(urlsplit(url).hostname or "") else None

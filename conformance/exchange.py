"""One request and what came back, as it is shown to people: whole, bounded, without secrets."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

_MOST_SHOWN = 4_000
_HIDDEN = "…"


@dataclass(slots=True, kw_only=True)
class Exchange:
    """A request over HTTP, and as much of its response as there is so far."""

    method: str
    url: str
    request_headers: Mapping[str, str]
    request_body: bytes = b""
    secrets: frozenset[str] = frozenset()
    """Lower-case names of headers whose values are not shown."""
    status: int | None = None
    response_headers: Mapping[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    seconds: float = 0.0
    trouble: str = ""
    """Why there is no more of a response."""
    was_cut: bool = False
    """Whether that is because the suite would wait no longer."""

    @property
    def media_type(self) -> str:
        """What the response says that it is, without parameters."""
        return self.response_headers.get("content-type", "").partition(";")[0].strip().lower()

    @property
    def curl(self) -> str:
        """The request as a command line; secrets are left out."""
        words = ["curl", "-sS", "-N", "-X", self.method, self.url]
        for name, value in self.request_headers.items():
            shown = _HIDDEN if name.lower() in self.secrets else value
            words += ["-H", f"{name}: {shown}"]
        if self.request_body:
            words += ["--data-binary", _shown(self.request_body)]
        return shlex.join(words)

    @property
    def answer(self) -> str:
        """The response in a few lines, cut where it is long."""
        if self.status is None:
            return self.trouble or "no answer"
        head = f"HTTP {self.status}, {self.response_headers.get('content-type', 'no content type')}"
        body = _shown(self.response_body)
        return "\n".join(filter(None, (head, body, self.trouble)))


def _shown(body: bytes) -> str:
    text = body[:_MOST_SHOWN].decode("utf-8", "backslashreplace")
    return text + _HIDDEN if len(body) > _MOST_SHOWN else text

"""One request and what came back, and how they are shown to people."""

import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field

from conformance.redaction import HIDDEN, Redaction

_MOST_LINE = 10_000
"""Characters of a request as a command."""
_MOST_URL = 2_000
_MOST_HEADER = 500
_MOST_BODY = 4_000
"""Characters of a body that still go on the command line."""
_MOST_BEGINNING = 200
"""Characters of one that does not."""


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

    def curl(self, redaction: Redaction) -> str:
        """The request as a command line, without secrets; what it is too long for is told."""
        words = ["curl", "-sS", "-N", "-X", self.method, redaction.shown(self.url, _MOST_URL)]
        for name, value in self.request_headers.items():
            shown = HIDDEN if name.lower() in self.secrets else value
            words += ["-H", redaction.shown(f"{name}: {shown}", _MOST_HEADER)]
        body, note = self.request_body.decode("utf-8", "backslashreplace"), ""
        if len(body) > _MOST_BODY:
            words += ["--data-binary", "@body"]
            beginning = " ".join(redaction.shown(body, _MOST_BEGINNING).split())
            note = f"  # body: {len(self.request_body):,} bytes, {beginning}"
        elif body:
            words += ["--data-binary", redaction.shown(body, _MOST_BODY)]
        return redaction.shown(f"{shlex.join(words)}{note}", _MOST_LINE)

    @property
    def answer(self) -> str:
        """The response as it came, its body with its media type before it."""
        if self.status is None:
            return self.trouble or "no answer"
        head = f"HTTP {self.status}, {self.response_headers.get('content-type', 'no content type')}"
        body = self.response_body.decode("utf-8", "backslashreplace")
        return "\n".join(filter(None, (head, body, self.trouble)))

"""What of a client's parts a model is shown: their text, data as JSON, images, documents."""

from base64 import b64encode

from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.model import DataPart, FilePart, Part

IMAGE = "image/"
PDF = "application/pdf"
_SCHEMES = ("http", "https", "data")
"""Of the URLs that the model's server is handed: it may be able to open others, such as files."""


def text_in(part: Part) -> str | None:
    """The part as text; None for an image or a document that can be shown."""
    if isinstance(part, DataPart):
        return text_of(part.data)
    if not isinstance(part, FilePart):
        return part.text
    name = part.filename or "file"
    if part.url is not None and part.url.partition(":")[0].lower() not in _SCHEMES:
        return f"{name}: it cannot be shown."
    if is_image(part) or media_type(part) == PDF:
        return None
    content = part.url if part.raw is None else part.raw.decode("utf-8", "replace")
    return f"{name}:\n{content}"


def media_type(part: FilePart) -> str:
    """The file's media type, without parameters."""
    return (part.media_type or "application/octet-stream").partition(";")[0].strip().lower()


def is_image(part: FilePart) -> bool:
    """Whether the file is an image."""
    return media_type(part).startswith(IMAGE)


def url_of(part: FilePart) -> str:
    """Where the model's server finds the file: its own URL, or one that holds it."""
    if part.raw is None:
        return part.url or ""
    return f"data:{media_type(part)};base64,{b64encode(part.raw).decode()}"

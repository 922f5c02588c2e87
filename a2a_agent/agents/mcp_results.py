"""What an MCP tool gives, as the output of any tool: for the model as text or JSON, files apart."""

from base64 import b64decode
from collections.abc import Iterator, Sequence
from urllib.parse import urlsplit

from mcp.types import (
    AudioContent,
    BlobResourceContents,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ResourceLink,
    TextContent,
    TextResourceContents,
)

from a2a_agent.agents.outputs import Output, output_of
from a2a_agent.agents.tools import ToolError
from a2a_agent.domain.model import FilePart

_LONGEST_ERROR = 2000
"""Characters of an error: it is told the model, and shown to the client."""


def output(result: CallToolResult) -> Output:
    """The output. Raises ToolError, in the tool's own words, for what it calls an error."""
    text = "\n".join(_texts(result.content))
    if result.is_error:
        raise ToolError(text[:_LONGEST_ERROR] or "The tool failed without a word.")
    # Structured content comes as text, too, for those who do not know it.
    value = text if result.structured_content is None else result.structured_content
    files = list(_files(result.content))
    if not files:
        return output_of(value)
    given = files if value == "" else [value, *files]
    return output_of(given[0] if len(given) == 1 else given)


def _texts(content: Sequence[ContentBlock]) -> Iterator[str]:
    for block in content:
        match block:
            case TextContent(text=text):
                yield text
            case EmbeddedResource(resource=TextResourceContents(text=text)):
                yield text


def _files(content: Sequence[ContentBlock]) -> Iterator[FilePart]:
    for block in content:
        match block:
            case ImageContent(data=data, mime_type=media_type):
                yield FilePart(raw=b64decode(data), media_type=media_type)
            case AudioContent(data=data, mime_type=media_type):
                yield FilePart(raw=b64decode(data), media_type=media_type)
            case EmbeddedResource(resource=BlobResourceContents() as found):
                yield FilePart(
                    raw=b64decode(found.blob),
                    media_type=found.mime_type,
                    filename=_last_name(found.uri),
                )
            case ResourceLink():
                yield FilePart(url=block.uri, media_type=block.mime_type, filename=block.name)


def _last_name(uri: str) -> str | None:
    return urlsplit(uri).path.rpartition("/")[2] or None

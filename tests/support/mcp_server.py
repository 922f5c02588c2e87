"""An MCP server whose tools do what tests want to see: a program on stdio, or an application.

python tests/support/mcp_server.py
"""

import asyncio
import os
import shlex
import sys
from base64 import b64encode
from collections.abc import Awaitable, Callable
from typing import Any

from mcp import MCPError
from mcp.server import Server, ServerRequestContext
from mcp.server.stdio import stdio_server
from mcp.types import (
    INTERNAL_ERROR,
    AudioContent,
    BlobResourceContents,
    CallToolRequestParams,
    CallToolResult,
    ContentBlock,
    EmbeddedResource,
    ImageContent,
    ListToolsResult,
    PaginatedRequestParams,
    ResourceLink,
    TextContent,
    TextResourceContents,
    Tool,
)
from starlette.datastructures import Headers
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

COMMAND = shlex.join([sys.executable, __file__])
"""Starts the server."""

Context = ServerRequestContext[Any]
Act = Callable[[Context, dict[str, Any]], Awaitable[CallToolResult]]

_PAGE = 4


def mcp_server() -> Server[Any]:
    """A new server."""
    acts = _acts()
    tools = [
        Tool(
            name=name,
            description=act.__doc__,
            input_schema={"type": "object", "properties": {"city": {"type": "string"}}},
        )
        for name, act in acts.items()
    ]

    async def listed(_: Context, params: PaginatedRequestParams | None) -> ListToolsResult:
        start = int(params.cursor) if params and params.cursor else 0
        end = start + _PAGE
        return ListToolsResult(
            tools=tools[start:end], next_cursor=str(end) if end < len(tools) else None
        )

    async def called(context: Context, params: CallToolRequestParams) -> CallToolResult:
        return await acts[params.name](context, params.arguments or {})

    return Server("tests", on_list_tools=listed, on_call_tool=called)


def _acts() -> dict[str, Act]:
    two_are_here = asyncio.Barrier(2)
    somebody_gave_up = asyncio.Event()

    async def get_weather(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        """Tells the weather."""
        return _says(f"sunny in {arguments['city']}")

    async def forecast(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        degrees = {"degrees": [21, None]}
        return CallToolResult(content=[_text("21")], structured_content=degrees)

    async def refuse(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return CallToolResult(content=[_text("no such "), _text("x" * 9000)], is_error=True)

    async def refuse_silently(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return CallToolResult(content=[], is_error=True)

    async def chart(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return CallToolResult(content=[_text("a chart"), _image(b"png")])

    async def picture(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return CallToolResult(content=[_image(b"png")])

    async def spoilt_picture(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        image = ImageContent(data="secret", mime_type="image/png")
        return CallToolResult(content=[image])

    async def everything(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        text = TextResourceContents(uri="note://1", text="a note")
        blob = BlobResourceContents(
            uri="file:///a/b.zip", blob=_base64(b"zip"), mime_type="application/zip"
        )
        nameless = BlobResourceContents(uri="thing:", blob=_base64(b"?"))
        return _gives(
            _text("one"),
            AudioContent(data=_base64(b"wav"), mime_type="audio/wav"),
            EmbeddedResource(resource=text),
            EmbeddedResource(resource=blob),
            EmbeddedResource(resource=nameless),
            ResourceLink(name="page", uri="https://example.com/page", mime_type="text/html"),
        )

    async def nothing(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return _gives()

    async def count(context: Context, arguments: dict[str, Any]) -> CallToolResult:
        await context.session.report_progress(1)
        await context.session.report_progress(2, 2, "done")
        return _says("counted")

    async def meet(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        await two_are_here.wait()
        return _says("met")

    async def hang(context: Context, arguments: dict[str, Any]) -> CallToolResult:
        await context.session.report_progress(0)
        try:
            await asyncio.Event().wait()
        finally:
            somebody_gave_up.set()
        return _says("never said")

    async def watch(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        await somebody_gave_up.wait()
        return _says("somebody gave up")

    async def fail(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        raise MCPError(INTERNAL_ERROR, "password=secret")

    async def die(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        os._exit(3)

    async def odd_name(_: Context, arguments: dict[str, Any]) -> CallToolResult:
        return _says("dots and slashes")

    acts = (
        *(get_weather, forecast, refuse, refuse_silently, chart, picture, spoilt_picture),
        *(everything, nothing, count, meet, hang, watch, fail, die),
    )
    return {**{act.__name__: act for act in acts}, "odd.name/ü": odd_name}


class OldHttpServer:
    """The server as one that keeps sessions, as all did before protocol version 2026-07-28."""

    def __init__(self) -> None:
        self._app = mcp_server().streamable_http_app()
        self._known: set[str] = set()
        self._forgotten: set[str] = set()

    def forget(self) -> None:
        """Ends all sessions, as if it had been restarted."""
        self._forgotten |= self._known

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope) if scope["type"] == "http" else {}
        session = headers.get("mcp-session-id", "")
        self._known.add(session)
        if session in self._forgotten - {""}:
            await Response(status_code=404)(scope, receive, send)
        elif headers.get("mcp-method") == "server/discover":
            await Response(status_code=400)(scope, receive, send)
        else:
            await self._app(scope, receive, send)


def _says(text: str) -> CallToolResult:
    return _gives(_text(text))


def _gives(*content: ContentBlock) -> CallToolResult:
    return CallToolResult(content=list(content))


def _text(text: str) -> TextContent:
    return TextContent(text=text)


def _image(raw: bytes) -> ImageContent:
    return ImageContent(data=_base64(raw), mime_type="image/png")


def _base64(raw: bytes) -> str:
    return b64encode(raw).decode()


async def _serve() -> None:
    server = mcp_server()
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


if __name__ == "__main__":
    asyncio.run(_serve())

"""The tools of an MCP server, for any agent that calls tools: `McpServer("uvx some-server")`.

    McpServer    the server as a set of tools, which are `McpTool`s
    McpError     the server cannot be used; the text says why, for whoever runs the agent

Knows what a tool is; the protocol is left to `mcp_connection`, and so is the need for its package.
"""

import asyncio
import logging
import re
import shlex
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from a2a_agent.agents.outputs import Output
from a2a_agent.agents.tools import Report, Tool, ToolError
from a2a_agent.domain.model import JsonObject, JsonValue

if TYPE_CHECKING:
    from a2a_agent.agents.mcp_connection import Connection

_log = logging.getLogger(__name__)

_UNFIT = re.compile("[^a-zA-Z0-9_-]")
_LONGEST_NAME = 64
"""What model servers take as the name of a tool."""


class McpError(Exception):
    """A server cannot be started, reached or understood."""


class McpServer:
    """An MCP server: a command line that starts one (stdio), or its URL (streamable HTTP).

    Entering it opens a session and gives the server's tools; names that a model could not call are
    changed. A session that breaks fails the calls that it carries, and the next call opens a new
    one. A command sees little of the environment: give it more with `env NAME=value command`.

    `requires_approval` says which tools the client is asked about: all, none, or those with these
    names, as the server has them. What a server says of its own tools, such as that one destroys
    nothing, decides nothing.

    Raises ValueError for what is neither a command nor a URL. Entering it raises McpError, after
    `open_timeout_seconds` at the latest.
    """

    def __init__(
        self,
        where: str,
        *,
        requires_approval: bool | Collection[str] = False,
        open_timeout_seconds: float = 30.0,
    ) -> None:
        self._address = _address(where)
        self._requires_approval = requires_approval
        self._open_timeout_seconds = open_timeout_seconds
        self._connection: Connection | None = None
        self._opening = asyncio.Lock()

    async def __aenter__(self) -> Sequence[Tool]:
        async with self._opening:
            connection = await self._opened()
            try:
                tools = self._tools(connection)
            except McpError:
                await connection.close()
                raise
            self._connection = connection
            return tools

    async def __aexit__(self, *_: object) -> None:
        async with self._opening:
            connection, self._connection = self._connection, None
            assert connection is not None, "it has been entered"
            await connection.close()

    async def call(self, name: str, arguments: JsonObject, report: Report) -> Output:
        """The result of one of the server's tools, by the name that the server has for it.

        Raises ToolError for what the tool calls an error, McpError where there is no server.
        """
        connection = await self._usable()
        return await connection.call(name, arguments, report)

    async def _usable(self) -> "Connection":
        async with self._opening:
            if self._connection is None:
                raise McpError(f"{_shown(self._address)} is not open")
            if self._connection.is_broken:
                await self._connection.close()
                self._connection = await self._opened()
            return self._connection

    async def _opened(self) -> "Connection":
        try:
            from a2a_agent.agents.mcp_connection import Connection
        except ImportError as error:
            raise McpError(
                "MCP servers need the package mcp: pip install 'a2a-agent[mcp]'"
            ) from error
        return await Connection.open(
            self._address, _shown(self._address), self._open_timeout_seconds
        )

    def _tools(self, connection: "Connection") -> "list[Tool]":
        asked_about = self._asked_about({tool.name for tool in connection.tools})
        names = _fitting(tool.name for tool in connection.tools)
        return [
            McpTool(
                server=self,
                name=name,
                server_name=tool.name,
                description=tool.description or tool.title or "",
                parameters=tool.input_schema,
                requires_approval=tool.name in asked_about,
            )
            for name, tool in zip(names, connection.tools, strict=True)
        ]

    def _asked_about(self, names: set[str]) -> set[str]:
        if isinstance(self._requires_approval, bool):
            return names if self._requires_approval else set()
        wanted = set(self._requires_approval)
        if wanted - names:
            missing = ", ".join(sorted(wanted - names))
            raise McpError(f"{_shown(self._address)} has no tool to ask about named {missing}")
        return wanted


@dataclass(frozen=True, slots=True, kw_only=True)
class McpTool:
    """A tool of an MCP server."""

    server: McpServer
    name: str
    server_name: str
    """The name that the server has for it."""
    description: str
    parameters: JsonObject
    requires_approval: bool = False
    timeout_seconds: float | None = None

    async def run(self, arguments: JsonValue, report: Report) -> Output:
        """What the server makes of the call. Any failure is a ToolError; the log has the rest."""
        if not isinstance(arguments, Mapping):
            raise ToolError(f"The arguments of {self.name} must be a JSON object.")
        try:
            return await self.server.call(self.server_name, arguments, report)
        except ToolError:
            raise
        except McpError as failure:
            _log.warning("no answer to a call: %s", failure, extra={"tool": self.name})
            raise ToolError(f"The MCP server of {self.name} does not answer.") from failure
        except Exception as failure:
            _log.exception("a tool failed", extra={"tool": self.name})
            raise ToolError(f"The tool {self.name} failed.") from failure


def _address(where: str) -> str | list[str]:
    """A URL as it is, a command line as its words."""
    if where.startswith(("http://", "https://")):
        return where
    words = shlex.split(where)
    if not words:
        raise ValueError("an MCP server is a URL or a command line, not nothing")
    return words


def _shown(address: str | list[str]) -> str:
    """The server as people call it, without what may be secret."""
    if isinstance(address, str):
        url = urlsplit(address)
        host = url.netloc.rpartition("@")[2]
        shown = url._replace(netloc=host, query="", fragment="").geturl()
    else:
        words = (word.partition("=") for word in address)
        shown = " ".join(name + ("=…" if sign else "") for name, sign, _ in words)
    return f"the MCP server '{shown}'"


def _fitting(names: Iterable[str]) -> list[str]:
    """Names that a model can call, each of them once."""
    found: dict[str, None] = {}
    for name in names:
        fitting = _UNFIT.sub("_", name)[:_LONGEST_NAME] or "tool"
        candidate, number = fitting, 1
        while candidate in found:
            number += 1
            candidate = f"{fitting[: _LONGEST_NAME - len(str(number)) - 1]}_{number}"
        found[candidate] = None
    return list(found)

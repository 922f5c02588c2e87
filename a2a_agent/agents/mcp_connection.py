"""A session with an MCP server. This and `mcp_results` need the package mcp; nothing else does."""

import asyncio
import logging
import sys
from collections.abc import Sequence
from contextlib import AsyncExitStack

from mcp import Client, MCPError, StdioServerParameters, stdio_client
from mcp.types import CONNECTION_CLOSED, INVALID_REQUEST, Tool

from a2a_agent.agents.mcp import McpError
from a2a_agent.agents.mcp_results import output
from a2a_agent.agents.outputs import Output, json_of
from a2a_agent.agents.tools import Report
from a2a_agent.domain.model import JsonObject

_log = logging.getLogger(__name__)

_BROKEN = frozenset({CONNECTION_CLOSED, INVALID_REQUEST})
"""What a call on a session that is of no use ends with; the latter if the server forgot it."""
_CLOSE_SECONDS = 10.0
"""Longest time that a server has to take its leave; the package kills a process before that."""
_MOST_SAID = 500
"""Characters of an error's text."""


class Connection:
    """A session, held by a task of its own: it has to end in the task in which it began.

    So calls, and whoever opens or closes it, may come from any task.
    """

    def __init__(self, client: Client) -> None:
        self.tools: Sequence[Tool] = ()
        self.is_broken = False
        """Whether calls are in vain."""
        self._client = client
        self._ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._may_end = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    @classmethod
    async def open(
        cls, address: str | list[str], shown: str, timeout_seconds: float
    ) -> "Connection":
        """A session with the server at a URL, or with one that a command starts.

        Raises McpError, which says what is wrong with the server that is `shown`.
        """
        connection = cls(_client(address))
        connection._life = asyncio.create_task(connection._live(timeout_seconds), name="mcp")
        try:
            # Its own limit is that of the task.
            await asyncio.shield(connection._ready)
        except Exception as error:
            await connection.close()
            raise McpError(f"{shown} {_why(error, timeout_seconds)}") from error
        except asyncio.CancelledError:
            connection._life.cancel()
            await connection.close()
            raise
        return connection

    async def close(self) -> None:
        """Ends the session; calls that are not done fail."""
        assert self._life is not None, "it has been opened"
        self._may_end.set()
        await asyncio.gather(self._life, return_exceptions=True)

    async def call(self, name: str, arguments: JsonObject, report: Report) -> Output:
        """What the tool gives. Raises ToolError where it says so, McpError for a broken session.

        Any other exception is the server's or the package's, too.
        """

        async def report_progress(
            progress: float, total: float | None, message: str | None
        ) -> None:
            news = {"progress": progress, "total": total, "message": message}
            report(json_of({key: value for key, value in news.items() if value is not None}))

        try:
            result = await self._client.call_tool(
                name, dict(arguments), progress_callback=report_progress
            )
        except MCPError as error:
            if error.code not in _BROKEN:
                raise
            self.is_broken = True
            raise McpError(f"the session is broken: {error.message[:_MOST_SAID]}") from error
        return output(result)

    async def _live(self, timeout_seconds: float) -> None:
        try:
            async with AsyncExitStack() as session:
                async with asyncio.timeout(timeout_seconds):
                    await session.enter_async_context(self._client)
                    self.tools = await self._listed()
                self._ready.set_result(None)
                await self._may_end.wait()
                async with asyncio.timeout(_CLOSE_SECONDS):
                    await session.aclose()
        except Exception as error:
            if self._ready.done():
                _log.warning("a session with an MCP server broke: %r", _first(error))
            else:
                self._ready.set_exception(_first(error))
        finally:
            self.is_broken = True

    async def _listed(self) -> list[Tool]:
        tools: list[Tool] = []
        cursor = None
        while True:
            page = await self._client.list_tools(cursor=cursor)
            tools += page.tools
            cursor = page.next_cursor
            if cursor is None:
                return tools


def _client(address: str | list[str]) -> Client:
    if isinstance(address, str):
        return Client(address)
    command, *arguments = address
    started = StdioServerParameters(command=command, args=arguments)
    return Client(stdio_client(started, errlog=sys.__stderr__ or sys.stderr))


def _first(error: Exception) -> Exception:
    """The error at the bottom of groups of them, in which task groups wrap theirs."""
    while isinstance(error, ExceptionGroup):
        error = error.exceptions[0]
    return error


def _why(error: Exception, timeout_seconds: float) -> str:
    """What the server did not do."""
    match error:
        case TimeoutError():
            return f"did not answer within {timeout_seconds:g} seconds"
        case MCPError(code=code) if code == CONNECTION_CLOSED:
            return "ended before it had answered"
        case MCPError():
            return f"does not answer as an MCP server does: {error.message[:_MOST_SAID]}"
        case ValueError():
            return "does not answer as an MCP server does"
        case OSError():
            return f"cannot be started: {error.strerror or error}"
        case _:
            return f"cannot be used: {str(error)[:_MOST_SAID] or type(error).__name__}"

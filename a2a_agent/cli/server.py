"""Runs an application until it is told to stop, and stops without keeping anybody hanging."""

import asyncio
import errno
import math
import os
import socket
from collections.abc import Callable
from functools import partial

import uvicorn
from starlette.applications import Starlette

from a2a_agent.cli.connection import Connection
from a2a_agent.cli.errors import ServeError
from a2a_agent.settings import Settings

_BACKLOG = 2048
_POLL_SECONDS = 0.1


def listening_socket(host: str, port: int) -> socket.socket:
    """A socket that listens already. Raises ServeError where that cannot be."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except socket.gaierror as error:
        raise ServeError(f"there is no address {host!r} to listen on") from error
    family, kind, _, _, address = found[0]
    # asyncio turns Nagle's algorithm off only for sockets that say that they are TCP.
    listener = socket.socket(family, kind, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":  # elsewhere it would let two servers listen on one port
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
        listener.listen(_BACKLOG)
    except OSError as error:
        listener.close()
        raise ServeError(_why_not(host, port, error)) from error
    return listener


def _why_not(host: str, port: int, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} on {host} is in use; choose another with --port"
    if error.errno == errno.EACCES:
        return f"port {port} on {host} is not allowed; choose one above 1023 with --port"
    return f"cannot listen on {host}, port {port}: {error.strerror}"


class Server(uvicorn.Server):
    """uvicorn, with the application's lifespan in our hands.

    So a failure to start can be told in one line, and streams end when the server is about to
    stop, not when the time for that is up.
    """

    def __init__(
        self,
        app: Starlette,
        settings: Settings,
        *,
        is_verbose: bool,
        on_started: Callable[[], None],
    ) -> None:
        connection = partial(Connection, head_seconds=settings.receive_timeout_seconds)
        super().__init__(
            uvicorn.Config(
                app,
                loop="auto",
                http=connection,  # type: ignore[arg-type]  # is called, no more
                ws="none",
                lifespan="off",
                log_config=None,
                access_log=is_verbose,
                proxy_headers=False,  # the application reads them itself, from those it trusts
                server_header=False,
                timeout_graceful_shutdown=math.ceil(settings.shutdown_timeout_seconds) + 1,
            )
        )
        self._app = app
        self._on_started = on_started
        self._is_stopping = asyncio.Event()
        self._life: asyncio.Task[None] | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Raises ServeError if the application does not start."""
        ready: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._life = asyncio.create_task(self._live(ready), name="lifespan")
        try:
            await ready
        except Exception as error:  # whatever keeps the application from starting
            raise ServeError(str(error) or type(error).__name__) from error
        await super().startup(sockets)
        self._on_started()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the streams, then the connections, then the application."""
        assert self._life is not None, "only a server that was started is shut down"
        self._app.state.closing.set()
        await super().shutdown(sockets)
        self._is_stopping.set()
        # The application has a limit of its own; a second Ctrl-C is for those who do not wait.
        while not self.force_exit and not self._life.done():
            await asyncio.wait({self._life}, timeout=_POLL_SECONDS)
        if self._life.done():
            self._life.result()

    async def _live(self, ready: "asyncio.Future[None]") -> None:
        """One task for all of the lifespan: what it opens must be closed by the same."""
        try:
            async with self._app.router.lifespan_context(self._app) as state:
                self.lifespan.state.update(state or {})
                ready.set_result(None)
                await self._is_stopping.wait()
        except Exception as error:
            if ready.done():
                raise
            ready.set_exception(error)

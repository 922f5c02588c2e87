"""Runs an ASGI application on uvicorn, in a thread of its own, on a free port of this machine."""

import asyncio
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import uvicorn
from starlette.types import ASGIApp

LIMIT_SECONDS = 20.0
"""For whatever a test waits for; far more than it takes."""


class _Server(uvicorn.Server):
    """uvicorn that says when it is ready, and stops at once when it is told to."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.is_ready = Event()

    def work(self, listener: socket.socket) -> None:
        """The whole life of the server."""
        try:
            asyncio.run(self.serve([listener]))
        finally:
            self.is_ready.set()

    async def main_loop(self) -> None:
        self._loop, self._stopped = asyncio.get_running_loop(), asyncio.Event()
        await self.on_tick(0)
        self.is_ready.set()
        await self._stopped.wait()

    def stop(self) -> None:
        """From any thread, once it is ready."""
        self._loop.call_soon_threadsafe(self._stopped.set)


@contextmanager
def serving(
    app: ASGIApp, *, root_path: str = "", runs_lifespan: bool = True, port: int = 0
) -> Iterator[str]:
    """The base URL of the application, `http://127.0.0.1:PORT`, for as long as the block runs."""
    config = uvicorn.Config(
        app,
        root_path=root_path,
        lifespan="on" if runs_lifespan else "off",
        log_config=None,
        proxy_headers=False,
        access_log=False,
        timeout_graceful_shutdown=int(LIMIT_SECONDS / 2),
    )
    # asyncio turns Nagle's algorithm off only for sockets that say that they are TCP.
    with socket.socket(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(("127.0.0.1", port))
        server = _Server(config)
        thread = Thread(target=server.work, args=(listener,), name="uvicorn")
        thread.start()
        try:
            assert server.is_ready.wait(LIMIT_SECONDS) and server.started, "it has not started"
            yield "http://{}:{}".format(*listener.getsockname())
        finally:
            if server.started:
                server.stop()
            thread.join(LIMIT_SECONDS)
            assert not thread.is_alive(), "the server has not stopped"

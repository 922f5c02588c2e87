import asyncio
import errno
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from threading import Event, Thread
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from a2a_agent.cli.errors import ServeError
from a2a_agent.cli.server import Server, _why_not, listening_socket
from a2a_agent.settings import Settings
from tests.cli.peers import LIMIT_SECONDS, served

PATIENT = Settings(shutdown_timeout_seconds=60)


class Application:
    """An application with a stream that ends when the server is about to stop, and a log."""

    def __init__(self, *, stops: bool = True, breaks: str | None = None) -> None:
        self.log: list[str] = []
        self.stopping = Event()
        self._stops = stops
        self._breaks = breaks
        routes = [Route("/stream", self._stream), Route("/state", self._state)]
        self.app = Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, app: Starlette) -> AsyncIterator[dict[str, Any]]:
        app.state.closing = asyncio.Event()
        if self._breaks == "start":
            raise OSError("the store is in use")
        try:
            yield {"word": "hello"}
        finally:
            self.log.append("stopping")
            self.stopping.set()
            if not self._stops:
                await asyncio.sleep(LIMIT_SECONDS)
            if self._breaks == "stop":
                raise OSError("the store is gone")
            self.log.append("stopped")

    async def _stream(self, request: Request) -> Response:
        async def lines() -> AsyncIterator[str]:
            yield "begun\n"
            await request.app.state.closing.wait()
            self.log.append("closing")
            yield "ended\n"

        return StreamingResponse(lines())

    async def _state(self, request: Request) -> Response:
        return JSONResponse(request.state.word)


def test_open_streams_end_when_the_server_stops() -> None:
    application = Application()
    with served(application.app, PATIENT) as url:
        client = httpx.Client(base_url=url, timeout=LIMIT_SECONDS)
        response = client.send(client.build_request("GET", "/stream"), stream=True)
        lines = response.iter_lines()
        assert next(lines) == "begun"

    assert next(lines) == "ended"
    client.close()
    assert application.log == ["closing", "stopping", "stopped"]


def test_state_of_the_lifespan_reaches_the_requests() -> None:
    with served(Application().app, PATIENT) as url:
        assert httpx.get(f"{url}/state").json() == "hello"


def run_and_stop(application: Application, *, forced: bool = False) -> BaseException | None:
    """Runs a server and stops it at once; gives what it raised."""
    raised: list[BaseException] = []
    with listening_socket("127.0.0.1", 0) as listener:
        decided = Event()
        server = Server(application.app, PATIENT, is_verbose=False, on_started=decided.set)

        def run() -> None:
            try:
                server.run(sockets=[listener])
            except Exception as error:  # handed to the test
                raised.append(error)
            finally:
                decided.set()

        thread = Thread(target=run)
        thread.start()
        assert decided.wait(LIMIT_SECONDS)
        server.should_exit = True
        if forced:
            assert application.stopping.wait(LIMIT_SECONDS)
            server.force_exit = True
        thread.join(LIMIT_SECONDS / 2)
        assert not thread.is_alive()
    return raised[0] if raised else None


def test_application_that_does_not_start_is_an_error_of_one_line() -> None:
    error = run_and_stop(Application(breaks="start"))

    assert isinstance(error, ServeError)
    assert str(error) == "the store is in use"


def test_failure_while_stopping_is_not_hidden() -> None:
    assert isinstance(run_and_stop(Application(breaks="stop")), OSError)


def test_second_signal_does_not_wait_for_the_application() -> None:
    application = Application(stops=False)

    assert run_and_stop(application, forced=True) is None
    assert application.log == ["stopping"]


def test_socket_listens_and_is_known_as_tcp() -> None:
    with listening_socket("127.0.0.1", 0) as listener:
        assert listener.proto == socket.IPPROTO_TCP
        socket.create_connection(listener.getsockname()).close()


def test_port_that_is_taken_is_named() -> None:
    with listening_socket("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(ServeError, match=f"port {port} on 127.0.0.1 is in use; choose anoth"):
            listening_socket("127.0.0.1", port)


def test_address_that_is_none_is_named() -> None:
    with pytest.raises(ServeError, match=r"there is no address 'no\.such\.host\.invalid'"):
        listening_socket("no.such.host.invalid", 0)


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "port 80 on host is not allowed; choose one above 1023 with --port"),
        (errno.EADDRNOTAVAIL, "cannot listen on host, port 80: no luck"),
    ],
)
def test_other_reasons_not_to_listen_are_named(number: int, said: str) -> None:
    assert _why_not("host", 80, OSError(number, "no luck")) == said

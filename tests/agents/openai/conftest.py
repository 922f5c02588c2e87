"""A model server that plays scripts, the same for all tests, and each of the APIs."""

import os
import socket
from collections.abc import Iterator

import pytest

from tests.support.fake_openai import Fake, running


@pytest.fixture(autouse=True)
def nothing_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith(("OPENAI_", "A2A_AGENT_OPENAI_")):
            monkeypatch.delenv(name)


@pytest.fixture(scope="package")
def server() -> Iterator[Fake]:
    with running() as (_, fake):
        yield fake


@pytest.fixture
def fake(server: Fake) -> Iterator[Fake]:
    """The model server, without calls so far."""
    server.begin_anew()
    yield server
    server.begin_anew()


@pytest.fixture(params=["chat", "responses"])
def api(request: pytest.FixtureRequest) -> str:
    """Each API."""
    found: str = request.param
    return found


@pytest.fixture
def unused_port() -> Iterator[int]:
    """A port that nobody listens on."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
        yield port

"""The program, run in this process, and an endpoint to run it against."""

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from typer.testing import CliRunner

from a2a_agent.cli.main import app
from tests.cli.agents import clerk
from tests.cli.peers import our_endpoint


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a command ended, and what it wrote."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Outcome]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command; `piped` is what its stdin gives."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*words: str, piped: str = "", **environment: str) -> Outcome:
        result = CliRunner().invoke(
            app, words, input=piped, env=environment, catch_exceptions=False
        )
        return Outcome(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """The clerk's endpoint."""
    with our_endpoint(clerk) as url:
        yield url


@pytest.fixture(params=["0.3", "1.0"])
def version(request: pytest.FixtureRequest) -> str:
    """Each protocol version."""
    found: str = request.param
    return found


def task_id(text: str) -> str:
    found = re.search(r"task (\S+),", text)
    assert found
    return found[1]

"""The program, run in this process, and an endpoint that it finds nothing wrong with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import TypeAlias

import pytest
from typer.testing import CliRunner

from a2a_agent import Settings, create_app
from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.cli import app
from tests.support.server import serving


@dataclass(frozen=True, slots=True)
class Ended:
    """How the program ended, and what it wrote."""

    code: int
    out: str
    err: str


Run: TypeAlias = Callable[..., Ended]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs `a2a-conformance` with these words."""
    monkeypatch.delenv("FORCE_COLOR", raising=False)

    def run(*words: str) -> Ended:
        result = CliRunner().invoke(app, words, catch_exceptions=False, env={"COLUMNS": "100"})
        return Ended(result.exit_code, result.stdout, result.stderr)

    return run


@pytest.fixture(scope="package")
def scenarios() -> Iterator[str]:
    """The scenario agent's endpoint, on a real socket."""
    with serving(create_app(ScenarioAgent(), settings=Settings(store="memory:"))) as url:
        yield url

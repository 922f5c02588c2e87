"""What is public: the names of the root package, all of them documented, and nothing else."""

import re
import subprocess
import sys
from pathlib import Path
from typing import get_args

import pytest

import a2a_agent
from a2a_agent import AgentEvent

ROOT = Path(__file__).parents[2]


def documented() -> list[str]:
    """The names in the table of what can be imported."""
    section = (ROOT / "docs/agents.md").read_text().partition("## What to import\n")[2]
    rows = [line for line in section.splitlines() if line.startswith("| `")]
    return [name for row in rows for name in re.findall(r"`(\w+)`", row)]


def test_every_public_name_is_there() -> None:
    for name in a2a_agent.__all__:
        assert getattr(a2a_agent, name) is not None


def test_public_names_are_in_order() -> None:
    # As ruff sorts them: constants, classes, functions.
    assert sorted(a2a_agent.__all__, key=lambda n: (n.islower(), n)) == a2a_agent.__all__


def test_public_names_are_those_that_are_documented() -> None:
    assert sorted(documented()) == sorted(a2a_agent.__all__)


def test_every_event_is_public() -> None:
    assert {event.__name__ for event in get_args(AgentEvent)} <= {*a2a_agent.__all__}


def test_star_imports_what_is_public() -> None:
    script = "from a2a_agent import *; print(*sorted(n for n in dir() if n[0] != '_'))"
    done = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert done.stdout.split() == sorted(a2a_agent.__all__)


def test_other_names_are_unknown() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Endpoint'"):
        _ = a2a_agent.Endpoint


def test_packages_below_name_nothing_but_the_llm_agent_and_what_adapts_agents() -> None:
    package = ROOT / "a2a_agent"
    packages = [*package.rglob("__init__.py")]

    assert {path for path in packages if path.read_text()} == {
        package / "__init__.py",
        package / "agents" / "adapters" / "__init__.py",
        package / "agents" / "openai" / "__init__.py",
    }

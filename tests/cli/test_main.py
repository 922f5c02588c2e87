import io
import os
import subprocess
import sys
from importlib.metadata import version
from pathlib import Path

import pytest

from a2a_agent.cli.main import main
from tests.cli.conftest import Run
from tests.cli.peers import COMPLETED, Stranger, result, task

COMMANDS = (
    "serve",
    "card",
    "send",
    "get",
    "list",
    "cancel",
    "follow",
    "replay",
    "settings",
)


def test_version_is_that_of_the_package(run: Run) -> None:
    assert run("--version").out == f"a2a-agent {version('a2a-agent')}\n"


def test_help_lists_the_commands(run: Run) -> None:
    outcome = run("--help")

    listed = outcome.out.split("Commands:")[1].splitlines()
    assert tuple(line.split()[0] for line in listed if line) == COMMANDS


def test_unknown_command_is_wrong_usage(run: Run) -> None:
    assert run("fly").code == 2


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_and_option_has_help(run: Run, command: str) -> None:
    lines = run(command, "--help").out.splitlines()

    options = [index for index, line in enumerate(lines) if line.startswith("  --")]
    assert options
    for index in options:
        # Beside a short option, below a long one.
        described = "  " in lines[index].strip() or lines[index + 1].startswith(" " * 10)
        assert described, lines[index]


def test_program_is_a_module_too(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "a2a_agent", "--version"],
        capture_output=True,
        cwd=tmp_path,
        timeout=20,
        text=True,
        check=True,
    )

    assert done.stdout.startswith("a2a-agent ")


def test_main_runs_the_program(monkeypatch: pytest.MonkeyPatch) -> None:
    written = io.StringIO()
    monkeypatch.setattr(sys, "stdout", written)
    monkeypatch.setattr(sys, "argv", ["a2a-agent", "--version"])

    with pytest.raises(SystemExit) as ended:
        main()

    assert ended.value.code == 0
    assert written.getvalue().startswith("a2a-agent ")


def test_letters_that_stdout_cannot_write_are_escaped(tmp_path: Path) -> None:
    with Stranger([result({"task": task(COMPLETED, "žluť")})]).serving() as url:
        done = subprocess.run(
            [sys.executable, "-m", "a2a_agent", "send", url, "x"],
            capture_output=True,
            cwd=tmp_path,
            env={**os.environ, "PYTHONIOENCODING": "latin-1"},
            timeout=20,
            check=True,
        )

    assert done.stdout == b"\\u017elu\\u0165\n"


SLOW = {"uvicorn", "sqlalchemy", "openai", "httpx", "pint", "jsonschema", "pydantic", "starlette"}


def test_help_imports_nothing_slow(tmp_path: Path) -> None:
    program = "import sys; from a2a_agent.cli import main; print(*sys.modules)"

    done = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, cwd=tmp_path, timeout=20, text=True
    )

    assert SLOW & set(done.stdout.split()) == set()

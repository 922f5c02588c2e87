import shlex
import signal
import sys
from pathlib import Path

import pytest

from tests.cli.programs import Program, program, serving
from tests.support.mcp_server import COMMAND

MODEL = ("--model", "m", "--base-url", "http://127.0.0.1:1", "--store", "memory:")


def ended(where: str, directory: Path) -> tuple[int, Program]:
    """The exit code of `serve` with an MCP server, and what it wrote."""
    words = ("openai", *MODEL, "--port", "0", "--mcp", where)
    with program("serve", *words, directory=directory) as server:
        return server.wait(), server


def test_mcp_server_ends_with_the_program_without_a_word(tmp_path: Path) -> None:
    with serving("openai", *MODEL, "--mcp", COMMAND, directory=tmp_path) as (server, _):
        server.send_signal(signal.SIGINT)

        assert server.wait() == 0

    assert server.err.text.count("\n") == 5  # the banner


@pytest.mark.parametrize(
    ("where", "code", "line"),
    [
        ("no-such-server", 1, "the MCP server 'no-such-server' cannot be started: No such file or"),
        ("'", 2, "--mcp: No closing quotation"),
        (
            shlex.join([sys.executable, "-c", "print('{}')"]),
            1,
            f"the MCP server '{sys.executable} -c print('{{}}')' ended before it had answered",
        ),
    ],
)
def test_mcp_server_that_cannot_be_used_is_one_line(
    tmp_path: Path, where: str, code: int, line: str
) -> None:
    ending, server = ended(where, tmp_path)

    assert ending == code
    assert server.err.text.startswith(f"error: {line}")
    assert server.err.text.count("\n") == 1


def test_mcp_server_says_what_it_has_to_say_on_stderr(tmp_path: Path) -> None:
    code = "import sys; sys.exit('I need a key.')"
    _, server = ended(shlex.join([sys.executable, "-c", code]), tmp_path)

    assert server.err.text.startswith("I need a key.\nerror: the MCP server ")


def test_mcp_server_without_the_package_is_one_line_that_says_what_to_install(
    tmp_path: Path,
) -> None:
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError('No module named mcp')")
    ending, server = ended("some-server", tmp_path)

    assert ending == 1
    assert server.err.text == (
        "error: MCP servers need the package mcp: pip install 'a2a-agent[mcp]'\n"
    )

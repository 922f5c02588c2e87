import re

from a2a_agent.cli.errors import ExitCode
from a2a_agent.cli.reference import page
from tests.cli.conftest import Run

PAGE = "\n".join(page())


def options(text: str) -> set[str]:
    return set(re.findall(r"--[a-z][a-z-]+", text)) - {"--help"}


def section(command: str) -> str:
    return PAGE.partition(f"## {command}\n")[2].partition("\n## ")[0]


def test_every_command_is_there_with_the_options_of_its_help(run: Run) -> None:
    commands = re.findall(r"^  (\w+)", run("--help").out.split("Commands:")[1], re.M)

    assert re.findall(r"^## (\w+)$", PAGE, re.M) == commands
    for command in commands:
        assert options(section(command)) == options(run(command, "--help").out), command


def test_usage_tells_what_may_be_left_out() -> None:
    assert "\n    a2a-agent send URL [TEXT] [OPTIONS]\n" in PAGE
    assert "\n    a2a-agent settings\n" in PAGE


def test_row_has_what_is_typed_and_what_it_does() -> None:
    assert r"| `--log-level debug\|info\|warning\|error` | How much to log. Default: info |" in PAGE
    assert "| `--stream / --no-stream` | Show the answer and the work as they come. |" in PAGE
    assert "(env: A2A_AGENT_PORT; default: 9999) |" in PAGE


def test_every_exit_code_is_there() -> None:
    codes = re.findall(r"^\| (\d+) \| .+ \|$", PAGE.partition("## Exit codes")[2], re.M)

    assert codes == [str(code.value) for code in ExitCode]

"""The page docs/cli.md, made from the commands themselves: `python -m a2a_agent.cli.reference`.

Not made from the help: typer words that anew from release to release.
"""

from collections.abc import Iterator
from inspect import cleandoc
from typing import Any

import typer

from a2a_agent.cli.errors import ExitCode
from a2a_agent.cli.main import app
from a2a_agent.cli.setting_options import option_help

_HEAD = """\
# The command line

`a2a-agent --help` lists the commands, `a2a-agent COMMAND --help` tells of one; without the command:
`python -m a2a_agent`. What the agent says goes to stdout; what became of the task, hints and errors
go to stderr. Ctrl-C leaves the task running, and says how to follow it."""

_EXIT_CODES = """\

## Exit codes

| code | |
|---|---|"""


def page() -> Iterator[str]:
    """The lines of the page, in Markdown."""
    yield _HEAD
    # The types of commands and their parameters are private to typer.
    program: Any = typer.main.get_command(app)
    for command in program.commands.values():
        yield from _section(command)
    yield _EXIT_CODES
    for code in ExitCode:
        yield f"| {code.value} | {code.meaning} |"


def _section(command: Any) -> Iterator[str]:
    arguments = [one for one in command.params if one.param_type_name == "argument"]
    options = [one for one in command.params if one.param_type_name == "option"]
    words = [_value(one) if one.required else f"[{_value(one)}]" for one in arguments]
    if options:
        words.append("[OPTIONS]")
    yield f"\n## {command.name}\n\n    {' '.join(['a2a-agent', command.name, *words])}\n"
    yield cleandoc(command.help)
    if command.params:
        yield "\n| | |\n|---|---|"
    for argument in arguments:
        yield _row(_value(argument), argument)
    for option in options:
        names = " / ".join((*option.opts, *option.secondary_opts))
        yield _row(names if option.is_flag else f"{names} {_value(option)}", option)


def _value(parameter: Any) -> str:
    """What stands for the parameter's value."""
    return str(parameter.metavar or parameter.name.upper())


def _row(typed: str, parameter: Any) -> str:
    meaning = option_help(parameter.name) or parameter.help
    if parameter.default:
        meaning = f"{meaning} Default: {parameter.default}"
    return f"| `{_cell(typed)}` | {_cell(meaning)} |"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


if __name__ == "__main__":
    for line in page():
        typer.echo(line)

"""The program `a2a-agent`: its commands, none of which is imported further than its options."""

import io
import sys
from typing import Annotated

import typer

from a2a_agent.cli import commands
from a2a_agent.cli.serve import ServeCommand, serve, settings

# Plain help: in the panels of rich, names of environment variables are cut off.
app = typer.Typer(no_args_is_help=True, add_completion=False, rich_markup_mode=None)


def _print_version(is_wanted: bool) -> None:
    if is_wanted:
        from importlib.metadata import version  # slow to import, and rarely asked for

        typer.echo(f"a2a-agent {version('a2a-agent')}")
        raise typer.Exit


@app.callback()
def _program(
    _: Annotated[
        bool,
        typer.Option("--version", help="Show the version.", is_eager=True, callback=_print_version),
    ] = False,
) -> None:
    """Serve any agent over the A2A protocol, and talk to any that does."""


app.command(cls=ServeCommand)(serve)
app.command()(commands.card)
app.command()(commands.send)
app.command()(commands.get)
app.command("list")(commands.list_tasks)
app.command()(commands.cancel)
app.command()(commands.follow)
app.command()(commands.replay)
app.command()(settings)


def main() -> None:
    """Runs the program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What a terminal has no letters for is written as an escape; stderr does so by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    app()

"""What may reach a terminal, and how an error does.

What servers send is hostile until it has been through `clean`.
"""

import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

from a2a_agent.cli.errors import CommandError, ExitCode

if TYPE_CHECKING:
    from rich.console import Console

# Control characters but newline and tab (C0, DEL, C1), marks that reorder the line they are in,
# and lone surrogates, which no encoding can write. A carriage return is dropped before.
_UNFIT = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def clean(text: str) -> str:
    """The text with everything that a terminal could obey written out as an escape."""
    return _UNFIT.sub(lambda found: f"\\u{ord(found[0]):04x}", text.replace("\r", ""))


def one_line(text: str) -> str:
    """The text, clean, on one line."""
    return clean(" ".join(text.split()))


def compact(value: object) -> str:
    """JSON on one line, for people."""
    return clean(json.dumps(value, ensure_ascii=False))


def console(*, stderr: bool = False) -> "Console":
    """A console that writes what it is given: no markup, no emoji, no highlights, no wrapping."""
    from rich.console import Console  # loaded by the commands that show something, not by all

    return Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """Ends a command that fails with one line on stderr, and with the error's exit code."""
    try:
        yield
    except CommandError as error:
        label = typer.style("error:", fg=typer.colors.RED, bold=True)
        typer.echo(f"{label} {one_line(str(error))}", err=True)
        raise typer.Exit(error.exit_code) from None
    except KeyboardInterrupt:
        raise typer.Exit(ExitCode.INTERRUPTED) from None

"""Each sample, and what writes it."""

import io
from collections.abc import Callable, Mapping
from functools import partial
from pathlib import Path

from rich.console import Console

from conformance.reports.account import Account
from conformance.reports.files import WRITERS
from conformance.reports.terminal import Terminal, show
from conformance.runner import CaseDone
from tests.conformance.accounts import KNOWN, RESULTS, SAMPLE, STARTED

HERE = Path(__file__).parent
_FILES = {
    "json": "report.json",
    "junit": "report.xml",
    "sarif": "report.sarif",
    "html": "report.html",
    "markdown": "report.md",
    "badge": "badge.json",
}


def on_a_terminal(account: Account, *, columns: int = 100) -> str:
    """What is written where the output is no terminal."""
    written = io.StringIO()
    console = Console(
        file=written, width=columns, markup=False, emoji=False, highlight=False, soft_wrap=True
    )
    with Terminal(console) as terminal:
        terminal.see(STARTED)
        for result in RESULTS[:2]:
            terminal.see(
                CaseDone(
                    requirement=result.requirement.id,
                    version=result.version,
                    verdict=result.verdict,
                )
            )
    show(account, console)
    return written.getvalue()


SAMPLES: Mapping[Path, Callable[[], str]] = {
    **{HERE / name: partial(WRITERS[format], SAMPLE) for format, name in _FILES.items()},
    HERE / "known.xml": partial(WRITERS["junit"], KNOWN),
    HERE / "known.sarif": partial(WRITERS["sarif"], KNOWN),
    HERE / "known.md": partial(WRITERS["markdown"], KNOWN),
    HERE / "known.json": partial(WRITERS["json"], KNOWN),
    HERE / "terminal.txt": partial(on_a_terminal, SAMPLE),
    HERE / "known.txt": partial(on_a_terminal, KNOWN),
}

"""`python -m benchmarks`: measures this project's server against a bare Starlette application."""

import gc
import os
import signal
from pathlib import Path
from typing import Annotated

import typer
import uvloop
from rich.console import Console

from benchmarks.dialect import DIALECTS
from benchmarks.figures import BENCHMARKS, NAMES, Benchmark
from benchmarks.machine import Cores, allow_many_connections, facts
from benchmarks.report import Report
from benchmarks.rounds import Outcome, Session
from benchmarks.subject import FULL, QUICK

EXIT_WRONG_REPLY = 1
EXIT_MISSED = 1
SHOWN_LINES = 20
STORES = ("memory", "sqlite")

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def main(
    only: Annotated[str, typer.Option(help=f"Of {','.join(NAMES)}.")] = ",".join(NAMES),
    store: Annotated[str, typer.Option(help=f"Of {','.join(STORES)}.")] = ",".join(STORES),
    rounds: Annotated[int | None, typer.Option(min=1, help="Rounds of each benchmark.")] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A smoke test; no use as figures.")
    ] = False,
    version: Annotated[str, typer.Option(help=f"Protocol: {' or '.join(DIALECTS)}.")] = "0.3",
    out: Annotated[Path | None, typer.Option(help="Write all samples as JSON.")] = None,
    markdown: Annotated[Path | None, typer.Option(help="Write the table as Markdown.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Fail if a target is missed.")] = False,
) -> None:
    """Prints the figures and whether they meet their targets. Fails if a reply was wrong."""
    names, stores = _words(only, NAMES), _words(store, STORES)
    if version not in DIALECTS:
        raise typer.BadParameter(f"{version} is none of {', '.join(DIALECTS)}")
    chosen = [b for b in BENCHMARKS if b.name in names and b.kind.name in stores]
    console, errors = Console(), Console(stderr=True)
    cores = Cores.choose()
    session = Session(
        cores=cores,
        dialect=DIALECTS[version],
        effort=QUICK if quick else FULL,
        rounds=rounds or (1 if quick else None),
        progress=lambda text: errors.print(text, style="dim", highlight=False),
    )
    signal.signal(signal.SIGTERM, signal.default_int_handler)  # so that servers are stopped too
    allow_many_connections()
    os.sched_setaffinity(0, {cores.client})
    # The client's own pauses would count as the server's; it lives too short to need collection.
    gc.disable()
    outcomes = uvloop.run(_run(session, chosen))
    report = Report(machine=facts(), version=version, effort=session.effort, outcomes=outcomes)
    _publish(report, console, out, markdown)
    if report.wrong:
        raise typer.Exit(EXIT_WRONG_REPLY)
    if strict and any(row.is_met is False for row in report.rows):
        raise typer.Exit(EXIT_MISSED)


async def _run(session: Session, benchmarks: list[Benchmark]) -> list[Outcome]:
    return [await session.run(benchmark) for benchmark in benchmarks]


def _publish(report: Report, console: Console, out: Path | None, markdown: Path | None) -> None:
    console.print(report.as_table())
    console.print(report.footer(), highlight=False, markup=False)
    for heading, lines in (("Wrong", report.wrong), ("Logged", report.complaints)):
        for line in lines[:SHOWN_LINES]:
            console.print(f"{heading}: {line}", style="red", highlight=False, markup=False)
    if out is not None:
        out.write_text(report.as_json())
    if markdown is not None:
        markdown.write_text(report.as_markdown())


def _words(given: str, known: tuple[str, ...]) -> set[str]:
    words = {word.strip() for word in given.split(",")}
    if unknown := words - set(known):
        raise typer.BadParameter(f"{', '.join(sorted(unknown))}: known are {', '.join(known)}")
    return words


if __name__ == "__main__":
    app()

"""The program `a2a-conformance`; what a run needs is imported only for a run."""

import io
import sys
import traceback
from collections.abc import Iterable
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, TextIO

import typer

from conformance import baseline
from conformance.catalog import explained, listed
from conformance.knowledge import BEHAVIOURS
from conformance.options import (
    MAX_MINUTES,
    REPORTS,
    TIMEOUT_SECONDS,
    Options,
    WrongOption,
    pair,
    parsed,
)
from conformance.outcome import ExitCode
from conformance.output import abandon, obstacle
from conformance.requirements import VERSIONS, requirements
from conformance.text import clean, one_line

# Plain help, as that of a2a-agent.
app = typer.Typer(add_completion=False, rich_markup_mode=None)


@app.command()
def conformance(
    url: Annotated[
        str | None, typer.Argument(metavar="URL", help="The endpoint, or its card.")
    ] = None,
    version: Annotated[
        list[str] | None,
        typer.Option(metavar="|".join(VERSIONS), help="Repeatable. Default: all the card offers."),
    ] = None,
    scenarios: Annotated[
        bool,
        typer.Option(
            "--scenarios", help="The agent follows the messageIds of the A2A project's test agents."
        ),
    ] = False,
    prompt: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=TEXT",
            help=f"A message that brings a behaviour about. Repeatable: {', '.join(BEHAVIOURS)}.",
        ),
    ] = None,
    header: Annotated[
        list[str] | None,
        typer.Option(
            metavar="'NAME: VALUE'|@FILE",
            help="Sent with every request, not shown; a file has one a line. Repeatable.",
        ),
    ] = None,
    other_header: Annotated[
        list[str] | None,
        typer.Option(metavar="'NAME: VALUE'|@FILE", help="Of a second caller. Repeatable."),
    ] = None,
    trust_card_urls: Annotated[
        bool,
        typer.Option(
            "--trust-card-urls",
            help="Send the headers to other origins than that of URL, too, if the card names them.",
        ),
    ] = False,
    webhook_host: Annotated[
        str | None,
        typer.Option(
            metavar="HOST",
            help="Where the endpoint can reach this machine. Default: 127.0.0.1 if it is here too.",
        ),
    ] = None,
    timeout: Annotated[
        float, typer.Option(metavar="SECONDS", help="The longest an exchange may take.")
    ] = TIMEOUT_SECONDS,
    max_minutes: Annotated[
        float, typer.Option(metavar="MINUTES", help="The longest the run may take.")
    ] = MAX_MINUTES,
    only: Annotated[
        list[str] | None,
        typer.Option(metavar="PREFIX", help="Requirements that begin so. Repeatable."),
    ] = None,
    report: Annotated[
        list[str] | None,
        typer.Option(
            metavar="FORMAT=FILE",
            help=f"Repeatable: {', '.join(REPORTS)}. The file - is stdout.",
        ),
    ] = None,
    baseline_file: Annotated[
        Path | None,
        typer.Option("--baseline", metavar="FILE", help="Known failures, which do not fail a run."),
    ] = None,
    write_baseline: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the failures of this run.")
    ] = None,
    min_exercised: Annotated[
        float,
        typer.Option(metavar="PERCENT", help="Of the MUSTs, to call the run a pass."),
    ] = 50.0,
    list_: Annotated[
        bool,
        typer.Option("--list", help="Show the requirements and their levels, and run nothing."),
    ] = False,
    explain: Annotated[
        str | None,
        typer.Option(metavar="ID", help="Tell all about a requirement, and run nothing."),
    ] = None,
    show_traceback: Annotated[
        bool, typer.Option("--traceback", help="Show where the suite itself breaks, if it does.")
    ] = False,
) -> None:
    """Test any A2A endpoint, versions 0.3 and 1.0, over JSON-RPC."""
    code = ExitCode.PASSED
    try:
        if explain is not None:
            _explain(explain)
        elif list_:
            _show(listed(parsed("http://nowhere", only=only or []).requirements), sys.stdout)
        elif url is None:
            raise WrongOption("the URL of an endpoint is needed")
        else:
            options = parsed(
                url,
                versions=version or (),
                scenarios=scenarios,
                prompts=prompt or (),
                headers=header or (),
                other_headers=other_header or (),
                trusts_card_urls=trust_card_urls,
                webhook_host=webhook_host,
                timeout_seconds=timeout,
                max_minutes=max_minutes,
                only=only or (),
                min_exercised_percent=min_exercised,
            )
            code = _run(options, report or [], baseline_file, write_baseline)
    except (WrongOption, baseline.WrongBaseline) as error:
        code = _complained(str(error), ExitCode.TOO_LITTLE)
    except KeyboardInterrupt:
        code = _complained("stopped before all was written", ExitCode.INTERRUPTED)
    except Exception as error:  # no code of a verdict, nor Python's own 1, may stand for a fault
        if show_traceback:
            _show(map(clean, traceback.format_exc().splitlines()), sys.stderr)
        what = f"the suite itself broke: {type(error).__name__}: {error}"
        code = _complained(f"{what}; --traceback shows where", ExitCode.SUITE_ERROR)
    raise typer.Exit(code)


def _complained(text: str, code: ExitCode) -> ExitCode:
    _show([f"error: {one_line(text)}"], sys.stderr)
    return code


def _show(lines: Iterable[str], file: TextIO) -> None:
    try:
        for line in lines:
            typer.echo(line, file)
    except BrokenPipeError:
        abandon(file)


def _explain(id: str) -> None:
    if id not in requirements():
        close = get_close_matches(id, requirements(), n=1)
        meant = f"; did you mean {close[0]}?" if close else ";"
        raise WrongOption(f"there is no requirement {id!r}{meant} --list shows them all")
    _show(explained(requirements()[id]), sys.stdout)


def _run(
    options: Options,
    reports: list[str],
    known: Path | None,
    new_baseline: Path | None,
) -> ExitCode:
    files = [_report(text) for text in reports]
    if [file for _, file in files].count("-") > 1:
        raise WrongOption("only one report can go to stdout")
    for path in (new_baseline, *(Path(file) for _, file in files if file != "-")):
        if path is not None and (why := obstacle(path)):
            raise WrongOption(why)
    failures = None if known is None else baseline.read(known)

    from conformance.program import Program  # brings the HTTP client and the schemas

    program = Program(
        options=options,
        reports=files,
        known=failures,
        new_baseline=new_baseline,
    )
    return program.run()


def _report(text: str) -> tuple[str, str]:
    name, file = pair(text, "=", "FORMAT=FILE")
    if name not in REPORTS:
        raise WrongOption(f"there is no report {name!r}; there are {', '.join(REPORTS)}")
    return name, file


def main() -> None:
    """Runs the program."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        # What a terminal has no letters for is written as an escape; stderr does so by itself.
        sys.stdout.reconfigure(errors="backslashreplace")
    app()

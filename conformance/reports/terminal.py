"""The report on the terminal: how far the run is, and in the end what came of it."""

from collections.abc import Iterator
from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from rich.text import Text

from conformance.outcome import ExitCode
from conformance.output import abandon
from conformance.reports.account import Account, Row, Tally, names
from conformance.runner import CaseDone, RunEvent, Started
from conformance.text import one_line
from conformance.verdict import Verdict

_STYLES = {
    Verdict.PASS: "green",
    Verdict.FAIL: "bold red",
    Verdict.WARN: "yellow",
    Verdict.NOT_EXERCISED: "dim",
    Verdict.ERROR: "bold magenta",
}
_WIDTH = max(map(len, Verdict))
_TABLE_COLUMNS = 60
"""What the table needs; where there are fewer, lines are read more easily."""


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """The run goes on where nobody reads any more, for its reports and its exit code."""
        abandon(self.file)


def console(*, stderr: bool = False) -> Console:
    """A console that writes what it is given: no markup, no emoji, no highlights, no wrapping."""
    return _Console(stderr=stderr, markup=False, emoji=False, highlight=False, soft_wrap=True)


class Terminal:
    """What is shown while the run goes on; to be used as a context, which ends the live part."""

    def __init__(self, console: Console) -> None:
        self._console = console
        columns = (
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
        )
        self._progress = Progress(*columns, console=console, transient=True)
        self._is_live = console.is_terminal
        self._task = self._progress.add_task("looking for the card", total=None)

    def __enter__(self) -> "Terminal":
        if self._is_live:
            self._progress.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._is_live:
            self._progress.stop()

    def see(self, event: RunEvent) -> None:
        """Shows the event, as far as it is of the moment."""
        match event:
            case Started():
                self._console.print(one_line(_heading(event)))
                for origin in event.untrusted:
                    text = f"Headers are not sent to {origin}: --trust-card-urls would do that"
                    self._console.print(one_line(text))
                self._progress.update(self._task, description="", total=event.cases)
            case CaseDone():
                where = f"{event.version} {event.requirement}"
                self._progress.update(self._task, description=where, advance=1)
                if not self._is_live:
                    self._console.print(f"{event.verdict:<{_WIDTH}}  {where}")


def _heading(started: Started) -> str:
    """What is tested, and by which card where that leads elsewhere than to the URL given."""
    places: dict[str, list[str]] = {}
    for version, url in zip(started.versions, started.places, strict=False):
        places.setdefault(url.rstrip("/"), []).append(version)
    if places.keys() <= {started.url.rstrip("/")}:
        return f"A2A {' and '.join(started.versions)} at {started.url}"
    tested = " and ".join(f"{' and '.join(found)} at {url}" for url, found in places.items())
    return f"A2A {tested}, by the card {started.card_url}"


def show(account: Account, console: Console) -> None:
    """Writes what came of the run."""
    known = [row for row in account.rows if row.is_known]
    failed = [row for row in account.having(Verdict.FAIL) if not row.is_known]
    for row in (*failed, *account.having(Verdict.ERROR)):
        console.print()
        for line in _told(row):
            console.print(line)
    _brief(console, "Warnings", account.having(Verdict.WARN))
    _brief(console, "Known failures", known)
    groups = account.not_exercised()
    if groups:
        console.print("\nNot exercised")
    for (reason, how), rows in groups.items():
        console.print(f"  {one_line(reason)}{f': {one_line(how)}' if how else ''}")
        for name in names(rows):
            console.print(Text(f"    {name}", style="dim"))
    console.print()
    if console.width >= _TABLE_COLUMNS:
        console.print(_table(account))
    else:
        for tally in account.tallies():
            console.print(_line(tally))
    style = "bold green" if account.outcome.code is ExitCode.PASSED else "bold red"
    label = account.outcome.code.label
    console.print()
    console.print(Text.assemble((f"{label}: ", style), one_line(account.outcome.sentence)))


def _told(row: Row) -> Iterator[Text]:
    requirement = row.requirement
    yield Text.assemble(
        (f"{row.verdict} ", _STYLES[row.verdict]),
        (f"{row.id} ", "bold"),
        f"({row.version}, {requirement.level}, {requirement.section})",
    )
    yield Text(f"  {requirement.rule}")
    if row.reason:
        yield from _indented(row.reason)
    for breach in row.breaches:
        yield Text()
        yield Text(f"  expected  {one_line(breach.expected)}")
        yield Text(f"  got       {one_line(breach.got)}")
        if breach.case:
            yield Text(f"  met by    {breach.case}", style="dim")
        if breach.curl:
            yield from _indented(f"$ {breach.curl}")
        yield from _indented(breach.answer)
    if row.more_breaches:
        yield Text(f"\n  and {row.more_breaches} more of these")


def _indented(text: str) -> Iterator[Text]:
    for line in text.splitlines():
        yield Text(f"    {line}", style="dim")


def _brief(console: Console, title: str, rows: list[Row]) -> None:
    if rows:
        console.print(f"\n{title}")
    for row in rows:
        requirement = row.requirement
        console.print(f"  {row.id} ({row.version}, {requirement.level}): {requirement.rule}")
        for breach in row.breaches[:1]:
            expected, got = one_line(breach.expected), one_line(breach.got)
            console.print(Text(f"    expected {expected}; got {got}", style="dim"))


def _line(tally: Tally) -> Text:
    counts = [
        Text(f"{count} {verdict}", style=_STYLES[verdict])
        for verdict, count in tally.counts.items()
        if count
    ]
    return Text(f"{tally.version} {tally.level}: ") + Text(", ").join(counts)


def _table(account: Account) -> Table:
    table = Table(box=None, pad_edge=False)
    table.add_column("version")
    table.add_column("level")
    for verdict in Verdict:
        table.add_column(verdict.value, justify="right", no_wrap=True)
    for tally in account.tallies():
        counts = [
            Text(str(count), style=_STYLES[verdict] if count else "dim")
            for verdict, count in tally.counts.items()
        ]
        table.add_row(tally.version, tally.level.value, *counts)
    return table

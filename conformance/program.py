"""A run from the command line, from start to exit code."""

import asyncio
import sys
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass, field
from pathlib import Path

from conformance import baseline
from conformance.judging import judge
from conformance.options import Options
from conformance.outcome import ExitCode, outcome
from conformance.reports.account import Account, account
from conformance.reports.files import WRITERS
from conformance.reports.terminal import Terminal, console, show
from conformance.runner import Finished, Ledger, Started
from conformance.target import NoEndpoint
from conformance.text import one_line


@dataclass(kw_only=True)
class Program:
    """What is to be done."""

    options: Options
    reports: Sequence[tuple[str, str]] = ()
    """Format and file of each; `-` is stdout."""
    known: baseline.Known | None = None
    """The failures of the baseline, where there is one."""
    new_baseline: Path | None = None
    min_exercised_percent: float = 50.0
    _ledger: Ledger = field(default_factory=Ledger)
    _started: Started | None = None
    _finished: Finished | None = None

    def run(self) -> ExitCode:
        """Runs the suite, shows what comes of it, and writes the reports."""
        has_stdout = any(file == "-" for _, file in self.reports)
        self._console = console(stderr=has_stdout)
        try:
            asyncio.run(self._judged())
        except NoEndpoint as error:
            return self._error(str(error), ExitCode.NO_ENDPOINT)
        except KeyboardInterrupt:
            self._finished = self._ledger.finished(is_whole=False)
        if self._started is None or self._finished is None:
            return self._error("stopped before the endpoint was found", ExitCode.INTERRUPTED)
        told = self._account(self._started, self._finished)
        show(told, self._console)
        try:
            self._write(told, self._finished)
        except OSError as error:
            return self._error(str(error), ExitCode.TOO_LITTLE)
        return told.outcome.code

    async def _judged(self) -> None:
        with Terminal(self._console) as terminal:
            async with aclosing(judge(self.options, self._ledger)) as events:
                async for event in events:
                    terminal.see(event)
                    match event:
                        case Started():
                            self._started = event
                        case Finished():
                            self._finished = event

    def _account(self, started: Started, finished: Finished) -> Account:
        known = self.known
        if known is None and self.new_baseline is not None:
            known = baseline.failures(finished.results)
        differences = None if known is None else baseline.differences(known, finished.results)
        return account(
            started,
            finished,
            outcome(finished, differences, self.min_exercised_percent),
            known=known or frozenset(),
            differences=differences,
        )

    def _write(self, told: Account, finished: Finished) -> None:
        for name, file in self.reports:
            text = WRITERS[name](told)
            if file == "-":
                sys.stdout.write(text)
            else:
                Path(file).write_text(text, "utf-8")
        if self.new_baseline is not None and finished.is_whole:
            known = baseline.failures(finished.results)
            self.new_baseline.write_text(baseline.text(known), "utf-8")

    def _error(self, text: str, code: ExitCode) -> ExitCode:
        console(stderr=True).print(f"error: {one_line(text)}")
        return code

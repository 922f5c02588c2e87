"""A run from the command line, from start to exit code."""

import asyncio
import signal
import sys
from collections.abc import Iterator, Sequence
from contextlib import aclosing, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from conformance import baseline
from conformance.judging import judge
from conformance.options import Options
from conformance.outcome import ExitCode
from conformance.output import abandon
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
    _ledger: Ledger = field(default_factory=Ledger)
    _started: Started | None = None
    _finished: Finished | None = None
    _stopped_by: ExitCode = ExitCode.INTERRUPTED

    def run(self) -> ExitCode:
        """Runs the suite, shows what comes of it, and writes the reports."""
        has_stdout = any(file == "-" for _, file in self.reports)
        self._console = console(stderr=has_stdout)
        try:
            asyncio.run(self._judged())
        except NoEndpoint as error:
            self._complain(str(error))
            return ExitCode.NO_ENDPOINT
        except KeyboardInterrupt:
            self._finished = self._ledger.finished(is_whole=False)
        except asyncio.CancelledError:
            self._finished = self._ledger.finished(is_whole=False)
            self._stopped_by = ExitCode.TERMINATED
        if self._started is None or self._finished is None:
            self._complain("stopped before the endpoint was found")
            return self._stopped_by
        told = self._account(self._started, self._finished)
        show(told, self._console)
        self._write(told, self._finished)
        return told.outcome.code

    async def _judged(self) -> None:
        with _canceled_by_sigterm(), Terminal(self._console) as terminal:
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
        percent = self.options.min_exercised_percent
        told = account(started, finished, known=known, min_exercised_percent=percent)
        if finished.is_whole:
            return told
        return replace(told, outcome=replace(told.outcome, code=self._stopped_by))

    def _write(self, told: Account, finished: Finished) -> None:
        for name, file in self.reports:
            text = WRITERS[name](told)
            if file == "-":
                self._print(text)
            else:
                self._save(Path(file), text)
        if self.new_baseline is not None and finished.is_whole and not finished.left_out:
            known = baseline.failures(finished.results)
            self._save(self.new_baseline, baseline.text(known))

    def _print(self, text: str) -> None:
        try:
            sys.stdout.write(text)
            sys.stdout.flush()
        except BrokenPipeError:
            abandon(sys.stdout)

    def _save(self, path: Path, text: str) -> None:
        # What cannot be written now neither keeps back the rest nor changes the verdict.
        try:
            path.write_text(text, "utf-8")
        except OSError as error:
            self._complain(f"{path} has not been written: {error.strerror}")

    def _complain(self, text: str) -> None:
        console(stderr=True).print(f"error: {one_line(text)}")


@contextmanager
def _canceled_by_sigterm() -> Iterator[None]:
    """SIGTERM cancels the task at work, as asyncio lets Ctrl-C do."""
    loop, task = asyncio.get_running_loop(), asyncio.current_task()
    assert task is not None
    cancel = task.cancel
    before = signal.signal(signal.SIGTERM, lambda *_: loop.call_soon_threadsafe(cancel))
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)

"""What `pytest --a2a-url` collects; the verdicts are of one run, before the first item."""

import asyncio
from collections.abc import Collection, Mapping
from contextlib import aclosing
from pathlib import Path

import pytest

from conformance import baseline
from conformance.judging import found, judge
from conformance.options import Options, WrongOption, parsed
from conformance.outcome import ExitCode
from conformance.reports.account import Account, Row, account
from conformance.requirements import Requirement
from conformance.runner import Finished, Ledger, Started
from conformance.target import NoEndpoint
from conformance.text import one_line
from conformance.verdict import Verdict


def suite(config: pytest.Config) -> "Suite":
    """The suite with pytest's options. Raises UsageError."""
    if hasattr(config, "workerinput") or config.getoption("numprocesses", default=None):
        raise pytest.UsageError("--a2a-url runs the suite once: it does not go with -n")
    given = config.getoption
    try:
        options = parsed(
            given("a2a_url"),
            versions=given("a2a_version"),
            scenarios=given("a2a_scenarios"),
            prompts=given("a2a_prompt"),
            headers=given("a2a_header"),
            other_headers=given("a2a_other_header"),
            trusts_card_urls=given("a2a_trust_card_urls"),
            webhook_host=given("a2a_webhook_host"),
            timeout_seconds=given("a2a_timeout"),
            max_minutes=given("a2a_max_minutes"),
            only=given("a2a_only"),
            min_exercised_percent=given("a2a_min_exercised"),
        )
        file = given("a2a_baseline")
        known = None if file is None else baseline.read(Path(file))
    except (WrongOption, baseline.WrongBaseline) as error:
        raise pytest.UsageError(one_line(str(error))) from error
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = []
    return Suite(options, known)


class Suite:
    """Collects the items, runs the suite, and has the verdict for each of them."""

    def __init__(self, options: Options, known: baseline.Known | None) -> None:
        self._options = options
        self._known = known
        self._told: Account | None = None
        self.rows: Mapping[tuple[str, str], Row] = {}
        self.fixed: Collection[tuple[str, str]] = ()
        """What passes, and is a failure by the baseline."""

    def pytest_collection_modifyitems(
        self, session: pytest.Session, items: list[pytest.Item]
    ) -> None:
        """Adds an item for each requirement under each version that the endpoint offers."""
        try:
            target = asyncio.run(found(self._options))
        except WrongOption as error:
            raise pytest.UsageError(one_line(str(error))) from error
        except NoEndpoint as error:
            pytest.exit(one_line(str(error)), returncode=ExitCode.NO_ENDPOINT)
        for interface in target.interfaces:
            version = interface.dialect.version
            parent = Version.from_parent(session, name=f"A2A {version}", nodeid=f"A2A-{version}")
            for requirement in self._options.requirements:
                if version in requirement.versions:
                    items.append(
                        RequirementItem.from_parent(
                            parent,
                            name=requirement.id,
                            requirement=requirement,
                            version=version,
                            suite=self,
                        )
                    )

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> None:
        """Runs the suite, where any of its items is left to be shown."""
        is_wanted = any(isinstance(item, RequirementItem) for item in session.items)
        if is_wanted and not session.config.option.collectonly:
            try:
                asyncio.run(self._run())
            except NoEndpoint as error:
                pytest.exit(one_line(str(error)), returncode=ExitCode.NO_ENDPOINT)

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Too little is no pass here either: the program's exit code, where pytest has none."""
        if (
            self._told is not None
            and self._told.outcome.code is ExitCode.TOO_LITTLE
            and session.exitstatus == pytest.ExitCode.OK
        ):
            session.exitstatus = ExitCode.TOO_LITTLE

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """Says what the run comes to, as the program does."""
        if self._told is not None:
            came_to = self._told.outcome
            terminalreporter.section("A2A conformance")
            terminalreporter.line(f"{came_to.code.label}: {came_to.sentence}")

    async def _run(self) -> None:
        started: Started | None = None
        async with aclosing(judge(self._options, Ledger())) as events:
            async for event in events:
                match event:
                    case Started():
                        started = event
                    case Finished() if started is not None:
                        percent = self._options.min_exercised_percent
                        told = account(
                            started, event, known=self._known, min_exercised_percent=percent
                        )
                        self._told = told
                        self.rows = {(row.version, row.id): row for row in told.rows}
                        self.fixed = told.differences.fixed if told.differences else ()


class Version(pytest.Collector):
    """The items of a version."""

    def collect(self) -> list[pytest.Item]:
        """Nothing: the suite adds the items, once all else is collected."""
        return []


class Breached(Exception):
    """The endpoint does something else than the requirement says."""


class Fixed(Exception):
    """The endpoint keeps the requirement, though the baseline has it among the failures."""


class Faulty(Exception):
    """The case broke by a fault of the suite."""


class RequirementItem(pytest.Item):
    """A requirement under a version: passes, fails, or is skipped where it was not exercised."""

    def __init__(
        self,
        *,
        name: str,
        parent: pytest.Collector,
        requirement: Requirement,
        version: str,
        suite: Suite,
    ) -> None:
        super().__init__(name, parent)
        self._requirement = requirement
        self._version = version
        self._suite = suite

    def setup(self) -> None:
        """An error of the suite is no failure of the endpoint."""
        if self._row.verdict is Verdict.ERROR:
            raise Faulty(self._row.reason)

    def runtest(self) -> None:
        """Says what the run has found."""
        row = self._row
        match row.verdict:
            case Verdict.NOT_EXERCISED:
                pytest.skip(f"{row.reason}{f': {row.how}' if row.how else ''}")
            case Verdict.FAIL:
                if row.is_known:
                    pytest.xfail("known by the baseline")
                raise Breached(_told(row))
            case Verdict.PASS if (row.version, row.id) in self._suite.fixed:
                raise Fixed("fixed: it passes, and is to be taken out of the baseline")
            case Verdict.WARN:
                self.add_report_section("call", "a2a", f"WARN\n{_told(row)}")

    def repr_failure(
        self, excinfo: pytest.ExceptionInfo[BaseException], style: object = None
    ) -> str:
        """The finding, without the way through the suite."""
        return str(excinfo.value)

    def reportinfo(self) -> tuple[str, None, str]:
        """Where it belongs: to no file."""
        return f"A2A-{self._version}", None, f"A2A {self._version} {self.name}"

    @property
    def _row(self) -> Row:
        return self._suite.rows[self._version, self.name]


def _told(row: Row) -> str:
    requirement = row.requirement
    lines = [f"{requirement.level} ({requirement.section}): {requirement.rule}"]
    for breach in row.breaches:
        lines += ["", f"expected  {one_line(breach.expected)}", f"got       {one_line(breach.got)}"]
        lines += [text for text in (breach.curl, breach.answer) if text]
    if row.more_breaches:
        lines += ["", f"and {row.more_breaches} more of these"]
    return "\n".join(lines)

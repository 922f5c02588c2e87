"""Markdown, short enough for the summary of a job on GitHub."""

import re
from collections.abc import Iterator, Sequence

from conformance.reports.account import Account, Row, names
from conformance.verdict import Finding, Verdict

_MOST_BYTES = 1_000_000
"""Of the whole report, but for a line that says what was left out: GitHub takes 1 MiB."""
_MOST_ROWS = 40
_MOST_SHOWN = 1_500
_SIGNS = re.compile(r"([\\`*_{}\[\]()#+!|~-])")


def text(account: Account) -> str:
    """The report."""
    lines: list[str] = []
    left, left_out = _MOST_BYTES, 0
    for section in _sections(account):
        size = sum(len(line.encode()) + 1 for line in section)
        if size <= left:
            lines += section
            left -= size
        else:
            left_out += 1
    if left_out:
        lines += ["", f"Left out, as it would be too long here: {left_out} more."]
    return "\n".join(lines) + "\n"


def _sections(account: Account) -> Iterator[Sequence[str]]:
    """What is shown as a whole or not at all."""
    yield list(_summary(account))
    known = [row for row in account.rows if row.is_known]
    failed = [row for row in account.having(Verdict.FAIL) if not row.is_known]
    yield from _told("Failures", failed)
    yield from _told("Errors of the suite", account.having(Verdict.ERROR))
    yield list(_listed("Known failures", known))
    yield from _told("Warnings", account.having(Verdict.WARN))
    yield list(_missing(account))


def _summary(account: Account) -> Iterator[str]:
    outcome = account.outcome
    yield f"## A2A conformance: {outcome.code.label}"
    yield ""
    yield f"{_plain(outcome.sentence)}. Endpoint: {_code(account.url)}, {account.seconds:.1f} s."
    yield ""
    yield "| version | level | " + " | ".join(verdict.value for verdict in Verdict) + " |"
    yield "|---|---|" + "--:|" * len(Verdict)
    for tally in account.tallies():
        counts = " | ".join(str(tally.counts[verdict]) for verdict in Verdict)
        yield f"| {tally.version} | {tally.level} | {counts} |"


def _told(title: str, rows: list[Row]) -> Iterator[Sequence[str]]:
    if not rows:
        return
    yield ["", f"### {title}"]
    for row in rows[:_MOST_ROWS]:
        yield list(_row(row))
    if len(rows) > _MOST_ROWS:
        yield ["", f"And {len(rows) - _MOST_ROWS} more."]


def _row(row: Row) -> Iterator[str]:
    requirement = row.requirement
    where = f"{row.version}, {requirement.level}, {requirement.section}"
    rule = _escaped(f"({where}): {requirement.rule}")
    yield from ("", f"<details><summary><b>{row.id}</b> {rule}</summary>")
    if row.reason:
        yield from ("", *_block(row.reason))
    for breach in row.breaches:
        yield from _breach(breach)
    if row.more_breaches:
        yield from ("", f"And {row.more_breaches} more of these.")
    yield from ("", "</details>")


def _breach(breach: Finding) -> Iterator[str]:
    yield from ("", f"Expected {_plain(breach.expected)}; got {_plain(breach.got)}.")
    for block in (breach.curl, breach.answer):
        if block:
            yield from ("", *_block(block))


def _listed(title: str, rows: list[Row]) -> Iterator[str]:
    if rows:
        yield from ("", f"### {title}", "", *(f"- {name}" for name in names(rows)))


def _missing(account: Account) -> Iterator[str]:
    groups = account.not_exercised()
    if not groups:
        return
    yield from ("", "<details><summary>Not exercised</summary>", "")
    for (reason, how), rows in groups.items():
        made_possible = f" ({_code(how)})" if how else ""
        yield f"- {_plain(reason)}{made_possible}: {', '.join(names(rows))}"
    yield from ("", "</details>")


def _plain(text: str) -> str:
    """The text as it is, on one line: nothing in it is a sign of Markdown or HTML."""
    return _SIGNS.sub(r"\\\1", _escaped(text))


def _escaped(text: str) -> str:
    """The text on one line, without signs of HTML."""
    return " ".join(text.split()).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _code(text: str) -> str:
    """The text as code on one line."""
    fence = "`" * (_longest_run(text) + 1)
    return f"{fence} {text} {fence}" if "`" in text else f"{fence}{text}{fence}"


def _block(text: str) -> list[str]:
    shown = text if len(text) <= _MOST_SHOWN else f"{text[:_MOST_SHOWN]}…"
    fence = "`" * max(3, _longest_run(shown) + 1)
    return [f"{fence}text", shown, fence]


def _longest_run(text: str) -> int:
    return max(map(len, re.findall(r"`+", text)), default=0)

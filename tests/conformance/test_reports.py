import io
import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from html.parser import HTMLParser
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator
from rich.console import Console

from conformance.options import REPORTS
from conformance.outcome import ExitCode, Outcome
from conformance.reports import badge, html_report, json_report, junit, markdown, sarif
from conformance.reports.account import Account, names
from conformance.reports.files import WRITERS
from conformance.reports.terminal import Terminal
from conformance.runner import CaseDone
from conformance.verdict import Verdict
from tests.conformance.accounts import (
    EXCHANGE,
    KNOWN,
    ONE_TASK,
    RESULTS,
    SAMPLE,
    STARTED,
    failed,
    finished,
    missed,
    told,
)
from tests.conformance.samples.reports import SAMPLES, on_a_terminal

TELLING = [(name, account) for name in WRITERS for account in (SAMPLE, KNOWN)]


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: path.name)
def test_report_is_as_its_sample(path: Path) -> None:
    written = SAMPLES[path]()

    assert written == path.read_text("utf-8"), "python -m tests.conformance.samples writes it anew"


def test_every_report_has_a_writer() -> None:
    assert tuple(WRITERS) == REPORTS


@pytest.mark.parametrize(("name", "account"), TELLING)
def test_nothing_in_a_report_is_obeyed_by_a_terminal_or_a_secret(
    name: str, account: Account
) -> None:
    written = WRITERS[name](account) + on_a_terminal(account)

    assert re.findall("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\ud800-\udfff]", written) == []
    assert "s3cret-token" not in written
    written.encode("utf-8")


@pytest.mark.parametrize("account", [SAMPLE, KNOWN])
def test_json_has_the_shape_of_its_schema(account: Account) -> None:
    schema = json.loads(files("conformance.reports").joinpath("report.schema.json").read_text())
    Draft202012Validator.check_schema(schema)

    errors = Draft202012Validator(_closed(schema)).iter_errors(json_report.document(account))

    assert [error.message for error in errors] == []


def _closed(schema: Any) -> Any:
    """The schema, which says every member that there may be."""
    if isinstance(schema, list):
        return [_closed(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    closed = {name: _closed(item) for name, item in schema.items()}
    return {**closed, "additionalProperties": False} if "properties" in schema else closed


def test_junit_counts_a_known_failure_as_skipped() -> None:
    root = ET.fromstring(junit.text(KNOWN).encode())

    assert root.get("failures") == "0"
    assert root[0].get("skipped") == "1"


def test_sarif_tells_of_failures_and_warnings_each_by_its_rule() -> None:
    (run,) = json.loads(sarif.text(SAMPLE))["runs"]

    rules = run["tool"]["driver"]["rules"]
    told_of = [
        (rules[one["ruleIndex"]]["id"], one["ruleId"], one["level"]) for one in run["results"]
    ]
    assert told_of == [
        ("stream.one-task", "stream.one-task", "error"),
        ("card.cached", "card.cached", "warning"),
    ]


def test_places_of_sarif_are_paths_as_code_scanning_takes_them_without_a_base_on_the_web() -> None:
    (run,) = json.loads(sarif.text(SAMPLE))["runs"]

    (places,) = {json.dumps(one["locations"]) for one in run["results"]}
    (place,) = json.loads(places)
    assert place["physicalLocation"]["artifactLocation"] == {"uri": ".well-known/agent-card.json"}
    assert "originalUriBaseIds" not in run
    assert run["properties"] == {"endpoint": SAMPLE.url}


class Page(HTMLParser):
    """What there is on a page, and whether all of it is closed."""

    VOID = frozenset({"meta", "link", "br"})

    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.attributes: list[tuple[str, str | None]] = []
        self.open: list[str] = []
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.attributes += attrs
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def test_html_is_one_page_without_scripts_or_anything_from_elsewhere() -> None:
    page = Page(html_report.text(SAMPLE))

    assert page.open == []
    assert not {"script", "img", "iframe", "object"} & set(page.tags)
    named = {value for name, value in page.attributes if name in ("src", "href")}
    assert named == {"data:,", "#report"}
    assert not [name for name, _ in page.attributes if name.startswith("on")]
    assert "url(" not in html_report.text(SAMPLE)


def test_ids_of_the_html_are_unique_and_what_refers_to_them_is_there() -> None:
    page = Page(html_report.text(SAMPLE))

    ids = [value for name, value in page.attributes if name == "id"]
    assert len(ids) == len(set(ids))
    assert {value for name, value in page.attributes if name == "aria-labelledby"} <= {*ids}


def test_colors_of_the_html_can_be_read_by_light_and_by_dark() -> None:
    text = html_report.text(SAMPLE)
    for block in re.findall(r":root \{(.+?)\}", text, re.S):
        colors = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{6})", block))
        for name in ("text", "quiet", "pass", "fail", "warn", "not-exercised", "error", "link"):
            assert _contrast(colors[name], colors["page"]) >= 4.5, name
        assert _contrast(colors["text"], colors["block"]) >= 4.5


def _contrast(one: str, other: str) -> float:
    """As the Web Content Accessibility Guidelines count it (2.2, 1.4.3)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(color: str) -> float:
    parts = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return sum(weight * part for weight, part in zip((0.2126, 0.7152, 0.0722), linear, strict=True))


def test_blocks_of_markdown_end_where_they_should_whatever_is_in_them() -> None:
    result = failed(("a", "```\n# not a heading", replace_body(b"````\n# no")))

    written = markdown.text(told(finished(result)))

    assert "\n`````text\nHTTP 200, application/json\n````\n# no\n`````\n" in written
    assert "got \\`\\`\\` \\# not a heading." in written


def replace_body(body: bytes) -> Any:
    return replace(EXCHANGE, response_body=body)


def test_markdown_stays_short_where_everything_fails() -> None:
    result = failed(("a", "b" * 1_000, replace_body(b"x" * 100_000)))

    written = markdown.text(told(finished(*[result] * 300)))

    assert len(written) < 500_000
    assert "And 260 more." in written


def test_markdown_is_taken_by_github_whatever_an_endpoint_says() -> None:
    sign = "\U0001f600"
    odd = replace(EXCHANGE, request_body=sign.encode() * 900, response_body=sign.encode() * 9_000)
    result = failed(*((sign * 900, f"{sign * 900}{number}", odd) for number in range(3)))
    reasons = [missed(ONE_TASK, f"{number}{'&' * 900}", "<" * 900) for number in range(200)]

    written = markdown.text(told(finished(*[result] * 300, *reasons)))

    assert len(written.encode()) < 1_048_576
    assert written.count("<details>") == written.count("</details>")
    assert re.search(r"\n\nLeft out, as it would be too long here: \d+ more\.\n$", written)


@pytest.mark.parametrize(
    ("code", "verdicts", "expected"),
    [
        (ExitCode.PASSED, [Verdict.PASS], ("conforms, 80 % exercised", "brightgreen")),
        (ExitCode.PASSED, [Verdict.FAIL], ("1 known failing", "yellow")),
        (ExitCode.FAILED, [Verdict.FAIL] * 2, ("2 failing", "red")),
        (ExitCode.FAILED, [Verdict.PASS], ("differs from the baseline", "red")),
        (ExitCode.TOO_LITTLE, [], ("80 % exercised", "lightgrey")),
        (ExitCode.SUITE_ERROR, [], ("unknown", "lightgrey")),
        (ExitCode.INTERRUPTED, [], ("unknown", "lightgrey")),
    ],
)
def test_badge_says_what_the_run_came_to(
    code: ExitCode, verdicts: list[Verdict], expected: tuple[str, str]
) -> None:
    rows = [replace(SAMPLE.rows[0], verdict=verdict) for verdict in verdicts]
    account = replace(SAMPLE, rows=rows, outcome=Outcome(code=code, sentence=""))

    written = json.loads(badge.text(account))

    assert (written["message"], written["color"]) == expected


def test_terminal_shows_how_far_the_run_is_and_takes_it_away_again() -> None:
    written = io.StringIO()
    console = Console(file=written, force_terminal=True, width=100, legacy_windows=False)
    done = CaseDone(requirement="tasks.get", version="1.0", verdict=Verdict.PASS)

    with Terminal(console) as terminal:
        for event in (STARTED, done, finished()):
            terminal.see(event)

    assert "tasks.get" in written.getvalue()
    assert "1/8" in written.getvalue()
    assert "PASS " not in written.getvalue()


def test_terminal_with_few_columns_has_lines_in_place_of_the_table() -> None:
    *_, narrow, last = on_a_terminal(SAMPLE, columns=59).split("\n\n")

    assert narrow.splitlines() == [
        "0.3 MUST: 1 PASS, 1 FAIL",
        "0.3 SHOULD: 1 WARN",
        "1.0 MUST: 1 PASS, 1 NOT EXERCISED, 1 ERROR",
        "1.0 SHOULD: 1 PASS",
        "1.0 MAY: 1 NOT EXERCISED",
    ]
    assert last.startswith("FAILED: ")
    assert "\nversion  level " in on_a_terminal(SAMPLE, columns=60)


def test_a_finding_that_came_often_is_told_of_once_and_counted() -> None:
    row = SAMPLE.having(Verdict.FAIL)[0]

    assert [breach.got for breach in row.breaches][0] == "'t-2'"
    assert (len(row.breaches), row.more_breaches) == (2, 1)


def test_requirements_are_named_once_with_their_versions() -> None:
    assert names(SAMPLE.rows)[:2] == ["stream.first (0.3, 1.0)", "stream.one-task (0.3, 1.0)"]


def test_run_that_was_broken_off_says_so() -> None:
    account = told(finished(*RESULTS, is_whole=False))

    assert json_report.document(account)["isWhole"] is False
    assert on_a_terminal(account).endswith("INTERRUPTED: stopped early; so far 1 MUST failed\n")

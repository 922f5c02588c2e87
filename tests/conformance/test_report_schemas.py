"""JUnit's XML and SARIF keep to schemas of these formats, which refuse what is slightly wrong."""

import json
import re
import xml.etree.ElementTree as ET
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
import xmlschema
from jsonschema import Draft202012Validator

from conformance.reports import junit, sarif
from conformance.reports.account import Account
from tests.conformance.accounts import KNOWN, SAMPLE

SCHEMAS = Path(__file__).parent / "schemas"
JUNIT = xmlschema.XMLSchema(SCHEMAS / "junit.xsd")
SARIF = Draft202012Validator(json.loads((SCHEMAS / "sarif.schema.json").read_text("utf-8")))

CASE = r"<testcase [^>]*/>"
WRONG_XML = {
    # Members that have to be there.
    "a suite without a name": (r' name="A2A 0\.3"', ""),
    "a suite without the count of cases": (r'(<testsuite [^>]*?) tests="3"', r"\1"),
    "a suite without the count of failures": (r'(<testsuite [^>]*?) failures="1"', r"\1"),
    "a suite without the count of errors": (r'(<testsuite [^>]*?) errors="0"', r"\1"),
    "a suite without the count of skipped": (r' skipped="0"', ""),
    "a case without a name": (r' name="stream\.first"', ""),
    "a case without a class": (r' classname="a2a-0\.3\.stream"', ""),
    "a property without a name": (r'<property name="url"', "<property"),
    "a property without a value": (r'<property name="url" value="[^"]*"', '<property name="url"'),
    "a failure without a message": (r'(<failure [^>]*?) message="[^"]*"', r"\1"),
    "an error without a message": (r'(<error [^>]*?) message="[^"]*"', r"\1"),
    "a skipped case without a message": (r'<skipped message="[^"]*"', "<skipped"),
    # Values.
    "a count below zero": (r'tests="8"', 'tests="-8"'),
    "a count in words": (r'failures="1"', 'failures="one"'),
    "a count with a fraction": (r'skipped="2"', 'skipped="2.0"'),
    "an empty count": (r'errors="1"', 'errors=""'),
    "an empty name of a suite": (r'name="A2A 0\.3"', 'name=""'),
    "an empty name of a case": (r'name="stream\.first"', 'name=""'),
    "an empty class": (r'classname="a2a-0\.3\.stream"', 'classname=""'),
    "an empty type of a failure": (r'type="FAIL"', 'type=""'),
    "a time without a date": (r'timestamp="[^"]*"', 'timestamp="03:04:05"'),
    "a date without a time": (r'timestamp="[^"]*"', 'timestamp="2026-01-02"'),
    "a time with a blank": (r'timestamp="[^"]*"', 'timestamp="2026-01-02 03:04:05"'),
    "seconds in words": (r"<testsuites ", '<testsuites time="fast" '),
    "seconds with a unit": (r"<testsuite ", '<testsuite time="1.5s" '),
    "seconds below zero": (r"<testsuite ", '<testsuite time="-1.5" '),
    "seconds with an exponent": (r"<testsuite ", '<testsuite time="1e-3" '),
    "seconds down to nanoseconds": (r"<testsuite ", '<testsuite time="0.000000001" '),
    "a case's seconds in words": (r"<testcase ", '<testcase time="fast" '),
    # Members that there are none of.
    "an unknown attribute of the root": (r"<testsuites ", '<testsuites passed="1" '),
    "an unknown attribute of a suite": (r"<testsuite ", '<testsuite passed="1" '),
    "an unknown attribute of a case": (r"<testcase ", '<testcase passed="1" '),
    "an unknown attribute of properties": (r"<properties>", '<properties count="1">'),
    "an unknown attribute of a property": (r"<property ", '<property type="url" '),
    "an unknown attribute of a failure": (r"<failure ", '<failure level="MUST" '),
    "an unknown attribute of an error": (r"<error ", '<error level="MUST" '),
    "an unknown attribute of a skipped case": (r"<skipped ", '<skipped level="MUST" '),
    "an unknown attribute of output": (r"<system-out>", '<system-out level="SHOULD">'),
    "an unknown verdict": (r"<skipped ", "<ignored "),
    "an unknown element in a suite": (r"</properties>", "</properties><passed/>"),
    "an element in a failure": (r"</failure>", "<br/></failure>"),
    "an element in an error": (r"</error>", "<br/></error>"),
    "an element in output": (r"</system-out>", "<br/></system-out>"),
    "text in the root": (r"</testsuites>", "text</testsuites>"),
    "text in a suite": (r"</testsuite>", "text</testsuite>"),
    "text in a case": (r"</testcase>", "text</testcase>"),
    "text in a property": (r"(<property [^>]*?) ?/>", r"\1>text</property>"),
    "a namespace": (r"<testsuites ", '<testsuites xmlns="http://junit.example" '),
    # Places, order and count.
    "another root": (r"(</?)testsuites", r"\1report"),
    "a case outside of suites": (r"</testsuite>", '</testsuite><testcase classname="a" name="b"/>'),
    "properties of all suites": (r"(<testsuites [^>]*>)", r"\1<properties/>"),
    "a failure outside of cases": (r"</properties>", '</properties><failure message="m"/>'),
    "a property outside of properties": (r"</?properties>", ""),
    "a suite in a suite": (
        r"</testsuite>",
        '<testsuite name="n" tests="0" failures="0" errors="0" skipped="0"/></testsuite>',
    ),
    "properties behind a case": (rf"(<properties>.*?</properties>)\s*({CASE})", r"\2\1"),
    "output before cases": (r"</properties>", "</properties><system-out/>"),
    "output before a failure": (r"<failure ", "<system-out/><failure "),
    "system-err before system-out": (r"<system-out>", "<system-err/><system-out>"),
    "properties twice": (r"(<properties>.*?</properties>)", r"\1\1"),
    "properties without one": (r"<property [^>]*>", ""),
    "a failure twice": (r"(<failure .*?</failure>)", r"\1\1"),
    "a failure and an error": (r"</failure>", '</failure><error message="m"/>'),
    "a skipped failure": (r"<failure ", '<skipped message="m"/><failure '),
    "output twice": (r"(<system-out>.*?</system-out>)", r"\1\1"),
    "a suite twice": (r"(<testsuite .*?</testsuite>)", r"\1\1"),
}
EVERYWHERE = {"another root", "a property outside of properties"}
"""Of these, each place is changed, not the first alone."""

GUID = "f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
GONE = object()
RUN = "runs.0"
RULE = f"{RUN}.tool.driver.rules.0"
RESULT = f"{RUN}.results.0"
INVOCATION = f"{RUN}.invocations.0"
NOTE = f"{INVOCATION}.toolExecutionNotifications.0"
PLACE = f"{RESULT}.locations.0.physicalLocation"
BASES = f"{RUN}.originalUriBaseIds"
WRONG_JSON: Sequence[tuple[str, Any]] = [
    # Members that have to be there.
    *[
        (path, GONE)
        for path in (
            "$schema",
            "version",
            "runs",
            f"{RUN}.tool",
            f"{RUN}.tool.driver",
            f"{RUN}.tool.driver.name",
            f"{RUN}.results",
            f"{RULE}.id",
            f"{RULE}.shortDescription.text",
            f"{RULE}.help.text",
            f"{INVOCATION}.executionSuccessful",
            f"{NOTE}.message",
            f"{NOTE}.message.text",
            f"{NOTE}.descriptor.id",
            f"{RESULT}.message",
            f"{RESULT}.message.text",
            f"{RESULT}.ruleId",
            f"{RESULT}.suppressions.0.kind",
            f"{PLACE}.artifactLocation",
            f"{PLACE}.artifactLocation.uri",
            f"{PLACE}.region.startLine",
        )
    ],
    # Values.
    ("version", "2.0.0"),
    ("version", 2.1),
    ("$schema", "sarif-schema-2.1.0.json"),
    (f"{RUN}.columnKind", "utf8CodeUnits"),
    (f"{RUN}.baselineGuid", "last week"),
    (f"{RUN}.tool.driver.name", ""),
    (f"{RUN}.tool.driver.semanticVersion", "1.2"),
    (f"{RUN}.tool.driver.informationUri", "docs/conformance.md"),
    (f"{RUN}.tool.driver.guid", GUID[1:]),
    (f"{RULE}.id", ""),
    (f"{RULE}.helpUri", "not a URI"),
    (f"{RULE}.defaultConfiguration.level", "MUST"),
    (f"{RULE}.defaultConfiguration.level", "Error"),
    (f"{RULE}.defaultConfiguration.enabled", "yes"),
    (f"{RULE}.defaultConfiguration.rank", 101),
    (f"{RULE}.properties.tags", "a2a"),
    (f"{RULE}.properties.tags", ["a2a", "a2a"]),
    (f"{RULE}.properties.tags", [1]),
    (f"{INVOCATION}.executionSuccessful", "false"),
    (f"{INVOCATION}.executionSuccessful", 0),
    (f"{INVOCATION}.exitCode", "1"),
    (f"{INVOCATION}.exitCode", 1.5),
    (f"{INVOCATION}.startTimeUtc", "2026-01-02T03:04:05"),
    (f"{INVOCATION}.startTimeUtc", "2026-01-02T03:04:05+01:00"),
    (f"{INVOCATION}.startTimeUtc", "2026-01-02 03:04:05Z"),
    (f"{INVOCATION}.startTimeUtc", "2026-13-02T03:04:05Z"),
    (f"{INVOCATION}.endTimeUtc", 1767323045),
    (f"{INVOCATION}.arguments", "--report sarif"),
    (f"{NOTE}.level", "fatal"),
    (f"{NOTE}.timeUtc", "03:04:05Z"),
    (f"{RESULT}.kind", "failed"),
    (f"{RESULT}.kind", "pass"),
    (f"{RESULT}.level", "info"),
    (f"{RESULT}.ruleIndex", -2),
    (f"{RESULT}.ruleIndex", "1"),
    (f"{RESULT}.baselineState", "known"),
    (f"{RESULT}.baselineState", "Unchanged"),
    (f"{RESULT}.guid", "1"),
    (f"{RESULT}.occurrenceCount", 0),
    (f"{RESULT}.rank", -5),
    (f"{RESULT}.message", "text"),
    (f"{RESULT}.partialFingerprints.requirementAndVersion/v1", 1),
    (f"{RESULT}.suppressions.0.kind", "baseline"),
    (f"{RESULT}.suppressions.0.status", "done"),
    (f"{PLACE}.artifactLocation.uri", "agent card.json"),
    (f"{PLACE}.artifactLocation.index", -2),
    (f"{PLACE}.region.startLine", 0),
    (f"{PLACE}.region.startColumn", 0),
    (f"{PLACE}.region.endLine", 1.5),
    (f"{PLACE}.region", {"startColumn": 1}),
    (f"{PLACE}.region", {"charOffset": 1, "byteLength": 2}),
    (BASES, {"SOURCE": {"uri": "file:///agent"}}),
    (BASES, {"SOURCE": {"uri": "agent/"}}),
    (BASES, {"SOURCE": {"uri": "file:///agent/", "unknown": 1}}),
    (BASES, ["file:///agent/"]),
    (f"{RUN}.artifacts", [{"roles": ["card"]}]),
    (f"{RUN}.artifacts", [{"roles": ["added", "added"]}]),
    (f"{RUN}.artifacts", [{"mimeType": "json"}]),
    (f"{RUN}.artifacts", [{"length": -2}]),
    (f"{RUN}.artifacts", [{"location": ".well-known/agent-card.json"}]),
    (f"{RUN}.artifacts", [{"hashes": {"sha-256": 1}}]),
    (f"{RUN}.artifacts", [{"contents": {"binary": "not base64"}}]),
    (f"{RUN}.artifacts", [{"lastModifiedTimeUtc": "today"}]),
    (f"{RUN}.artifacts", [{"uri": "card.json"}]),
    # Members in the wrong place.
    ("results", []),
    (f"{RUN}.rules", []),
    (f"{RUN}.version", "2.1.0"),
    (f"{RULE}.level", "error"),
    (f"{RULE}.tags", ["a2a"]),
    (f"{RESULT}.text", "text"),
    (f"{RESULT}.uri", ".well-known/agent-card.json"),
    (f"{RESULT}.justification", "known by the baseline"),
    (f"{RESULT}.locations.0.region", {"startLine": 1}),
    (f"{PLACE}.uri", ".well-known/agent-card.json"),
    (f"{PLACE}.startLine", 1),
    (f"{RESULT}.message.html", "<p>text</p>"),
    # One instead of several, and the other way round.
    ("runs", {}),
    (f"{RUN}.results", {}),
    (f"{RUN}.tool.driver", []),
    (f"{RUN}.tool.driver.rules", {"stream.first": {}}),
    (f"{RUN}.invocations", {"executionSuccessful": True}),
    (f"{RESULT}.locations", {}),
    (f"{RESULT}.suppressions", {"kind": "external"}),
    (f"{RESULT}.message.text", ["one", "two"]),
    (f"{PLACE}.region", [{"startLine": 1}]),
]
RIGHT_JSON: Sequence[tuple[str, Any]] = [
    *[(f"{RESULT}.baselineState", one) for one in ("new", "unchanged", "updated", "absent")],
    (f"{RUN}.baselineGuid", GUID),
    (f"{RUN}.automationDetails", {"id": "nightly/"}),
    (
        f"{RUN}.artifacts",
        [
            {
                "location": {"uri": ".well-known/agent-card.json", "uriBaseId": "SOURCE"},
                "roles": ["analysisTarget"],
                "mimeType": "application/json",
                "length": 2,
                "contents": {"text": "{}"},
                "hashes": {"sha-256": "44136fa355b3678a1146ad16f7e8649e94fb4fc2"},
                "lastModifiedTimeUtc": "2026-01-02T03:04:05.678Z",
            }
        ],
    ),
    (f"{RUN}.results", []),
    (f"{RUN}.tool.driver.informationUri", "https://agent.example/conformance"),
    (f"{RUN}.tool.driver.semanticVersion", "1.2.3-rc.1"),
    (f"{RULE}.properties.anything", {"of": ["ours"]}),
    (f"{RESULT}.level", "none"),
    (f"{RESULT}.message", {"id": "missing", "arguments": ["taskId"]}),
    (f"{PLACE}.region", {"startLine": 1, "startColumn": 2, "endColumn": 7}),
    (f"{PLACE}.artifactLocation", {"index": 0}),
    (BASES, {"SOURCE": {"uri": "a/", "uriBaseId": "ROOT"}, "ROOT": {"uri": "file:///agent/"}}),
]


@pytest.mark.parametrize("account", [SAMPLE, KNOWN])
def test_junit_keeps_to_its_schema(account: Account) -> None:
    errors = JUNIT.iter_errors(ET.fromstring(junit.text(account).encode()))

    assert [str(error) for error in errors] == []


@pytest.mark.parametrize("account", [SAMPLE, KNOWN])
def test_junit_counts_the_cases_that_there_are(account: Account) -> None:
    root = ET.fromstring(junit.text(account).encode())

    for counted, within in [(root, "testsuite/"), *((suite, "") for suite in root)]:
        told = [counted.get(name) for name in ("tests", "failures", "errors")]
        paths = ("testcase", "testcase/failure", "testcase/error")
        assert told == [str(len(counted.findall(within + path))) for path in paths]
    skipped = [str(len(suite.findall("testcase/skipped"))) for suite in root]
    assert [suite.get("skipped") for suite in root] == skipped


@pytest.mark.parametrize("mistake", WRONG_XML)
def test_mistake_in_junit_is_refused(mistake: str) -> None:
    assert not JUNIT.is_valid(ET.fromstring(mistaken(mistake).encode()))


def mistaken(mistake: str) -> str:
    """The sample with it, once."""
    pattern, instead = WRONG_XML[mistake]
    times = 0 if mistake in EVERYWHERE else 1
    text, found = re.subn(pattern, instead, junit.text(SAMPLE), count=times, flags=re.DOTALL)
    assert found
    return text


@pytest.mark.parametrize("account", [SAMPLE, KNOWN])
def test_sarif_keeps_to_its_schema(account: Account) -> None:
    errors = SARIF.iter_errors(json.loads(sarif.text(account)))

    assert [error.message for error in errors] == []


def test_schema_of_sarif_is_one() -> None:
    Draft202012Validator.check_schema(SARIF.schema)


@pytest.mark.parametrize(("path", "value"), WRONG_JSON)
def test_mistake_in_sarif_is_refused(path: str, value: Any) -> None:
    assert not SARIF.is_valid(changed(path, value))


@pytest.mark.parametrize(("path", "value"), RIGHT_JSON)
def test_what_sarif_has_besides_is_let_pass(path: str, value: Any) -> None:
    assert [error.message for error in SARIF.iter_errors(changed(path, value))] == []


@pytest.mark.parametrize(
    "path", ["tool.driver.rules", "tool.driver.rules.0.properties.tags", "results.0.suppressions"]
)
def test_same_thing_twice_in_sarif_is_refused(path: str) -> None:
    found = json.loads(sarif.text(KNOWN))["runs"][0]
    for key in path.split("."):
        found = found[int(key) if key.isdigit() else key]

    assert not SARIF.is_valid(changed(f"{RUN}.{path}", [*found, found[0]]))


def test_unknown_member_of_any_object_in_sarif_is_refused() -> None:
    objects = [
        path
        for path, value in inside(json.loads(sarif.text(KNOWN)))
        if isinstance(value, dict) and not path.endswith("properties")
    ]
    assert len(objects) > 40

    let_pass = [path for path in objects if SARIF.is_valid(changed(f"{path}.unknown", 1))]

    assert let_pass == []


def test_null_for_anything_in_sarif_is_refused() -> None:
    paths = [path for path, _ in inside(json.loads(sarif.text(KNOWN)))]
    assert len(paths) > 100

    assert [path for path in paths if SARIF.is_valid(changed(path, None))] == []


def changed(path: str, value: Any) -> Any:
    """The sample with one value put in, or taken out where it is `GONE`."""
    whole = json.loads(sarif.text(KNOWN))
    *way, last = [int(key) if key.isdigit() else key for key in path.removeprefix(".").split(".")]
    found = whole
    for key in way:
        found = found[key]
    if value is GONE:
        del found[last]
    else:
        found[last] = value
    return whole


def inside(value: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """All that is in it with the path there, but for what is in `properties`, which are open."""
    inner = value.items() if isinstance(value, dict) else enumerate(value)
    for key, one in inner:
        here = f"{path}.{key}"
        yield here, one
        if isinstance(one, dict | list) and key != "properties":
            yield from inside(one, here)

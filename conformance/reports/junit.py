"""JUnit's XML, as Jenkins, GitLab and the like read it: a suite a version, a case a requirement."""

import xml.etree.ElementTree as ET
from collections.abc import Sequence

from conformance.reports.account import Account, Row
from conformance.verdict import Verdict

_HEAD = '<?xml version="1.0" encoding="UTF-8"?>'


def text(account: Account) -> str:
    """The report."""
    root = ET.Element("testsuites", {"name": "a2a-conformance", **_counts(account.rows)})
    for version in account.versions:
        rows = [row for row in account.rows if row.version == version]
        suite = ET.SubElement(
            root,
            "testsuite",
            {
                "name": f"A2A {version}",
                **_counts(rows),
                "skipped": str(sum(map(_is_skipped, rows))),
                "timestamp": account.began.removesuffix("Z"),
            },
        )
        properties = ET.SubElement(suite, "properties")
        ET.SubElement(properties, "property", {"name": "url", "value": account.url})
        for row in rows:
            suite.append(_case(row))
    ET.indent(root)
    return f"{_HEAD}\n{ET.tostring(root, 'unicode')}\n"


def _counts(rows: Sequence[Row]) -> dict[str, str]:
    failures = sum(row.verdict is Verdict.FAIL and not row.is_known for row in rows)
    errors = sum(row.verdict is Verdict.ERROR for row in rows)
    return {"tests": str(len(rows)), "failures": str(failures), "errors": str(errors)}


def _is_skipped(row: Row) -> bool:
    return row.verdict is Verdict.NOT_EXERCISED or row.is_known


def _case(row: Row) -> ET.Element:
    case = ET.Element(
        "testcase", {"classname": f"a2a-{row.version}.{row.requirement.area}", "name": row.id}
    )
    match row.verdict:
        case Verdict.FAIL if row.is_known:
            ET.SubElement(case, "skipped", {"message": "known by the baseline"}).text = _told(row)
        case Verdict.FAIL:
            message = row.breaches[0].got if row.breaches else ""
            attributes = {"type": "FAIL", "message": f"{row.requirement.rule} Got: {message}"}
            ET.SubElement(case, "failure", attributes).text = _told(row)
        case Verdict.ERROR:
            attributes = {"type": "ERROR", "message": "a fault of the suite"}
            ET.SubElement(case, "error", attributes).text = row.reason
        case Verdict.NOT_EXERCISED:
            ET.SubElement(case, "skipped", {"message": _reason(row)})
        case Verdict.WARN:
            ET.SubElement(case, "system-out").text = _told(row)
    return case


def _reason(row: Row) -> str:
    return f"{row.reason} ({row.how})" if row.how else row.reason


def _told(row: Row) -> str:
    requirement = row.requirement
    lines = [f"{requirement.level} ({requirement.section}): {requirement.rule}"]
    for breach in row.breaches:
        lines += ["", f"expected: {breach.expected}", f"got: {breach.got}"]
        lines += [line for line in (breach.curl, breach.answer) if line]
    if row.more_breaches:
        lines += ["", f"and {row.more_breaches} more of these"]
    return "\n".join(lines)

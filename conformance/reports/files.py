"""The reports that go into files, by the names that `--report` takes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from conformance.reports import badge, html_report, json_report, junit, markdown, sarif
from conformance.reports.account import Account

Write: TypeAlias = Callable[[Account], str]

WRITERS: Mapping[str, Write] = MappingProxyType(
    {
        "json": json_report.text,
        "junit": junit.text,
        "sarif": sarif.text,
        "html": html_report.text,
        "markdown": markdown.text,
        "badge": badge.text,
    }
)

"""The reports that go into files, by the names that `--report` takes."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TypeAlias

from conformance.reports import badge, html, json, junit, markdown, sarif
from conformance.reports.account import Account

Write: TypeAlias = Callable[[Account], str]

WRITERS: Mapping[str, Write] = MappingProxyType(
    {
        "json": json.text,
        "junit": junit.text,
        "sarif": sarif.text,
        "html": html.text,
        "markdown": markdown.text,
        "badge": badge.text,
    }
)

"""The page about other people's servers has the failures that the tests expect, all and no more."""

import re
from collections.abc import Mapping

import pytest

from conformance import baseline
from tests.conformance.foreign.servers import ROOT, SERVERS, Server

PAGE = (ROOT / "docs" / "conformance-findings.md").read_text("utf-8")
PLACES = [(server, version) for server in SERVERS for version in server.versions]
KNOWN: Mapping[tuple[str, str], set[str]] = {
    ("sdk13", "1.0"): {
        "jsonrpc.notification-not-answered",
        "versions.unsupported-minor",
        "jsonrpc.bad-utf-8",
        "errors.no-insides",
        "send.part-has-content",
    },
    ("fasta2a", "1.0"): {
        "send.waits-until-the-task-rests",
        "shapes.formats",
        "jsonrpc.notification-not-answered",
    },
    ("fasta2a-0.3", "0.3"): {"shapes.kind", "stream.final-at-the-end"},
}
"""What these servers are known for from elsewhere."""


def documented(server: Server, version: str) -> tuple[set[str], set[str]]:
    """The requirements of the server's section: those that fail, and those that sometimes do."""
    _, _, rest = PAGE.partition(f"\n## {server.name}, version {version}\n")
    section, _, _ = rest.partition("\n## ")
    rows = re.findall(r"^\| (`.+?) \|", section, re.MULTILINE)
    named = [one for row in rows for one in re.findall(r"`([^`]+)`( \(sometimes\))?", row)]
    return {id for id, mark in named if not mark}, {id for id, mark in named if mark}


@pytest.mark.parametrize(("server", "version"), PLACES, ids=lambda one: getattr(one, "name", one))
def test_page_has_every_failure_that_is_known(server: Server, version: str) -> None:
    always, sometimes = documented(server, version)
    known = {id for of, id in baseline.read(server.baseline) if of == version}
    assert always == known
    assert sometimes <= server.sometimes
    assert known.isdisjoint(server.sometimes)


@pytest.mark.parametrize(("name", "version"), KNOWN)
def test_suite_finds_what_a_server_is_known_for(name: str, version: str) -> None:
    (server,) = (one for one in SERVERS if one.name == name)
    assert KNOWN[name, version] <= {
        id for of, id in baseline.read(server.baseline) if of == version
    }

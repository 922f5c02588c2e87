"""The page about other people's servers has the failures that the tests expect, all and no more."""

from collections.abc import Mapping

import pytest

from conformance import baseline
from tests.conformance.foreign import page
from tests.conformance.foreign.servers import SERVERS, Server

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


@pytest.mark.parametrize(("server", "version"), PLACES, ids=lambda one: getattr(one, "name", one))
def test_page_has_every_failure_that_is_known(server: Server, version: str) -> None:
    always, sometimes = page.failures(server, version)
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

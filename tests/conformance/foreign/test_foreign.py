"""The suite on servers that other people's SDKs make: it finds what is known of them, and no more.

What is known, and why it is a fault: docs/conformance-findings.md.
"""

from pathlib import Path

import pytest

from conformance import baseline
from conformance.baseline import Differences
from conformance.verdict import Verdict
from tests.conformance.foreign import page
from tests.conformance.foreign.servers import SERVERS, Server, judged, warned

LIMIT_SECONDS = 240.0
pytestmark = [pytest.mark.foreign, pytest.mark.timeout(300)]


@pytest.mark.parametrize("server", SERVERS, ids=lambda server: server.name)
async def test_run_ends_with_the_failures_that_are_known(server: Server, tmp_path: Path) -> None:
    finished = await judged(server, tmp_path / "log")

    faults = [one.reason for one in finished.results if one.verdict is Verdict.ERROR]
    assert faults == []
    assert {one.version for one in finished.results} == set(server.versions)
    assert finished.seconds < LIMIT_SECONDS
    steady = [one for one in finished.results if one.requirement.id not in server.sometimes]
    assert baseline.differences(baseline.read(server.baseline), steady) == Differences(
        new=[], fixed=[]
    )
    for version in server.versions:
        assert page.warnings(server, version) == warned(finished, version)

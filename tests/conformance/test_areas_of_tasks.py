"""Our own endpoint keeps all that is said of messages, streams, tasks, turns and lists."""

from collections.abc import Iterator

import pytest

from a2a_agent.agents.echo import EchoAgent
from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.verdict import Verdict
from tests.conformance.runs import run_areas
from tests.support.endpoint import Endpoint, serving_agent

AREAS = ("send", "stream", "subscribe", "tasks", "multi-turn", "listing")
UNDONE = {
    "send.unknown-output-mode-is-refused": "the card says that all media types are given",
    "stream.undeclared-is-unsupported": "the card declares streaming",
    "stream.silence-has-comments": "no comment came; it may come after a longer silence",
}
"""What cannot be seen at this agent, and why."""

versions = pytest.mark.parametrize("version", ["0.3", "1.0"])


@pytest.fixture(scope="module")
def scenarios() -> Iterator[Endpoint]:
    with serving_agent(ScenarioAgent(chunk_seconds=0.1)) as endpoint:
        yield endpoint


@versions
async def test_scenario_agent_passes_whatever_can_be_seen(
    scenarios: Endpoint, version: str
) -> None:
    finished = await run_areas(scenarios.base, version, AREAS, follows_scenarios=True)

    failed = [one for one in finished.results if one.findings or one.verdict is Verdict.ERROR]
    undone = {
        one.requirement.id: one.reason
        for one in finished.results
        if one.verdict is Verdict.NOT_EXERCISED
    }
    assert (failed, undone) == ([], UNDONE)


@versions
async def test_agent_without_scenarios_has_no_failure(version: str) -> None:
    with serving_agent(EchoAgent()) as endpoint:
        finished = await run_areas(endpoint.base, version, AREAS, follows_scenarios=False)

    assert [one for one in finished.results if one.findings] == []
    assert finished.count(Verdict.ERROR) == 0
    assert finished.count(Verdict.PASS) > 60


@versions
async def test_endpoint_without_streams_refuses_them(version: str) -> None:
    with serving_agent(ScenarioAgent(chunk_seconds=0.1), streaming=False) as endpoint:
        finished = await run_areas(endpoint.base, version, AREAS, follows_scenarios=True)

    verdicts = {one.requirement.id: one.verdict for one in finished.results}
    assert [one for one in finished.results if one.findings] == []
    assert verdicts["stream.undeclared-is-unsupported"] is Verdict.PASS

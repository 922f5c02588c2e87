"""Our own endpoint breaks nothing, however it is set up; together its setups show every rule."""

import asyncio
import json
from base64 import urlsafe_b64encode
from collections.abc import Coroutine, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from starlette.types import ASGIApp

from a2a_agent import Agent
from a2a_agent.agents.echo import EchoAgent
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.agents.toolbox.agent import ToolboxAgent
from conformance.dialects import Operation
from conformance.expect import NO_EXTENDED_CARD
from conformance.outcome import ExitCode
from conformance.requirements import requirements
from conformance.runner import CASES, WATCHED
from conformance.verdict import Result, Verdict
from tests.conformance.conftest import Run
from tests.conformance.mutants.altering import Alteration, asks_of, both, cards
from tests.conformance.mutants.every import MUTANTS
from tests.conformance.mutants.judging import judged_by_all, told
from tests.conformance.mutants.messages import Answer, error
from tests.conformance.mutants.mutant import USUAL, Setup
from tests.conformance.reference.endpoint import Reference
from tests.conformance.reference.judging import judged_reference
from tests.support.endpoint import serving_agent

# One worker has the runs of all setups.
pytestmark = [pytest.mark.timeout(180), pytest.mark.xdist_group("runs")]

WITH_COMMENTS = Setup(name="that comments on silence", settings={"keep_alive_seconds": 0.05})
SETUPS = {one.name: one for one in (*(mutant.setup for mutant in MUTANTS), WITH_COMMENTS)}
NOT_EXERCISED = Verdict.NOT_EXERCISED
PUBLIC_ONLY = {"card.urls-are-reachable", "security.tls"}
"""What is said of hosts that anyone reaches: test_card_cases.py shows it, and
test_push_and_security_cases.py."""

NOT_OFFERED = {
    "card.extended-card-is-true",
    "card.no-streaming-is-true",
    "card.push-is-true",
    "card.signatures",
    "card.signatures-name-their-key",
    "card.signatures-say-their-type",
    "card.urls-are-reachable",
    "errors.content-type-not-supported-reason",
    "errors.extended-card-not-configured-reason",
    "errors.extension-required-reason",
    "extensions.required-is-not-passed-over",
    "extensions.required-is-required",
    "jsonrpc.trailing-slash",
    "send.unknown-output-mode-is-refused",
    "stream.silence-has-comments",
    "stream.undeclared-is-unsupported",
}
"""What our application, as it is, has not, or has the other way round; push and security aside."""


def _signed() -> Alteration:
    head = json.dumps({"alg": "ES256", "kid": "of-2026", "typ": "JOSE"}).encode()
    protected = urlsafe_b64encode(head).decode().rstrip("=")
    signature = {"protected": protected, "signature": "YQ"}
    return cards(lambda card: {**card, "signatures": [signature]})


def _too_busy_to_list() -> Alteration:
    busy = Answer(status=429, headers={"retry-after": "1"}, body=b"")
    return asks_of(lambda _: busy, Operation.LIST)


def _declaring_an_extended_card() -> Alteration:
    info = {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": "EXTENDED_AGENT_CARD_NOT_CONFIGURED",
        "domain": "a2a-protocol.org",
    }

    def declaring(card: dict[str, Any]) -> Any:
        capabilities = {**card["capabilities"], "extendedAgentCard": True}
        return {**card, "capabilities": capabilities, "supportsAuthenticatedExtendedCard": True}

    refused = asks_of(
        lambda asked: error(NO_EXTENDED_CARD, asked, data=[info]), Operation.EXTENDED_CARD
    )
    return both(cards(declaring), refused)


ALTERED = {
    "with a signed card": _signed(),
    "too busy to list": _too_busy_to_list(),
    "without the extended card that it declares": _declaring_an_extended_card(),
}
_AT_ONCE = 4
"""Most of what a run takes is waiting."""
REFERENCE = "with callers and their webhooks"
OF_THE_REFERENCE = ("card.push-is-true", "card.extended-card-is-true", "push.", "security.")


@pytest.fixture(scope="module")
def runs() -> Mapping[str, Sequence[Result]]:
    """The whole suite on each setup, by name; on the reference what only that has."""

    async def judged(app: ASGIApp, *, follows_scenarios: bool = True) -> Sequence[Result]:
        return await judged_by_all(app, follows_scenarios=follows_scenarios)

    running: dict[str, Coroutine[Any, Any, Sequence[Result]]] = {
        name: judged(setup.app(), follows_scenarios=setup.follows_scenarios)
        for name, setup in SETUPS.items()
    }
    running |= {name: judged(alter(USUAL.app())) for name, alter in ALTERED.items()}
    running[REFERENCE] = judged_reference(Reference, OF_THE_REFERENCE)
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        return dict(zip(running, pool.map(asyncio.run, running.values()), strict=True))


@pytest.mark.parametrize("name", [*SETUPS, *ALTERED, REFERENCE])
def test_endpoint_breaks_nothing(name: str, runs: Mapping[str, Sequence[Result]]) -> None:
    assert told(runs[name]) == []


def test_every_requirement_is_exercised_in_each_of_its_versions(
    runs: Mapping[str, Sequence[Result]],
) -> None:
    shown = {
        (one.requirement.id, one.version)
        for results in runs.values()
        for one in results
        if one.verdict is Verdict.PASS
    }
    all_of_them = {(one.id, version) for one in requirements().values() for version in one.versions}
    assert {id for id, _ in all_of_them - shown} == PUBLIC_ONLY


def test_every_requirement_is_tried_or_watched() -> None:
    assert requirements().keys() == CASES.keys() | WATCHED


AGENTS: Mapping[str, tuple[Agent, Sequence[str]]] = {
    "scenarios": (ScenarioAgent(), ("--scenarios",)),
    "toolbox": (ToolboxAgent(), ()),
    "echo": (EchoAgent(), ()),
}


@pytest.mark.parametrize("name", AGENTS)
def test_program_passes_it(name: str, run: Run, tmp_path: Path) -> None:
    agent, words = AGENTS[name]
    report = tmp_path / "report.json"

    with serving_agent(agent) as endpoint:
        ended = run(endpoint.base, *words, "--report", f"json={report}")

    results = json.loads(report.read_text())["results"]
    assert ended.code == ExitCode.PASSED, ended.out
    assert {one["verdict"] for one in results} == {"PASS", "NOT EXERCISED"}
    assert {one["version"] for one in results} == {"0.3", "1.0"}


def test_scenario_agent_shows_all_that_it_offers(runs: Mapping[str, Sequence[Result]]) -> None:
    undone = {one.requirement.id for one in runs[USUAL.name] if one.verdict is NOT_EXERCISED}
    assert {id for id in undone if not id.startswith(("push.", "security."))} == NOT_OFFERED

"""The areas of the card, JSON-RPC, errors, versions and extensions, on our own application."""

from collections.abc import Sequence
from typing import Any

import httpx
import pytest

from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.requirements import Requirement, requirements
from conformance.runner import CASES, WATCHED, Finished, Plan, run
from conformance.target import find
from conformance.verdict import Result, Verdict
from tests.support.endpoint import serving_agent

AREAS = ("card", "jsonrpc", "errors", "versions", "extensions")
REQUIRED = "https://example.com/extensions/required/v1"
NOWHERE = {
    "card.urls-are-reachable",
    "card.push-is-true",
    "card.extended-card-is-true",
    "card.signatures",
    "card.signatures-name-their-key",
    "card.signatures-say-their-type",
    "errors.content-type-not-supported-reason",
}
"""What our application never shows: it is on loopback, takes every file, and declares little."""


def _requirements() -> list[Requirement]:
    return [one for one in requirements().values() if one.area in AREAS]


async def _results(base: str) -> Sequence[Result]:
    async with httpx.AsyncClient(trust_env=False) as http:
        peer = Peer(http, limits=Limits(), headers={})
        target = await find(peer, base, ())
        knowledge = Knowledge.told({}, follows_scenarios=True)
        plan = Plan(target=target, requirements=_requirements(), knowledge=knowledge)
        *_, last = [event async for event in run(plan, peer)]
    assert isinstance(last, Finished)
    return last.results


def _wrong(results: Sequence[Result]) -> list[Result]:
    bad = (Verdict.FAIL, Verdict.WARN, Verdict.ERROR)
    return [one for one in results if one.verdict in bad or one.findings]


def _skipped(results: Sequence[Result]) -> set[str]:
    return {one.requirement.id for one in results if one.verdict is Verdict.NOT_EXERCISED}


@pytest.mark.parametrize(
    ("settings", "skipped"),
    [
        pytest.param(
            {},
            {
                "card.no-streaming-is-true",
                "jsonrpc.trailing-slash",
                "errors.extension-required-reason",
                "extensions.required-is-required",
            },
            id="as it is",
        ),
        pytest.param(
            {"streaming": False, "required_extensions": [REQUIRED], "rpc_path": "/a2a/v1"},
            {"card.streaming-is-true", "extensions.only-what-was-asked-for"},
            id="with little and asking for much",
        ),
    ],
)
async def test_our_application_keeps_all(settings: dict[str, Any], skipped: set[str]) -> None:
    with serving_agent(ScenarioAgent(), **settings) as endpoint:
        results = await _results(endpoint.base)
    assert _wrong(results) == []
    assert _skipped(results) == NOWHERE | skipped


def test_each_requirement_is_tried_or_watched() -> None:
    ids = {one.id for one in _requirements()}
    known = {id for id in CASES.keys() | WATCHED if id.partition(".")[0] in AREAS}
    assert ids == known

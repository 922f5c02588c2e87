"""Lets the suite judge an application that stands for an endpoint with two callers."""

from collections.abc import Mapping, Sequence

import httpx

from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.requirements import requirements
from conformance.runner import Finished, Plan, run
from conformance.target import find
from conformance.verdict import Result, Verdict
from tests.conformance.reference.endpoint import ALICE, BOB, Reference
from tests.support.server import serving

AGENT = ScenarioAgent(seconds=4.0, chunk_seconds=0.02)
"""Its long task brings many updates soon, and is over by its cancel only."""


async def judged(
    base: str,
    prefixes: Sequence[str],
    *,
    versions: Sequence[str] = (),
    headers: Mapping[str, str] = {},
    other_headers: Mapping[str, str] | None = None,
    webhook_host: str | None = "127.0.0.1",
    seconds: float = 10.0,
    follows_scenarios: bool = True,
) -> Sequence[Result]:
    """The verdicts on the requirements whose ids begin so."""
    chosen = [one for one in requirements().values() if one.id.startswith(tuple(prefixes))]
    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        peer = Peer(http, limits=Limits(seconds=seconds), headers=headers)
        plan = Plan(
            target=await find(peer, base, versions),
            requirements=chosen,
            knowledge=Knowledge.told({}, follows_scenarios=follows_scenarios),
            other_headers=other_headers,
            webhook_host=webhook_host,
        )
        *_, last = [event async for event in run(plan, peer)]
    assert isinstance(last, Finished)
    return last.results


async def judged_reference(
    reference: type[Reference],
    prefixes: Sequence[str],
    *,
    versions: Sequence[str] = (),
    seconds: float = 10.0,
    follows_scenarios: bool = True,
) -> Sequence[Result]:
    """The verdicts on a reference, with both callers and a webhook."""
    with serving(reference(AGENT).app) as base:
        return await judged(
            base,
            prefixes,
            versions=versions,
            headers={"Authorization": f"Bearer {ALICE}"},
            other_headers={"Authorization": f"Bearer {BOB}"},
            seconds=seconds,
            follows_scenarios=follows_scenarios,
        )


def with_verdict(results: Sequence[Result], *verdicts: Verdict) -> set[str]:
    """The requirements that have one of the verdicts."""
    return {one.requirement.id for one in results if one.verdict in verdicts}

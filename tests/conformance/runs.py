"""Runs of the suite against endpoints of this machine."""

from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager

import httpx

from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.requirements import requirements
from conformance.runner import Finished, Plan, run
from conformance.target import find


@asynccontextmanager
async def a_peer() -> AsyncGenerator[Peer, None]:
    """HTTP for the time of the block."""
    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        yield Peer(http, limits=Limits(seconds=10.0), headers={})


async def run_areas(
    url: str, version: str, areas: Sequence[str], *, follows_scenarios: bool
) -> Finished:
    """What comes of a run of some areas in one version."""
    async with a_peer() as peer:
        plan = Plan(
            target=await find(peer, url, [version]),
            requirements=[one for one in requirements().values() if one.area in areas],
            knowledge=Knowledge.told({}, follows_scenarios=follows_scenarios),
        )
        *_, last = [event async for event in run(plan, peer)]
    assert isinstance(last, Finished)
    return last

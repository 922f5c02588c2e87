"""Runs of the suite against endpoints of this machine."""

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager

import httpx

from conformance.peer import Limits, Peer


@asynccontextmanager
async def a_peer() -> AsyncGenerator[Peer, None]:
    """HTTP for the time of the block."""
    async with httpx.AsyncClient(timeout=None, trust_env=False) as http:
        yield Peer(http, limits=Limits(seconds=10.0), headers={})

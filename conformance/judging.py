"""A run as it was asked for: the connections, the endpoint, the plan."""

from collections.abc import AsyncGenerator
from contextlib import aclosing, asynccontextmanager

import httpx

from conformance.knowledge import Knowledge
from conformance.options import Options, WrongOption
from conformance.origins import origin_of
from conformance.peer import Limits, Peer
from conformance.redaction import Redaction
from conformance.runner import Ledger, Plan, RunEvent, run
from conformance.target import NoEndpoint, Target, find

_MOST_SAID = 2_000
"""Characters, of why there is nothing to be tested."""


async def judge(options: Options, ledger: Ledger) -> AsyncGenerator[RunEvent, None]:
    """The run, as it goes.

    Raises NoEndpoint where nothing is to be tested, and WrongOption where the environment allows no
    HTTP.
    """
    async with _connected(options) as peer:
        target = await _target(peer, options)
        plan = Plan(
            target=target,
            requirements=options.requirements,
            knowledge=Knowledge.told(options.prompts, follows_scenarios=options.follows_scenarios),
            other_headers=options.other_headers or None,
            webhook_host=options.webhook_host,
            case_seconds=5 * options.timeout_seconds,
            seconds=60 * options.max_minutes,
        )
        async with aclosing(run(plan, peer, ledger)) as events:
            async for event in events:
                yield event


async def found(options: Options) -> Target:
    """The endpoint that would be tested. Raises NoEndpoint and WrongOption."""
    async with _connected(options) as peer:
        return await _target(peer, options)


async def _target(peer: Peer, options: Options) -> Target:
    try:
        return await find(peer, options.url, options.versions)
    except NoEndpoint as error:
        redaction = Redaction(options.headers, options.other_headers)
        raise NoEndpoint(redaction.shown(str(error), _MOST_SAID)) from None


@asynccontextmanager
async def _connected(options: Options) -> AsyncGenerator[Peer, None]:
    seconds = options.timeout_seconds
    limits = Limits(seconds=seconds, stream_seconds=4 * seconds)
    # Bodies are read as they come, so that they must not be compressed; the limits are the peer's.
    plain = {"Accept-Encoding": "identity", "User-Agent": "a2a-conformance"}
    # A connection of its own for each exchange: servers may close those that are idle at any time,
    # and whoever uses one just then is told of trouble that is none.
    fresh = httpx.Limits(max_keepalive_connections=0)
    try:
        client = httpx.AsyncClient(headers=plain, timeout=None, limits=fresh)
    except (httpx.InvalidURL, ValueError, OSError, ImportError) as error:
        what = "HTTP is impossible as the environment has it (HTTP_PROXY, SSL_CERT_FILE, …)"
        raise WrongOption(f"{what}: {error}") from error
    async with client as http:
        origins = None if options.trusts_card_urls else {origin_of(options.url)}
        yield Peer(http, limits=limits, headers=options.headers, origins=origins)

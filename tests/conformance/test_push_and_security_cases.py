"""What the cases of push and security say of public endpoints, which tests have no sockets on."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import httpx
import pytest

from conformance.cases import given, push_refusals, security
from conformance.dialects import V1_0
from conformance.exchange import Exchange
from conformance.expect import Broken, NotExercised, Reply
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.session import Session
from tests.conformance.reference.endpoint import ALICE, Reference
from tests.conformance.reference.faulty_webhooks import TakesAll, TakesNames
from tests.conformance.reference.judging import AGENT
from tests.conformance.reference.pushing import Webhooks

PUBLIC = "https://agents.example.com/"
CARD: dict[str, Any] = {"capabilities": {"pushNotifications": True}}


@asynccontextmanager
async def _session(
    webhooks: type[Webhooks] = Webhooks, card: Any = CARD, url: str = PUBLIC
) -> AsyncIterator[Session]:
    """A session with the reference, as if it were somewhere else."""

    class Chosen(Reference):
        WEBHOOKS = webhooks

    app = Chosen(AGENT).app
    headers = {"Authorization": f"Bearer {ALICE}"}
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=httpx.ASGITransport(app)) as http,
    ):
        yield Session(
            peer=Peer(http, limits=Limits(), headers=headers),
            url=url,
            dialect=V1_0,
            card=card,
            knowledge=Knowledge.told({}, follows_scenarios=True),
            records={},
        )


@pytest.mark.parametrize(
    "case", [push_refusals.loopback, push_refusals.unspecified, push_refusals.private]
)
async def test_public_endpoint_that_takes_webhooks_within_is_broken(case: Any) -> None:
    async with _session(TakesAll) as session:
        with pytest.raises(Broken, match="a refusal of http://"):
            await case(session)
    async with _session() as session:
        await case(session)


async def test_public_endpoint_that_looks_at_no_names_is_broken() -> None:
    async with _session(TakesNames) as session:
        with pytest.raises(Broken, match="a refusal of http://localhost/"):
            await push_refusals.loopback(session)


@pytest.mark.parametrize("url", ["http://localhost:9999/", "http://127.0.0.1/", "http://[::1]/"])
async def test_endpoint_on_loopback_may_take_webhooks_there(url: str) -> None:
    async with _session(TakesAll, url=url) as session:
        with pytest.raises(NotExercised, match="is itself on a loopback address"):
            await push_refusals.loopback(session)
        with pytest.raises(Broken, match="a refusal of http://10.0.0.1/"):
            await push_refusals.private(session)


async def test_endpoint_in_a_private_network_may_take_webhooks_there() -> None:
    async with _session(TakesAll, url="http://10.0.0.7/") as session:
        with pytest.raises(NotExercised, match="is itself on a private address"):
            await push_refusals.private(session)


def _card(url: str) -> dict[str, Any]:
    interface = {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    return {"supportedInterfaces": [interface]}


async def test_public_url_without_tls_is_broken() -> None:
    async with _session(card=_card("http://agents.example.com/a2a")) as session:
        with pytest.raises(Broken, match="an https URL in supportedInterfaces"):
            await security.tls(session)


async def test_public_url_with_tls_is_in_order() -> None:
    async with _session(card=_card(PUBLIC)) as session:
        await security.tls(session)


async def test_local_url_needs_no_tls() -> None:
    async with _session(card=_card("http://localhost:9999/")) as session:
        with pytest.raises(NotExercised, match="no URL of the card is public"):
            await security.tls(session)


def _refusal(code: int) -> Reply:
    exchange = Exchange(method="POST", url=PUBLIC, request_headers={}, status=200)
    return Reply(exchange=exchange, value={"error": {"code": code, "message": "no"}})


def test_refusal_of_a_local_webhook_is_excused() -> None:
    with pytest.raises(NotExercised, match=r"webhooks at 10\.0\.0\.7 are refused"):
        given.taken(_refusal(-32602), "http://10.0.0.7:9/")


@pytest.mark.parametrize(
    ("code", "url"), [(-32602, "https://example.com/"), (-32603, "http://10.0.0.7:9/")]
)
def test_refusal_of_a_public_webhook_and_a_fault_are_not_excused(code: int, url: str) -> None:
    assert given.taken(_refusal(code), url) == _refusal(code)

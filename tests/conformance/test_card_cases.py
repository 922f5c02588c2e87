"""What the cases of the card say of cards from hosts that tests have no sockets on."""

from collections.abc import Mapping
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from conformance.cases import card as cases
from conformance.dialects import V1_0
from conformance.expect import Broken, NotExercised
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.session import Session
from conformance.target import CARD_PATH

PUBLIC = f"https://agents.example.com{CARD_PATH}"


def _card(url: str) -> dict[str, Any]:
    interface = {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
    return {"name": "An agent", "supportedInterfaces": [interface]}


def _session(card: Any, card_url: str = PUBLIC, old: Any = None) -> Session:
    """A session with a host that gives this card, and perhaps another one at the old path."""

    async def give(request: Request) -> Response:
        return JSONResponse(card)

    async def give_old(request: Request) -> Response:
        return JSONResponse(old, status_code=200 if old else 404)

    app = Starlette(
        routes=[Route(CARD_PATH, give), Route("/.well-known/agent.json", give_old)],
    )
    http = httpx.AsyncClient(transport=httpx.ASGITransport(app))
    return Session(
        peer=Peer(http, limits=Limits(), headers={}),
        url="https://agents.example.com/a2a",
        dialect=V1_0,
        card=card if isinstance(card, Mapping) else {},
        knowledge=Knowledge(),
        records={},
        card_url=card_url,
    )


@pytest.mark.parametrize("url", ["http://10.0.0.7/a2a", "http://localhost:9999/", "/a2a"])
async def test_public_card_with_a_url_of_its_own_network_is_broken(url: str) -> None:
    with pytest.raises(Broken, match=r"a public host in supportedInterfaces"):
        await cases.urls_are_reachable(_session(_card(url)))


async def test_public_card_with_a_public_url_is_in_order() -> None:
    await cases.urls_are_reachable(_session(_card("https://a2a.example.com/agents/7")))


async def test_local_card_may_name_local_urls() -> None:
    session = _session(_card("http://localhost:9999/"), f"http://localhost:9999{CARD_PATH}")
    with pytest.raises(NotExercised, match="which is not public"):
        await cases.urls_are_reachable(session)


async def test_card_that_is_no_object_is_broken() -> None:
    with pytest.raises(Broken, match="a JSON object"):
        await cases.skills_are_unique(_session(["a card"]))


async def test_old_path_without_a_card_is_not_offered() -> None:
    with pytest.raises(NotExercised, match="not offered"):
        await cases.old_path(_session(_card("https://a2a.example.com/")))


async def test_old_path_with_another_card_is_told_of() -> None:
    with pytest.raises(NotExercised, match="is not the card"):
        await cases.old_path(_session(_card("https://a2a.example.com/"), old={"name": "Other"}))


async def test_old_path_with_the_card_is_in_order() -> None:
    card = _card("https://a2a.example.com/")
    await cases.old_path(_session(card, old=card))

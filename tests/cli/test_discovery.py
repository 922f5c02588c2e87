from typing import Any

import pytest
from starlette.responses import HTMLResponse, JSONResponse, RedirectResponse, Response

from a2a_agent.cli.client import http_client
from a2a_agent.cli.discovery import Card, find_card
from a2a_agent.cli.errors import ProtocolError, UnreachableError
from a2a_agent.cli.target import Target
from tests.cli.peers import Stranger, card_03, card_10

BASE = "https://example.com/.well-known/agent-card.json"


def interfaces(**content: Any) -> list[tuple[str, str, str | None]]:
    card = Card(url=BASE, content={"name": "n", **content})
    return [(found.dialect.version, found.url, found.tenant) for found in card.interfaces]


def listed(url: str, version: str, binding: str = "JSONRPC", **more: str) -> dict[str, str]:
    return {"url": url, "protocolVersion": version, "protocolBinding": binding, **more}


async def found(url: str) -> Card:
    target = Target.parse(url, None, (), 5.0)
    async with http_client(target) as http:
        return await find_card(http, url)


def test_newest_version_comes_first() -> None:
    assert interfaces(
        protocolVersion="0.3.0",
        url="https://example.com/old",
        supportedInterfaces=[listed("https://example.com/new", "1.0", tenant="blue")],
    ) == [
        ("1.0", "https://example.com/new", "blue"),
        ("0.3", "https://example.com/old", None),
    ]


def test_relative_urls_are_relative_to_the_card() -> None:
    assert interfaces(url="/rpc") == [("0.3", "https://example.com/rpc", None)]


def test_other_transports_are_passed_over() -> None:
    assert interfaces(
        url="https://example.com/grpc",
        preferredTransport="GRPC",
        additionalInterfaces=[
            {"url": "https://example.com/rest", "transport": "HTTP+JSON"},
            {"url": "https://example.com/rpc", "transport": "JSONRPC"},
        ],
        supportedInterfaces=[listed("https://example.com/1", "1.0", "GRPC"), "nonsense"],
    ) == [("0.3", "https://example.com/rpc", None)]


def test_first_of_several_endpoints_is_taken() -> None:
    both = [listed("https://example.com/a", "1.0"), listed("https://example.com/b", "1.1")]

    assert interfaces(supportedInterfaces=both) == [("1.0", "https://example.com/a", None)]


@pytest.mark.parametrize("url", [None, "", "http://["])
def test_endpoint_without_a_sound_url_is_none(url: str | None) -> None:
    assert interfaces(url=url) == []


@pytest.mark.parametrize(
    ("content", "offered"),
    [
        ({"capabilities": {"streaming": True}}, True),
        ({"capabilities": {"streaming": False}}, False),
        ({"capabilities": ["streaming"]}, False),
        ({}, False),
    ],
)
def test_streams_are_offered_by_the_capabilities(content: dict[str, Any], offered: bool) -> None:
    assert Card(url="http://a.example/card.json", content=content).offers_streams is offered


def test_version_asked_for_is_chosen() -> None:
    content = {"url": "/old", "supportedInterfaces": [listed("/new", "1.0")]}
    card = Card(url=BASE, content=content)

    assert card.choose(None).url == "https://example.com/new"
    assert card.choose("0.3").url == "https://example.com/old"


def test_version_that_is_not_offered_is_an_error_that_says_what_is() -> None:
    card = Card(url=BASE, content={"url": "/old"})

    with pytest.raises(ProtocolError, match=r"no JSON-RPC endpoint of version 1\.0 .*offers 0\.3"):
        card.choose("1.0")
    with pytest.raises(ProtocolError, match="no JSON-RPC endpoint of a known version$"):
        Card(url=BASE, content={}).choose(None)


@pytest.mark.parametrize("path", ["", "/", "/rpc", "/rpc/", "/.well-known/agent-card.json"])
async def test_card_is_found_from_base_endpoint_and_card_url(path: str) -> None:
    with Stranger().serving() as url:
        card = await found(url + path)

    assert card == Card(url=f"{url}/.well-known/agent-card.json", content=card_10())


async def test_card_of_another_agent_on_the_host_is_not_taken() -> None:
    with (
        Stranger().serving() as url,
        pytest.raises(ProtocolError, match="no agent card at .*/other/.well-known.*404 Not"),
    ):
        await found(f"{url}/other")


async def test_card_that_has_moved_is_followed() -> None:
    with Stranger(card=card_03()).serving() as url:
        moved = Stranger(card=RedirectResponse(f"{url}/.well-known/agent-card.json"))
        with moved.serving() as old_url:
            card = await found(old_url)

    assert card.choose(None).url == f"{url}/rpc"


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        (HTMLResponse("<html>"), "text/html"),
        (JSONResponse([1]), "application/json"),
        (JSONResponse({"openapi": "3"}), "application/json"),
        (Response(b"\xff"), "something unnamed"),
        (Response("[" * 100_000), "something unnamed"),
    ],
)
async def test_what_is_no_card_is_named(answer: Response, kind: str) -> None:
    with (
        Stranger(card=answer).serving() as url,
        pytest.raises(ProtocolError, match=f"is no agent card but {kind}; is this the URL"),
    ):
        await found(url)


@pytest.mark.parametrize("status", [401, 403])
async def test_card_behind_a_login_says_how_to_log_in(status: int) -> None:
    with (
        Stranger(card=Response(status_code=status)).serving() as url,
        pytest.raises(ProtocolError, match=f"refuses with {status} .* --header 'Authoriz"),
    ):
        await found(url)


async def test_server_that_is_busy_is_unreachable_for_now() -> None:
    with (
        Stranger(card=Response(status_code=503)).serving() as url,
        pytest.raises(UnreachableError, match="answers 503 Service Unavailable; try again"),
    ):
        await found(url)


async def test_connection_refused_is_one_clear_error() -> None:
    with Stranger().serving() as url:
        pass
    with pytest.raises(UnreachableError, match=f"cannot connect to {url}/.well-known/agent-card"):
        await found(url)


async def test_host_that_https_does_not_work_with_is_named() -> None:
    with (
        Stranger().serving() as url,
        pytest.raises(UnreachableError, match="no secure connection to https://127"),
    ):
        await found(url.replace("http:", "https:"))


async def test_redirects_without_end_are_an_error() -> None:
    with (
        Stranger(card=RedirectResponse("/.well-known/agent-card.json")).serving() as url,
        pytest.raises(ProtocolError, match="Exceeded maximum allowed redirects"),
    ):
        await found(url)

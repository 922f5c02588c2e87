"""The agent card: what it says in both versions, where it says clients should go, and caching."""

from typing import Any

import httpx
import pytest

from a2a_agent import AgentDescription, Settings, Skill, create_app
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.shapes import check_shape
from tests.support.stage import Stage

PATH = "/.well-known/agent-card.json"
PATHS = (PATH, "/.well-known/agent.json")
OURS = "urn:a2a-agent:stream:v1"

FULL = AgentDescription(
    name="Ünï <b>",
    description="Says “hello”.\nTwice.",
    version="2.1.0",
    skills=(
        Skill(id="a", name="A", description="Does a.", tags=("x", "y"), examples=("Do a!",)),
        Skill(id="b", name="B", description="Does b.", tags=("z",)),
    ),
    input_modes=("text/*", "image/png"),
    output_modes=("application/pdf",),
    provider=("Example", "https://example.org"),
    documentation_url="https://example.org/docs",
    icon_url="https://example.org/icon.png",
)


def card_of(endpoint: Endpoint, **headers: str) -> Any:
    response = endpoint.http.get(PATH, headers={k.replace("_", "-"): v for k, v in headers.items()})
    assert response.status_code == 200
    return response.json()


def test_card_says_the_same_to_both_versions() -> None:
    with serving_agent(description=FULL) as endpoint:
        card, url = card_of(endpoint), f"{endpoint.base}/"

    assert card == {
        "name": "Ünï <b>",
        "description": "Says “hello”.\nTwice.",
        "version": "2.1.0",
        "protocolVersion": "0.3.0",
        "url": url,
        "preferredTransport": "JSONRPC",
        "additionalInterfaces": [{"url": url, "transport": "JSONRPC"}],
        "supportedInterfaces": [
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "1.0"},
            {"url": url, "protocolBinding": "JSONRPC", "protocolVersion": "0.3"},
        ],
        "capabilities": {
            "streaming": True,
            "pushNotifications": False,
            "extensions": [
                {
                    "uri": OURS,
                    "description": "Chooses how much a stream shows and whether its text is "
                    f'gathered, by metadata: {{"{OURS}": {{"mode": …, "coalesceMs": …}}}}.',
                    "required": False,
                    "params": {
                        "modes": ["output", "chunk", "core", "all"],
                        "maxCoalesceMs": 1000,
                    },
                }
            ],
        },
        "defaultInputModes": ["text/*", "image/png"],
        "defaultOutputModes": ["application/pdf"],
        "skills": [
            {
                "id": "a",
                "name": "A",
                "description": "Does a.",
                "tags": ["x", "y"],
                "examples": ["Do a!"],
            },
            {"id": "b", "name": "B", "description": "Does b.", "tags": ["z"]},
        ],
        "provider": {"organization": "Example", "url": "https://example.org"},
        "documentationUrl": "https://example.org/docs",
        "iconUrl": "https://example.org/icon.png",
    }


@pytest.mark.parametrize("version", ["0.3", "1.0"])
@pytest.mark.parametrize("description", [FULL, Stage.description], ids=["full", "least"])
def test_card_has_the_shape_of_its_version(version: str, description: AgentDescription) -> None:
    with serving_agent(description=description, required_extensions=("urn:x",)) as endpoint:
        check_shape(version, "AgentCard", card_of(endpoint))


def test_members_without_a_value_are_left_out(endpoint: Endpoint) -> None:
    assert {"provider", "documentationUrl", "iconUrl"} & card_of(endpoint).keys() == set()


def test_card_of_an_endpoint_that_does_not_stream_says_so() -> None:
    with serving_agent(streaming=False) as endpoint:
        capabilities = card_of(endpoint)["capabilities"]

    assert capabilities == {"streaming": False, "pushNotifications": False, "extensions": []}


def test_required_extensions_are_declared() -> None:
    with serving_agent(required_extensions=("urn:z", OURS, "urn:a")) as endpoint:
        declared = card_of(endpoint)["capabilities"]["extensions"]

    assert [(one["uri"], one["required"]) for one in declared] == [
        (OURS, True),
        ("urn:a", True),
        ("urn:z", True),
    ]


# Caching.


@pytest.mark.parametrize("path", PATHS)
def test_card_may_be_cached(endpoint: Endpoint, path: str) -> None:
    response = endpoint.http.get(path)

    assert (
        response.status_code,
        response.headers["content-type"],
        response.headers["cache-control"],
    ) == (200, "application/json", "public, max-age=300")
    assert response.headers["etag"].strip('"').isalnum()
    assert "host" in response.headers["vary"].lower()
    assert response.json() == card_of(endpoint)


def test_card_may_be_cached_as_long_as_set() -> None:
    with serving_agent(card_max_age_seconds=0) as endpoint:
        assert endpoint.http.get(PATH).headers["cache-control"] == "public, max-age=0"


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("form", ["{}", "W/{}", '"other", {}', '"other",W/{}', "*"])
def test_card_that_is_known_is_not_sent_again(endpoint: Endpoint, path: str, form: str) -> None:
    etag = endpoint.http.get(path).headers["etag"]

    response = endpoint.http.get(path, headers={"If-None-Match": form.format(etag)})

    assert (response.status_code, response.content) == (304, b"")
    assert (response.headers["etag"], response.headers["cache-control"]) == (
        etag,
        "public, max-age=300",
    )


@pytest.mark.parametrize("known", ["", '""', '"other"', "nonsense", "W/"])
def test_card_that_is_not_known_is_sent(endpoint: Endpoint, known: str) -> None:
    response = endpoint.http.get(PATH, headers={"If-None-Match": known})

    assert (response.status_code, response.json()) == (200, card_of(endpoint))


def test_card_for_another_place_has_another_tag(endpoint: Endpoint) -> None:
    etags = {
        endpoint.http.get(PATH, headers={"Host": host}).headers["etag"] for host in ("a", "b", "a")
    }

    assert len(etags) == 2


@pytest.mark.parametrize("path", PATHS)
def test_head_gives_the_headers_alone(endpoint: Endpoint, path: str) -> None:
    got, head = endpoint.http.get(path), endpoint.http.head(path)

    assert (head.status_code, head.content) == (200, b"")
    assert without_date(head) == without_date(got)


def without_date(response: httpx.Response) -> dict[str, str]:
    return {name: value for name, value in response.headers.items() if name != "date"}


@pytest.mark.parametrize("method", ["POST", "PUT", "DELETE"])
def test_card_can_only_be_read(endpoint: Endpoint, method: str) -> None:
    response = endpoint.http.request(method, PATH)

    assert response.status_code == 405
    assert response.headers["allow"] in ("GET, HEAD", "HEAD, GET")


# Pages of browsers.


def test_any_page_may_read_the_card(endpoint: Endpoint) -> None:
    response = endpoint.http.get(PATH, headers={"Origin": "https://page.example"})

    assert response.status_code == 200
    assert response.headers["access-control-allow-origin"] == "*"
    assert "etag" in response.headers["access-control-expose-headers"].lower()


def test_no_page_may_where_origins_are_named() -> None:
    with serving_agent(cors_origins=("https://mine.example",)) as endpoint:
        allowed = {
            origin: endpoint.http.get(PATH, headers={"Origin": origin}).headers.get(
                "access-control-allow-origin"
            )
            for origin in ("https://mine.example", "https://page.example", "null")
        }
        varies = endpoint.http.get(PATH).headers["vary"]

    assert allowed == {
        "https://mine.example": "https://mine.example",
        "https://page.example": None,
        "null": None,
    }
    assert "origin" in varies.lower()


# Where clients should go.


def urls(card: Any) -> set[str]:
    interfaces = [*card["additionalInterfaces"], *card["supportedInterfaces"]]
    return {card["url"], *(one["url"] for one in interfaces)}


def test_public_url_is_what_the_card_says() -> None:
    url = "https://agents.example/mine"
    with serving_agent(public_url=url) as endpoint:
        card = card_of(endpoint, Host="x.example", X_Forwarded_Host="y.example")

    assert urls(card) == {url}


@pytest.mark.parametrize("path", ["/", "/rpc", "/a/b/"])
def test_card_names_the_path_of_the_endpoint(path: str) -> None:
    with serving_agent(rpc_path=path) as endpoint:
        assert urls(card_of(endpoint)) == {f"{endpoint.base}{path}"}


@pytest.mark.parametrize(
    ("headers", "url"),
    [
        ({}, "http://agent.example:81/"),
        ({"Host": "[::1]:9999"}, "http://[::1]:9999/"),
        ({"X_Forwarded_Proto": "https"}, "https://agent.example:81/"),
        ({"X_Forwarded_Proto": "HTTPS, http"}, "https://agent.example:81/"),
        ({"X_Forwarded_Host": "public.example"}, "http://public.example/"),
        ({"X_Forwarded_Host": "public.example:444, inner"}, "http://public.example:444/"),
        ({"X_Forwarded_Prefix": "/agents/mine"}, "http://agent.example:81/agents/mine/"),
        ({"X_Forwarded_Prefix": "/agents/"}, "http://agent.example:81/agents/"),
        (
            {
                "X_Forwarded_Proto": "https",
                "X_Forwarded_Host": "public.example",
                "X_Forwarded_Prefix": "/mine",
            },
            "https://public.example/mine/",
        ),
    ],
    ids=repr,
)
def test_trusted_proxy_says_where_clients_come_from(
    endpoint: Endpoint, headers: dict[str, str], url: str
) -> None:
    assert urls(card_of(endpoint, **{"Host": "agent.example:81", **headers})) == {url}


@pytest.mark.parametrize(
    "trusted", [(), ("10.0.0.0/8",), ("::1", "192.168.0.1")], ids=["none", "network", "addresses"]
)
def test_proxy_that_is_not_trusted_is_not_believed(trusted: tuple[str, ...]) -> None:
    forwarded = {
        "X_Forwarded_Proto": "https",
        "X_Forwarded_Host": "evil.example",
        "X_Forwarded_Prefix": "/evil",
    }
    with serving_agent(trusted_proxies=trusted) as endpoint:
        assert urls(card_of(endpoint, Host="agent.example", **forwarded)) == {
            "http://agent.example/"
        }


def test_proxy_of_a_trusted_network_is_believed() -> None:
    with serving_agent(trusted_proxies=("127.0.0.0/8",)) as endpoint:
        assert urls(card_of(endpoint, Host="a", X_Forwarded_Proto="https")) == {"https://a/"}


async def test_proxy_without_an_address_is_not_believed() -> None:
    """Such as one that comes through a socket of the file system."""
    app = create_app(Stage(), settings=Settings(store="memory:"))
    transport = httpx.ASGITransport(app, client=("a socket", 0))
    async with httpx.AsyncClient(transport=transport, base_url="http://a") as http:
        response = await http.get(PATH, headers={"X-Forwarded-Proto": "https"})

    assert urls(response.json()) == {"http://a/"}


GARBAGE = [
    "",
    "evil.example/path",
    "user@evil.example",
    "evil.example?x",
    "evil example",
    "<script>",
    '"',
    "evil.example:port",
    "[::1",
    "::1",
    "évil.example",
    "http://evil.example",
    ":80",
]


@pytest.mark.parametrize("host", GARBAGE)
def test_forwarded_host_that_is_none_is_not_believed(endpoint: Endpoint, host: str) -> None:
    headers = {b"host": b"agent.example", b"x-forwarded-host": host.encode("latin-1")}

    assert urls(endpoint.http.get(PATH, headers=headers).json()) == {"http://agent.example/"}


@pytest.mark.parametrize("host", GARBAGE)
def test_host_that_is_none_is_not_repeated(endpoint: Endpoint, host: str) -> None:
    headers = {b"host": host.encode("latin-1")}

    response = endpoint.http.get(PATH, headers=headers)

    assert response.status_code == 200
    assert urls(response.json()) == {"http://localhost/"}


@pytest.mark.parametrize("proto", ["", "ftp", "javascript", "https:", "http,s"])
def test_forwarded_scheme_that_is_none_is_not_believed(endpoint: Endpoint, proto: str) -> None:
    assert urls(card_of(endpoint, Host="a", X_Forwarded_Proto=proto)) == {"http://a/"}


@pytest.mark.parametrize(
    "prefix", ["", "evil", "//evil.example", "/a b", "/a?b", "/a/../b?", "/<script>", "/a#b"]
)
def test_forwarded_prefix_that_is_none_is_not_believed(endpoint: Endpoint, prefix: str) -> None:
    assert urls(card_of(endpoint, Host="a", X_Forwarded_Prefix=prefix)) == {"http://a/"}


def test_root_path_is_part_of_the_url() -> None:
    with serving_agent(root_path="/under/here") as endpoint:
        here, moved = card_of(endpoint), card_of(endpoint, X_Forwarded_Prefix="/there")

    assert urls(here) == {f"{endpoint.base}/under/here/"}
    assert urls(moved) == {f"{endpoint.base}/there/"}

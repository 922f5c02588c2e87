"""The page for people with a browser: what the agent is, safely."""

from html.parser import HTMLParser

import pytest

from a2a_agent import AgentDescription, Skill
from tests.support.endpoint import Endpoint, serving_agent

EVIL = """<script>alert("x")</script>&amp;'{name}' {0} </title>"""


class Page(HTMLParser):
    """The tags and texts of a page."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.texts: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.texts.append(data)


def test_page_tells_what_the_agent_is(endpoint: Endpoint) -> None:
    response = endpoint.http.get("/")

    page = Page(response.text)
    assert (response.status_code, response.headers["content-type"]) == (
        200,
        "text/html; charset=utf-8",
    )
    assert {"stage", "Does what a test has written.", "Act", ": Plays an act."} <= set(page.texts)
    assert f'a2a-agent send {endpoint.base}/ "Hello" --stream' in page.texts
    assert page.links == ["https://a2a-protocol.org", "/.well-known/agent-card.json"]


def test_links_of_the_page_lead_somewhere(endpoint: Endpoint) -> None:
    _, card = Page(endpoint.http.get("/").text).links

    assert card is not None
    assert endpoint.http.get(card).json()["name"] == "stage"


def test_page_shows_the_texts_of_the_agent_as_texts() -> None:
    evil = Skill(id="e", name=EVIL, description=EVIL, tags=(), examples=(EVIL,))
    description = AgentDescription(name=EVIL, description=EVIL, skills=(evil,))
    url = f"https://example.org/{EVIL}"
    with serving_agent(description=description, public_url=url) as endpoint:
        page = Page(endpoint.http.get("/").text)

    assert "script" not in page.tags
    # Title, heading, description, and of the skill: name, description, example.
    assert sum(EVIL in text for text in page.texts) == 7


def test_page_allows_no_scripts(endpoint: Endpoint) -> None:
    policy = endpoint.http.get("/").headers["content-security-policy"]

    assert policy == "default-src 'none'; style-src 'unsafe-inline'"


def test_page_has_no_skills_where_there_are_none() -> None:
    with serving_agent(description=AgentDescription(name="n", description="d")) as endpoint:
        page = Page(endpoint.http.get("/").text)

    assert "li" not in page.tags
    assert page.tags.count("h2") == 1


@pytest.mark.parametrize("root_path", ["/under/here", "/under/here/"])
def test_card_is_linked_under_the_root_path(root_path: str) -> None:
    with serving_agent(root_path=root_path.rstrip("/")) as endpoint:
        page = Page(endpoint.http.get("/").text)

    assert page.links[1] == "/under/here/.well-known/agent-card.json"


def test_page_is_there_beside_another_path_of_the_endpoint() -> None:
    with serving_agent(rpc_path="/rpc") as endpoint:
        page = Page(endpoint.http.get("/").text)

    assert f'a2a-agent send {endpoint.base}/rpc "Hello" --stream' in page.texts


def test_head_of_the_page_has_no_body(endpoint: Endpoint) -> None:
    response = endpoint.http.head("/")

    assert (response.status_code, response.content) == (200, b"")

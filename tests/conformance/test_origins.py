"""Where credentials may go, and where nothing goes."""

from typing import Any

import pytest

from conformance.origins import is_link_local, origin_of
from tests.conformance import endpoints
from tests.conformance.conftest import Run
from tests.conformance.endpoints import Answer, answering, listening

UNKNOWN = "tasks.unknown-is-not-found"
MINE, OTHERS = "Bearer of-the-first", "Bearer of-the-second"
GUARDED = {"securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}}}


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        ("http://agent.example", "http://agent.example:80"),
        ("HTTPS://Agent.example/a?b#c", "https://agent.example:443"),
        ("https://agent.example:8443/", "https://agent.example:8443"),
        ("http://localhost:9999/a", "http://localhost:9999"),
        ("http://127.0.0.1:9999", "http://localhost:9999"),
        ("http://[::1]:9999", "http://localhost:9999"),
        ("http://[fd00::1]:9999", "http://[fd00::1]:9999"),
        ("http://agent.example@evil.example/", "http://evil.example:80"),
        ("http://agent.example\\@evil.example/", "http://evil.example:80"),
        ("http://[::1", ""),
        ("http://", ""),
        ("/a2a", ""),
    ],
)
def test_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert origin_of(url) == origin


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("169.254.169.254", True),
        ("2852039166", True),
        ("0xa9fea9fe", True),
        ("[::ffff:169.254.169.254]", True),
        ("[fe80::1]", True),
        ("127.0.0.1", False),
        ("10.0.0.1", False),
        ("localhost", False),
        ("nowhere.invalid", False),
    ],
)
async def test_link_local_addresses_are_known_in_all_writings(host: str, expected: bool) -> None:
    assert await is_link_local(f"http://{host}:80/a", 5.0) is expected


def _recording(seen: list[bytes], status: str = "200 OK") -> Answer:
    """A server that refuses everything, and keeps what it was sent."""

    async def answer(head: bytes, body: bytes, writer: Any) -> None:
        seen.append(head)
        error = b'{"jsonrpc": "2.0", "id": 1, "error": {"code": -32001, "message": "no"}}'
        writer.write(endpoints.http(error, status=status))

    return answer


def _naming(url: str) -> dict[str, Any]:
    """What a card says that leads there."""
    return {**GUARDED, "url": url, "supportedInterfaces": []}


WORDS = ("--header", f"Authorization: {MINE}", "--other-header", f"Authorization: {OTHERS}")


def test_credentials_stay_with_the_origin_of_the_url_that_was_given(run: Run) -> None:
    here: list[bytes] = []
    there: list[bytes] = []
    with (
        listening(_recording(there)) as elsewhere,
        listening(answering(_recording(here), **_naming(f"{elsewhere}/a2a"))) as url,
    ):
        ended = run(url, *WORDS, "--only", UNKNOWN, "--only", "security.")
    said = b"".join(there).lower()
    assert here == []
    assert said.startswith(b"post /a2a ")
    assert b"authorization" not in said
    assert b"of-the" not in said
    port = elsewhere.rpartition(":")[2]
    assert ended.out.startswith(
        f"A2A 0.3 at {elsewhere}/a2a, by the card {url}/.well-known/agent-card.json\n"
        f"Headers are not sent to http://localhost:{port}: --trust-card-urls would do that\n"
    )
    assert "  credentials are not sent there: --trust-card-urls\n" in ended.out


def test_credentials_go_where_the_card_leads_if_it_is_trusted(run: Run) -> None:
    there: list[bytes] = []
    with (
        listening(_recording(there)) as elsewhere,
        listening(answering(endpoints.by_hanging_up, **_naming(elsewhere))) as url,
    ):
        ended = run(url, *WORDS, "--trust-card-urls", "--only", UNKNOWN)
    assert all(MINE.encode() in head for head in there)
    assert "Headers are not sent" not in ended.out


def test_endpoint_elsewhere_that_lets_nobody_in_is_told_of_with_the_option(run: Run) -> None:
    with (
        listening(_recording([], "401 Unauthorized")) as elsewhere,
        listening(answering(endpoints.by_hanging_up, **_naming(elsewhere))) as url,
    ):
        ended = run(url, *WORDS, "--only", UNKNOWN)
    assert "  the endpoint lets nobody in: --trust-card-urls\n" in ended.out


def test_path_without_an_endpoint_is_not_said_to_be_tested(run: Run, scenarios: str) -> None:
    ended = run(f"{scenarios}/nothing", "--only", UNKNOWN)
    assert ended.out.startswith(
        f"A2A 0.3 and 1.0 at {scenarios}, by the card {scenarios}/.well-known/agent-card.json\n"
    )


@pytest.mark.parametrize("host", ["169.254.169.254", "2852039166", "[::ffff:169.254.169.254]"])
def test_card_that_leads_to_a_link_local_address_is_refused(run: Run, host: str) -> None:
    named = f"http://{host}/latest"
    with listening(answering(endpoints.by_hanging_up, **_naming(named))) as url:
        ended = run(url, "--only", UNKNOWN)
    assert ended.code == 3
    assert ended.err == (
        f"error: the card at {url}/.well-known/agent-card.json names {named}, which is link-local\n"
    )


def test_card_that_leads_to_files_offers_nothing(run: Run) -> None:
    with listening(answering(endpoints.by_hanging_up, **_naming("file:///etc/passwd"))) as url:
        ended = run(url, "--only", UNKNOWN)
    assert ended.err.endswith("offers no JSON-RPC interface in version 0.3 or 1.0\n")

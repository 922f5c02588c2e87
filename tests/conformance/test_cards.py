"""What the suite reads in cards, however odd they are."""

from base64 import urlsafe_b64encode
from typing import Any

import pytest

from conformance.cards import (
    NamedInterface,
    base64url,
    extensions,
    host_of,
    interfaces,
    is_public,
    is_unspecified,
    objects,
    protected_header,
)

URL = "https://agents.example.com/a2a"
ODD: list[Any] = [None, 7, "text", [], {}, [None, 7, []]]


def test_interfaces_are_read_from_both_shapes() -> None:
    card = {
        "url": URL,
        "protocolVersion": "0.3.0",
        "additionalInterfaces": [{"url": f"{URL}/grpc", "transport": "GRPC"}],
        "supportedInterfaces": [
            {"url": f"{URL}/1", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
        ],
    }
    assert list(interfaces(card)) == [
        NamedInterface(
            place="supportedInterfaces", url=f"{URL}/1", binding="JSONRPC", protocol_version="1.0"
        ),
        NamedInterface(place="url", url=URL, binding="JSONRPC", protocol_version="0.3.0"),
        NamedInterface(
            place="additionalInterfaces",
            url=f"{URL}/grpc",
            binding="GRPC",
            protocol_version="0.3.0",
        ),
    ]


@pytest.mark.parametrize("given", ["1.0", "1.0.7"])
def test_version_of_an_interface_has_no_patch_number(given: str) -> None:
    (one,) = interfaces({"url": URL, "protocolVersion": given})
    assert one.version == "1.0"


@pytest.mark.parametrize("odd", ODD)
def test_odd_members_hold_no_interfaces_and_no_extensions(odd: Any) -> None:
    card = {"supportedInterfaces": odd, "additionalInterfaces": odd, "capabilities": odd}
    assert list(interfaces(card)) == []
    assert extensions(card) == []
    assert extensions({"capabilities": {"extensions": odd}}) == []


def test_objects_are_picked_out_of_a_list() -> None:
    assert objects([{"a": 1}, None, "b", {}]) == [{"a": 1}, {}]


def test_extensions_are_all_or_those_that_are_required() -> None:
    declared = [{"uri": "urn:a"}, {"uri": "urn:b", "required": True}, {"uri": "urn:c,d"}]
    card = {"capabilities": {"extensions": [*declared, {"uri": 7}, {"uri": "ü:x"}, {"uri": ""}]}}
    assert extensions(card) == ["urn:a", "urn:b"]
    assert extensions(card, required=True) == ["urn:b"]


@pytest.mark.parametrize(
    ("url", "host"),
    [
        (URL, "agents.example.com"),
        ("http://[::1]:80/", "::1"),
        ("ftp://agents.example.com/", ""),
        ("/a2a", ""),
        ("agents.example.com:443", ""),
        ("http://[::1", ""),
        (None, ""),
    ],
)
def test_host_is_that_of_an_absolute_web_url(url: Any, host: str) -> None:
    assert host_of(url) == host


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("agents.example.com", True),
        ("8.8.8.8", True),
        ("2606:4700:4700::1111", True),
        ("10.0.0.7", False),
        ("127.0.0.1", False),
        ("169.254.1.1", False),
        ("::1", False),
        ("0.0.0.0", False),
        ("localhost", False),
        ("agent.localhost", False),
        ("backend", False),
        ("backend.svc.cluster.local.", False),
        ("db.internal", False),
    ],
)
def test_public_hosts_are_told_from_local_ones(host: str, expected: bool) -> None:
    assert is_public(host) is expected


@pytest.mark.parametrize(
    ("host", "expected"),
    [("0.0.0.0", True), ("::", True), ("127.0.0.1", False), ("agents.example.com", False)],
)
def test_addresses_to_listen_on_are_known(host: str, expected: bool) -> None:
    assert is_unspecified(host) is expected


@pytest.mark.parametrize(
    ("text", "content"),
    [
        ("YQ", b"a"),
        ("_-8", b"\xff\xef"),
        ("YQ==", None),
        ("a+b/", None),
        ("YQA1Y", None),
        ("", None),
        (7, None),
    ],
)
def test_base64url_has_no_padding(text: Any, content: bytes | None) -> None:
    assert base64url(text) == content


def _encoded(text: str) -> str:
    return urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    ("protected", "header"),
    [
        (_encoded('{"alg": "ES256", "kid": "k"}'), {"alg": "ES256", "kid": "k"}),
        (_encoded("[]"), None),
        (_encoded("no JSON"), None),
        (_encoded("[" * 100_000), None),
        ("…", None),
        (None, None),
    ],
)
def test_protected_header_is_an_object_or_none(protected: Any, header: Any) -> None:
    assert protected_header({"protected": protected}) == header

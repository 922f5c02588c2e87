"""Which version and which extensions are in force: headers, query, and what is refused."""

from typing import Any

import pytest

from tests.support.dialects import V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent

URI = "urn:example:required"
OTHER = "urn:example:other"
OURS = "urn:a2a-agent:stream:v1"


def request(method: str, params: Any = None) -> Json:
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


def is_spoken(endpoint: Endpoint, dialect: Dialect, **how: Any) -> bool:
    """Whether the version's method is known, asked for that way."""
    body = request(dialect.list)
    path = endpoint.path + how.get("query", "")
    reply = endpoint.post(body, headers=how.get("headers", {}), path=path).json()
    return "result" in reply


def test_request_without_a_version_is_0_3(endpoint: Endpoint) -> None:
    assert is_spoken(endpoint, V0_3)
    assert not is_spoken(endpoint, V1_0)


@pytest.mark.parametrize("version", ["", "0.3", "0.3.0", "0.3.17"])
def test_header_asks_for_0_3(endpoint: Endpoint, version: str) -> None:
    assert is_spoken(endpoint, V0_3, headers={"A2A-Version": version})


@pytest.mark.parametrize("version", ["1.0", "1.0.0", "1.0.9", "1.0.0.0"])
def test_header_asks_for_1_0(endpoint: Endpoint, version: str) -> None:
    assert is_spoken(endpoint, V1_0, headers={"A2A-Version": version})


@pytest.mark.parametrize("name", ["a2a-version", "A2A-VERSION"])
def test_header_is_known_however_it_is_written(endpoint: Endpoint, name: str) -> None:
    assert is_spoken(endpoint, V1_0, headers={name: "1.0"})


@pytest.mark.parametrize(
    ("query", "dialect"),
    [
        ("?A2A-Version=1.0", V1_0),
        ("?A2A-Version=1.0.3", V1_0),
        ("?x=1&A2A-Version=1.0", V1_0),
        ("?A2A-Version=", V0_3),
        ("?A2A-Version=0.3", V0_3),
        ("?other=1.0", V0_3),
        ("?%ff=%ff&&=", V0_3),
    ],
)
def test_query_asks_for_a_version(endpoint: Endpoint, query: str, dialect: Dialect) -> None:
    assert is_spoken(endpoint, dialect, query=query)


def test_header_counts_more_than_the_query(endpoint: Endpoint) -> None:
    assert is_spoken(endpoint, V1_0, headers={"A2A-Version": "1.0"}, query="?A2A-Version=0.3")


def not_served(version: str) -> Json:
    return {
        "jsonrpc": "2.0",
        "id": 1,
        "error": {
            "code": -32009,
            "message": f"A2A {version} is not served here; "
            "send A2A-Version with one of 1.0 and 0.3",
            "data": V1_0.error_data("VERSION_NOT_SUPPORTED"),
        },
    }


@pytest.mark.parametrize("method", ["GetTask", "tasks/get", "message/stream", "nonsense"])
@pytest.mark.parametrize(
    "version",
    ["1.7", "2.0", "0.2", "0.30", "1", "1.", "1.0.", "1.0-rc", "v1.0", "01.0", "1,0", "{}"],
)
def test_version_that_is_not_served_is_refused(
    endpoint: Endpoint, version: str, method: str
) -> None:
    body = request(method, {"id": "any"})

    assert endpoint.post(body, headers={"A2A-Version": version}).json() == not_served(version)
    assert endpoint.post(body, path=f"/?A2A-Version={version}").json() == not_served(version)


def test_long_version_is_not_repeated(endpoint: Endpoint) -> None:
    response = endpoint.post(request("GetTask"), headers={"A2A-Version": "9" * 1000})

    assert response.json() == not_served("9" * 20)


def test_version_in_other_characters_is_refused(endpoint: Endpoint) -> None:
    headers = [(b"content-type", b"application/json"), (b"a2a-version", "１.０".encode())]

    response = endpoint.http.post("/", json=request("GetTask"), headers=headers)

    assert response.json()["error"]["code"] == -32009


def several(*versions: str) -> list[tuple[str, str]]:
    """Headers that ask for each of the versions."""
    asked = [("A2A-Version", version) for version in versions]
    return [("Content-Type", "application/json"), *asked]


@pytest.mark.parametrize("versions", [("0.3", "1.0"), ("1.0", "0.3"), ("1.0", ""), ("", "1.0")])
def test_versions_that_differ_are_refused(
    endpoint: Endpoint, dialect: Dialect, versions: tuple[str, ...]
) -> None:
    response = endpoint.http.post("/", json=request(dialect.list), headers=several(*versions))

    assert response.json() == not_served(", ".join(versions))


def test_versions_that_differ_in_the_query_are_refused(endpoint: Endpoint) -> None:
    response = endpoint.post(request("GetTask"), path="/?A2A-Version=0.3&A2A-Version=1.0")

    assert response.json() == not_served("0.3, 1.0")


@pytest.mark.parametrize("version", ["1.0", "1.0.3"])
def test_version_may_be_said_twice(endpoint: Endpoint, version: str) -> None:
    headers = [("X-Other", "1"), ("X-Other", "2"), *several(version, version)]

    response = endpoint.http.post("/", json=request(V1_0.list), headers=headers)
    by_query = endpoint.post(request(V1_0.list), path="/?A2A-Version=1.0&A2A-Version=1.0")

    assert "result" in response.json()
    assert "result" in by_query.json()


def test_other_headers_may_be_repeated(endpoint: Endpoint, dialect: Dialect) -> None:
    headers = [("X-Other", "1"), ("X-Other", "2"), *dialect.headers.items()]

    response = endpoint.http.post("/", json=request(dialect.list), headers=headers)

    assert "result" in response.json()


# Extensions.


def test_extension_that_is_served_is_activated(endpoint: Endpoint, dialect: Dialect) -> None:
    response = endpoint.post(
        request(dialect.list), dialect, headers={"A2A-Extensions": f"{OTHER}, {OURS}"}
    )

    assert response.headers["a2a-extensions"] == OURS


def test_extension_is_activated_for_a_stream(endpoint: Endpoint, dialect: Dialect) -> None:
    params = {"message": dialect.message()}

    with endpoint.open(dialect, dialect.stream, params, A2A_Extensions=OURS) as response:
        assert response.headers["a2a-extensions"] == OURS
        response.read()


def test_extension_is_activated_for_a_notification(endpoint: Endpoint, dialect: Dialect) -> None:
    body = {"jsonrpc": "2.0", "method": dialect.list}

    response = endpoint.post(body, dialect, headers={"A2A-Extensions": OURS})

    assert (response.status_code, response.headers["a2a-extensions"]) == (204, OURS)


def test_extension_is_known_by_the_header_of_before(endpoint: Endpoint, dialect: Dialect) -> None:
    response = endpoint.post(request(dialect.list), dialect, headers={"X-A2A-Extensions": OURS})

    assert response.headers["a2a-extensions"] == OURS


@pytest.mark.parametrize("listed", ["", OTHER, f"{OURS}/2", ","])
def test_header_is_left_out_when_nothing_is_activated(
    endpoint: Endpoint, dialect: Dialect, listed: str
) -> None:
    response = endpoint.post(request(dialect.list), dialect, headers={"A2A-Extensions": listed})

    assert "a2a-extensions" not in response.headers


def test_extensions_may_be_listed_by_several_headers() -> None:
    with serving_agent(required_extensions=(URI, OTHER)) as endpoint:
        headers = [
            ("Content-Type", "application/json"),
            ("A2A-Extensions", URI),
            ("A2A-Extensions", f"{OURS},{OTHER}"),
        ]

        response = endpoint.http.post("/", json=request(V0_3.list), headers=headers)

    assert "result" in response.json()
    assert response.headers["a2a-extensions"] == ", ".join(sorted((URI, OTHER, OURS)))


def test_required_extension_must_be_listed_for_each_method(dialect: Dialect) -> None:
    error = {
        "code": -32008,
        "message": f"this agent requires the extension {URI}; list it in A2A-Extensions",
        "data": dialect.error_data("EXTENSION_SUPPORT_REQUIRED"),
    }
    if error["data"] is None:
        del error["data"]
    with serving_agent(required_extensions=(OTHER, URI)) as endpoint:
        refused = {
            method: endpoint.error(dialect, method, {"id": "any"}, A2A_Extensions=OTHER)
            for method in dialect.methods
        }
        activated = endpoint.post(
            request(dialect.list), dialect, headers={"A2A-Extensions": f"{URI},{OTHER}"}
        )

    assert refused == dict.fromkeys(dialect.methods, error)
    assert "result" in activated.json()
    assert activated.headers["a2a-extensions"] == f"{OTHER}, {URI}"

"""The application as a whole: what it is made of, its paths, its life, and pages of browsers."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import asdict, replace
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from a2a_agent import RunRequest, Settings, create_app
from a2a_agent.http.app import limits
from tests.support.dialects import V0_3, V1_0, Dialect
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.gates import Gate
from tests.support.server import serving
from tests.support.stage import Stage, repeats

REQUEST = {"jsonrpc": "2.0", "id": 1, "method": "tasks/list"}
EMPTY = {"tasks": [], "nextPageToken": "", "pageSize": 50, "totalSize": 0}
OURS = "urn:a2a-agent:stream:v1"


async def never_yields(_: RunRequest) -> None: ...


class WithoutRun:
    """No agent."""


@pytest.mark.parametrize("thing", ["text", None, 5, never_yields, WithoutRun(), Stage, int])
def test_what_is_no_agent_is_refused(thing: Any) -> None:
    with pytest.raises(TypeError, match="an agent is an async generator function"):
        create_app(thing)


@pytest.mark.parametrize("agent", [repeats, Stage(), Stage().run])
def test_functions_and_objects_are_agents(agent: Any, dialect: Dialect) -> None:
    with serving_agent(agent) as endpoint:
        assert endpoint.task(dialect)["status"]["state"] == dialect.state("completed")


def test_agent_without_a_description_is_known_by_its_name_and_docstring() -> None:
    with serving_agent(repeats) as endpoint:
        card = endpoint.http.get("/.well-known/agent-card.json").json()

    said = "What is done for a text that names no act."
    assert (card["name"], card["description"]) == ("repeats", said)


def test_every_limit_comes_from_its_setting() -> None:
    """Each limit changes with one setting, and no two with the same."""
    defaults = limits(Settings())
    renamed = {
        "concurrent_runs": "max_concurrent_runs",
        "streams_per_caller": "max_streams_per_caller",
        "events_per_task": "max_events_per_task",
        "events_ahead": "max_events_ahead",
        "history_length": "max_history_length",
        "context_messages": "max_context_messages",
        "parts": "max_parts",
        "page_size": "max_page_size",
        "run_seconds": "run_timeout_seconds",
        "idle_seconds": "idle_timeout_seconds",
        "answer_seconds": "answer_timeout_seconds",
        "cancel_seconds": "cancel_timeout_seconds",
        "shutdown_seconds": "shutdown_timeout_seconds",
        "tool_progress_seconds": "tool_progress_interval_seconds",
    }

    for name in asdict(defaults):
        setting: dict[str, Any] = {renamed.get(name, name): 7}
        changed = limits(Settings(**setting))
        assert changed == replace(defaults, **{name: 7})


# Paths.


@pytest.mark.parametrize("path", ["/rpc", "/rpc/", "/a/b", "/a/b/"])
def test_endpoint_is_at_its_path_with_and_without_a_trailing_slash(path: str) -> None:
    with serving_agent(rpc_path=path) as endpoint:
        bare = path.rstrip("/")
        replies = [endpoint.post(REQUEST, path=at) for at in (bare, f"{bare}/", f"{bare}?x=1")]
        elsewhere = [endpoint.post(REQUEST, path=at).status_code for at in ("/", f"{bare}x")]

    assert [(reply.status_code, reply.json()["result"]) for reply in replies] == [(200, EMPTY)] * 3
    assert elsewhere == [405, 404]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_endpoint_takes_posts_only(method: str) -> None:
    with serving_agent(rpc_path="/rpc") as endpoint:
        response = endpoint.http.request(method, "/rpc")

    assert (response.status_code, response.headers["allow"]) == (405, "POST")


@pytest.mark.parametrize("path", ["/nothing", "/.well-known/", "/.well-known/other.json", "/rpc"])
def test_other_paths_are_not_found(endpoint: Endpoint, path: str) -> None:
    assert endpoint.http.get(path).status_code == 404
    assert endpoint.post(REQUEST, path=path).status_code == 404


def test_requests_come_through_below_a_root_path(dialect: Dialect) -> None:
    with serving_agent(root_path="/under/here") as endpoint:
        assert endpoint.task(dialect)["status"]["state"] == dialect.state("completed")
        assert endpoint.gists(dialect)[-1] == ("status", "completed", "")


# Life.


def test_health_is_ok(endpoint: Endpoint) -> None:
    response = endpoint.http.get("/health")

    assert (response.status_code, response.json()) == (200, {"status": "ok"})


def test_application_that_was_not_started_says_so() -> None:
    app = create_app(repeats, settings=Settings(store="memory:"))
    with serving(app, runs_lifespan=False) as base:
        posted = httpx.post(base, json=REQUEST)
        health = httpx.get(f"{base}/health")
        card = httpx.get(f"{base}/.well-known/agent-card.json")

    assert (posted.status_code, posted.json()) == (
        503,
        {"error": "the application has not been started"},
    )
    assert (health.status_code, health.json()) == (503, {"status": "not started"})
    assert card.json()["name"] == "repeats"


def test_application_that_stops_ends_its_runs_and_takes_no_more(dialect: Dialect) -> None:
    async def act(_: RunRequest) -> Any:
        yield "working"
        app.state.closing.set()
        await Gate().passed()

    stage = Stage()
    app = create_app(stage, settings=Settings(store="memory:", shutdown_timeout_seconds=0.0))
    with serving(app) as base:
        endpoint = Endpoint(base, stage)
        gists = endpoint.gists(dialect, stage.plays(act))
        body = {**REQUEST, "method": dialect.send, "params": {"message": dialect.message()}}
        refused = endpoint.post(body, dialect)
        health = endpoint.http.get("/health")
        listed = endpoint.result(dialect, dialect.list)
        endpoint.http.close()

    assert gists[-1] == (
        "status",
        "failed",
        "The server was stopped while the agent was at work.",
    )
    assert (refused.status_code, refused.json()["error"]) == (
        429,
        {"code": -32000, "message": "the server is stopping"},
    )
    assert (health.status_code, health.json()) == (503, {"status": "stopping"})
    assert listed["totalSize"] == 1


def test_application_may_be_started_again(dialect: Dialect) -> None:
    app = create_app(repeats, settings=Settings(store="memory:"))
    for _ in range(2):
        with serving(app) as base:
            endpoint = Endpoint(base, Stage())
            before = endpoint.result(dialect, dialect.list)
            task = endpoint.task(dialect)
            endpoint.http.close()

        assert before == EMPTY
        assert task["status"]["state"] == dialect.state("completed")


async def test_lifespan_leaves_no_task_behind() -> None:
    app = create_app(repeats, settings=Settings(store="memory:"))
    before = asyncio.all_tasks()

    async with app.router.lifespan_context(app):
        pass

    assert asyncio.all_tasks() == before


def test_application_works_as_a_part_of_another(dialect: Dialect) -> None:
    stage = Stage()
    agent = create_app(stage, settings=Settings(store="memory:"))

    @asynccontextmanager
    async def lifespan(_: Starlette) -> AsyncIterator[None]:
        async with agent.router.lifespan_context(agent):
            yield

    outer = Starlette(routes=[Mount("/agents/mine", app=agent)], lifespan=lifespan)
    with serving(outer) as base:
        endpoint = Endpoint(base, stage, "/agents/mine/")
        card = endpoint.http.get("/agents/mine/.well-known/agent-card.json").json()
        task = endpoint.task(dialect)
        gists = endpoint.gists(dialect)
        page = endpoint.http.get("/agents/mine/").text
        health = endpoint.http.get("/agents/mine/health").json()
        endpoint.http.close()

    assert card["url"] == f"{base}/agents/mine/"
    assert task["status"]["state"] == dialect.state("completed")
    assert gists[-1] == ("status", "completed", "")
    assert 'href="/agents/mine/.well-known/agent-card.json"' in page
    assert health == {"status": "ok"}


# Pages of browsers.


def test_any_page_may_ask_before_it_calls(endpoint: Endpoint) -> None:
    asked = "content-type,a2a-version,a2a-extensions,last-event-id,authorization"
    for path in ("/", "/.well-known/agent-card.json"):
        response = endpoint.http.options(
            path,
            headers={
                "Origin": "https://page.example",
                "Access-Control-Request-Method": "POST",
                "Access-Control-Request-Headers": asked,
            },
        )

        assert response.status_code == 200
        assert response.headers["access-control-allow-origin"] == "*"
        assert "POST" in response.headers["access-control-allow-methods"]
        allowed = response.headers["access-control-allow-headers"].replace(" ", "").lower()
        assert set(asked.split(",")) <= set(allowed.split(","))


def test_any_page_may_call(endpoint: Endpoint, dialect: Dialect) -> None:
    headers = {"Origin": "https://page.example", "A2A-Extensions": OURS}
    body = {**REQUEST, "method": dialect.stream, "params": {"message": dialect.message()}}

    for response in (
        endpoint.post({**REQUEST, "method": dialect.list}, dialect, headers=headers),
        endpoint.post(body, dialect, headers=headers),
        endpoint.post(b"{", dialect, headers=headers),
        endpoint.post(body, dialect, headers={**headers, "Content-Type": "text/plain"}),
    ):
        assert response.headers["access-control-allow-origin"] == "*"
        exposed = response.headers["access-control-expose-headers"].lower().split(", ")
        assert {"a2a-extensions", "retry-after"} <= set(exposed)
        assert "access-control-allow-credentials" not in response.headers


def test_page_of_another_origin_is_told_that_it_may_not() -> None:
    with serving_agent(cors_origins=("https://mine.example",)) as endpoint:
        answers = {}
        for origin in ("https://mine.example", "https://page.example"):
            headers = {"Origin": origin, "Access-Control-Request-Method": "POST"}
            answer = endpoint.http.options("/", headers=headers)
            allowed = answer.headers.get("access-control-allow-origin")
            answers[origin] = (answer.status_code, allowed)

    assert answers == {
        "https://mine.example": (200, "https://mine.example"),
        "https://page.example": (400, None),
    }


@pytest.mark.parametrize("content_type", [None, "text/plain", "multipart/form-data; boundary=x"])
def test_page_cannot_call_without_asking_before(content_type: str | None) -> None:
    """What a page may send without being asked for its origin first is not carried out."""
    headers = {"Origin": "https://page.example"}
    if content_type is not None:
        headers["Content-Type"] = content_type
    body = {**REQUEST, "method": V0_3.send, "params": {"message": V0_3.message()}}
    with serving_agent(cors_origins=("https://mine.example",)) as endpoint:
        response = endpoint.http.post("/", content=json.dumps(body).encode(), headers=headers)
        listed = endpoint.result(V0_3, V0_3.list)

    assert (response.status_code, listed["totalSize"]) == (415, 0)


def test_who_is_no_browser_gets_no_headers_for_one(endpoint: Endpoint) -> None:
    response = endpoint.post(REQUEST)

    assert not [name for name in response.headers if name.startswith("access-control-")]


def test_versions_are_served_side_by_side(endpoint: Endpoint) -> None:
    with endpoint.sending(V0_3) as old, endpoint.sending(V1_0) as new:
        assert [V0_3.gist(frame.result) for frame in old] == [
            V1_0.gist(frame.result) for frame in new
        ]

"""Whatever fails: no text of an exception, no SQL, no path, no secret in a reply or a header."""

import json
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any
from uuid import RFC_4122, UUID

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Route

from a2a_agent import Artifact, InputRequired, RunRequest, Settings, TextDelta, TextPart, ToolCall
from a2a_agent.domain.errors import StoreUnavailable, TaskNotFound
from a2a_agent.domain.task_events import Entry
from a2a_agent.http.app import limits
from a2a_agent.http.rpc import RpcEndpoint
from a2a_agent.runtime.service import Service
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    MemoryTaskStore,
    Page,
    Query,
    Scope,
)
from tests.support.dialects import V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.server import serving
from tests.support.stage import Stage

SECRET = "hunter2-4711"
SQL = "SELECT password FROM users WHERE name = 'root'"
TELLTALES = (
    SECRET,
    "SELECT ",
    "INSERT ",
    "UPDATE ",
    "no such table",
    "sqlite",
    "sqlalchemy",
    "pydantic",
    "orjson",
    "jsonrpcserver",
    "Traceback",
    "Error:",
    'File "',
    ".py",
    " at 0x",
    "site-packages",
    "/home/",
    str(Path.home()),
    "/tmp/",
    str(Path(__file__).parents[2]),
)
"""What no client may read."""

INTERNAL = {"code": -32603, "message": "Internal error"}


def told(response: httpx.Response) -> list[str]:
    """What the response tells that it should not."""
    headers = "\n".join(f"{name}: {value}" for name, value in response.headers.items())
    everything = f"{headers}\n\n{response.read().decode()}"
    return [telltale for telltale in TELLTALES if telltale in everything]


def post(endpoint: Endpoint, dialect: Dialect, method: str, params: Any) -> httpx.Response:
    body = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
    return endpoint.post(body, dialect)


# The agent fails.


async def raises(_: RunRequest) -> Any:
    yield TextDelta("half")
    raise RuntimeError(f"{SECRET}: {SQL} in /home/me/agent.py")


async def raises_a_group(_: RunRequest) -> Any:
    yield TextDelta("half")
    raise BaseExceptionGroup(SECRET, [ValueError(SECRET), KeyError(SECRET)])


async def raises_at_once(_: RunRequest) -> Any:
    if SECRET:
        raise ValueError(SECRET)
    yield ""


def raises_when_called(_: RunRequest) -> Any:
    raise ValueError(SECRET)


async def yields_what_is_no_event(_: RunRequest) -> Any:
    yield {"password": SECRET}


async def yields_what_is_no_json(_: RunRequest) -> Any:
    yield ToolCall(call_id="1", name="look", arguments={"at": Path("/home", SECRET)})  # type: ignore[dict-item]  # on purpose


async def yields_what_is_no_text(_: RunRequest) -> Any:
    yield TextDelta(SECRET.encode())  # type: ignore[arg-type]  # on purpose


async def yields_a_part_of_wrong_type(_: RunRequest) -> Any:
    yield Artifact(parts=(TextPart("x", filename=Path("/home", SECRET)),))  # type: ignore[arg-type]  # on purpose


async def breaks_the_rules(_: RunRequest) -> Any:
    yield Artifact(artifact_id=SECRET, parts=(TextPart("x"),), append=True)


async def leaves_a_note(_: RunRequest) -> Any:
    yield InputRequired(prompt="Which?", resume={"password": SECRET})


ACTS = [
    raises,
    raises_a_group,
    raises_at_once,
    raises_when_called,
    yields_what_is_no_event,
    yields_what_is_no_json,
    yields_what_is_no_text,
    yields_a_part_of_wrong_type,
    breaks_the_rules,
    leaves_a_note,
]


@pytest.mark.parametrize("act", ACTS, ids=lambda act: act.__name__)
def test_client_reads_nothing_of_what_an_agent_raises(
    endpoint: Endpoint, dialect: Dialect, act: Any
) -> None:
    text = endpoint.stage.plays(act)
    task = endpoint.task(dialect, text)
    params = {"id": task["id"]}

    responses = [
        post(endpoint, dialect, dialect.send, {"message": dialect.message(text)}),
        post(endpoint, dialect, dialect.stream, {"message": dialect.message(text)}),
        post(endpoint, dialect, dialect.get, params),
        post(endpoint, dialect, dialect.subscribe, params),
        post(endpoint, dialect, dialect.list, {"includeArtifacts": True}),
    ]

    assert [told(response) for response in responses] == [[]] * 5
    state = "input-required" if act is leaves_a_note else "failed"
    assert task["status"]["state"] == dialect.state(state)


def test_log_tells_what_an_agent_raised(
    endpoint: Endpoint, dialect: Dialect, caplog: pytest.LogCaptureFixture
) -> None:
    endpoint.task(dialect, endpoint.stage.plays(raises))

    assert SECRET in caplog.text


# The server fails.


class BrokenStore:
    """A store in memory that fails when it is told to."""

    def __init__(self) -> None:
        self.store = MemoryTaskStore()
        self.failures: dict[str, Exception] = {}

    def _check(self, name: str) -> None:
        if name in self.failures:
            raise self.failures[name] from sqlite3.OperationalError(f"{SQL} -- {SECRET}")

    async def append(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        self._check("append")
        return await self.store.append(changes)

    async def read(
        self, task_id: str, *, after: int = 0, limit: int | None = None, chunks: bool = True
    ) -> Sequence[Entry]:
        self._check("read")
        return await self.store.read(task_id, after=after, limit=limit, chunks=chunks)

    async def head(self, scope: Scope, task_id: str) -> Head | None:
        self._check("head")
        return await self.store.head(scope, task_id)

    async def accepted(self, message_key: bytes) -> Duplicate | None:
        self._check("accepted")
        return await self.store.accepted(message_key)

    async def find(self, query: Query) -> Page:
        self._check("find")
        return await self.store.find(query)

    async def prune(self, updated_before_ms: int) -> int:
        return await self.store.prune(updated_before_ms)


@contextmanager
def serving_store(store: BrokenStore) -> Iterator[Endpoint]:
    """An endpoint with that store."""
    settings = Settings(store="memory:", shutdown_timeout_seconds=0.0)
    stage = Stage()

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with Service(stage, stage.description, store, limits(settings)) as service:
            rpc = RpcEndpoint(service, settings, frozenset())
            app.router.routes.append(Route("/", rpc, methods=["POST"]))
            yield

    with serving(Starlette(lifespan=lifespan)) as base:
        endpoint = Endpoint(base, stage)
        with endpoint.http:
            yield endpoint


FAILURES = [
    StoreUnavailable(f"{SQL} -- {SECRET}"),
    RuntimeError(SECRET),
    KeyError(SECRET),
    AssertionError(SECRET),
]


@pytest.mark.parametrize("failure", FAILURES, ids=lambda failure: type(failure).__name__)
def test_client_reads_nothing_of_what_the_store_raises(
    dialect: Dialect, failure: Exception, caplog: pytest.LogCaptureFixture
) -> None:
    store = BrokenStore()
    with serving_store(store) as endpoint:
        asked = endpoint.task(dialect, endpoint.stage.plays(leaves_a_note))
        known = {"id": asked["id"]}
        answer = {"message": dialect.message(taskId=asked["id"])}
        replies: list[Json] = []
        for broken, method, params in (
            ("append", dialect.send, {"message": dialect.message()}),
            ("append", dialect.send, answer),
            ("head", dialect.get, known),
            ("head", dialect.send, answer),
            ("head", dialect.cancel, known),
            ("read", dialect.get, known),
            ("accepted", dialect.send, answer),
            ("find", dialect.list, {}),
        ):
            store.failures = {broken: failure}
            response = post(endpoint, dialect, method, params)
            assert (response.status_code, told(response)) == (200, [])
            replies.append(response.json())
        store.failures = {}
        listed = endpoint.result(dialect, dialect.list)

    assert replies == [{"jsonrpc": "2.0", "id": 1, "error": INTERNAL}] * 8
    assert [task["id"] for task in listed["tasks"]] == [asked["id"]]
    assert SECRET in caplog.text


def test_stream_that_breaks_says_no_more_than_that(dialect: Dialect) -> None:
    store = BrokenStore()
    with serving_store(store) as endpoint:
        task = endpoint.task(dialect)
        store.failures = {"read": RuntimeError(SECRET)}
        params = {"id": task["id"]}
        body = {"jsonrpc": "2.0", "id": 1, "method": dialect.subscribe, "params": params}
        response = endpoint.post(body, dialect, headers={"Last-Event-ID": "1"})

    assert (response.status_code, told(response)) == (200, [])
    assert response.text == (
        'data: {"jsonrpc":"2.0","id":1,"error":{"code":-32603,"message":"Internal error"}}\n\n'
    )


def test_stream_of_a_task_that_is_removed_meanwhile_says_so(dialect: Dialect) -> None:
    store = BrokenStore()
    with serving_store(store) as endpoint:
        task = endpoint.task(dialect)
        store.failures = {"read": TaskNotFound("it has just been removed")}
        params = {"id": task["id"]}
        body = {"jsonrpc": "2.0", "id": 1, "method": dialect.subscribe, "params": params}
        response = endpoint.post(body, dialect, headers={"Last-Event-ID": "1"})

    error = {"code": -32001, "message": "it has just been removed"}
    line = response.text.removeprefix("data: ")
    assert json.loads(line) == {"jsonrpc": "2.0", "id": 1, "error": error}


def test_stream_that_cannot_begin_says_no_more_than_that(dialect: Dialect) -> None:
    store = BrokenStore()
    with serving_store(store) as endpoint:
        store.failures = {"append": RuntimeError(SECRET)}
        error = endpoint.error(dialect, dialect.stream, {"message": dialect.message()})

    assert error == INTERNAL


def test_client_reads_no_sql(dialect: Dialect, tmp_path: Path) -> None:
    file = tmp_path / "tasks.db"
    with serving_agent(store=f"sqlite:///{file}") as endpoint:
        task = endpoint.task(dialect)
        with sqlite3.connect(file) as connection:
            connection.execute("DROP TABLE segments")
            connection.execute("ALTER TABLE tasks RENAME TO elsewhere")
        connection.close()
        responses = [
            post(endpoint, dialect, dialect.send, {"message": dialect.message()}),
            post(endpoint, dialect, dialect.stream, {"message": dialect.message()}),
            post(endpoint, dialect, dialect.get, {"id": task["id"]}),
            post(endpoint, dialect, dialect.list, {}),
            post(endpoint, dialect, dialect.cancel, {"id": task["id"]}),
            post(endpoint, dialect, dialect.subscribe, {"id": task["id"]}),
        ]

    assert [(one.status_code, told(one)) for one in responses] == [(200, [])] * 6
    assert all("Internal error" in one.text for one in responses)


# The client is wrong.


def test_refusals_tell_nothing_of_the_server_or_of_what_was_sent(endpoint: Endpoint) -> None:
    wrong: list[Any] = [
        f'{{"password": "{SECRET}"'.encode(),
        f'{{"password": {SECRET}}}'.encode(),
        SECRET.encode(),
        [SECRET],
        {"jsonrpc": SECRET},
        {"jsonrpc": "2.0", "method": 5, "password": SECRET},
        {"jsonrpc": "2.0", "id": 1, "method": SECRET},
        {"jsonrpc": "2.0", "id": 1, "method": "tasks/get", "params": [SECRET]},
        {"jsonrpc": "2.0", "id": {"password": SECRET}, "method": "tasks/get"},
    ]
    for dialect in (V0_3, V1_0):
        message = dialect.message()
        for params in (
            {"message": SECRET},
            {"message": {**message, "role": SECRET}},
            {"message": {**message, "kind": SECRET, "parts": SECRET}},
            {
                "message": {
                    **message,
                    "parts": [SECRET, {"kind": "x", "y": SECRET}, {"raw": SECRET}],
                }
            },
            {"message": {**message, "metadata": SECRET, "extensions": SECRET}},
            {"message": message, "configuration": {"historyLength": SECRET}},
            {"message": message, "configuration": {"blocking": SECRET}},
            {"id": [SECRET], "historyLength": SECRET},
            {"pageToken": SECRET, "pageSize": SECRET, "status": SECRET},
            {"pageToken": SECRET, "statusTimestampAfter": SECRET},
        ):
            for method in dialect.methods:
                wrong.append({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})

    for body in wrong:
        for dialect in (V0_3, V1_0):
            response = endpoint.post(body, dialect)
            assert (response.status_code, told(response), body) == (200, [], body)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/%00"),
        ("GET", "/%ff%fe"),
        ("GET", "/..%2f..%2fetc/passwd"),
        ("GET", "/.well-known/..%2fagent-card.json"),
        ("GET", "/.well-known/agent-card.json/"),
        ("GET", "/health?x=%00"),
        ("POST", "/health"),
        ("POST", "/?A2A-Version=%00%ff"),
        ("POST", "/?" + "a=1&" * 2000),
        ("TRACE", "/"),
        ("OPTIONS", "/"),
        ("OPTIONS", "/nothing"),
    ],
)
def test_paths_tell_nothing_of_the_server(endpoint: Endpoint, method: str, path: str) -> None:
    response = endpoint.http.request(method, path, headers={"X-Secret": SECRET})

    assert response.status_code < 500
    assert told(response) == []


# Ids.


def test_ids_cannot_be_guessed(endpoint: Endpoint, dialect: Dialect) -> None:
    tasks = [endpoint.task(dialect) for _ in range(100)]

    ids = [UUID(task[name]) for task in tasks for name in ("id", "contextId")]
    assert {(one.version, one.variant) for one in ids} == {(7, RFC_4122)}
    # Ids that are made in the same millisecond begin alike; the rest is random.
    assert len({str(one)[14:] for one in ids}) == 200
    assert [str(one) for one in ids] == [task[n] for task in tasks for n in ("id", "contextId")]

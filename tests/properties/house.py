"""The whole application in this process, called as ASGI servers do, for many plays in a row.

Every reply and every frame is held against the schemas of its version.
"""

import asyncio
import logging
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import orjson

from a2a_agent import Settings, create_app
from tests.properties.loops import HastyLoop
from tests.properties.plays import Actor
from tests.support.dialects import Dialect, Json
from tests.support.shapes import check_reply

_LIMITS: dict[str, Any] = {
    "max_events_per_task": 60,
    "shutdown_timeout_seconds": 0.0,
    "reply_wait_seconds": 0.05,
    "idle_timeout_seconds": 0.3,
    "answer_timeout_seconds": 0.3,
}
"""Short, for where time passes as it does."""

_WATCHED = ("a2a_agent.http", "a2a_agent.runtime.journal", "a2a_agent.backends", "asyncio")
_CHANGING = re.compile(
    rb'"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?Z"'
    rb"|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}(?:-\d+)?"
)


@dataclass(frozen=True, slots=True)
class Frame:
    """An event of a stream: its id, and the response in it."""

    number: int | None
    data: bytes

    @property
    def result(self) -> Json:
        """The result, as a value of its own each time."""
        result: Json = orjson.loads(self.data)["result"]
        return result


@lru_cache(maxsize=50_000)
def _check(dialect: Dialect, method: str, data: bytes) -> None:
    check_reply(dialect, method, orjson.loads(data))


def check(dialect: Dialect, method: str, data: bytes) -> None:
    """Raises for what has not the shape of a reply to the method.

    Values are told apart by all but ids and times, which are looked at as they are replaced.
    """
    _check(dialect, method, _CHANGING.sub(_constant, data))


def _constant(match: "re.Match[bytes]") -> bytes:
    return b'"2026-01-01T00:00:00Z"' if match[0].startswith(b'"') else b"ID"


class House:
    """The application with its actor, on a loop that is kept from play to play."""

    def __init__(self, store: str) -> None:
        is_hasty = store == "memory:"
        settings = {**_LIMITS, "store": store}
        self.actor = Actor()
        self.app = create_app(self.actor, settings=Settings(**settings))
        self.failures: list[str] = []
        """What went wrong in the server, by its own words."""
        self.patience_seconds = 1000.0 if is_hasty else 20.0
        """How long a play may take at most."""
        self.runner = asyncio.Runner(loop_factory=HastyLoop if is_hasty else None)

    async def post(
        self,
        dialect: Dialect,
        method: str,
        params: Json,
        headers: Mapping[str, str],
        see: Callable[[bytes], None],
        leave: asyncio.Event,
    ) -> None:
        """Sends a request, and shows what comes back until `leave` is set."""
        request = {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}
        body = [orjson.dumps(request)]

        async def receive() -> Any:
            if body:
                return {"type": "http.request", "body": body.pop()}
            await leave.wait()
            return {"type": "http.disconnect"}

        async def send(event: Any) -> None:
            if event.get("body") and not leave.is_set():
                see(event["body"])
            await asyncio.sleep(0)

        sent = {"content-type": "application/json", **dialect.headers, **headers}
        scope = {
            "type": "http",
            "method": "POST",
            "path": "/",
            "raw_path": b"/",
            "root_path": "",
            "scheme": "http",
            "query_string": b"",
            "http_version": "1.1",
            "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
        }
        await self.app(scope, receive, send)

    async def call(self, dialect: Dialect, method: str, params: Json) -> Json:
        """The reply to a request that is no stream."""
        bodies: list[bytes] = []
        await self.post(dialect, method, params, {}, bodies.append, asyncio.Event())
        (data,) = bodies
        check(dialect, method, data)
        reply: Json = orjson.loads(data)
        return reply

    async def task(self, dialect: Dialect, task_id: str) -> Json:
        """The task as it is."""
        task: Json = (await self.call(dialect, dialect.get, {"id": task_id}))["result"]
        return task


class _Failures(logging.Handler):
    def __init__(self, texts: list[str]) -> None:
        super().__init__(logging.ERROR)
        self._texts = texts
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self._texts.append(self.format(record))


@contextmanager
def open_house(store: str) -> Iterator[House]:
    """The application with that store, for as long as the block runs."""
    house = House(store)
    failures = _Failures(house.failures)
    # It tells, with a stack trace, of every agent that breaks the rules.
    runs = logging.getLogger("a2a_agent.runtime.runner")
    runs.disabled = True
    for name in _WATCHED:
        logging.getLogger(name).addHandler(failures)
    try:
        with house.runner:
            lifespan = house.app.router.lifespan_context(house.app)
            house.runner.run(lifespan.__aenter__())
            try:
                yield house
            finally:
                house.runner.run(lifespan.__aexit__(None, None, None))
        assert house.failures == []
    finally:
        runs.disabled = False
        for name in _WATCHED:
            logging.getLogger(name).removeHandler(failures)

"""What may be answered to a request of whatever kind: JSON-RPC of the right version, no failure."""

import json
import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import orjson

from a2a_agent import InputRequired, RunRequest
from tests.properties.bodies import Post
from tests.support.dialects import DIALECTS, V0_3, V1_0, Dialect, Json
from tests.support.endpoint import Endpoint, serving_agent
from tests.support.shapes import check_reply, check_shape

_INTERNALS = (b"Traceback", b" at 0x", b"() got", b"Error:", b"a2a_agent.", b"pydantic", b".py")
"""What no answer may tell."""

_METHODS = {method for dialect in DIALECTS for method in dialect.methods}


async def answers_or_asks(request: RunRequest) -> Any:
    """An agent that fails at nothing and ends at once."""
    if request.text == "ask":
        yield InputRequired(prompt="Which?")
    else:
        yield request.text or "nothing"


class _Failures(logging.Handler):
    """What the server logs as a failure of its own."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.texts: list[str] = []
        self.setFormatter(logging.Formatter())

    def emit(self, record: logging.LogRecord) -> None:
        self.texts.append(self.format(record))


class Target:
    """An endpoint that is sent anything, and watched."""

    def __init__(self, endpoint: Endpoint, failures: _Failures) -> None:
        self._endpoint = endpoint
        self._failures = failures
        self._count = 0
        self._asked, self._ended = "", ""

    def judge(self, post: Post) -> list[str]:
        """What the answer was in short, such as `-32602`. Raises for one that may not be."""
        if self._count % 20 == 0:
            self._asked = self._endpoint.task(V0_3, "ask")["id"]
            self._ended = self._endpoint.task(V0_3, "Hello")["id"]
        self._count += 1
        body = post.with_tasks(self._asked, self._ended)
        headers = {
            name.encode(): value.encode("latin-1", "replace")
            for name, value in post.headers.items()
        }
        response = self._endpoint.http.post("/", content=body, headers=headers)
        found = list(_judged(body, response))
        assert self._failures.texts == []
        return found


@contextmanager
def target(store: str) -> Iterator[Target]:
    """A server with that store, for as long as the block runs."""
    failures = _Failures()
    logging.getLogger().addHandler(failures)
    try:
        with serving_agent(answers_or_asks, store=store) as endpoint:
            yield Target(endpoint, failures)
    finally:
        logging.getLogger().removeHandler(failures)


def _judged(body: bytes, response: httpx.Response) -> Iterator[str]:
    status, kind = response.status_code, response.headers.get("content-type")
    assert [internal for internal in _INTERNALS if internal in response.content] == []
    if status == 204:
        assert (kind, response.content) == (None, b"")
        yield "no reply"
    elif status == 200 and kind == "text/event-stream; charset=utf-8":
        *events, rest = response.content.split(b"\n\n")
        assert rest == b"" and events
        for event in events:
            data = event.split(b"\n")[-1]
            assert data.startswith(b"data: {")
            yield _reply(body, orjson.loads(data.removeprefix(b"data: ")), "event")
    else:
        assert (status in (200, 413, 415, 429), kind) == (True, "application/json")
        replies = orjson.loads(response.content)
        if isinstance(replies, list):
            check_shape("jsonrpc", "BatchResponse", replies)
            yield from (_error(reply, "member") for reply in replies)
        else:
            yield _reply(body, replies, "result")


def _reply(body: bytes, reply: Json, success: str) -> str:
    """The reply in short; one with a result has the shape that the method's results have."""
    check_shape("jsonrpc", "Response", reply)
    if "result" in reply:
        request = json.loads(body)
        assert request["method"] in _METHODS
        check_reply(_dialect(request["method"]), request["method"], reply)
        assert (reply["id"], type(reply["id"])) == (request["id"], type(request["id"]))
    return _error(reply, success)


def _error(reply: Json, otherwise: str) -> str:
    if "error" not in reply:
        return otherwise
    code: int = reply["error"]["code"]
    assert code != -32603
    is_new = isinstance(reply["error"].get("data"), list)
    check_shape("1.0" if is_new else "0.3", "Error", reply["error"])
    return str(code)


def _dialect(method: str) -> Dialect:
    return V0_3 if method in V0_3.methods else V1_0

"""An endpoint of ours on a real socket, and how tests talk to it.

Every reply and frame that comes through here is held against the schemas of its version.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx
import orjson

from a2a_agent import Agent, AgentDescription, Settings, create_app
from tests.support.dialects import Dialect, Json
from tests.support.server import LIMIT_SECONDS, serving
from tests.support.shapes import check_reply
from tests.support.stage import Stage

JSON_HEADERS = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Frame:
    """An event of a stream: its id, and the JSON-RPC response in it."""

    id: int | None
    reply: Json

    @property
    def result(self) -> Json:
        """The result in the response."""
        result: Json = self.reply["result"]
        return result


class Endpoint:
    """The endpoint of an application that is being served."""

    def __init__(self, base: str, stage: Stage, path: str = "/") -> None:
        self.base = base
        self.stage = stage
        self.path = path
        self.http = httpx.Client(base_url=base, timeout=LIMIT_SECONDS, trust_env=False)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        url = self.http.base_url
        assert url.port
        return url.host, url.port

    def post(
        self,
        body: Any,
        dialect: Dialect | None = None,
        *,
        headers: Mapping[str, str] = {},
        path: str | None = None,
    ) -> httpx.Response:
        """The response to a body: bytes as they are, anything else as JSON."""
        content = body if isinstance(body, bytes) else orjson.dumps(body)
        spoken = {**JSON_HEADERS, **(dialect.headers if dialect else {}), **headers}
        return self.http.post(path or self.path, content=content, headers=_encoded(spoken))

    def call(
        self, dialect: Dialect, method: str, params: Any = None, *, id: Any = 1, **headers: str
    ) -> Json:
        """The JSON-RPC response to a request."""
        response = self.post(_request(method, params, id), dialect, headers=_headers(headers))
        assert (response.status_code, response.headers["content-type"]) == (
            200,
            "application/json",
        )
        reply: Json = response.json()
        check_reply(dialect, method, reply)
        return reply

    def result(self, dialect: Dialect, method: str, params: Any = None, **headers: str) -> Any:
        """The result of a call that succeeds."""
        return self.call(dialect, method, params, **headers)["result"]

    def error(self, dialect: Dialect, method: str, params: Any = None, **headers: str) -> Json:
        """The error of a call that is refused, of a streaming method too."""
        if method in dialect.stream_methods and dialect.is_old:
            (frame,) = self.frames(dialect, method, params, **headers)
            assert frame.id is None
            reply = frame.reply
        else:
            reply = self.call(dialect, method, params, **headers)
        assert reply.keys() == {"jsonrpc", "id", "error"}
        error: Json = reply["error"]
        return error

    def send(self, dialect: Dialect, message: Json | str = "Hello", **more: Any) -> Json:
        """The result of a message that is sent; `more` are further parameters."""
        result: Json = self.result(dialect, dialect.send, _send_params(dialect, message, more))
        return result

    def task(self, dialect: Dialect, message: Json | str = "Hello", **more: Any) -> Json:
        """The task that became of a message."""
        return dialect.task(self.send(dialect, message, **more))

    def started(self, dialect: Dialect, message: Json | str) -> Json:
        """The task of a message whose client does not wait."""
        return self.task(dialect, message, configuration=dialect.no_waiting)

    def get(self, dialect: Dialect, task_id: str, **more: Any) -> Json:
        """The task by its id."""
        task: Json = self.result(dialect, dialect.get, {"id": task_id, **more})
        return task

    @contextmanager
    def open(
        self, dialect: Dialect, method: str, params: Any = None, *, id: Any = 1, **headers: str
    ) -> Iterator[httpx.Response]:
        """The response to a request, its body still to be read."""
        with self.http.stream(
            "POST",
            self.path,
            content=orjson.dumps(_request(method, params, id)),
            headers=_encoded({**JSON_HEADERS, **dialect.headers, **_headers(headers)}),
        ) as response:
            yield response

    @contextmanager
    def streaming(
        self, dialect: Dialect, method: str, params: Any = None, **headers: str
    ) -> Iterator[Iterator[Frame]]:
        """The frames of a stream, as they come."""
        with self.open(dialect, method, params, **headers) as response:
            assert (response.status_code, response.headers["content-type"]) == (
                200,
                "text/event-stream; charset=utf-8",
            )
            yield _checked(dialect, method, _frames(response))

    @contextmanager
    def sending(
        self, dialect: Dialect, message: Json | str = "Hello", **more: Any
    ) -> Iterator[Iterator[Frame]]:
        """The frames that answer a message, as they come."""
        params = _send_params(dialect, message, more)
        with self.streaming(dialect, dialect.stream, params) as frames:
            yield frames

    def frames(
        self, dialect: Dialect, method: str, params: Any = None, **headers: str
    ) -> list[Frame]:
        """All frames of a stream."""
        with self.streaming(dialect, method, params, **headers) as frames:
            return list(frames)

    def gists(self, dialect: Dialect, message: Json | str = "Hello", **more: Any) -> list[Any]:
        """All frames that answer a message, in short."""
        with self.sending(dialect, message, **more) as frames:
            return [dialect.gist(frame.result) for frame in frames]


@contextmanager
def serving_agent(
    agent: Agent | None = None,
    *,
    description: AgentDescription | None = None,
    root_path: str = "",
    **settings: Any,
) -> Iterator[Endpoint]:
    """The endpoint of an agent, or of a new stage, for as long as the block runs."""
    stage = Stage()
    chosen = Settings(**{"store": "memory:", "shutdown_timeout_seconds": 0.0, **settings})
    app = create_app(agent or stage, description=description, settings=chosen)
    with serving(app, root_path=root_path) as base:
        endpoint = Endpoint(base, stage, chosen.rpc_path)
        with endpoint.http:
            yield endpoint


def events(response: httpx.Response) -> Iterator[list[str]]:
    """The events and comments of a stream, each as its lines, as they come."""
    rest = b""
    for chunk in response.iter_raw():
        *whole, rest = (rest + chunk).split(b"\n\n")
        yield from (event.decode().split("\n") for event in whole)
    assert rest == b""


def _frames(response: httpx.Response) -> Iterator[Frame]:
    for lines in events(response):
        fields = dict(line.split(": ", 1) for line in lines if not line.startswith(":"))
        if fields:
            number = int(fields["id"]) if "id" in fields else None
            yield Frame(number, orjson.loads(fields["data"]))


def _checked(dialect: Dialect, method: str, frames: Iterator[Frame]) -> Iterator[Frame]:
    for frame in frames:
        check_reply(dialect, method, frame.reply)
        yield frame


def _request(method: str, params: Any, request_id: Any) -> Json:
    request = {"jsonrpc": "2.0", "id": request_id, "method": method}
    return request if params is None else {**request, "params": params}


def _send_params(dialect: Dialect, message: Json | str, more: Json) -> Json:
    return {"message": dialect.message(message) if isinstance(message, str) else message, **more}


def _encoded(headers: Mapping[str, str]) -> dict[bytes, bytes]:
    return {name.encode(): value.encode("latin-1") for name, value in headers.items()}


def _headers(headers: Mapping[str, str]) -> dict[str, str]:
    return {name.replace("_", "-"): value for name, value in headers.items()}

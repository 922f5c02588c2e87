"""Agents for the command line to talk to, on real sockets: ours, and strangers with a script."""

import json
from collections.abc import AsyncIterator, Callable, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from threading import Event, Thread
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse
from starlette.routing import Route

from a2a_agent import Agent, Settings, create_app
from a2a_agent.cli.server import Server, listening_socket

LIMIT_SECONDS = 20.0
"""For whatever a test waits for; far more than it takes."""


@contextmanager
def served(app: Starlette, settings: Settings) -> Iterator[str]:
    """The base URL of the application, which runs in a thread of its own."""
    started = Event()
    with listening_socket("127.0.0.1", 0) as listener:
        server = Server(app, settings, is_verbose=False, on_started=started.set)
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            assert started.wait(LIMIT_SECONDS)
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(LIMIT_SECONDS)
            assert not thread.is_alive()


@contextmanager
def our_endpoint(agent: Agent, **changes: Any) -> Iterator[str]:
    """An agent behind our own application."""
    settings = Settings(**{"store": "memory:", "shutdown_timeout_seconds": 0.1, **changes})
    with served(create_app(agent, settings=settings), settings) as url:
        yield url


Reply = Callable[[Any], Response]
"""Makes the reply to a JSON-RPC request."""


@dataclass
class Stranger:
    """Somebody else's agent: answers with its script, reply by reply, and remembers what came."""

    script: Sequence[Reply] = ()
    card: Response | None = None
    card_changes: dict[str, Any] = field(default_factory=dict)
    requests: list[dict[str, Any]] = field(default_factory=list)
    headers: list[dict[str, str]] = field(default_factory=list)

    @contextmanager
    def serving(self) -> Iterator[str]:
        """The base URL."""
        routes = [
            Route("/.well-known/agent-card.json", self._card),
            Route("/rpc", self._answer, methods=["POST"]),
        ]
        app = Starlette(routes=routes, lifespan=_lifespan)
        with served(app, Settings(shutdown_timeout_seconds=0.0)) as url:
            yield url

    async def _card(self, request: Request) -> Response:
        return self.card or JSONResponse({**card_10(), **self.card_changes})

    async def _answer(self, request: Request) -> Response:
        call = await request.json()
        self.requests.append(call)
        self.headers.append(dict(request.headers))
        return self.script[len(self.requests) - 1](call)


@asynccontextmanager
async def _lifespan(app: Starlette) -> AsyncIterator[None]:
    app.state.closing = Event()
    yield


def card_10() -> dict[str, Any]:
    """A card of 1.0, with an endpoint relative to its own place."""
    return {
        "name": "stranger",
        "description": "Somebody else's agent.",
        "version": "7",
        "supportedInterfaces": [
            {"url": "/rpc", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
        ],
    }


def card_03(**changes: Any) -> JSONResponse:
    """A card of 0.3."""
    card = {"name": "stranger", "description": "Old.", "protocolVersion": "0.3.0", "url": "/rpc"}
    return JSONResponse({**card, **changes})


def result(value: Any) -> Reply:
    """A reply with a result."""
    return lambda call: JSONResponse({"jsonrpc": "2.0", "id": call["id"], "result": value})


def error(code: int, message: str) -> Reply:
    """A reply with an error."""
    return lambda call: JSONResponse(
        {"jsonrpc": "2.0", "id": call["id"], "error": {"code": code, "message": message}}
    )


def stream(*results: Any, ids: Sequence[int | None] = (), breaks: bool = False) -> Reply:
    """A stream of results, with event ids where there are; one that breaks has no end."""

    def reply(call: Any) -> Response:
        async def lines() -> AsyncIterator[str]:
            for index, value in enumerate(results):
                event_id = ids[index] if index < len(ids) else None
                frame = {"jsonrpc": "2.0", "id": call["id"], "result": value}
                yield f"id: {event_id}\n" if event_id is not None else ""
                yield f"data: {json.dumps(frame, ensure_ascii=False)}\n\n"
                yield ": keep-alive\n\n"
            if breaks:
                raise ConnectionResetError

        return StreamingResponse(lines(), media_type="text/event-stream")

    return reply


def task(state: str, text: str | None = None, **more: Any) -> dict[str, Any]:
    """A task of 1.0."""
    artifacts = {"artifacts": [artifact(text)]} if text is not None else {}
    return {"id": "t1", "contextId": "c1", "status": {"state": state}, **artifacts, **more}


def artifact(text: str, artifact_id: str = "response") -> dict[str, Any]:
    """An artifact of 1.0, of one text."""
    return {"artifactId": artifact_id, "parts": [{"text": text}]}


def chunk(text: str, append: bool = True) -> dict[str, Any]:
    """A frame of 1.0 with a piece of the answer."""
    update = {"taskId": "t1", "contextId": "c1", "artifact": artifact(text), "append": append}
    return {"artifactUpdate": update}


def status(state: str, *parts: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A frame of 1.0 with a new state, and what the agent says about it."""
    said = {"message": {"messageId": "m", "role": "ROLE_AGENT", "parts": parts}} if parts else {}
    ids = {"taskId": "t1", "contextId": "c1"}
    return {"statusUpdate": {**ids, "status": {"state": state, **said}, **more}}


WORKING = "TASK_STATE_WORKING"
COMPLETED = "TASK_STATE_COMPLETED"
INPUT_REQUIRED = "TASK_STATE_INPUT_REQUIRED"

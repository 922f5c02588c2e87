"""The frames that a client of an agent would get, without a server in between."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping, MutableMapping
from contextlib import aclosing
from pathlib import Path
from typing import Any
from uuid import uuid4

import typer
from starlette.applications import Starlette

from a2a_agent.agents.adapters.frameworks import FRAMEWORKS
from a2a_agent.cli.client import stream_metadata
from a2a_agent.cli.dialects import DIALECTS, Dialect, Operation
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.frames import StatusFrame
from a2a_agent.cli.loading import load_recording
from a2a_agent.cli.target import EXTENSIONS_HEADER
from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.domain.views import STREAM_EXTENSION_URI, StreamMode
from a2a_agent.http.app import create_app
from a2a_agent.runtime.agent import Agent
from a2a_agent.settings import Settings

_ASKS = frozenset({TaskState.INPUT_REQUIRED.value, TaskState.AUTH_REQUIRED.value})


async def show(
    file: Path, framework: str | None, version: str, mode: StreamMode | None, *, in_real_time: bool
) -> None:
    """Prints the frames of a recording."""
    if framework is not None and framework not in FRAMEWORKS:
        raise UsageError(f"there is no framework {framework!r}; there are {', '.join(FRAMEWORKS)}")
    agent = load_recording(file, framework, in_real_time=in_real_time)
    shown = frames(agent, DIALECTS[version], mode, answers=agent.most_questions)
    async with aclosing(shown):
        async for frame in shown:
            typer.echo(frame)


async def frames(
    agent: Agent, dialect: Dialect, mode: StreamMode | None, *, answers: int
) -> AsyncGenerator[str, None]:
    """The JSON-RPC responses of a stream, as they leave the server.

    So many times, `answers`, the agent is told to go on if it asks something; the frames that
    come then follow. Raises UsageError where the settings have it refuse the message.
    """
    settings = Settings(store="memory:", rpc_path="/", streaming=True, required_extensions=())
    app = create_app(agent, settings=settings)
    task_id: str | None = None
    async with app.router.lifespan_context(app):
        for answers_left in range(answers, -1, -1):
            body = json.dumps(_request(dialect, mode, task_id)).encode()
            last = ""
            async with aclosing(_events(app, dialect, mode, body)) as events:
                async for last in events:
                    yield last
            answered = json.loads(last) if last else {}
            if "result" not in answered:
                raise UsageError("the settings of the environment do not let it be played")
            frame = dialect.frame(answered["result"])
            if not (answers_left and isinstance(frame, StatusFrame) and frame.state in _ASKS):
                return
            task_id = frame.task_id


def _request(dialect: Dialect, mode: StreamMode | None, task_id: str | None) -> Mapping[str, Any]:
    message = Message(
        message_id=str(uuid4()),
        role=Role.USER,
        parts=(TextPart("Go on."),),
        task_id=task_id,
    )
    params = {"message": dialect.message(message), **stream_metadata(mode)}
    method = dialect.methods[Operation.STREAM]
    return {"jsonrpc": "2.0", "id": 1, "method": method, "params": params}


async def _events(
    app: Starlette, dialect: Dialect, mode: StreamMode | None, body: bytes
) -> AsyncGenerator[str, None]:
    """The data of the events that the application answers a request with (ASGI 3)."""
    chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
    left = asyncio.Event()
    request: Iterator[dict[str, Any]] = iter(
        [{"type": "http.request", "body": body, "more_body": False}]
    )

    async def receive() -> MutableMapping[str, Any]:
        for message in request:
            return message
        await left.wait()
        return {"type": "http.disconnect"}

    async def send(message: MutableMapping[str, Any]) -> None:
        if message["type"] == "http.response.body":
            chunks.put_nowait(message.get("body", b""))
            if not message.get("more_body"):
                chunks.put_nowait(None)

    headers = {"content-type": "application/json", "a2a-version": dialect.version}
    if mode is not None:
        headers[EXTENSIONS_HEADER.lower()] = STREAM_EXTENSION_URI
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": "POST",
        "scheme": "http",
        "path": "/",
        "raw_path": b"/",
        "root_path": "",
        "query_string": b"",
        "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 80),
    }
    serving = asyncio.create_task(app(scope, receive, send))
    serving.add_done_callback(lambda _: chunks.put_nowait(None))
    try:
        # The run has the limits of every run.
        while (chunk := await chunks.get()) is not None:
            for line in chunk.splitlines():
                if line.startswith(b"data: "):
                    yield line.removeprefix(b"data: ").decode()
    finally:
        left.set()
        await serving

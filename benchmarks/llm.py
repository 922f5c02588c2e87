"""What the LLM agent costs: a model server that obeys commands, our server, and a bare loop.

The model server runs with the load, on its core: `model_server`. Its answer to `chat N` is N
tokens. `build` is our server with the LLM agent in front of it; `build_bare` reads the same tokens
with the same client library in a loop, and answers when all have come: what nobody can do without.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from openai import AsyncOpenAI
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from a2a_agent import Settings, create_app
from a2a_agent.agents.openai import OpenAIAgent, OpenAIOptions
from benchmarks.client import HOST
from benchmarks.commands import CHUNK, HELLO, Command
from benchmarks.floor import Floor
from benchmarks.process import ServerKind, free_port

MODEL = "obedient"
_HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"


def _event(choices: list[Any]) -> bytes:
    chunk = {
        "id": "chatcmpl-1",
        "object": "chat.completion.chunk",
        "created": 1_700_000_000,
        "model": MODEL,
        "choices": choices,
    }
    return _chunk(b"data: %b\n\n" % json.dumps(chunk).encode())


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(data), data)


def _token(text: str) -> bytes:
    return _event([{"index": 0, "delta": {"content": text}, "finish_reason": None}])


_END = _event([{"index": 0, "delta": {}, "finish_reason": "stop"}]) + _chunk(b"data: [DONE]\n\n")


@asynccontextmanager
async def model_server(port: int) -> AsyncIterator[None]:
    """Serves the model for as long as the block runs."""
    async with await asyncio.start_server(_serve, HOST, port):
        yield


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    try:
        while head := await reader.readuntil(b"\r\n\r\n"):
            length = head.lower().partition(b"content-length:")[2].split()[0]
            body = json.loads(await reader.readexactly(int(length)))
            await _answer(body["messages"][-1]["content"], writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        pass  # the client is done
    finally:
        writer.close()


async def _answer(text: str, writer: asyncio.StreamWriter) -> None:
    match Command.parse(text):
        case Command("chat" | "stream", (count,)):
            token = _token(CHUNK)
        case _:
            token, count = _token(HELLO), 1
    writer.write(_HEAD)
    for _ in range(count):
        writer.write(token)
        # Each token by itself, and all chats at the same time.
        await writer.drain()
        await asyncio.sleep(0)
    writer.write(_END + b"0\r\n\r\n")


def build() -> Starlette:
    """Our server with the LLM agent, for `uvicorn --factory`."""
    return create_app(OpenAIAgent(OpenAIOptions(model=MODEL)), settings=Settings())


class _Bare(Floor):
    """The floor, which reads a chat's tokens before it answers."""

    def __init__(self) -> None:
        super().__init__()
        self._client = AsyncOpenAI()

    async def answer(self, request: Request) -> Response:
        call = json.loads(await request.body())
        text = call["params"]["message"]["parts"][0]["text"]
        if text.startswith("chat"):
            said: list[str] = []
            stream = await self._client.chat.completions.create(
                model=MODEL, messages=[{"role": "user", "content": text}], stream=True
            )
            async for chunk in stream:
                said.append(chunk.choices[0].delta.content or "")
            assert "".join(said) == CHUNK * Command.parse(text).numbers[0]
        return await super().answer(request)


def build_bare() -> Starlette:
    """A loop over the client library, for `uvicorn --factory`."""
    return Starlette(routes=[Route("/", _Bare().answer, methods=["POST"])])


def _kind(name: str, factory: str, **environment: str) -> ServerKind:
    port = free_port()
    model = {"OPENAI_BASE_URL": f"http://{HOST}:{port}/v1", "OPENAI_API_KEY": "none"}
    return ServerKind(
        name=name,
        factory=factory,
        environment={**model, **environment},
        beside=partial(model_server, port),
    )


LLM = _kind("memory", "benchmarks.llm:build", A2A_AGENT_STORE="memory:")
BARE = _kind("bare loop", "benchmarks.llm:build_bare")

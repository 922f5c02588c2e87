"""The floor: what a bare Starlette application can do at most on the same uvicorn.

It parses the request and echoes its id, which every server must, and answers with bytes that were
serialised beforehand: no validation, no task, no store.
"""

import asyncio
import gc
import json
from collections.abc import AsyncIterator
from dataclasses import dataclass

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from benchmarks.commands import CHUNK, HELLO, Command, Gate, stamp

TASK_ID = "3f1c2d9e-7b0a-4c55-9a53-0d6a2f1be001"
CONTEXT_ID = "9b3f0a77-2f0e-4a10-8a86-5a1c6f0de002"
TIMESTAMP = "2026-01-01T00:00:00.000Z"
STAMP_PLACE = "@" * len(CHUNK)


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What follows `{"jsonrpc":"2.0","id":<id>` in each reply of one version."""

    finished: bytes
    submitted: bytes
    working: bytes
    first_chunk: bytes
    next_chunk: bytes
    stamped_chunk: tuple[bytes, bytes]
    completed: bytes


def _tail(result: object, end: bytes = b"\n\n") -> bytes:
    return b',"result":' + json.dumps(result, separators=(",", ":")).encode() + b"}" + end


def _replies_0_3() -> Replies:
    ids = {"taskId": TASK_ID, "contextId": CONTEXT_ID}

    def task(state: str, **more: object) -> object:
        status = {"state": state, "timestamp": TIMESTAMP}
        return {"id": TASK_ID, "contextId": CONTEXT_ID, "kind": "task", "status": status, **more}

    def update(state: str, final: bool) -> bytes:
        status = {"state": state, "timestamp": TIMESTAMP}
        return _tail({**ids, "kind": "status-update", "status": status, "final": final})

    def artifact(text: str) -> dict[str, object]:
        parts = [{"kind": "text", "text": text}]
        return {"artifactId": "response", "name": "response", "parts": parts}

    def chunk(text: str, append: bool) -> bytes:
        more = {"kind": "artifact-update", "append": append, "lastChunk": False}
        return _tail({**ids, "artifact": artifact(text), **more})

    before, after = chunk(STAMP_PLACE, append=True).split(STAMP_PLACE.encode())
    return Replies(
        finished=_tail(task("completed", artifacts=[artifact(HELLO)]), end=b""),
        submitted=_tail(task("submitted")),
        working=update("working", final=False),
        first_chunk=chunk(CHUNK, append=False),
        next_chunk=chunk(CHUNK, append=True),
        stamped_chunk=(before, after),
        completed=update("completed", final=True),
    )


def _replies_1_0() -> Replies:
    ids = {"taskId": TASK_ID, "contextId": CONTEXT_ID}

    def task(state: str, **more: object) -> object:
        status = {"state": f"TASK_STATE_{state}", "timestamp": TIMESTAMP}
        return {"task": {"id": TASK_ID, "contextId": CONTEXT_ID, "status": status, **more}}

    def update(state: str) -> bytes:
        status = {"state": f"TASK_STATE_{state}", "timestamp": TIMESTAMP}
        return _tail({"statusUpdate": {**ids, "status": status}})

    def artifact(text: str) -> dict[str, object]:
        return {"artifactId": "response", "name": "response", "parts": [{"text": text}]}

    def chunk(text: str, append: bool) -> bytes:
        more = {"append": append, "lastChunk": False}
        return _tail({"artifactUpdate": {**ids, "artifact": artifact(text), **more}})

    before, after = chunk(STAMP_PLACE, append=True).split(STAMP_PLACE.encode())
    return Replies(
        finished=_tail(task("COMPLETED", artifacts=[artifact(HELLO)]), end=b""),
        submitted=_tail(task("SUBMITTED")),
        working=update("WORKING"),
        first_chunk=chunk(CHUNK, append=False),
        next_chunk=chunk(CHUNK, append=True),
        stamped_chunk=(before, after),
        completed=update("COMPLETED"),
    )


class Floor:
    """The one endpoint."""

    def __init__(self) -> None:
        self._gate = Gate()
        old, new = _replies_0_3(), _replies_1_0()
        self._replies = {"message/send": old, "SendMessage": new}
        self._frames = {"message/stream": old, "SendStreamingMessage": new}

    async def answer(self, request: Request) -> Response:
        """The fixed reply, or the fixed frames."""
        call = json.loads(await request.body())
        command = Command.parse(call["params"]["message"]["parts"][0]["text"])
        head = b'{"jsonrpc":"2.0","id":' + json.dumps(call["id"]).encode()
        if (method := call["method"]) in self._frames:
            frames = self._stream(command, self._frames[method], b"data: " + head)
            return StreamingResponse(frames, media_type="text/event-stream")
        match command:
            case Command("release"):
                self._gate.release()
            case Command("gc"):
                gc.collect()
        return Response(head + self._replies[method].finished, media_type="application/json")

    async def _stream(self, command: Command, says: Replies, head: bytes) -> AsyncIterator[bytes]:
        yield head + says.submitted
        yield head + says.working
        match command:
            case Command("stream", (count,)):
                next_chunk = head + says.next_chunk
                yield head + says.first_chunk
                for _ in range(count - 1):
                    yield next_chunk
            case Command("tstream" | "paced", (count, *pause)):
                before, after = says.stamped_chunk
                for _ in range(count):
                    yield head + before + stamp().encode() + after
                    if pause:
                        await asyncio.sleep(pause[0] / 1000)
            case Command("hold"):
                await self._gate.wait()
        yield head + says.completed


def build() -> Starlette:
    """The application, for `uvicorn --factory`."""
    return Starlette(routes=[Route("/", Floor().answer, methods=["POST"])])

"""An ASGI application as an endpoint that is asked without a socket, by what surrounds it."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import aclosing
from typing import Any

from starlette.types import ASGIApp, Message

from conformance.dialects import Dialect, Operation
from conformance.sse import Decoder


class Inner:
    """The JSON-RPC endpoint at the root of an application."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def call(self, dialect: Dialect, operation: Operation, params: Any) -> Any:
        """The response: an object with a result or an error."""
        async with aclosing(self._body(dialect, operation, params, {})) as chunks:
            return json.loads(b"".join([chunk async for chunk in chunks]))

    async def updates(
        self, dialect: Dialect, task_id: str, after: int | None
    ) -> AsyncGenerator[tuple[int, Any], None]:
        """What happens to the task, each with its number, until it rests.

        After the update of the given number, or else from now on.
        """
        decoder, headers = Decoder(), {} if after is None else {"Last-Event-ID": str(after)}
        subscribed = self._body(dialect, Operation.SUBSCRIBE, {"id": task_id}, headers)
        async with aclosing(subscribed) as chunks:
            async for chunk in chunks:
                for event in decoder.feed(chunk):
                    response = json.loads(event.data)
                    if event.id is not None and "result" in response:
                        yield int(event.id), response["result"]

    async def _body(
        self, dialect: Dialect, operation: Operation, params: Any, headers: dict[str, str]
    ) -> AsyncGenerator[bytes, None]:
        request = {"jsonrpc": "2.0", "id": 1, "method": dialect.methods[operation]}
        body = json.dumps({**request, "params": params}).encode()
        spoken = {"content-type": "application/json", **dialect.headers, **headers}
        chunks: asyncio.Queue[bytes | None] = asyncio.Queue()
        was_read = False

        async def receive() -> Message:
            nonlocal was_read
            if was_read:
                await asyncio.Event().wait()  # the client stays until it is done
            was_read = True
            return {"type": "http.request", "body": body}

        async def send(message: Message) -> None:
            chunks.put_nowait(message.get("body") or b"")
            if message["type"] == "http.response.body" and not message.get("more_body"):
                chunks.put_nowait(None)

        async def serve() -> None:
            await self.app(_scope(spoken, body), receive, send)

        serving = asyncio.create_task(serve())
        serving.add_done_callback(lambda _: chunks.put_nowait(None))
        try:
            while (chunk := await chunks.get()) is not None:
                yield chunk
        finally:
            serving.cancel()
            await asyncio.gather(serving, return_exceptions=True)


def _scope(headers: dict[str, str], body: bytes) -> dict[str, Any]:
    sent = {**headers, "content-length": str(len(body))}
    return {
        "type": "http",
        "method": "POST",
        "path": "/",
        "raw_path": b"/",
        "query_string": b"",
        "headers": [(name.lower().encode(), value.encode()) for name, value in sent.items()],
    }

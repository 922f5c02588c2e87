"""Tools to alter what an application is asked, and what it says: each makes one of another."""

import asyncio
from collections.abc import AsyncIterator, Callable
from typing import Any, TypeAlias

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from conformance.dialects import Operation
from tests.conformance.mutants.messages import Answer, Asked, Event

Alteration: TypeAlias = Callable[[ASGIApp], ASGIApp]
Ask: TypeAlias = Callable[[Asked], Asked | Answer | None]
"""The request as it is passed on, or an answer instead of it; None changes nothing."""
Say: TypeAlias = Callable[[Answer, Asked], Answer]
Stream: TypeAlias = Callable[[AsyncIterator[Event], Asked], AsyncIterator[Event]]
Change: TypeAlias = Callable[[Any, Asked], Any]

_GONE: Message = {"type": "http.disconnect"}


class _Altered:
    """An application between a client and another one."""

    def __init__(self, app: ASGIApp, ask: Ask, say: Say | None, stream: Stream | None) -> None:
        self._app = app
        self._ask = ask
        self._say = say
        self._stream = stream

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            return await self._app(scope, receive, send)
        asked = Asked.of(scope, await _body(receive))
        passed_on = self._ask(asked) or asked
        if isinstance(passed_on, Answer):
            return await _give(passed_on, asked, send)
        messages: asyncio.Queue[Message] = asyncio.Queue()
        app = asyncio.create_task(self._run(passed_on, scope, receive, messages))
        app.add_done_callback(lambda _: messages.put_nowait(_GONE))
        try:
            await self._pass_back(messages, asked, send)
        finally:
            app.cancel()
            (outcome,) = await asyncio.gather(app, return_exceptions=True)
            if isinstance(outcome, Exception):
                raise outcome

    async def _run(
        self, asked: Asked, scope: Scope, receive: Receive, messages: asyncio.Queue[Message]
    ) -> None:
        await self._app({**scope, **asked.scope}, _once(asked.body, receive), messages.put)

    async def _pass_back(self, messages: asyncio.Queue[Message], asked: Asked, send: Send) -> None:
        start = await messages.get()
        if not is_stream(start):
            body = b"".join([chunk async for chunk in _chunks(messages)])
            answer = Answer.of(start, body)
            if self._say is not None:
                answer = self._say(answer, asked)
            return await _give(answer, asked, send)
        await send(start)
        if self._stream is None:
            async for chunk in _chunks(messages):
                await send(_more(chunk))
        else:
            async for event in self._stream(_events(messages), asked):
                await send(_more(event.encoded))
        await send({"type": "http.response.body", "body": b""})


async def _body(receive: Receive) -> bytes:
    message = await receive()
    body: bytes = message.get("body", b"")
    while message.get("more_body"):
        message = await receive()
        body += message.get("body", b"")
    return body


def _once(body: bytes, receive: Receive) -> Receive:
    """Gives the body, then whatever else comes."""
    left: list[Message] = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive_next() -> Message:
        return left.pop() if left else await receive()

    return receive_next


def is_stream(start: Message) -> bool:
    """Whether this is how a stream starts."""
    return any(v.startswith(b"text/event-stream") for _, v in start.get("headers", ()))


def _more(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def _give(answer: Answer, asked: Asked, send: Send) -> None:
    headers = dict(answer.headers)
    if asked.verb != "HEAD":
        headers["content-length"] = str(len(answer.body))
    encoded = [(k.encode(), v.encode("latin-1")) for k, v in headers.items()]
    await send({"type": "http.response.start", "status": answer.status, "headers": encoded})
    await send({"type": "http.response.body", "body": answer.body})


async def _chunks(messages: asyncio.Queue[Message]) -> AsyncIterator[bytes]:
    message = await messages.get()
    while message["type"] == "http.response.body":
        yield message.get("body", b"")
        if not message.get("more_body"):
            return
        message = await messages.get()


async def _events(messages: asyncio.Queue[Message]) -> AsyncIterator[Event]:
    async for chunk in _chunks(messages):
        for text in chunk.split(b"\n\n"):
            if text:
                yield Event.of(text)


# The ways to alter


def asks(ask: Ask) -> Alteration:
    """Changes requests, or answers them by itself."""
    return lambda app: _Altered(app, ask, None, None)


def says(say: Say) -> Alteration:
    """Changes answers that are no streams."""
    return lambda app: _Altered(app, _unchanged, say, None)


def streams(stream: Stream) -> Alteration:
    """Changes streams as a whole: their events go in, others come out."""
    return lambda app: _Altered(app, _unchanged, None, stream)


def _unchanged(_: Asked) -> None:
    return None


def asks_of(ask: Ask, *operations: Operation) -> Alteration:
    """Changes requests for these operations, or answers them by itself."""
    return asks(lambda asked: ask(asked) if asked.operation in operations else None)


def cards(change: Callable[[dict[str, Any]], Any]) -> Alteration:
    """Changes the card."""

    def say(answer: Answer, asked: Asked) -> Answer:
        is_it = asked.is_card and isinstance(answer.value, dict)
        return answer.saying(change(answer.value)) if is_it else answer

    return says(say)


def replies(change: Change, *operations: Operation) -> Alteration:
    """Changes each JSON-RPC response that is no event, or those to these operations."""

    def say(answer: Answer, asked: Asked) -> Answer:
        value = answer.value
        if not asked.is_rpc or value is None:
            return answer
        if operations and asked.operation not in operations:
            return answer
        if isinstance(value, list):
            return answer.saying([change(one, asked) for one in value])
        return answer.saying(change(value, asked))

    return says(say)


def frames(change: Change) -> Alteration:
    """Changes the response in each event of each stream."""

    async def stream(events: AsyncIterator[Event], asked: Asked) -> AsyncIterator[Event]:
        async for event in events:
            yield event if event.value is None else event.saying(change(event.value, asked))

    return streams(stream)


def responses(change: Change) -> Alteration:
    """Changes each JSON-RPC response, be it a reply or in an event."""
    return both(replies(change), frames(change))


def both(*alterations: Alteration) -> Alteration:
    """Does one after the other; together they are one fault."""

    def alter(app: ASGIApp) -> ASGIApp:
        for alteration in alterations:
            app = alteration(app)
        return app

    return alter


def sends(make: Callable[[Receive, Send], Send]) -> Alteration:
    """Changes what ASGI is given to send, by what is made for each request."""

    def alter(app: ASGIApp) -> ASGIApp:
        async def altered(scope: Scope, receive: Receive, send: Send) -> None:
            is_http = scope["type"] == "http"
            await app(scope, receive, make(receive, send) if is_http else send)

        return altered

    return alter


async def client_gone(receive: Receive) -> None:
    """Returns when the client has gone."""
    while (await receive())["type"] != "http.disconnect":
        pass


async def asked_of(app: ASGIApp, asked: Asked, operation: Operation, **params: Any) -> Any:
    """The JSON-RPC response of the application to a request of one's own, in the same version."""
    request = {
        "jsonrpc": "2.0",
        "id": asked.members.get("id"),
        "method": asked.dialect.methods[operation],
        "params": params,
    }
    transport = httpx.ASGITransport(app)
    async with httpx.AsyncClient(transport=transport, base_url="http://inside") as http:
        return (await http.post("/", json=request, headers=asked.dialect.headers)).json()

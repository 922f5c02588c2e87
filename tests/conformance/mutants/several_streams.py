"""Mutants whose streams depend on one another, on their clients, or come at the wrong time."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from typing import Any, TypeAlias

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from a2a_agent.agents.scenarios import ScenarioAgent
from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, TASK_NOT_FOUND
from tests.conformance.mutants.altering import asked_of, is_stream, responses, says, sends, streams
from tests.conformance.mutants.changes import event_by_event, streams_of
from tests.conformance.mutants.messages import Answer, Asked, Event, error
from tests.conformance.mutants.mutant import NEW, OLD, Mutant, Setup

_LATE_SECONDS = 3.0
_LONGER = Setup(name="that works longer", agent=ScenarioAgent(seconds=4.0, chunk_seconds=0.1))


async def without_artifacts(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """The events that are no pieces of artifacts."""
    async for event in events:
        if event.frame.kind != "artifact":
            yield event


async def _at_once(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """All events, when the last one has come."""
    for event in [event async for event in events]:
        yield event


async def _all_but_the_first_at_once(
    events: AsyncIterator[Event], asked: Asked
) -> AsyncIterator[Event]:
    """The first event as it comes, the others when the last one has come."""
    yield await anext(events)
    async for event in _at_once(events, asked):
        yield event


async def _closed_late(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """Streams stay open for seconds when all has been said."""
    async for event in events:
        yield event
    await asyncio.sleep(_LATE_SECONDS)


async def _ever_earlier(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
    """Each status is older than the one before."""
    year = 2020
    async for event in events:
        status = event.frame.body.get("status")
        if isinstance(status, dict):
            year -= 1
            event = event.with_body(status={**status, "timestamp": f"{year}-01-01T00:00:00.000Z"})
        yield event


async def _without_the_second_appended(
    events: AsyncIterator[Event], _: Asked
) -> AsyncIterator[Event]:
    number = 0
    async for event in events:
        number += event.frame.body.get("append") is True
        if number == 2:
            number += 1
            continue
        yield event


def _refused_as_event(answer: Answer, asked: Asked) -> Answer:
    is_refusal = asked.operation is Operation.STREAM and "error" in (answer.value or {})
    if not is_refusal:
        return answer
    event = b"data: " + answer.body + b"\n\n"
    return answer.with_headers(content_type="text/event-stream").saying(event)


def _refused_plainly(_: Receive, send: Send) -> Send:
    """Streams that have nothing but an error are no streams."""
    held: list[Message] = []

    async def send_other(message: Message) -> None:
        if message["type"] == "http.response.start" and is_stream(message):
            held.append(message)
            return
        if held:
            start, body = held.pop(), message.get("body", b"")
            if b'"error"' in body:
                start = {**start, "headers": [(b"content-type", b"application/json")]}
                message = {**message, "body": body.removeprefix(b"data: ").strip()}
            await send(start)
        await send(message)

    return send_other


def _other_refusals(response: Any, asked: Asked) -> Any:
    if asked.operation is not Operation.STREAM or "error" not in response:
        return response
    return {**response, "error": {**response["error"], "code": INTERNAL_ERROR}}


def _unmarked(event: Event, _: int) -> Event:
    return event.with_body(lastChunk=False) if event.frame.kind == "artifact" else event


def _without_what_it_streams(app: ASGIApp) -> ASGIApp:
    """Tasks that are streamed cannot be asked for."""
    streamed: set[Any] = set()

    def remember(event: Event, _: int) -> Event:
        streamed.add(event.frame.task_id)
        return event

    def say(answer: Answer, asked: Asked) -> Answer:
        is_it = asked.operation is Operation.GET and asked.params.get("id") in streamed
        return error(TASK_NOT_FOUND, asked) if is_it else answer

    return event_by_event(remember)(says(say)(app))


OnLeaving: TypeAlias = Callable[[ASGIApp, Asked, str], Awaitable[None]]


class _Leaving:
    """Sees clients leave streams of tasks at work, and does something then."""

    def __init__(self, app: ASGIApp, on_leaving: OnLeaving) -> None:
        self._app = app
        self._on_leaving = on_leaving

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Passes everything on."""
        seen: list[Event] = []
        ended = False

        async def receive_seen() -> Message:
            message = await receive()
            if message["type"] == "http.disconnect" and seen and not ended:
                task_id = str(seen[0].frame.task_id)
                await self._on_leaving(self._app, Asked.of(scope, b"{}"), task_id)
            return message

        async def send_seen(message: Message) -> None:
            nonlocal ended
            if message.get("body", b"").startswith(b"id: "):
                seen.append(Event.of(message["body"].split(b"\n\n")[0]))
            ended = message["type"] == "http.response.body" and not message.get("more_body")
            await send(message)

        if scope["type"] == "http":
            await self._app(scope, receive_seen, send_seen)
        else:
            await self._app(scope, receive, send)


async def _cancel(app: ASGIApp, asked: Asked, task_id: str) -> None:
    await asked_of(app, asked, Operation.CANCEL, id=task_id)


def canceled_when_left(app: ASGIApp) -> ASGIApp:
    """A task is canceled when one of its clients goes."""
    return _Leaving(app, _cancel)


def broken_off_when_another_leaves(app: ASGIApp) -> ASGIApp:
    """All streams of a task end when the client of one goes."""
    left: dict[str, asyncio.Event] = {}

    async def leave(_: ASGIApp, __: Asked, task_id: str) -> None:
        left.setdefault(task_id, asyncio.Event()).set()

    async def stream(events: AsyncIterator[Event], _: Asked) -> AsyncIterator[Event]:
        first = await anext(events)
        yield first
        gone = left.setdefault(str(first.frame.task_id), asyncio.Event())
        while not gone.is_set():
            waiting = asyncio.ensure_future(gone.wait())
            coming = asyncio.ensure_future(anext(events, None))
            await asyncio.wait({waiting, coming}, return_when=asyncio.FIRST_COMPLETED)
            waiting.cancel()
            event = coming.result() if coming.done() else None
            if event is None:
                coming.cancel()
                return
            yield event

    return streams(stream)(_Leaving(app, leave))


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "refusals of streams as internal errors",
        responses(_other_refusals),
        ("stream.refusal-is-an-error",),
    ),
    Mutant(
        "refusals of streams as events",
        says(_refused_as_event),
        ("stream.refusal-is-plain-json",),
        NEW,
    ),
    Mutant(
        "refusals of streams as plain JSON",
        sends(_refused_plainly),
        ("stream.refusal-is-an-event",),
        OLD,
    ),
    Mutant(
        "streamed tasks cannot be asked for",
        _without_what_it_streams,
        ("stream.task-is-there-while-it-streams",),
    ),
    Mutant(
        "events only when all is over",
        streams(_at_once),
        ("stream.events-come-as-they-happen",),
    ),
    Mutant(
        "events after the first only when all is over",
        streams(_all_but_the_first_at_once),
        ("stream.events-come-as-they-happen",),
        setup=_LONGER,
    ),
    Mutant(
        "streams closed late",
        streams(_closed_late),
        ("stream.closes-without-delay",),
        is_slow=True,
    ),
    Mutant(
        "statuses ever earlier",
        streams(_ever_earlier),
        ("stream.times-do-not-go-back",),
    ),
    Mutant(
        "second appended chunk lost",
        streams(_without_the_second_appended),
        ("stream.adds-up-to-the-task", "tasks.get-has-the-artifacts-so-far"),
    ),
    Mutant(
        "last chunks not marked",
        event_by_event(_unmarked),
        ("stream.last-chunk-is-marked",),
    ),
    Mutant(
        "subscriptions without artifacts",
        streams_of(without_artifacts, Operation.SUBSCRIBE),
        ("stream.streams-of-a-task-see-the-same",),
    ),
    Mutant(
        "disconnect kills the task",
        canceled_when_left,
        ("stream.leaving-does-not-stop-the-task", "stream.leaving-affects-no-other-stream"),
    ),
    Mutant(
        "subscriber killed when another leaves",
        broken_off_when_another_leaves,
        ("stream.leaving-affects-no-other-stream", "subscribe.survives-anothers-leaving"),
    ),
)

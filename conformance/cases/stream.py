"""Streams (1.0 §3.1; 0.3 §7): what the rules that hold for every stream leave to be tried."""

import asyncio
import time
from collections.abc import AsyncGenerator, Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases import several_streams
from conformance.cases.arranging import (
    A_WHILE_SECONDS,
    canceled_after,
    gists,
    is_quick,
    read_beside,
    task_id,
)
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import RESTING, Frame, Operation
from conformance.expect import (
    UNSUPPORTED_OPERATION,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import items
from conformance.session import Session
from conformance.streaming import LiveStream

_LATE_SECONDS = 1.5
"""An event comes sooner than a reply that already knows of it, but for the ways that they take."""
_SECONDS_BETWEEN_LOOKS = 0.2


async def undeclared(session: Session) -> None:
    if session.declares("streaming"):
        raise NotExercised("the card declares streaming", "an endpoint without streams")
    for operation, params in (
        (Operation.STREAM, {"message": session.message("Hello")}),
        (Operation.SUBSCRIBE, {"id": str(uuid4())}),
    ):
        reply = await session.call(operation, params)
        reply.must_be_error(UNSUPPORTED_OPERATION)


async def refusal(session: Session) -> None:
    async for plain, stream in _refused(session):
        expect(stream.frames == [], "no event but the error", gists(stream.frames), stream.exchange)
        expect_equal("the code", plain.code, stream.reply.code, stream.exchange)


async def plain_refusal(session: Session) -> None:
    async for _, stream in _refused(session):
        kind = stream.exchange.media_type
        expect_equal("the content type", "application/json", kind, stream.exchange)


async def refusal_as_event(session: Session) -> None:
    async for _, stream in _refused(session):
        kind, count = stream.exchange.media_type, len(stream.events)
        expect_equal("the content type", "text/event-stream", kind, stream.exchange)
        expect_equal("the number of events", 1, count, stream.exchange)


async def _refused(session: Session) -> AsyncGenerator[tuple[Reply, LiveStream], None]:
    """What comes, plain and as a stream, for messages that are refused as far as they are plain.

    Raises NotExercised where none is.
    """
    need_streaming(session)
    is_any_refused = False
    changes: tuple[dict[str, Any], ...] = ({"taskId": str(uuid4())}, {"parts": []})
    for change in changes:
        params = {"message": {**session.message("Hello"), **change}}
        plain = await session.call(Operation.SEND, params)
        if plain.error is not None:
            is_any_refused = True
            async with session.stream(Operation.STREAM, params) as stream:
                await stream.to_end()
            yield plain, stream
        elif plain.exchange.trouble:
            raise Broken("a response", plain.gist, plain.exchange)
    if not is_any_refused:
        raise NotExercised("no message is refused")


async def task_of_the_first_event(session: Session) -> None:
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need("completes"))}
    async with session.stream(Operation.STREAM, params) as stream:
        await stream.first()
        wanted = task_id(stream)
        reply = await session.call(Operation.GET, {"id": wanted})
        await stream.to_end()
    expect_equal("the id", wanted, reply.object.get("id"), reply.exchange)


async def events_in_time(session: Session) -> None:
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need("long"))}
    began = time.monotonic()
    async with session.stream(Operation.STREAM, params) as stream:
        await stream.first()
        seconds = time.monotonic() - began
        wanted = task_id(stream)
        async with canceled_after(session, wanted):
            state = session.dialect.read_state(await session.task(wanted))
            if state not in RESTING:
                await _must_keep_up(session, stream)
    if state in RESTING and is_quick(session, seconds):
        raise NotExercised(f"the task was {state} at once", '--prompt long="…"')
    expected = "a task still at work when the first event comes"
    expect(state not in RESTING, expected, f"one that is {state}", stream.exchange)


async def _must_keep_up(session: Session, stream: LiveStream) -> None:
    """Raises Broken where the task has an artifact of which the stream does not tell for long."""
    if items(stream.frames[0].body, "artifacts"):
        return
    began, shown = time.monotonic(), 0.0
    async with read_beside(stream, pieces=1, seconds=0.0) as reading:
        while not reading.done() and (shown or time.monotonic() - began < A_WHILE_SECONDS):
            await asyncio.wait([reading], timeout=_SECONDS_BETWEEN_LOOKS)
            task = await session.task(task_id(stream))
            if reading.done() or session.dialect.read_state(task) in RESTING:
                return
            if items(task, "artifacts"):
                shown = shown or time.monotonic()
                is_late = time.monotonic() - shown > _LATE_SECONDS
                got = f"none for {_LATE_SECONDS:g} seconds, though the task has {task['artifacts']}"
                expect(not is_late, "an event with a piece of the artifact", got, stream.exchange)


async def history_of_none(session: Session) -> None:
    need_streaming(session)
    message = session.message(session.knowledge.need("completes"))
    params = {"message": message, "configuration": {"historyLength": 0}}
    async with session.stream(Operation.STREAM, params) as stream:
        await stream.first()
        frames = await stream.to_end()
    if frames[0].kind != "task":
        raise NotExercised("the stream had no Task")
    for frame in frames:
        history = frame.body.get("history") if frame.kind == "task" else None
        expect(not history, "no history", f"{history!r}", stream.exchange)


async def last_chunks(session: Session) -> None:
    frames = (await _streamed(session, "chunks")).frames
    chunks: dict[str, list[Frame]] = {}
    for frame in frames:
        artifact = frame.body.get("artifact")
        if frame.kind == "artifact" and isinstance(artifact, dict):
            chunks.setdefault(str(artifact.get("artifactId")), []).append(frame)
    several = [one for one in chunks.values() if len(one) > 1]
    if not several:
        raise NotExercised("no artifact came in several chunks", '--prompt chunks="…"')
    marked = all(one[-1].body.get("lastChunk") is True for one in several)
    expect(marked, '"lastChunk": true in the last chunk', gists(frames))


async def ids_of_events(session: Session) -> None:
    stream = await _streamed(session, "completes")
    ids = [event.id for event in stream.events]
    if not any(ids):
        raise NotExercised("not offered: no event has an id")
    numbers = [int(one) for one in ids if one is not None and one.isdecimal()]
    rising = all(one < other for one, other in zip(numbers, numbers[1:], strict=False))
    if len(numbers) < len(ids) or not rising:
        raise NotExercised(f"offered otherwise: the ids are {ids}")


async def repeat(session: Session) -> None:
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need("completes"))}
    streams = []
    for _ in range(2):
        async with session.stream(Operation.STREAM, params) as stream:
            await stream.to_end()
        streams.append(stream)
    first, again = streams
    if not again.frames:
        raise NotExercised(f"not offered: a repeat is answered with {again.reply.gist}")
    if task_id(first) != task_id(again):
        raise NotExercised("not offered: a repeat is another task")
    if gists(first.frames) != gists(again.frames):
        raise NotExercised("offered otherwise: a repeat does not give all events again")


async def _streamed(session: Session, behaviour: str) -> LiveStream:
    """The stream of a message that brings the behaviour about, read to its end."""
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need(behaviour))}
    async with session.stream(Operation.STREAM, params) as stream:
        await stream.first()
        await stream.to_end()
    return stream


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "stream.undeclared-is-unsupported": undeclared,
        "stream.refusal-is-an-error": refusal,
        "stream.refusal-is-plain-json": plain_refusal,
        "stream.refusal-is-an-event": refusal_as_event,
        "stream.task-is-there-while-it-streams": task_of_the_first_event,
        "stream.events-come-as-they-happen": events_in_time,
        "stream.history-length-zero-is-no-history": history_of_none,
        "stream.last-chunk-is-marked": last_chunks,
        "stream.every-event-has-a-rising-id": ids_of_events,
        "stream.repeat-is-the-same-stream": repeat,
        **several_streams.STREAM_CASES,
    }
)

"""Subscribing to tasks that are there (1.0 §3.1; 0.3 §7), and resuming streams."""

from collections.abc import Mapping
from contextlib import AbstractAsyncContextManager
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases import several_streams
from conformance.cases.arranging import (
    canceled_after,
    canceled_midway,
    ended_tasks,
    gist,
    state_of,
    stream_at_work,
    subscribed,
    task_at_work,
    task_id,
)
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import RESTING, Operation
from conformance.expect import (
    INVALID_PARAMS,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
    NotExercised,
    expect,
    expect_equal,
)
from conformance.session import Session
from conformance.streaming import LiveStream


async def unknown_task(session: Session) -> None:
    need_streaming(session)
    reply = await session.call(Operation.SUBSCRIBE, {"id": str(uuid4())})
    reply.must_be_error(TASK_NOT_FOUND)


async def no_id(session: Session) -> None:
    need_streaming(session)
    reply = await session.call(Operation.SUBSCRIBE, {"metadata": {}})
    reply.must_be_error(INVALID_PARAMS)


async def first_event(session: Session) -> None:
    need_streaming(session)
    async with (
        task_at_work(session) as task,
        subscribed(session, task["id"]) as stream,
    ):
        first = stream.frames[0]
        expect_equal("the kind of the first event", "task", first.kind, stream.exchange)
        expect_equal("the id", task["id"], first.task_id, stream.exchange)
        context = task.get("contextId")
        expect_equal("the contextId", context, first.context_id, stream.exchange)
        got = state_of(session, first.body)
        expect(got not in RESTING, "the Task, still at work", got, stream.exchange)


async def everything_to_the_end(session: Session) -> None:
    need_streaming(session)
    async with (
        task_at_work(session) as task,
        subscribed(session, task["id"]) as stream,
    ):
        await canceled_midway(session, task["id"], stream)
        state = state_of(session, await session.task(task["id"]))
        if state not in RESTING:
            raise NotExercised(f"the task does not end: it is {state}, though canceled")
        got = stream.watch.state or stream.exchange.answer
        expect_equal("the last state", state, got, stream.exchange)


async def ended_is_unsupported(session: Session) -> None:
    need_streaming(session)
    for task in await ended_tasks(session):
        reply = await session.call(Operation.SUBSCRIBE, {"id": task["id"]})
        reply.must_be_error(UNSUPPORTED_OPERATION)


async def ended_is_refused(session: Session) -> None:
    need_streaming(session)
    for task in await ended_tasks(session):
        reply = await session.call(Operation.SUBSCRIBE, {"id": task["id"]})
        expect(reply.error is not None, "an error", reply.gist, reply.exchange)


async def resumed_at_work(session: Session) -> None:
    async with stream_at_work(session) as whole, canceled_after(session, task_id(whole)):
        await whole.next()
        async with _resumed(session, whole, 0) as resumed:
            await canceled_midway(session, task_id(whole), whole, resumed)
        _must_go_on(whole, 0, resumed)


async def resumed_after_the_end(session: Session) -> None:
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need("chunks"))}
    async with session.stream(Operation.STREAM, params) as whole:
        await whole.first()
        await whole.to_end()
    last = len(whole.frames) - 2
    for place in sorted({0, last // 2, last}):
        async with _resumed(session, whole, place) as resumed:
            await resumed.to_end()
        _must_go_on(whole, place, resumed)


def _resumed(
    session: Session, whole: LiveStream, place: int
) -> AbstractAsyncContextManager[LiveStream]:
    """The stream for a client that lost its own after the event of that place."""
    last_id = whole.events[place].id
    if not last_id:
        raise NotExercised("not offered: events have no ids")
    headers = {"Last-Event-ID": last_id}
    return session.stream(Operation.SUBSCRIBE, {"id": task_id(whole)}, headers=headers)


def _must_go_on(whole: LiveStream, place: int, resumed: LiveStream) -> None:
    """Raises NotExercised unless, after the Task, there is each event after that place, once."""
    if not resumed.frames:
        raise NotExercised(f"not offered: {resumed.reply.gist}")
    lost, told = _numbered(whole)[place + 1 :], _numbered(resumed)[1:]
    if lost != told:
        raise NotExercised(f"not offered in this way: {told} came where {lost} was lost")


def _numbered(stream: LiveStream) -> list[Any]:
    """The ids of the events, and what they tell."""
    return [
        (event.id, gist(frame)) for event, frame in zip(stream.events, stream.frames, strict=False)
    ]


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "subscribe.unknown-is-not-found": unknown_task,
        "subscribe.needs-an-id": no_id,
        "subscribe.begins-with-the-task": first_event,
        "subscribe.tells-what-follows-to-the-end": everything_to_the_end,
        "subscribe.ended-is-unsupported": ended_is_unsupported,
        "subscribe.ended-is-refused": ended_is_refused,
        "subscribe.resumes-after-the-last-event-id": resumed_at_work,
        "subscribe.resumes-a-task-that-has-ended": resumed_after_the_end,
        **several_streams.SUBSCRIBE_CASES,
    }
)

"""Canceling tasks (1.0 §3.1; 0.3 §7)."""

import asyncio
from collections.abc import Mapping
from contextlib import AsyncExitStack
from types import MappingProxyType
from uuid import uuid4

from conformance.cases.arranging import (
    canceled_after,
    ended_tasks,
    gists,
    state_of,
    stream_at_work,
    task_at_work,
    task_id,
    waiting_task,
)
from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    INVALID_PARAMS,
    TASK_NOT_CANCELABLE,
    TASK_NOT_FOUND,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import whole
from conformance.session import Session


async def no_id(session: Session) -> None:
    reply = await session.call(Operation.CANCEL, {"metadata": {}})
    reply.must_be_error(INVALID_PARAMS)


async def task_that_works(session: Session) -> None:
    async with task_at_work(session) as task:
        await _canceled(session, task["id"])


async def task_that_asks(session: Session) -> None:
    task = await waiting_task(session)
    await _canceled(session, task["id"])


async def unknown_task(session: Session) -> None:
    reply = await session.call(Operation.CANCEL, {"id": str(uuid4())})
    reply.must_be_error(TASK_NOT_FOUND)


async def task_that_has_ended(session: Session) -> None:
    for task in await ended_tasks(session):
        if state_of(session, task) != "canceled":
            reply = await session.call(Operation.CANCEL, {"id": task["id"]})
            reply.must_be_error(TASK_NOT_CANCELABLE)


async def canceled_task(session: Session) -> None:
    async with task_at_work(session) as task:
        await _canceled(session, task["id"])
        reply = await session.call(Operation.CANCEL, {"id": task["id"]})
        reply.must_be_error(TASK_NOT_CANCELABLE)


async def two_at_once(session: Session) -> None:
    async with AsyncExitStack() as stack:
        stream = None
        if session.declares("streaming"):
            stream = await stack.enter_async_context(stream_at_work(session))
            wanted = task_id(stream)
        else:
            wanted = (await stack.enter_async_context(task_at_work(session)))["id"]
        cancels = [session.call(Operation.CANCEL, {"id": wanted}) for _ in range(2)]
        replies = await asyncio.gather(*cancels)
        for reply in replies:
            if reply.code != TASK_NOT_CANCELABLE:
                _must_be_canceled(session, reply)
        if all(reply.error is not None for reply in replies):
            await _not_over_before(session, wanted)
        canceled = any(reply.error is None for reply in replies)
        expect(canceled, "one of them to cancel the task", replies[0].gist, replies[0].exchange)
        if stream is not None:
            states = [frame.state for frame in await stream.to_end()]
            count = states.count("canceled")
            expect_equal("the number of times that it is canceled", 1, count, stream.exchange)


async def canceled_for_good(session: Session) -> None:
    async with stream_at_work(session) as stream:
        reply = await _canceled(session, task_id(stream))
        # Another task of the kind shows when this one would have gone on.
        async with stream_at_work(session) as witness, canceled_after(session, task_id(witness)):
            while (frame := await witness.next()) is not None:
                if frame.kind == "artifact":
                    break
            # This one has an artifact, that is not lost by canceling.
            canceling = await session.call(Operation.CANCEL, {"id": task_id(witness)})
            if canceling.error is None:
                await _must_be_the_canceled(session, canceling, task_id(witness))
        frames = await stream.to_end()
        canceled = any(frame.state == "canceled" for frame in frames)
        expect(canceled, "the stream to tell of it", f"{gists(frames)}", stream.exchange)
        now = await session.call(Operation.GET, {"id": task_id(stream)})
        before, after = whole(reply.object), whole(now.object)
        expect_equal("the task as it was canceled,", before, after, now.exchange)


async def _canceled(session: Session, wanted: str) -> Reply:
    """The reply to the canceling of a task. Raises Broken unless it is the canceled task."""
    reply = await session.call(Operation.CANCEL, {"id": wanted})
    await _must_be_the_canceled(session, reply, wanted)
    return reply


async def _must_be_the_canceled(session: Session, reply: Reply, wanted: str) -> None:
    """Raises Broken unless it is the canceled task, as the endpoint gives it from then on."""
    if reply.code == TASK_NOT_CANCELABLE:
        await _not_over_before(session, wanted)
    _must_be_canceled(session, reply)
    given = whole(await session.task(wanted))
    expect_equal("the canceled task", given, whole(reply.object), reply.exchange)


async def _not_over_before(session: Session, wanted: str) -> None:
    if state_of(session, await session.task(wanted)) in ("completed", "failed", "rejected"):
        raise NotExercised("the task was over before it could be canceled", '--prompt long="…"')


def _must_be_canceled(session: Session, reply: Reply) -> None:
    expect_equal("the state", "canceled", state_of(session, reply.result), reply.exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "tasks.cancel-needs-an-id": no_id,
        "tasks.cancel-ends-a-task-at-work": task_that_works,
        "tasks.cancel-ends-a-task-that-asks": task_that_asks,
        "tasks.cancel-of-unknown-is-not-found": unknown_task,
        "tasks.cancel-of-ended-is-refused": task_that_has_ended,
        "tasks.cancel-of-canceled-is-refused": canceled_task,
        "tasks.canceled-twice-at-once-is-canceled-once": two_at_once,
        "tasks.canceled-stays-canceled": canceled_for_good,
    }
)

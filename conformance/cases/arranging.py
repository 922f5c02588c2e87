"""What cases arrange before they try something: tasks that have ended, are at work, or wait."""

import asyncio
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from conformance.cases.given import need_streaming
from conformance.dialects import RESTING, TERMINAL, Frame, Operation
from conformance.expect import Broken, NotExercised, Reply
from conformance.folding import items
from conformance.knowledge import Draft
from conformance.session import Session
from conformance.streaming import LiveStream

_QUICK_SECONDS = 0.3
"""Whoever says so soon that a task is over may have had nothing to wait for."""
A_WHILE_SECONDS = 2.0
"""For a task at work to show something more of itself."""
_PAUSES_SECONDS = (0.1, 0.2, 0.4, 0.8, 1.6, 3.2)
_OVER = "the task was over before it could be met at work"
_BUSY = '--prompt long="…", with a message that keeps the agent busy for some seconds'


def sending(session: Session) -> list[Operation]:
    """The operations that take a message."""
    streams = [Operation.STREAM] if session.declares("streaming") else []
    return [Operation.SEND, *streams]


async def answered_at_once(
    session: Session, operation: Operation, message: Any, id: Any = 1
) -> tuple[Frame | None, Reply]:
    """The first that comes for a message whose sender does not wait; None for a refusal.

    An endpoint that breaks where a sender says so is asked again by one who says nothing of it.
    """
    said = {"message": message}
    at_once = {**said, "configuration": session.dialect.waiting(False)}
    try:
        return await _first_answer(session, operation, at_once, id)
    except Broken:  # that senders need not wait is tried by itself
        return await _first_answer(session, operation, said, id)


async def _first_answer(
    session: Session, operation: Operation, params: Any, id: Any
) -> tuple[Frame | None, Reply]:
    """The first that comes; None for a refusal. Raises Broken where it is neither."""
    if not operation.is_streaming:
        reply = await session.call(operation, params, id=id)
        return session.dialect.frame(reply.result) if reply.error is None else None, reply
    async with session.stream(operation, params, id=id) as stream:
        frame, reply = await stream.next(), stream.reply
    if frame is None and reply.error is None:
        raise Broken("a stream of events", reply.gist, reply.exchange)
    return frame, reply


def is_quick(session: Session, seconds: float) -> bool:
    """Whether an exchange took so little time that there may have been nothing to wait for."""
    return seconds - session.knowledge.way_seconds < _QUICK_SECONDS


def state_of(session: Session, task: Any) -> str:
    """The state of a task in words that can be shown."""
    return session.dialect.read_state(task) or "no state"


def message_ids(task: Any) -> list[Any]:
    """The ids of the messages in a task's history."""
    return [one.get("messageId") for one in items(task, "history") if isinstance(one, dict)]


async def ended_task(session: Session) -> Any:
    """A task that has ended, made when it is first asked for."""
    if "ended" not in session.arranged:
        task = await task_at_rest(session, "completes")
        state = state_of(session, task)
        if state not in TERMINAL:
            raise NotExercised(f"no task has ended: it is {state}")
        session.arranged["ended"] = task
    return session.arranged["ended"]


async def ended_tasks(session: Session) -> list[Any]:
    """A task for each state in which tasks have been seen to end, and one that was canceled.

    Raises NotExercised where none is known that ended by itself.
    """
    tasks = {state_of(session, task): task for task in (await ended_task(session),)}
    if not any(state_of(session, task) == "canceled" for task in session.ended.values()):
        with suppress(Broken, NotExercised):  # other cases meet it too, and say so
            task = await waiting_task(session)
            await session.call(Operation.CANCEL, {"id": task["id"]})
    latest = {state_of(session, task): task for task in session.ended.values()}
    for state in latest.keys() - tasks.keys():
        with suppress(Broken):  # an endpoint may forget tasks, or have answered with another one
            now = await session.task(latest[state]["id"])
            if state_of(session, now) == state:
                tasks[state] = now
    return list(tasks.values())


async def waiting_task(session: Session) -> Any:
    """A new task that asks back."""
    task = await task_at_rest(session, "input")
    state = state_of(session, task)
    if state != "input-required":
        raise NotExercised(f"no task asks back: it is {state}", '--prompt input="…"')
    return task


async def task_at_rest(session: Session, behaviour: str) -> Any:
    """The task of a message that brings the behaviour about.

    Endpoints that do not wait, though they should, are asked again for a while.
    """
    task = await session.sent(session.knowledge.need(behaviour))
    for seconds in _PAUSES_SECONDS:
        if session.dialect.read_state(task) in RESTING:
            break
        await asyncio.sleep(seconds)
        task = await session.task(task["id"])
    return task


def rested_task_in(session: Session, reply: Reply) -> dict[str, Any]:
    """The task in the reply to a message whose sender waits.

    Raises NotExercised where it was returned before it rests: that is told where waiting is tried.
    """
    task = session.task_in(reply)
    state = state_of(session, task)
    if state not in RESTING:
        raise NotExercised(f"the task was returned {state}", "repair what send.waits-* say")
    return task


async def follow_up(session: Session, task: Any, draft: Draft, **members: Any) -> Reply:
    """The reply to a message for a task that is there; `members` are more of the message."""
    message = session.message(draft, taskId=task["id"], **members)
    return await session.call(Operation.SEND, {"message": message})


@asynccontextmanager
async def task_at_work(session: Session) -> AsyncGenerator[Any, None]:
    """A task at work, whose sender does not wait; it is canceled after the block."""
    task = await session.started(session.knowledge.need("long"))
    async with canceled_after(session, task["id"]):
        if session.dialect.read_state(task) in RESTING:
            raise NotExercised(_OVER, _BUSY)
        yield task


@asynccontextmanager
async def stream_at_work(session: Session) -> AsyncGenerator[LiveStream, None]:
    """The stream of a task at work, its first frame read; leaving the block hangs up."""
    need_streaming(session)
    params = {"message": session.message(session.knowledge.need("long"))}
    async with session.stream(Operation.STREAM, params) as stream:
        first = await stream.first()
        task_id(stream)
        if first.state in RESTING:
            raise NotExercised(_OVER, _BUSY)
        yield stream


@asynccontextmanager
async def subscribed(session: Session, task_id: str) -> AsyncGenerator[LiveStream, None]:
    """A further stream of a task at work, its first frame read; leaving the block hangs up.

    Raises NotExercised where the task is over already, and Broken where nothing else explains that
    there is no frame.
    """
    async with session.stream(Operation.SUBSCRIBE, {"id": task_id}) as stream:
        first = await stream.next()
        seems_over = first is None or first.state in RESTING
        if seems_over and session.dialect.read_state(await session.task(task_id)) in RESTING:
            raise NotExercised(_OVER, _BUSY)
        if first is None:
            raise Broken("a stream of events", stream.reply.gist, stream.exchange)
        yield stream


def task_id(stream: LiveStream) -> str:
    """The id of the task that a stream is about. Raises Broken where it begins without one."""
    task = stream.watch.task
    if task is None or not isinstance(task.task_id, str):
        raise Broken(
            "a Task with an id as the first event", stream.exchange.answer, stream.exchange
        )
    return task.task_id


@asynccontextmanager
async def canceled_after(session: Session, task_id: str) -> AsyncGenerator[None, None]:
    """Cancels the task when the block is over, so that no agent works on for nothing."""
    try:
        yield
    finally:
        await session.call(Operation.CANCEL, {"id": task_id})


async def canceled_midway(session: Session, task_id: str, *streams: LiveStream) -> Reply:
    """The reply to the canceling of a task that went on a little; its streams are read whole."""
    async with read_beside(*streams) as reading:
        reply = await session.call(Operation.CANCEL, {"id": task_id})
        await reading
    for stream in streams:
        await stream.to_end()
    return reply


@asynccontextmanager
async def read_beside(
    *streams: LiveStream, pieces: int = 0, seconds: float = A_WHILE_SECONDS
) -> AsyncGenerator[asyncio.Task[None], None]:
    """Reads on, until each stream has told of more, and of so many pieces of artifacts.

    The block begins when they have, or after so many seconds; they may be read on in it.
    """
    reading = asyncio.create_task(_read_all(streams, pieces))
    try:
        await asyncio.wait([reading], timeout=seconds)
        yield reading
    finally:
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)


async def _read_all(streams: Sequence[LiveStream], pieces: int) -> None:
    reading = [asyncio.create_task(_read_on(stream, pieces)) for stream in streams]
    try:
        await asyncio.gather(*reading)
    finally:
        for one in reading:
            one.cancel()
        await asyncio.gather(*reading, return_exceptions=True)


async def _read_on(stream: LiveStream, pieces: int) -> None:
    while (frame := await stream.next()) is not None:
        pieces -= frame.kind == "artifact"
        if pieces <= 0:
            return


def gist(frame: Frame) -> Any:
    """What an event tells, without what may differ from connection to connection."""
    if frame.kind == "artifact":
        names = ("artifact", "append", "lastChunk")
        return {name: frame.body[name] for name in names if name in frame.body}
    status = frame.body.get("status")
    return {
        "state": frame.state,
        "message": status.get("message") if isinstance(status, dict) else None,
    }


def gists(frames: list[Frame]) -> list[Any]:
    """What the events after the first one tell."""
    return [gist(frame) for frame in frames[1:]]

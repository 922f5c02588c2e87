"""Getting tasks (1.0 §3.1; 0.3 §7), and what becomes of those that have ended."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

from conformance.cases import canceling
from conformance.cases.arranging import (
    ended_task,
    follow_up,
    items,
    needs_streaming,
    state_of,
)
from conformance.cases.case import Case
from conformance.dialects import TERMINAL, Frame, Operation
from conformance.expect import (
    INVALID_PARAMS,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
    NotExercised,
    expect,
    expect_equal,
)
from conformance.knowledge import Draft
from conformance.session import Session
from conformance.watch import folded

_MOST_LOOKED_AT = 20
"""Ended tasks that are asked for once more."""


async def unknown_task(session: Session) -> None:
    reply = await session.call(Operation.GET, {"id": str(uuid4())})
    reply.must_be_error(TASK_NOT_FOUND)


async def no_id(session: Session) -> None:
    reply = await session.call(Operation.GET, {"metadata": {}})
    reply.must_be_error(INVALID_PARAMS)


async def task_that_was_sent(session: Session) -> None:
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.GET, {"id": task["id"]})
    for member in ("id", "contextId"):
        got = reply.object.get(member)
        expect_equal(f"the {member}", task.get(member), got, reply.exchange)
    was, now = state_of(session, task), state_of(session, reply.object)
    if was in TERMINAL:
        expect_equal("the state", was, now, reply.exchange)


async def status_that_was_streamed(session: Session) -> None:
    needs_streaming(session)
    params = {"message": session.message(session.knowledge.need("completes"))}
    async with session.stream(Operation.STREAM, params) as stream:
        frames = [frame for frame in await stream.to_end() if frame.state is not None]
    if not frames or frames[0].kind != "task":
        raise NotExercised("the stream had no Task")
    reply = await session.call(Operation.GET, {"id": frames[0].task_id})
    streamed, given = frames[-1].body.get("status"), reply.object.get("status")
    if isinstance(streamed, dict) and isinstance(given, dict) and "timestamp" not in streamed:
        given = {name: value for name, value in given.items() if name != "timestamp"}
    expect_equal("the status", streamed, given, reply.exchange)


async def history_of_none(session: Session) -> None:
    task = await ended_task(session)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": 0})
    expect_equal("the history", [], items(reply.object, "history"), reply.exchange)


async def history_left_out(session: Session) -> None:
    task = await ended_task(session)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": 0})
    left_out = "history" not in reply.object
    expect(left_out, "no member history", reply.object.get("history"), reply.exchange)


async def history_of_one(session: Session) -> None:
    task = await ended_task(session)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": 1})
    count = len(items(reply.object, "history"))
    expect(count <= 1, "at most 1 message", f"{count}", reply.exchange)


async def history_below_zero(session: Session) -> None:
    task = await ended_task(session)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": -1})
    reply.must_be_error(INVALID_PARAMS)


async def message_to_an_ended_task(session: Session) -> None:
    task = await ended_task(session)
    reply = await follow_up(session, task, Draft())
    reply.must_be_error(UNSUPPORTED_OPERATION)


async def ended_tasks(session: Session) -> None:
    # Those that ended long ago had the most time to change.
    await ended_task(session)
    are_there = False
    for task_id, before in list(session.ended.items())[:_MOST_LOOKED_AT]:
        reply = await session.call(Operation.GET, {"id": task_id})
        if reply.error is not None:
            continue  # an endpoint may forget tasks
        are_there = True
        was, now = (
            folded([Frame(kind="task", body=task, state=session.dialect.read_state(task))])
            for task in (before, reply.object)
        )
        expect_equal("the task as it was when it had ended,", was, now, reply.exchange)
    if not are_there:
        raise NotExercised("the endpoint has forgotten the tasks that had ended")


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "tasks.unknown-is-not-found": unknown_task,
        "tasks.get-needs-an-id": no_id,
        "tasks.get-gives-the-task-that-was-sent": task_that_was_sent,
        "tasks.get-has-what-was-streamed-last": status_that_was_streamed,
        "tasks.history-length-zero-is-no-history": history_of_none,
        "tasks.history-of-none-is-left-out": history_left_out,
        "tasks.history-length-is-a-limit": history_of_one,
        "tasks.history-length-is-not-negative": history_below_zero,
        "tasks.message-to-ended-is-refused": message_to_an_ended_task,
        "tasks.ended-stays-as-it-was": ended_tasks,
        **canceling.CASES,
    }
)

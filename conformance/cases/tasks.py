"""Getting tasks (1.0 §3.1; 0.3 §7), and what becomes of those that have ended."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases import canceling
from conformance.cases.arranging import (
    canceled_after,
    ended_task,
    ended_tasks,
    read_beside,
    sending,
    stream_at_work,
    task_id,
)
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import TERMINAL, Frame, Operation
from conformance.expect import (
    INVALID_PARAMS,
    TASK_NOT_FOUND,
    UNSUPPORTED_OPERATION,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import artifact_id, folded, items, whole
from conformance.session import Session

_MOST_LOOKED_AT = 20
"""Ended tasks that are asked for once more."""
_PIECES = 3
"""Of an artifact: the first one, and two that are appended."""


async def unknown_task(session: Session) -> None:
    reply = await session.call(Operation.GET, {"id": str(uuid4())})
    reply.must_be_error(TASK_NOT_FOUND)


async def no_id(session: Session) -> None:
    reply = await session.call(Operation.GET, {"metadata": {}})
    reply.must_be_error(INVALID_PARAMS)


async def task_that_was_sent(session: Session) -> None:
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.GET, {"id": task["id"]})
    # A task that was returned at work may have gone on meanwhile.
    has_ended = session.dialect.read_state(task) in TERMINAL
    names = () if has_ended else ("id", "contextId")
    expect_equal("the task", whole(task, *names), whole(reply.object, *names), reply.exchange)


async def status_that_was_streamed(session: Session) -> None:
    need_streaming(session)
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


async def artifacts_so_far(session: Session) -> None:
    async with stream_at_work(session) as stream, canceled_after(session, task_id(stream)):
        async with read_beside(stream, pieces=_PIECES) as reading:
            appended = {
                artifact_id(frame.body.get("artifact"))
                for frame in stream.frames
                if frame.body.get("append") is True
            }
            streamed = (folded(stream.frames) or {}).get("artifacts", {})
            given, reply = await _artifacts(session, task_id(stream))
            await session.call(Operation.CANCEL, {"id": task_id(stream)})
            await reading
        await stream.to_end()
    if not streamed:
        raise NotExercised("such a task has no artifacts while it is at work", '--prompt long="…"')
    for name, parts in streamed.items():
        # What is not appended to may have been replaced meanwhile.
        is_there = (
            _goes_on(parts, given[name]) if name in appended & given.keys() else name in given
        )
        expect(is_there, f"the artifact {name!r} with {parts}", f"{given}", reply.exchange)


async def _artifacts(session: Session, wanted: str) -> tuple[dict[str | None, list[Any]], Reply]:
    """The parts of a task's artifacts, by their ids."""
    reply = await session.call(Operation.GET, {"id": wanted})
    found = folded([Frame(kind="task", body=reply.object)]) or {}
    return found.get("artifacts", {}), reply


def _goes_on(parts: Sequence[Any], others: Sequence[Any]) -> bool:
    """Whether the others are the same and more, of which the last text may be a part."""
    if not parts:
        return True
    *same, last = parts
    place = len(same)
    other = others[place] if place < len(others) else {}
    begins = str(other.get("text")).startswith(str(last.get("text")))
    return list(others[:place]) == same and (last == other or begins)


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
    for task in await ended_tasks(session):
        for operation in sending(session):
            params = {"message": session.message("Hello", taskId=task["id"])}
            reply = await session.call(operation, params)
            reply.must_be_error(UNSUPPORTED_OPERATION)


async def tasks_of_before(session: Session) -> None:
    # Those that ended long ago had the most time to change.
    await ended_task(session)
    are_there = False
    for id, before in list(session.ended.items())[:_MOST_LOOKED_AT]:
        reply = await session.call(Operation.GET, {"id": id})
        if reply.error is not None:
            continue  # an endpoint may forget tasks
        are_there = True
        was, now = whole(before), whole(reply.object)
        expect_equal("the task as it was when it had ended,", was, now, reply.exchange)
    if not are_there:
        raise NotExercised("the endpoint has forgotten the tasks that had ended")


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "tasks.unknown-is-not-found": unknown_task,
        "tasks.get-needs-an-id": no_id,
        "tasks.get-gives-the-task-that-was-sent": task_that_was_sent,
        "tasks.get-has-what-was-streamed-last": status_that_was_streamed,
        "tasks.get-has-the-artifacts-so-far": artifacts_so_far,
        "tasks.history-length-zero-is-no-history": history_of_none,
        "tasks.history-of-none-is-left-out": history_left_out,
        "tasks.history-length-is-a-limit": history_of_one,
        "tasks.history-length-is-not-negative": history_below_zero,
        "tasks.message-to-ended-is-refused": message_to_an_ended_task,
        "tasks.ended-stays-as-it-was": tasks_of_before,
        **canceling.CASES,
    }
)

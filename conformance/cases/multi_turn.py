"""Conversations of several messages (1.0 §3; 0.3 §6): tasks that ask, and contexts."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases.arranging import (
    ended_task,
    follow_up,
    message_ids,
    rested_task_in,
    sending,
    state_of,
    task_at_work,
    task_id,
    waiting_task,
)
from conformance.cases.case import Case
from conformance.cases.given import need_streaming
from conformance.dialects import Operation
from conformance.expect import (
    INTERNAL_ERROR,
    INVALID_PARAMS,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import items
from conformance.session import Session

_MOST_TURNS = 4


async def plain_follow_up(session: Session) -> None:
    task = await waiting_task(session)
    reply = await _answered(session, task)
    expect_equal("the id", task["id"], session.task_in(reply)["id"], reply.exchange)


async def streamed_follow_up(session: Session) -> None:
    need_streaming(session)
    task = await waiting_task(session)
    message = session.message(session.knowledge.need("input"), taskId=task["id"])
    async with session.stream(Operation.STREAM, {"message": message}) as stream:
        await stream.first()
        expect_equal("the id", task["id"], task_id(stream), stream.exchange)
        await stream.to_end()


async def inferred_context(session: Session) -> None:
    task = await waiting_task(session)
    reply = await _answered(session, task)
    got = session.task_in(reply).get("contextId")
    expect_equal("the contextId", task.get("contextId"), got, reply.exchange)


async def matching_context(session: Session) -> None:
    task = await waiting_task(session)
    reply = await _answered(session, task, contextId=task.get("contextId"))
    expect_equal("the id", task["id"], session.task_in(reply)["id"], reply.exchange)


async def contradicting_context(session: Session) -> None:
    task = await waiting_task(session)
    draft = session.knowledge.need("input")
    for operation in sending(session):
        message = session.message(draft, taskId=task["id"], contextId=str(uuid4()))
        reply = await session.call(operation, {"message": message})
        reply.must_be_error(INVALID_PARAMS)
    state = state_of(session, await session.task(task["id"]))
    expect_equal("the state of the task", "input-required", state)


async def whole_history(session: Session) -> None:
    task, sent = await _conversation(session)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": 100})
    found = [one for one in message_ids(reply.object) if one in sent]
    expect_equal("the client's messages in the history", sent, found, reply.exchange)


async def latest_history(session: Session) -> None:
    task, _ = await _conversation(session)
    whole = await session.call(Operation.GET, {"id": task["id"], "historyLength": 100})
    count = len(items(whole.object, "history"))
    if count < 2:
        raise NotExercised(f"the endpoint keeps a history of {count} messages")
    for length in range(1, count):
        reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": length})
        latest = message_ids(whole.object)[-length:]
        expect_equal("the latest messages", latest, message_ids(reply.object), reply.exchange)
    await _answered_with_the_latest(session)


async def _answered_with_the_latest(session: Session) -> None:
    """Raises Broken where the reply to an answer has others than the latest messages."""
    task = await waiting_task(session)
    params = {
        "message": session.message(session.knowledge.need("input"), taskId=task["id"]),
        "configuration": {"historyLength": 1},
    }
    reply = await session.call(Operation.SEND, params)
    found = message_ids(rested_task_in(session, reply))
    whole = await session.call(Operation.GET, {"id": task["id"], "historyLength": 100})
    # That it may be one at most is tried by itself.
    ids = message_ids(whole.object)
    latest = ids[len(ids) - len(found) :]
    expect_equal("the latest messages", latest, found, reply.exchange)


async def history_is_kept(session: Session) -> None:
    task = await waiting_task(session)
    await _answered(session, task)
    wanted = {"id": task["id"], "historyLength": 100}
    whole = await session.call(Operation.GET, wanted)
    sent = message_ids(whole.object)
    if len(sent) < 2:
        raise NotExercised(f"the endpoint keeps a history of {len(sent)} messages")
    await session.call(Operation.GET, {**wanted, "historyLength": 1})
    reply = await session.call(Operation.GET, wanted)
    # An endpoint that has not waited for the task may have more to give by now.
    found = [one for one in message_ids(reply.object) if one in sent]
    expect_equal("the messages of before", sent, found, reply.exchange)


async def many_turns(session: Session) -> None:
    task = await waiting_task(session)
    for turn in range(1, _MOST_TURNS + 1):
        reply = await _answered(session, task)
        expect_equal("the id", task["id"], session.task_in(reply)["id"], reply.exchange)
        if state_of(session, session.task_in(reply)) != "input-required":
            if turn == 1:
                raise NotExercised("the task asked only once", '--prompt input="…"')
            return


async def context_alone(session: Session) -> None:
    old = await ended_task(session)
    context = old.get("contextId")
    message = session.message(session.knowledge.need("completes"), contextId=context)
    reply = await session.call(Operation.SEND, {"message": message})
    task = session.task_in(reply)
    expect_equal("the contextId", context, task.get("contextId"), reply.exchange)
    expect(task["id"] != old["id"], "a new task", "the old one", reply.exchange)


async def message_to_a_task_at_work(session: Session) -> None:
    async with task_at_work(session) as task:
        params = {
            "message": session.message("Hello", taskId=task["id"]),
            "configuration": session.dialect.waiting(False),
        }
        reply = await session.call(Operation.SEND, params)
        if reply.error is None:
            expect_equal("the id", task["id"], session.task_in(reply)["id"], reply.exchange)
        elif reply.code == INTERNAL_ERROR:
            raise Broken("the message to be taken, or refused", reply.gist, reply.exchange)


async def _conversation(session: Session) -> tuple[Any, list[str]]:
    """A task with two messages of the client, and their ids; the same for all who ask."""
    if "conversation" not in session.arranged:
        draft = session.knowledge.need("input")
        first = session.message(draft)
        reply = await session.call(Operation.SEND, {"message": first})
        task = session.task_in(reply)
        state = state_of(session, task)
        if state != "input-required":
            raise NotExercised(f"no task asks back: it was returned {state}", '--prompt input="…"')
        second = session.message(draft, taskId=task["id"])
        session.task_in(await session.call(Operation.SEND, {"message": second}))
        session.arranged["conversation"] = task, [first["messageId"], second["messageId"]]
    found: tuple[Any, list[str]] = session.arranged["conversation"]
    return found


async def _answered(session: Session, task: Any, **members: Any) -> Reply:
    """The reply to a message for a task; `members` are further members of the message."""
    return await follow_up(session, task, session.knowledge.need("input"), **members)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "multi-turn.follow-up-continues-the-task": plain_follow_up,
        "multi-turn.follow-up-is-streamed": streamed_follow_up,
        "multi-turn.context-is-inferred": inferred_context,
        "multi-turn.context-may-be-given-too": matching_context,
        "multi-turn.contradicting-context-is-invalid": contradicting_context,
        "multi-turn.history-holds-all-messages": whole_history,
        "multi-turn.history-length-gives-the-latest": latest_history,
        "multi-turn.history-is-cut-in-one-reply-only": history_is_kept,
        "multi-turn.any-number-of-turns": many_turns,
        "multi-turn.context-alone-makes-a-new-task": context_alone,
        "multi-turn.message-to-a-task-at-work-is-answered": message_to_a_task_at_work,
    }
)

"""Sending a message (1.0 §3.1; 0.3 §7), and what becomes of it."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import UUID, uuid4

from conformance.cases import sent_parts, sent_wrongly
from conformance.cases.arranging import (
    answered_at_once,
    canceled_after,
    is_quick,
    message_ids,
    rested_task_in,
    sending,
    state_of,
)
from conformance.cases.case import Case
from conformance.dialects import RESTING, Operation
from conformance.expect import (
    INVALID_PARAMS,
    TASK_NOT_FOUND,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import items, whole
from conformance.session import Session

_LONG = f"-{'x' * 80}"
"""The end of an id that no endpoint must take, and none may cut."""


async def _reply(session: Session, behaviour: str, **configuration: Any) -> Reply:
    """The reply to a message that brings the behaviour about."""
    params = {"message": session.message(session.knowledge.need(behaviour))}
    if configuration:
        params["configuration"] = configuration
    return await session.call(Operation.SEND, params)


async def task_or_message(session: Session) -> None:
    reply = await session.call(Operation.SEND, {"message": session.message("Hello")})
    kind = session.dialect.frame(reply.result).kind
    expect(kind in ("task", "message"), "a Task or a Message", reply.gist, reply.exchange)


async def message_in_reply(session: Session) -> None:
    message = session.message(session.knowledge.need("message"))
    reply = await session.call(Operation.SEND, {"message": message})
    answer = session.dialect.frame(reply.result)
    if answer.kind != "message":
        raise NotExercised(f"the reply is no Message, but {reply.gist}", '--prompt message="…"')
    role = "agent" if session.dialect.is_old else "ROLE_AGENT"
    expect_equal("the role", role, answer.body.get("role"), reply.exchange)
    own = answer.body.get("messageId")
    expect(own != message["messageId"], "another id than the client's", own, reply.exchange)


async def waiting_when_told(session: Session) -> None:
    reply = await _reply(session, "completes", **session.dialect.waiting(True))
    _must_rest(session, reply)


async def waiting_untold(session: Session) -> None:
    """With a configuration that says other things, too."""
    _must_rest(session, await _reply(session, "completes"))
    _must_rest(session, await _reply(session, "completes", historyLength=10))


async def waiting_for_a_question(session: Session) -> None:
    _must_rest(session, await _reply(session, "input", **session.dialect.waiting(True)))


async def waiting_for_authentication(session: Session) -> None:
    _must_rest(session, await _reply(session, "auth", **session.dialect.waiting(True)))


async def not_waiting(session: Session) -> None:
    reply = await _reply(session, "long", **session.dialect.waiting(False))
    task = session.task_in(reply)
    async with canceled_after(session, task["id"]):
        state = state_of(session, task)
        if state in RESTING and is_quick(session, reply.exchange.seconds):
            raise NotExercised(f"the task was {state} at once", '--prompt long="…"')
        got = f"one that is {state}, after {reply.exchange.seconds:.1f} seconds"
        expect(state not in RESTING, "a task still at work", got, reply.exchange)


async def failure(session: Session) -> None:
    reply = await _reply(session, "fails")
    _must_be(session, reply, "failed")


async def rejection(session: Session) -> None:
    reply = await _reply(session, "rejects")
    _must_be(session, reply, "rejected")


async def ids_of_tasks(session: Session) -> None:
    draft = session.knowledge.need("completes")
    messages = [session.message(draft), session.message(draft)]
    ids = []
    for message in messages:
        reply = await session.call(Operation.SEND, {"message": message})
        ids.append(session.task_in(reply)["id"])
        taken = ids[-1] != message["messageId"]
        expect(taken, "an id that the server made", "the id of the message", reply.exchange)
    expect(ids[0] != ids[1], "an id of its own for each task", f"{ids[0]!r} twice", reply.exchange)


async def uuids(session: Session) -> None:
    reply = await _reply(session, "completes")
    task_id = session.task_in(reply)["id"]
    try:
        UUID(task_id)
    except ValueError:
        raise NotExercised(f"not offered: {task_id!r} is no UUID") from None


async def unknown_task(session: Session) -> None:
    message = session.message("Hello", taskId=str(uuid4()))
    reply = await session.call(Operation.SEND, {"message": message})
    reply.must_be_error(TASK_NOT_FOUND)


async def invented_task(session: Session) -> None:
    invented = str(uuid4())
    await session.call(Operation.SEND, {"message": session.message("Hello", taskId=invented)})
    reply = await session.call(Operation.GET, {"id": invented})
    reply.must_be_error(TASK_NOT_FOUND)


async def contexts_that_are_made(session: Session) -> None:
    ids = []
    for _ in range(2):
        reply = await _reply(session, "completes")
        ids.append(session.task_in(reply).get("contextId"))
        is_id = isinstance(ids[-1], str) and ids[-1] != ""
        expect(is_id, "a task with a contextId", reply.gist, reply.exchange)
    expect(ids[0] != ids[1], "a context for each message", f"{ids[0]!r} twice", reply.exchange)


async def context_that_is_given(session: Session) -> None:
    is_any_taken = False
    for context in (str(uuid4()), f"{uuid4()}{_LONG}"):
        for operation in sending(session):
            message = session.message(session.knowledge.need("completes"), contextId=context)
            frame, reply = await answered_at_once(session, operation, message)
            if frame is not None:
                is_any_taken = True
                expect_equal("the contextId", context, frame.context_id, reply.exchange)
    if not is_any_taken:
        raise NotExercised(f"contexts that clients make are refused: {reply.gist}")


async def message_in_the_history(session: Session) -> None:
    text = "Grüße, 你好 🙂 “quoted” \\ \n\t<end>"
    draft = session.knowledge.need("completes")
    part = session.dialect.text_part(text)
    message = session.message(draft, part) if draft.prefix else session.message(draft)
    await _must_keep(session, message)
    longer = session.message(draft)
    await _must_keep(session, {**longer, "messageId": f"{longer['messageId']}{_LONG}"})


async def _must_keep(session: Session, message: Any) -> None:
    """Raises Broken unless the history of its task has the message, if it is not refused."""
    sent = await session.call(Operation.SEND, {"message": message})
    if message["messageId"].endswith(_LONG) and sent.error is not None:
        return
    task = session.task_in(sent)
    reply = await session.call(Operation.GET, {"id": task["id"], "historyLength": 100})
    ids = message_ids(reply.result)
    known = message["messageId"] in ids
    expect(known, f"the message {message['messageId']} in the history", ids, reply.exchange)
    kept = items(reply.result, "history")[ids.index(message["messageId"])]
    texts = [session.dialect.text_of(one.get("parts")) for one in (message, kept)]
    expect_equal("the text", texts[0], texts[1], reply.exchange)


async def history_of_none(session: Session) -> None:
    reply = await _reply(session, "completes", historyLength=0)
    history = session.task_in(reply).get("history")
    expect(not history, "no history", f"{history!r}", reply.exchange)


async def history_of_one(session: Session) -> None:
    reply = await _reply(session, "completes", historyLength=1)
    history = items(session.task_in(reply), "history")
    expect(len(history) <= 1, "at most 1 message", f"{len(history)}", reply.exchange)


async def history_below_zero(session: Session) -> None:
    params = {"message": session.message("Hello"), "configuration": {"historyLength": -1}}
    for operation in sending(session):
        reply = await session.call(operation, params)
        reply.must_be_error(INVALID_PARAMS)


async def assembled_artifacts(session: Session) -> None:
    reply = await _reply(session, "chunks")
    task = rested_task_in(session, reply)
    artifacts = items(task, "artifacts")
    ids = [one.get("artifactId") for one in artifacts if isinstance(one, dict)]
    expect(ids != [], "artifacts in the task", reply.gist, reply.exchange)
    expect(len(set(map(str, ids))) == len(ids), "each artifact once", f"{ids}", reply.exchange)
    given = await session.call(Operation.GET, {"id": task["id"]})
    found = whole(given.result, "artifacts")
    expect_equal("the artifacts", found, whole(task, "artifacts"), reply.exchange)


async def repeat(session: Session) -> None:
    params = {"message": session.message(session.knowledge.need("completes"))}
    first = session.task_in(await session.call(Operation.SEND, params))["id"]
    again = await session.call(Operation.SEND, params)
    if again.error is not None:
        raise NotExercised(f"not offered: a repeat is answered with {again.gist}")
    second = session.task_in(again)["id"]
    if second != first:
        raise NotExercised("not offered: a repeat is another task")


def _must_rest(session: Session, reply: Reply) -> None:
    state = state_of(session, session.task_in(reply))
    expect(state in RESTING, "a task that is terminal or interrupted", state, reply.exchange)


def _must_be(session: Session, reply: Reply, state: str) -> None:
    got = state_of(session, rested_task_in(session, reply))
    expect_equal("the state", state, got, reply.exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "send.gives-a-task-or-a-message": task_or_message,
        "send.message-in-reply-is-the-agents": message_in_reply,
        "send.waits-until-the-task-rests": waiting_when_told,
        "send.waits-when-nothing-is-said": waiting_untold,
        "send.returns-when-the-task-asks": waiting_for_a_question,
        "send.returns-when-the-task-needs-authentication": waiting_for_authentication,
        "send.returns-at-once-when-told-so": not_waiting,
        "send.failure-of-the-agent-is-a-task": failure,
        "send.rejection-by-the-agent-is-a-task": rejection,
        "send.task-id-is-the-servers": ids_of_tasks,
        "send.task-id-is-a-uuid": uuids,
        "send.unknown-task-is-not-found": unknown_task,
        "send.client-makes-no-task": invented_task,
        "send.context-is-made-when-absent": contexts_that_are_made,
        "send.context-is-kept-when-given": context_that_is_given,
        "send.history-holds-the-message": message_in_the_history,
        "send.history-length-zero-is-no-history": history_of_none,
        "send.history-length-is-a-limit": history_of_one,
        "send.history-length-is-not-negative": history_below_zero,
        "send.artifacts-are-assembled": assembled_artifacts,
        "send.repeat-is-the-same-task": repeat,
        **sent_wrongly.CASES,
        **sent_parts.CASES,
    }
)

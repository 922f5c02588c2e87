"""What is one caller's does not exist for another (1.0 §3.3.2, §13; 0.3 §4)."""

from collections.abc import Mapping
from types import MappingProxyType
from uuid import uuid4

from conformance.cards import objects
from conformance.cases.case import Case
from conformance.cases.given import (
    need_push,
    need_streaming,
    other_caller,
    push_requests,
    registered,
    resting_task,
    some_url,
)
from conformance.dialects import Json, Operation
from conformance.exchange import Exchange
from conformance.expect import (
    METHOD_NOT_FOUND,
    TASK_NOT_FOUND,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.session import Session


def _must_not_exist(reply: Reply) -> None:
    """Raises Broken unless the task is not found; that it is forbidden would tell that it is."""
    status = reply.exchange.status
    expect(status == 200, "HTTP 200 with an error", f"HTTP {status}, {reply.gist}", reply.exchange)
    reply.must_be_error(TASK_NOT_FOUND)


async def get(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    _must_not_exist(await other.call(Operation.GET, {"id": task_id}))


async def cancel(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    before = session.dialect.read_state(await session.task(task_id))
    _must_not_exist(await other.call(Operation.CANCEL, {"id": task_id}))
    reply = await session.call(Operation.GET, {"id": task_id})
    state = session.dialect.read_state(reply.result)
    expect_equal("the state", before, state, reply.exchange)


async def subscribe(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    need_streaming(session)
    _must_not_exist(await other.call(Operation.SUBSCRIBE, {"id": task_id}))


async def message(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    said = {"message": other.message("Hello", taskId=task_id)}
    _must_not_exist(await other.call(Operation.SEND, said))


async def streamed_message(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    need_streaming(session)
    said = {"message": other.message("Hello", taskId=task_id)}
    _must_not_exist(await other.call(Operation.STREAM, said))


async def same_message(session: Session) -> None:
    other = await other_caller(session)
    params = {"message": session.message(session.knowledge.need("completes"))}
    mine = session.task_in(await session.call(Operation.SEND, params))["id"]
    reply = await other.call(Operation.SEND, params)
    result = reply.value.get("result") if isinstance(reply.value, dict) else None
    task = other.dialect.task(result)
    _must_be_their_own(task.get("id") if isinstance(task, dict) else None, mine, reply.exchange)
    if session.declares("streaming"):
        params = {"message": session.message(session.knowledge.need("completes"))}
        async with session.stream(Operation.STREAM, params) as stream:
            mine = (await stream.first()).task_id
            await stream.to_end()
        async with other.stream(Operation.STREAM, params) as stream:
            first = await stream.next()
        _must_be_their_own(first.task_id if first is not None else None, mine, stream.exchange)


def _must_be_their_own(theirs: Json, mine: Json, exchange: Exchange) -> None:
    is_mine = theirs is not None and theirs == mine
    expect(not is_mine, "a task of their own, or none", "that of another", exchange)


# Lists


async def listed(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    await _must_not_list(other, task_id, {})


async def listed_by_context(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    _, context_id = await _task_and_context(session, task_id)
    await _must_not_list(other, task_id, {"contextId": context_id})


async def _task_and_context(session: Session, task_id: str) -> tuple[Mapping[str, Json], str]:
    task = await session.task(task_id)
    context_id = task.get("contextId") if isinstance(task, dict) else None
    if not isinstance(context_id, str):
        raise NotExercised("the task has no context")
    return task, context_id


async def _must_not_list(other: Session, task_id: str, params: Mapping[str, Json]) -> None:
    reply = await other.call(Operation.LIST, params)
    if other.dialect.is_old and reply.code == METHOD_NOT_FOUND:
        raise NotExercised("not offered: 0.3 has no tasks/list")
    found = reply.result.get("tasks") if isinstance(reply.result, dict) else None
    ids = [one.get("id") for one in objects(found)]
    expect(task_id not in ids, "no task of another caller", f"the task {task_id}", reply.exchange)


async def context(session: Session) -> None:
    other, task_id = await other_caller(session), await resting_task(session)
    mine, context_id = await _task_and_context(session, task_id)
    said = other.message("Hello", contextId=context_id)
    reply = await other.call(Operation.SEND, {"message": said})
    task = other.dialect.task(reply.value.get("result") if isinstance(reply.value, dict) else None)
    theirs = task.get("id") if isinstance(task, dict) else None
    _must_be_their_own(theirs, task_id, reply.exchange)
    said_before = {str(one.get("messageId")) for one in objects(mine.get("history"))}
    shown = objects(task.get("history")) if isinstance(task, dict) else []
    is_shown = any(str(one.get("messageId")) in said_before for one in shown)
    expect(not is_shown, "no message of another caller", "one in the history", reply.exchange)


# Webhooks


async def push(session: Session) -> None:
    need_push(session)
    other, task_id = await other_caller(session), await resting_task(session)
    for operation, params in push_requests(session, task_id):
        _must_not_exist(await other.call(operation, params))


async def push_secrets(session: Session) -> None:
    need_push(session)
    other, task_id = await other_caller(session), await resting_task(session)
    dialect, secrets = session.dialect, (uuid4().hex, uuid4().hex)
    reply = await registered(
        session,
        task_id,
        some_url(session),
        token=secrets[0],
        authentication=dialect.push_authentication("Bearer", secrets[1]),
    )
    config_id = str(dialect.read_push_config(reply.result)[1].get("id"))
    for operation, params in (
        (Operation.PUSH_GET, dialect.push_ids(task_id, config_id)),
        (Operation.PUSH_LIST, dialect.push_ids(task_id)),
        (Operation.GET, {"id": task_id}),
    ):
        exchange = (await other.call(operation, params)).exchange
        is_told = any(secret.encode() in exchange.response_body for secret in secrets)
        expect(not is_told, "neither token nor credentials", "one of them", exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "security.get-of-anothers-task": get,
        "security.cancel-of-anothers-task": cancel,
        "security.subscribe-to-anothers-task": subscribe,
        "security.message-to-anothers-task": message,
        "security.streamed-message-to-anothers-task": streamed_message,
        "security.message-with-anothers-id": same_message,
        "security.list-without-anothers-tasks": listed,
        "security.list-of-anothers-context": listed_by_context,
        "security.message-to-anothers-context": context,
        "security.webhooks-of-anothers-task": push,
        "security.webhook-secrets-of-another": push_secrets,
    }
)

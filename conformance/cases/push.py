"""Registering webhooks (1.0 §3.1; 0.3 §7)."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cards import objects
from conformance.cases.case import Case
from conformance.cases.given import (
    need_push,
    registered,
    registration,
    resting_task,
    some_url,
    taken,
)
from conformance.dialects import Operation
from conformance.expect import (
    INVALID_PARAMS,
    MISSING,
    TASK_NOT_FOUND,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.session import Session


async def _registered(session: Session, task_id: str, **members: Any) -> tuple[str, str]:
    """The id and the URL of a webhook that is registered for the task."""
    need_push(session)
    url = some_url(session)
    reply = await registered(session, task_id, url, **members)
    config_id = session.dialect.read_push_config(reply.result)[1].get("id")
    if not isinstance(config_id, str):
        raise NotExercised("configurations have no ids here")
    return config_id, url


async def _resting_task(session: Session) -> str:
    need_push(session)
    return await resting_task(session)


# What is registered


async def create(session: Session) -> None:
    task_id = await _resting_task(session)
    url = some_url(session)
    reply = await registration(session, task_id, url)
    owner, config = session.dialect.read_push_config(reply.result)
    expect_equal("the task's id", task_id, owner, reply.exchange)
    expect_equal("the url", url, config.get("url"), reply.exchange)


async def create_assigns_an_id(session: Session) -> None:
    reply = await registration(session, await _resting_task(session), some_url(session))
    config_id = session.dialect.read_push_config(reply.result)[1].get("id")
    is_id = isinstance(config_id, str) and config_id != ""
    expect(is_id, "an id of the configuration", config_id, reply.exchange)


async def create_keeps_the_id(session: Session) -> None:
    task_id, mine = await _resting_task(session), str(uuid4())
    reply = await registration(session, task_id, some_url(session), id=mine)
    config = session.dialect.read_push_config(reply.result)[1]
    expect_equal("the id", mine, config.get("id"), reply.exchange)


async def create_without_url(session: Session) -> None:
    params = session.dialect.push_config(await _resting_task(session), "")
    for owner in (params, params.get("pushNotificationConfig")):
        if isinstance(owner, dict):
            owner.pop("url", None)
    reply = await session.call(Operation.PUSH_CREATE, params)
    reply.must_be_error(INVALID_PARAMS)


async def inline(session: Session) -> None:
    need_push(session)
    url = some_url(session)
    configuration = session.dialect.inline_push(url)
    known = "input" if "input" in session.knowledge.drafts else "completes"
    message = session.message(session.knowledge.need(known))
    params = {"message": message, "configuration": configuration}
    reply = taken(await session.call(Operation.SEND, params), url)
    await _expect_listed(session, session.task_in(reply)["id"], [url])


# What is read


async def get(session: Session) -> None:
    task_id = await _resting_task(session)
    config_id, url = await _registered(session, task_id)
    params = session.dialect.push_ids(task_id, config_id)
    reply = await session.call(Operation.PUSH_GET, params)
    owner, config = session.dialect.read_push_config(reply.result)
    expect_equal("the task's id", task_id, owner, reply.exchange)
    expect_equal("the id", config_id, config.get("id"), reply.exchange)
    expect_equal("the url", url, config.get("url"), reply.exchange)


async def get_by_the_task(session: Session) -> None:
    task_id = await _resting_task(session)
    _, url = await _registered(session, task_id)
    reply = await session.call(Operation.PUSH_GET, session.dialect.push_ids(task_id))
    config = session.dialect.read_push_config(reply.result)[1]
    expect_equal("the url", url, config.get("url"), reply.exchange)


async def listed(session: Session) -> None:
    task_id = await _resting_task(session)
    _, url = await _registered(session, task_id)
    await _expect_listed(session, task_id, [url])


async def list_of_none(session: Session) -> None:
    await _expect_listed(session, await _resting_task(session), [])


async def several(session: Session) -> None:
    task_id = await _resting_task(session)
    urls = [(await _registered(session, task_id, id=str(uuid4())))[1] for _ in range(2)]
    await _expect_listed(session, task_id, urls)


async def _expect_listed(session: Session, task_id: str, urls: list[str]) -> None:
    """Raises Broken unless these URLs and no others are registered for the task."""
    reply = await session.call(Operation.PUSH_LIST, session.dialect.push_ids(task_id))
    found = objects(session.dialect.read_push_configs(reply.result))
    got = [str(session.dialect.read_push_config(one)[1].get("url")) for one in found]
    expect_equal("the urls", sorted(urls), sorted(got), reply.exchange)


async def unknown_is_refused(session: Session) -> None:
    reply = await _unknown(session)
    expect(reply.error is not None, "an error", reply.gist, reply.exchange)


async def unknown_is_not_found(session: Session) -> None:
    reply = await _unknown(session)
    reply.must_be_error(TASK_NOT_FOUND)


async def _unknown(session: Session) -> Reply:
    """The reply to a get of a configuration that the task does not have, while it has another."""
    task_id = await _resting_task(session)
    await _registered(session, task_id)
    params = session.dialect.push_ids(task_id, str(uuid4()))
    return await session.call(Operation.PUSH_GET, params)


async def unknown_task(session: Session) -> None:
    need_push(session)
    dialect, nobody = session.dialect, str(uuid4())
    url = some_url(session)
    for operation, params in (
        (Operation.PUSH_GET, dialect.push_ids(nobody, "a")),
        (Operation.PUSH_LIST, dialect.push_ids(nobody)),
        (Operation.PUSH_DELETE, dialect.push_ids(nobody, "a")),
        (Operation.PUSH_CREATE, dialect.push_config(nobody, url)),
    ):
        reply = taken(await session.call(operation, params), url)
        reply.must_be_error(TASK_NOT_FOUND)


# What is deleted


async def delete(session: Session) -> None:
    task_id = await _resting_task(session)
    gone, _ = await _registered(session, task_id, id=str(uuid4()))
    await _deleted(session, task_id, gone)
    reply = await session.call(Operation.PUSH_GET, session.dialect.push_ids(task_id, gone))
    expect(reply.error is not None, "an error: it is deleted", reply.gist, reply.exchange)
    await _expect_listed(session, task_id, [])


async def delete_leaves_the_others(session: Session) -> None:
    task_id = await _resting_task(session)
    gone, _ = await _registered(session, task_id, id=str(uuid4()))
    _, url = await _registered(session, task_id, id=str(uuid4()))
    await _deleted(session, task_id, gone)
    await _expect_listed(session, task_id, [url])


async def delete_again(session: Session) -> None:
    task_id = await _resting_task(session)
    gone, _ = await _registered(session, task_id)
    first = await _deleted(session, task_id, gone)
    again = await _deleted(session, task_id, gone)
    expect_equal("the answer", first.value, again.value, again.exchange)


async def delete_result(session: Session) -> None:
    task_id = await _resting_task(session)
    gone, _ = await _registered(session, task_id)
    reply = await _deleted(session, task_id, gone)
    expect_equal("the result", None if session.dialect.is_old else {}, reply.result, reply.exchange)


async def _deleted(session: Session, task_id: str, config_id: str) -> Reply:
    params = session.dialect.push_ids(task_id, config_id)
    reply = await session.call(Operation.PUSH_DELETE, params)
    is_done = reply.value is not MISSING and reply.error is None
    expect(is_done, "no error", reply.gist, reply.exchange)
    return reply


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "push.create-gives-the-configuration": create,
        "push.create-assigns-an-id": create_assigns_an_id,
        "push.create-keeps-the-id": create_keeps_the_id,
        "push.create-without-url-is-invalid": create_without_url,
        "push.inline-configuration-is-registered": inline,
        "push.get-gives-the-configuration": get,
        "push.get-by-the-task": get_by_the_task,
        "push.list-has-the-configuration": listed,
        "push.list-of-none-is-empty": list_of_none,
        "push.several-configurations": several,
        "push.unknown-configuration-is-refused": unknown_is_refused,
        "push.unknown-configuration-is-not-found": unknown_is_not_found,
        "push.unknown-task-is-not-found": unknown_task,
        "push.delete-removes": delete,
        "push.delete-leaves-the-others": delete_leaves_the_others,
        "push.delete-is-idempotent": delete_again,
        "push.delete-result": delete_result,
    }
)

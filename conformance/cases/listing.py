"""Listing tasks (1.0 §3.1). Lists are of one context, so that other clients do no harm."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any
from uuid import uuid4

from conformance.cases.arranging import follow_up, state_of
from conformance.cases.case import Case
from conformance.dialects import RESTING, Operation
from conformance.expect import (
    INVALID_PARAMS,
    METHOD_NOT_FOUND,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.folding import items, whole
from conformance.session import Session
from conformance.watch import time_of

_TASKS = 3
_DEFAULT_PAGE_SIZE = 50
_SECOND = timedelta(seconds=1)


async def old_version(session: Session) -> None:
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.LIST, {"contextId": task.get("contextId")})
    if reply.error is not None:
        known = reply.code != METHOD_NOT_FOUND
        raise NotExercised(f"not offered{f': {reply.gist}' if known else ''}")
    if task["id"] not in _ids(reply):
        raise NotExercised(f"offered otherwise: the task {task['id']} is not among {_ids(reply)}")


async def made_task(session: Session) -> None:
    task = await session.sent(session.knowledge.need("completes"))
    reply = await session.call(Operation.LIST, {"pageSize": 100})
    known = task["id"] in _ids(reply)
    expect(known, f"the task {task['id']} in the list", f"{_ids(reply)}", reply.exchange)
    given = await session.task(task["id"])
    if session.dialect.read_state(given) == session.dialect.read_state(task):
        _must_be_listed_as(reply, given, "id", "contextId", "state", "message")


async def order(session: Session) -> None:
    first = await _sent(session, "input" if "input" in session.knowledge.drafts else "completes")
    context = first.get("contextId")
    await _sent(session, "completes", contextId=context)
    if state_of(session, first) == "input-required":
        await follow_up(session, first, session.knowledge.need("completes"))
    for more in ({}, {"pageSize": 50}):
        reply = await session.call(Operation.LIST, {"contextId": context, **more})
        if len(_ids(reply)) < 2:
            raise NotExercised("no two tasks of one context are listed")
        times = _times(reply)
        expected = "the newest status first"
        expect(times == sorted(times, reverse=True), expected, f"{times}", reply.exchange)


async def filter_by_context(session: Session) -> None:
    context, ids = await _context(session)
    reply = await session.call(Operation.LIST, {"contextId": context, "pageSize": 100})
    _must_list(reply, ids)
    contexts = {str(one.get("contextId")) for one in _listed(reply)}
    expect_equal("the contexts", {context}, contexts, reply.exchange)
    _must_list(await session.call(Operation.LIST, {"contextId": str(uuid4())}), [])


async def filter_by_status(session: Session) -> None:
    context, ids = await _context(session)
    for state in ("submitted", "working", *sorted(RESTING)):
        status = session.dialect.state(state)
        reply = await session.call(Operation.LIST, {"contextId": context, "status": status})
        _must_list(reply, ids if state == "completed" else [])


async def filter_by_time(session: Session) -> None:
    context, ids = await _context(session)
    times = _times(await session.call(Operation.LIST, {"contextId": context}))
    if not times:
        raise NotExercised("no task of the context is listed")
    for after, expected in ((min(times) - _SECOND, ids), (max(times) + _SECOND, [])):
        written = after.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
        params = {"contextId": context, "statusTimestampAfter": written}
        _must_list(await session.call(Operation.LIST, params), expected)


async def page_size(session: Session) -> None:
    context, ids = await _context(session)
    for size in range(1, len(ids)):
        reply = await session.call(Operation.LIST, {"contextId": context, "pageSize": size})
        count = len(_ids(reply))
        expect(count <= size, f"at most {size} tasks", f"{count}", reply.exchange)


async def told_page_size(session: Session) -> None:
    _, ids = await _context(session)
    for size in (1, len(ids)):
        reply = await session.call(Operation.LIST, {"pageSize": size})
        told, count = reply.object.get("pageSize"), len(_ids(reply))
        is_right = type(told) is int and count <= told <= size
        expect(is_right, f"a pageSize from {count} to {size}", f"{told!r}", reply.exchange)


async def page_sizes_out_of_bounds(session: Session) -> None:
    for size in (0, -1, 101):
        reply = await session.call(Operation.LIST, {"pageSize": size})
        reply.must_be_error(INVALID_PARAMS)


async def default_page_size(session: Session) -> None:
    reply = await session.call(Operation.LIST, {})
    total, size = reply.object.get("totalSize"), reply.object.get("pageSize")
    count = len(_ids(reply))
    expected = f"a page of at most {_DEFAULT_PAGE_SIZE}"
    expect(count <= _DEFAULT_PAGE_SIZE, expected, f"{count} tasks", reply.exchange)
    if isinstance(size, int):
        expect(size <= _DEFAULT_PAGE_SIZE, expected, f"one of {size}", reply.exchange)
    elif not isinstance(total, int) or total <= _DEFAULT_PAGE_SIZE:
        raise NotExercised(f"there are only {total} tasks, and no page says its size")


async def all_pages(session: Session) -> None:
    _, ids = await _context(session)
    pages = await _pages(session)
    found = [task_id for page in pages for task_id in _ids(page)]
    expect_equal("the tasks of all pages", sorted(ids), sorted(found), pages[-1].exchange)


async def next_page_tokens(session: Session) -> None:
    _, ids = await _context(session)
    *others, last = await _pages(session)
    for page in others:
        token = page.object.get("nextPageToken")
        expect(bool(token), "a token, as more tasks follow", f"{token!r}", page.exchange)
    expect_equal("the last page's token", "", last.object.get("nextPageToken"), last.exchange)
    expect_equal("the number of pages", len(ids), len(others) + 1, last.exchange)


async def bad_token(session: Session) -> None:
    reply = await session.call(Operation.LIST, {"pageToken": "no-token-of-yours"})
    reply.must_be_error(INVALID_PARAMS)


async def total_size(session: Session) -> None:
    _, ids = await _context(session)
    for page in await _pages(session):
        got = page.object.get("totalSize")
        expect_equal("the totalSize", len(ids), got, page.exchange)


async def artifacts_left_out(session: Session) -> None:
    task = await _sent(session, "artifact")
    for more in ({}, {"includeArtifacts": False}):
        params = {"contextId": task.get("contextId"), **more}
        reply = await session.call(Operation.LIST, params)
        _must_list(reply, [task["id"]])
        left_out = not any(one.get("artifacts") for one in _listed(reply))
        expect(left_out, "tasks without artifacts", reply.gist, reply.exchange)


async def artifacts_included(session: Session) -> None:
    task = await _sent(session, "artifact")
    params = {"contextId": task.get("contextId"), "includeArtifacts": True}
    reply = await session.call(Operation.LIST, params)
    _must_list(reply, [task["id"]])
    _must_be_listed_as(reply, await session.task(task["id"]))


async def history_limit(session: Session) -> None:
    context, _ = await _context(session)
    for length in (0, 1):
        params = {"contextId": context, "historyLength": length}
        reply = await session.call(Operation.LIST, params)
        most = max((len(items(one, "history")) for one in _listed(reply)), default=0)
        expect(most <= length, f"at most {length} messages", f"{most}", reply.exchange)


async def history_below_zero(session: Session) -> None:
    reply = await session.call(Operation.LIST, {"historyLength": -1})
    reply.must_be_error(INVALID_PARAMS)


async def _context(session: Session) -> tuple[str, list[str]]:
    """A context with some completed tasks, and their ids; the same for all who ask."""
    if "context" not in session.arranged:
        tasks = [await _sent(session, "completes")]
        context = tasks[0].get("contextId")
        for _ in range(_TASKS - 1):
            tasks.append(await _sent(session, "completes", contextId=context))
        if any(one.get("contextId") != context for one in tasks):
            raise NotExercised("several tasks do not get into one context")
        if any(state_of(session, one) != "completed" for one in tasks):
            raise NotExercised("the tasks were not completed when they were returned")
        session.arranged["context"] = context, [task["id"] for task in tasks]
    found: tuple[str, list[str]] = session.arranged["context"]
    return found


async def _sent(session: Session, behaviour: str, **members: Any) -> dict[str, Any]:
    """The task of a message with further members."""
    message = session.message(session.knowledge.need(behaviour), **members)
    return session.task_in(await session.call(Operation.SEND, {"message": message}))


async def _pages(session: Session) -> list[Reply]:
    """The pages of one task each, of the context with several, as far as their tokens lead."""
    context, ids = await _context(session)
    params: dict[str, Any] = {"contextId": context, "pageSize": 1}
    pages = [await session.call(Operation.LIST, params)]
    while len(pages) <= len(ids):
        token = pages[-1].object.get("nextPageToken")
        if not isinstance(token, str) or not token:
            break
        pages.append(await session.call(Operation.LIST, {**params, "pageToken": token}))
    return pages


def _listed(reply: Reply) -> list[dict[str, Any]]:
    return [one for one in items(reply.object, "tasks") if isinstance(one, dict)]


def _ids(reply: Reply) -> list[str]:
    return [str(one.get("id")) for one in _listed(reply)]


def _must_list(reply: Reply, ids: list[str]) -> None:
    """Raises Broken unless just these tasks are listed, in any order."""
    expect_equal("the tasks", sorted(ids), sorted(_ids(reply)), reply.exchange)


def _must_be_listed_as(reply: Reply, task: Any, *names: str) -> None:
    """Raises Broken unless the task is listed as it is given, with these members or with all."""
    given = whole(task, *names)
    found = [whole(one, *names) for one in _listed(reply) if one.get("id") == task["id"]]
    expect_equal("the task", [given], found, reply.exchange)


def _times(reply: Reply) -> list[datetime]:
    """When the listed tasks came to their statuses."""
    times = [(one, time_of(one)) for one in _listed(reply)]
    found = [time for _, time in times if time is not None]
    if len(found) < len(times):
        raise NotExercised("the tasks' statuses have no timestamps")
    return found


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "listing.offered-in-the-old-version": old_version,
        "listing.made-task-is-listed": made_task,
        "listing.newest-status-first": order,
        "listing.filters-by-context": filter_by_context,
        "listing.filters-by-status": filter_by_status,
        "listing.filters-by-time-of-status": filter_by_time,
        "listing.page-size-is-kept-to": page_size,
        "listing.page-size-is-told": told_page_size,
        "listing.page-size-is-from-1-to-100": page_sizes_out_of_bounds,
        "listing.page-size-is-50-when-absent": default_page_size,
        "listing.pages-are-disjoint-and-complete": all_pages,
        "listing.next-page-token-is-there": next_page_tokens,
        "listing.bad-page-token-is-invalid": bad_token,
        "listing.total-size-counts-all-pages": total_size,
        "listing.artifacts-are-left-out": artifacts_left_out,
        "listing.artifacts-are-included-when-asked-for": artifacts_included,
        "listing.history-length-is-a-limit": history_limit,
        "listing.history-length-is-not-negative": history_below_zero,
    }
)

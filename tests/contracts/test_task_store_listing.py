"""Which tasks every TaskStore lists, in which pages, and which it removes."""

from base64 import urlsafe_b64encode

import pytest

from a2a_agent.domain.model import TaskState
from a2a_agent.runtime.store import Duplicate, Head, Page, Query, Scope, TaskStore
from tests.support.changes import (
    ASKING,
    COMPLETED,
    REPLIED,
    WORKING,
    chunk,
    following,
    opening,
    taken,
)

ALICE = Scope("alice")
BOB = Scope("bob")


async def ids(store: TaskStore, query: Query) -> list[str]:
    return [head.task_id for head in (await store.find(query)).heads]


async def test_task_that_was_answered_by_message_is_hidden(store: TaskStore) -> None:
    head = await taken(store, opening("task", message_key=b"key"))
    assert await ids(store, Query(context_id="context")) == ["task"]

    await taken(store, following(head, REPLIED))

    assert await store.head(Scope(), "task") is None
    assert await store.find(Query()) == Page([], "", 0)
    assert await store.find(Query(context_id="context", scope=Scope())) == Page([], "", 0)
    assert await store.accepted(b"key") == Duplicate("task", 1)
    assert [entry.event for entry in await store.read("task", after=1)] == [REPLIED]


async def test_task_that_is_created_answered_is_hidden(store: TaskStore) -> None:
    await taken(store, opening("task", REPLIED, message_key=b"key"))

    assert await store.head(Scope(), "task") is None
    assert await store.find(Query()) == Page([], "", 0)


async def test_find_filters_by_scope_context_state_and_time(store: TaskStore) -> None:
    await taken(
        store,
        opening("a", WORKING, scope=ALICE, context_id="one", at_ms=10),
        opening("b", COMPLETED, scope=ALICE, context_id="two", at_ms=20),
        opening("c", ASKING, scope=ALICE, context_id="one", at_ms=30),
        opening("d", WORKING, scope=BOB, context_id="one", at_ms=40),
        opening("e", WORKING, scope=Scope("alice", "tenant"), context_id="one", at_ms=50),
    )

    working = frozenset({TaskState.WORKING})
    for query, expected in (
        (Query(), "edcba"),
        (Query(scope=ALICE), "cba"),
        (Query(scope=BOB), "d"),
        (Query(scope=Scope("alice", "tenant")), "e"),
        (Query(context_id="one"), "edca"),
        (Query(scope=ALICE, context_id="one"), "ca"),
        (Query(scope=ALICE, context_id="three"), ""),
        (Query(states=working), "eda"),
        (Query(states=frozenset()), ""),
        (Query(scope=ALICE, states=working | {TaskState.COMPLETED}), "ba"),
        (Query(updated_after_ms=30), "edc"),
        (Query(scope=ALICE, updated_after_ms=11, context_id="one"), "c"),
        (Query(scope=ALICE, states=working, updated_after_ms=11), ""),
    ):
        page = await store.find(query)
        assert [head.task_id for head in page.heads] == list(expected), query
        assert (page.total, page.next_token) == (len(expected), ""), query


@pytest.mark.parametrize("scope", [None, ALICE])
@pytest.mark.parametrize("context_id", [None, "context"])
@pytest.mark.parametrize("states", [None, frozenset({TaskState.SUBMITTED})])
async def test_pages_hold_every_task_once(
    store: TaskStore,
    scope: Scope | None,
    context_id: str | None,
    states: frozenset[TaskState] | None,
) -> None:
    times = [5, 5, 9, 5, 1, 9, 5, 2, 5, 5, 1]
    heads = [opening(f"task-{n}", scope=ALICE, at_ms=at).head for n, at in enumerate(times)]
    await taken(
        store, *(opening(head.task_id, scope=ALICE, at_ms=head.updated_ms) for head in heads)
    )
    expected = sorted(heads, key=lambda head: (-head.updated_ms, head.task_id))

    found: list[Head] = []
    token: str | None = None
    while token != "":
        query = Query(scope=scope, context_id=context_id, states=states, limit=3, page_token=token)
        page = await store.find(query)
        assert page.total == len(times)
        assert 1 <= len(page.heads) <= 3
        found += page.heads
        token = page.next_token

    assert found == expected


async def test_page_after_the_last_is_empty(store: TaskStore) -> None:
    await taken(store, opening("a"), opening("b", at_ms=2))
    page = await store.find(Query(limit=1))
    await taken(store, following(opening("a").head, WORKING, at_ms=3))

    assert await store.find(Query(limit=1, page_token=page.next_token)) == Page([], "", 2)


@pytest.mark.parametrize(
    "token", ["", "!", "x", *(urlsafe_b64encode(t).decode() for t in (b"5", b"a:b", b"\xff:a"))]
)
async def test_bad_page_token_is_a_value_error(store: TaskStore, token: str) -> None:
    with pytest.raises(ValueError):
        await store.find(Query(page_token=token))


async def test_prune_removes_old_ended_tasks_with_their_messages(store: TaskStore) -> None:
    ended = [
        opening("completed", chunk(), COMPLETED, at_ms=5, message_key=b"completed"),
        opening("replied", REPLIED, at_ms=5, message_key=b"replied"),
    ]
    running = [
        opening("running", WORKING, at_ms=5, message_key=b"running"),
        opening("asking", ASKING, at_ms=5),
        opening("younger", COMPLETED, at_ms=6),
    ]
    await taken(store, *ended, *running)

    assert await store.prune(6) == 2

    for change in ended:
        assert list(await store.read(change.head.task_id)) == []
        assert await store.accepted(change.message_key or b"") is None
    for change in running:
        assert list(await store.read(change.head.task_id)) == list(change.entries)
        assert await store.head(Scope(), change.head.task_id) == change.head
    assert await store.accepted(b"running") == Duplicate("running", 2)
    assert await ids(store, Query(context_id="context")) == ["younger", "asking", "running"]
    assert await store.prune(6) == 0


async def test_pruned_task_and_message_can_come_again(store: TaskStore) -> None:
    old = opening("task", chunk(), chunk(), COMPLETED, message_key=b"key")
    await taken(store, old)
    await store.prune(2)

    new = opening("task", WORKING, message_key=b"key")
    await taken(store, new)

    assert list(await store.read("task")) == list(new.entries)

"""What every TaskStore does with logs: what it takes, refuses and gives back."""

import pytest

from a2a_agent.domain.model import TaskState
from a2a_agent.domain.task_events import ArtifactChunk, Entry, TaskEvent
from a2a_agent.runtime.store import Conflict, Duplicate, Head, Query, Scope, TaskStore
from tests.support.changes import (
    ASKING,
    COMPLETED,
    WORKING,
    chunk,
    following,
    opening,
    taken,
)

ALICE = Scope("alice")
BOB = Scope("bob")


async def extended(store: TaskStore, head: Head, *events: TaskEvent, at_ms: int = 1) -> Head:
    return await taken(store, following(head, *events, at_ms=at_ms))


async def ids(store: TaskStore) -> list[str]:
    return [head.task_id for head in (await store.find(Query())).heads]


async def test_what_was_appended_is_read_in_order(store: TaskStore) -> None:
    first = opening("task", WORKING)
    second = following(first.head, chunk("a"), chunk("b"))
    third = following(second.head, COMPLETED)

    for change in (first, second, third):
        await taken(store, change)

    assert list(await store.read("task")) == [*first.entries, *second.entries, *third.entries]


async def test_append_of_nothing_takes_nothing(store: TaskStore) -> None:
    assert list(await store.append([])) == []


async def test_log_of_an_unknown_task_is_empty(store: TaskStore) -> None:
    assert list(await store.read("unknown", after=3)) == []


async def test_read_goes_on_after_any_entry(store: TaskStore) -> None:
    head = await taken(store, opening("task", WORKING))
    head = await extended(store, head, chunk("a"), chunk("b"), chunk("c"))
    await extended(store, head, chunk("d"), COMPLETED)
    log = list(await store.read("task"))

    assert len(log) == 7
    for after in range(9):
        assert list(await store.read("task", after=after)) == log[after:]


async def test_read_of_an_ended_task_is_the_same_as_before(store: TaskStore) -> None:
    head = await taken(store, opening("task", WORKING, chunk("a")))
    before = list(await store.read("task"))

    await extended(store, head, COMPLETED)

    assert list(await store.read("task"))[:-1] == before
    assert [e.event for e in await store.read("task", after=3)] == [COMPLETED]


async def test_limit_bounds_what_is_read_and_loses_nothing(store: TaskStore) -> None:
    head = await taken(store, opening())
    for text in "abcdefgh":
        head = await extended(store, head, chunk(text), chunk(text))
    log = list(await store.read("task"))

    found: list[Entry] = []
    while len(found) < len(log):
        some = await store.read("task", after=len(found), limit=3)
        assert 1 <= len(some) <= 3
        found += some

    assert found == log


async def test_read_without_chunks_has_everything_else(store: TaskStore) -> None:
    head = await taken(store, opening("task", WORKING))
    head = await extended(store, head, chunk("a"), chunk("b"))
    head = await extended(store, head, chunk("c"), ASKING)
    await extended(store, head, chunk("d"))
    log = list(await store.read("task"))

    for after in range(9):
        found = list(await store.read("task", after=after, chunks=False))
        rest = [entry for entry in log[after:] if not isinstance(entry.event, ArtifactChunk)]
        assert [e for e in found if not isinstance(e.event, ArtifactChunk)] == rest


async def test_head_tells_the_state_after_the_last_change(store: TaskStore) -> None:
    head = await taken(store, opening("task", at_ms=1))
    assert await store.head(Scope(), "task") == head

    head = await extended(store, head, WORKING, at_ms=2)
    assert await store.head(Scope(), "task") == head

    head = await extended(store, head, chunk(), chunk(), at_ms=3)
    assert await store.head(Scope(), "task") == head
    assert (head.sequence, head.updated_ms, head.state) == (4, 2, TaskState.WORKING)


@pytest.mark.parametrize("scope", [BOB, Scope("alice", "tenant"), Scope()])
async def test_head_of_another_scope_is_hidden(store: TaskStore, scope: Scope) -> None:
    head = await taken(store, opening("task", scope=ALICE))

    assert await store.head(scope, "task") is None
    assert await store.head(ALICE, "task") == head
    assert await store.head(ALICE, "unknown") is None


async def test_message_of_an_earlier_batch_is_a_duplicate(store: TaskStore) -> None:
    head = await taken(store, opening("task", WORKING, message_key=b"key"))
    await extended(store, head, COMPLETED)

    again = opening("again", message_key=b"key")

    assert list(await store.append([again])) == [Duplicate("task", 2)]
    assert await store.accepted(b"key") == Duplicate("task", 2)
    assert await store.accepted(b"other") is None
    assert list(await store.read("again")) == []
    assert await store.head(Scope(), "again") is None


async def test_message_twice_in_a_batch_is_taken_once(store: TaskStore) -> None:
    changes = [opening("first", message_key=b"key"), opening("second", message_key=b"key")]

    assert list(await store.append(changes)) == [None, Duplicate("first", 1)]
    assert await store.head(Scope(), "second") is None
    assert list(await store.read("second")) == []


async def test_message_that_follows_a_question_has_its_own_key(store: TaskStore) -> None:
    head = await taken(store, opening("task", ASKING, message_key=b"question"))
    head = await taken(store, following(head, WORKING, message_key=b"answer"))

    assert list(await store.append([following(head, WORKING, message_key=b"answer")])) == [
        Duplicate("task", 3)
    ]
    assert await store.head(Scope(), "task") == head


async def test_change_that_expects_another_length_is_a_conflict(store: TaskStore) -> None:
    head = await taken(store, opening("task", WORKING, chunk()))
    late = opening("task").head

    assert list(await store.append([following(late, WORKING)])) == [Conflict()]
    assert list(await store.append([following(late, chunk())])) == [Conflict()]
    assert list(await store.append([following(head, chunk("taken"))])) == [None]
    assert len(await store.read("task")) == 4


async def test_change_of_an_unknown_task_is_a_conflict(store: TaskStore) -> None:
    unknown = opening("unknown").head

    assert list(await store.append([following(unknown, WORKING)])) == [Conflict()]
    assert list(await store.append([following(unknown, chunk())])) == [Conflict()]
    assert list(await store.read("unknown")) == []


async def test_task_is_created_once(store: TaskStore) -> None:
    head = await taken(store, opening("task", scope=ALICE))

    assert list(await store.append([opening("task", WORKING, scope=BOB)])) == [Conflict()]
    assert await store.head(ALICE, "task") == head
    assert await store.head(BOB, "task") is None


async def test_message_of_a_conflict_is_not_taken(store: TaskStore) -> None:
    await taken(store, opening("task"))

    assert list(await store.append([opening("task", message_key=b"key")])) == [Conflict()]
    assert await store.accepted(b"key") is None


async def test_the_others_of_a_batch_are_taken(store: TaskStore) -> None:
    old = await taken(store, opening("old", message_key=b"old"))
    asked = await taken(store, opening("asked", ASKING))

    outcomes = await store.append(
        [
            opening("new", WORKING, message_key=b"new"),
            opening("repeated", message_key=b"old"),
            following(opening("asked").head, chunk("late")),
            following(old, WORKING, chunk("a")),
            opening("old", message_key=b"older"),
            opening("newer"),
        ]
    )

    assert list(outcomes) == [None, Duplicate("old", 1), Conflict(), None, Conflict(), None]
    assert await ids(store) == ["asked", "new", "newer", "old"]
    assert await store.head(Scope(), "asked") == asked
    assert [len(await store.read(task)) for task in ("asked", "new", "newer", "old")] == [
        2,
        2,
        1,
        3,
    ]
    assert await store.accepted(b"new") == Duplicate("new", 2)
    assert await store.accepted(b"older") is None

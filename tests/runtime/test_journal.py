"""Append, then publish: how events get into logs, in groups, and what becomes of failures."""

import asyncio
import logging
from collections.abc import AsyncIterator, Sequence

import pytest

from a2a_agent.domain.errors import StoreUnavailable
from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.domain.task_events import (
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.runtime.journal import Journal, Refused, Writer
from a2a_agent.runtime.store import Change, Conflict, Duplicate, Head, MemoryTaskStore, Scope
from a2a_agent.runtime.tails import Tails
from tests.support.services import COMPLETED, SCOPE, WORKING, answer, soon
from tests.support.stores import StagedStore, log

ACCEPTED = MessageAccepted(
    Message(
        message_id="m",
        role=Role.USER,
        parts=(TextPart("Hello"),),
        context_id="context",
        task_id="task",
    )
)


@pytest.fixture
async def store() -> StagedStore:
    return StagedStore()


@pytest.fixture
async def journal(store: StagedStore) -> AsyncIterator[Journal]:
    async with Journal(store, Tails(), clock_ms=lambda: 7) as journal:
        yield journal


def head(state: TaskState, sequence: int, *, is_replied: bool = False) -> Head:
    return Head(
        task_id="task",
        scope=SCOPE,
        context_id="context",
        state=state,
        sequence=sequence,
        updated_ms=7,
        is_replied=is_replied,
    )


def write(writer: Writer, *events: TaskEvent) -> None:
    writer.pending += events
    writer.mark()


async def stored(writer: Writer, *events: TaskEvent) -> None:
    write(writer, *events)
    await soon(writer.flush())


async def test_new_log_begins_with_entry_one(journal: Journal, store: StagedStore) -> None:
    writer = journal.create(SCOPE, "task", "context")
    writer.message_key = b"key"

    await stored(writer, ACCEPTED, WORKING)

    assert store.appends == [
        [
            Change(
                head=head(TaskState.WORKING, 2),
                entries=[Entry(1, 7, ACCEPTED), Entry(2, 7, WORKING)],
                creates=True,
                message_key=b"key",
            )
        ]
    ]


async def test_log_goes_on_where_it_ended(journal: Journal, store: StagedStore) -> None:
    await stored(journal.create(SCOPE, "task", "context"), ACCEPTED)
    reopened = journal.open(head(TaskState.SUBMITTED, 1))

    await stored(reopened, WORKING)
    await stored(reopened, COMPLETED)

    assert [change for batch in store.appends[1:] for change in batch] == [
        Change(head=head(TaskState.WORKING, 2), entries=[Entry(2, 7, WORKING)]),
        Change(head=head(TaskState.COMPLETED, 3), entries=[Entry(3, 7, COMPLETED)]),
    ]


@pytest.mark.parametrize(
    ("events", "after"),
    [
        ([ACCEPTED], head(TaskState.SUBMITTED, 1)),
        ([ACCEPTED, Replied((TextPart("Hi"),))], head(TaskState.COMPLETED, 2, is_replied=True)),
        (
            [ACCEPTED, StatusChanged(TaskState.INPUT_REQUIRED), ACCEPTED, answer("a")],
            head(TaskState.WORKING, 4),
        ),
    ],
    ids=["accepted", "replied", "answered"],
)
async def test_head_follows_from_the_events(
    journal: Journal, events: list[TaskEvent], after: Head
) -> None:
    writer = journal.create(SCOPE, "task", "context")

    await stored(writer, *events)

    assert writer.head == after


async def test_time_of_the_status_is_that_of_the_last_change_of_status(store: StagedStore) -> None:
    times = iter([1, 2, 3])
    async with Journal(store, Tails(), clock_ms=lambda: next(times)) as journal:
        writer = journal.create(SCOPE, "task", "context")
        await stored(writer, ACCEPTED)
        await stored(writer, WORKING)
        await stored(writer, answer("word"))

    assert writer.head.updated_ms == 2


async def test_nothing_is_published_before_it_is_stored(
    journal: Journal, store: StagedStore
) -> None:
    store.before_append.shut()
    writer = journal.create(SCOPE, "task", "context")
    write(writer, ACCEPTED)
    await store.before_append.knocked()
    before = list(writer.tail.entries)

    store.before_append.open()
    await soon(writer.flush())

    assert (before, writer.tail.entries) == ([], [Entry(1, 7, ACCEPTED)])


async def test_many_writers_share_one_append(journal: Journal, store: StagedStore) -> None:
    writers = [journal.create(SCOPE, f"task-{n}", "context") for n in range(50)]
    for writer in writers:
        write(writer, ACCEPTED)

    await soon(asyncio.gather(*(writer.flush() for writer in writers)))

    assert [len(batch) for batch in store.appends] == [50]


async def test_next_batch_gathers_while_one_is_being_stored(
    journal: Journal, store: StagedStore
) -> None:
    store.before_append.shut()
    first, second, third = (journal.create(SCOPE, name, "context") for name in "abc")
    write(first, ACCEPTED)
    await store.before_append.knocked()
    write(first, WORKING)
    write(second, ACCEPTED)
    write(first, COMPLETED)
    write(third, ACCEPTED)

    store.before_append.open()
    await soon(asyncio.gather(first.flush(), second.flush(), third.flush()))

    assert [
        {change.head.task_id: [entry.sequence for entry in change.entries] for change in batch}
        for batch in store.appends
    ] == [{"a": [1]}, {"a": [2, 3], "b": [1], "c": [1]}]


async def test_nothing_is_asked_of_the_store_for_writers_without_events(
    journal: Journal, store: StagedStore
) -> None:
    journal.create(SCOPE, "idle", "context").mark()
    for _ in range(5):  # far more steps than the journal needs
        await asyncio.sleep(0)

    assert store.appends == []


async def test_room_is_there_while_fewer_events_than_the_limit_are_ahead(
    journal: Journal, store: StagedStore
) -> None:
    store.before_append.shut()
    writer = journal.create(SCOPE, "task", "context")
    write(writer, ACCEPTED, WORKING)

    await soon(writer.room(3))

    assert writer.ahead == 2


async def test_room_counts_what_is_being_stored_too(journal: Journal, store: StagedStore) -> None:
    store.before_append.shut()
    writer = journal.create(SCOPE, "task", "context")
    write(writer, ACCEPTED, WORKING)
    await store.before_append.knocked()
    write(writer, COMPLETED)
    waiting = asyncio.create_task(writer.room(3))
    await asyncio.sleep(0)
    had_to_wait, ahead = not waiting.done(), writer.ahead

    store.before_append.open()
    await soon(waiting)

    assert (had_to_wait, ahead) == (True, 3)


async def test_waiting_for_room_may_be_given_up(journal: Journal, store: StagedStore) -> None:
    store.before_append.shut()
    writer = journal.create(SCOPE, "task", "context")
    write(writer, ACCEPTED)
    waiting = asyncio.create_task(writer.room(1))
    await store.before_append.knocked()

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    store.before_append.open()
    await soon(writer.flush())

    assert (waiting.cancelled(), await log(store, "task")) == (True, [ACCEPTED])


async def test_owner_is_told_when_all_that_was_pending_is_stored(
    journal: Journal, store: StagedStore
) -> None:
    store.before_append.shut()
    writer = journal.create(SCOPE, "task", "context")
    told: list[int] = []
    writer.on_stored = lambda: told.append(writer.head.sequence)
    write(writer, ACCEPTED)
    await store.before_append.knocked()
    write(writer, WORKING, COMPLETED)

    store.before_append.open()
    await soon(writer.flush())

    assert told == [3]


@pytest.mark.parametrize("why", [Duplicate("other", 1), Conflict()], ids=["duplicate", "conflict"])
async def test_writer_whose_change_is_refused_is_told_why(
    journal: Journal, store: StagedStore, why: Duplicate | Conflict
) -> None:
    store.refusal = why
    writer = journal.create(SCOPE, "task", "context")
    write(writer, ACCEPTED)

    with pytest.raises(Refused) as refused:
        await soon(writer.flush())

    assert (refused.value.why, writer.tail.entries) == (why, [])


async def test_refusal_of_one_change_does_not_touch_the_others_of_its_batch(
    journal: Journal, store: StagedStore
) -> None:
    await stored(journal.create(SCOPE, "known", "context"), ACCEPTED)
    again = journal.create(SCOPE, "known", "context")
    other = journal.create(SCOPE, "other", "context")
    write(again, ACCEPTED)
    write(other, ACCEPTED)

    outcomes = await soon(asyncio.gather(again.flush(), other.flush(), return_exceptions=True))

    assert [repr(outcome) for outcome in outcomes] == ["Refused('Conflict()')", "None"]


@pytest.mark.parametrize("failure", [StoreUnavailable("no disk"), KeyError("a fault of ours")])
async def test_failure_of_the_store_reaches_everybody_who_waits(
    journal: Journal, store: StagedStore, failure: Exception
) -> None:
    store.failure = failure
    writers = [journal.create(SCOPE, name, "context") for name in "ab"]
    told: list[str] = []
    for writer in writers:
        writer.on_failure = lambda failure: told.append(type(failure).__name__)
        write(writer, ACCEPTED)

    outcomes = await soon(
        asyncio.gather(*(writer.flush() for writer in writers), return_exceptions=True)
    )

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable]
    assert told == ["StoreUnavailable", "StoreUnavailable"]


class BrokenMemory(MemoryTaskStore):
    """A store that need not wait for anything, and has a fault."""

    def append_now(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        raise KeyError("a fault of ours")


async def test_failure_of_a_store_that_needs_no_waiting_reaches_everybody_too() -> None:
    async with Journal(BrokenMemory(), Tails()) as journal:
        writers = [journal.create(SCOPE, name, "context") for name in "ab"]
        for writer in writers:
            write(writer, ACCEPTED)

        outcomes = await soon(
            asyncio.gather(*(writer.flush() for writer in writers), return_exceptions=True)
        )

    assert [type(outcome) for outcome in outcomes] == [StoreUnavailable, StoreUnavailable]


async def test_store_that_needs_no_waiting_has_taken_what_is_flushed() -> None:
    store = MemoryTaskStore()
    async with Journal(store, Tails()) as journal:
        await stored(journal.create(SCOPE, "task", "context"), ACCEPTED)

        assert await log(store, "task") == [ACCEPTED]


async def test_writer_that_has_lost_events_loses_all_that_follow(
    journal: Journal, store: StagedStore
) -> None:
    writer = journal.create(SCOPE, "task", "context")
    await stored(writer, ACCEPTED)
    store.failure = StoreUnavailable("no disk")
    write(writer, WORKING)
    with pytest.raises(StoreUnavailable):
        await soon(writer.flush())
    store.failure = None

    write(writer, COMPLETED)
    with pytest.raises(StoreUnavailable):
        await soon(writer.flush())
    await stored(journal.create(SCOPE, "another", "context"), ACCEPTED)

    assert await log(store, "task") == [ACCEPTED]


async def test_writer_that_is_reset_goes_on_from_what_is_stored(
    journal: Journal, store: StagedStore
) -> None:
    writer = journal.create(SCOPE, "task", "context")
    await stored(writer, ACCEPTED)
    store.failure = StoreUnavailable("no disk")
    write(writer, WORKING)
    with pytest.raises(StoreUnavailable):
        await soon(writer.flush())
    store.failure = None
    write(writer, Noted({}))
    writer.message_key = b"key of what is lost"

    writer.reset()
    await stored(writer, COMPLETED)

    (change,) = store.appends[-1]
    assert change == Change(head=head(TaskState.COMPLETED, 2), entries=[Entry(2, 7, COMPLETED)])


async def test_journal_goes_on_after_a_failure(journal: Journal, store: StagedStore) -> None:
    store.failure = StoreUnavailable("no disk")
    lost = journal.create(SCOPE, "lost", "context")
    write(lost, ACCEPTED)
    with pytest.raises(StoreUnavailable):
        await soon(lost.flush())
    store.failure = None

    await stored(journal.create(Scope("somebody"), "task", "context"), ACCEPTED)

    assert await log(store, "task") == [ACCEPTED]


async def test_closed_writer_gives_up_its_tail(journal: Journal) -> None:
    writer = journal.create(SCOPE, "task", "context")
    held = len(journal.tails)

    writer.close()

    assert (held, len(journal.tails)) == (1, 0)


async def test_journal_that_was_not_entered_may_be_left(store: StagedStore) -> None:
    await Journal(store, Tails()).__aexit__()

    assert store.appends == []


async def test_change_of_state_is_one_line_in_the_servers_log(
    journal: Journal, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG, logger="a2a_agent")
    writer = journal.create(SCOPE, "task", "context")

    for events in ([ACCEPTED], [Noted({})], [WORKING, Noted({}), COMPLETED]):
        await stored(writer, *events)

    assert caplog.messages == [f"task task is {s}" for s in ("submitted", "working", "completed")]
    assert {(r.task_id, r.context_id) for r in caplog.records} == {("task", "context")}  # type: ignore[attr-defined]  # given as extra


async def test_mistake_of_one_writer_keeps_no_other_waiting(
    store: StagedStore, caplog: pytest.LogCaptureFixture
) -> None:
    def mistake() -> None:
        raise ZeroDivisionError

    async with Journal(store, Tails()) as journal:
        writers = [journal.create(SCOPE, name, "context") for name in ("one", "other")]
        writers[0].on_stored = mistake
        for writer in writers:
            writer.pending.append(ACCEPTED)
            writer.mark()
        await soon(writers[1].flush())

    assert caplog.messages == ["task one: its entries are stored, but"]

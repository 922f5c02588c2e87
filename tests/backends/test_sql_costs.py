"""What the SQL store costs: the same however long the logs are and however much was written."""

import asyncio
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from a2a_agent.backends.sql.checkpoints import Checkpoints
from a2a_agent.backends.sql.engine import Database
from a2a_agent.backends.sql.statements import Statements, listing
from a2a_agent.backends.sql.store import SqlTaskStore, open_store
from a2a_agent.backends.sql.transactions import (
    MAX_ENTRIES_PRUNED_AT_ONCE,
    MAX_TASKS_PRUNED_AT_ONCE,
    prune_some,
    take,
)
from a2a_agent.domain.errors import StoreUnavailable
from a2a_agent.runtime.store import Change
from tests.support.changes import COMPLETED, WORKING, chunk, following, opening, taken

LIMIT_SECONDS = 30.0


def size(file: Path) -> int:
    return file.stat().st_size


def salt(log_file: Path) -> bytes:
    """What SQLite changes in the log file when it writes it from its start again."""
    with log_file.open("rb") as file:
        return file.read(24)[16:]


def damage(connection: sqlite3.Connection, first: int) -> None:
    with connection:
        connection.execute("UPDATE segments SET payload = x'00' WHERE first >= ?", (first,))


class CountingConnection(sqlite3.Connection):
    """Counts the calls that run statements."""

    calls = 0

    def execute(self, *args: Any) -> sqlite3.Cursor:
        self.calls += 1
        return super().execute(*args)

    def executemany(self, *args: Any) -> sqlite3.Cursor:
        self.calls += 1
        return super().executemany(*args)


async def test_calls_of_a_batch_depend_on_neither_its_size_nor_the_logs(file: Path) -> None:
    async with open_store(f"sqlite:///{file}"):
        pass
    sql = Statements()
    with closing(sqlite3.connect(file, factory=CountingConnection)) as connection:

        def calls(changes: Sequence[Change]) -> int:
            before = connection.calls
            assert list(take(connection, sql, changes).verdicts) == [None] * len(changes)
            return connection.calls - before

        for size in (1, 10, 100):
            openings = [opening(f"{size}-{n}") for n in range(size)]
            assert calls(openings) == 3
            heads = [change.head for change in openings]
            for _ in range(20):
                changes = [following(head, chunk(), chunk()) for head in heads]
                assert calls(changes) == 3
                heads = [change.head for change in changes]
            assert calls([following(head, WORKING) for head in heads]) == 3


async def test_bytes_written_for_a_chunk_do_not_depend_on_the_chunks_before(
    file: Path, store: SqlTaskStore
) -> None:
    log_file = Path(f"{file}-wal")
    head = await taken(store, opening("task"))

    async def written(chunks: int) -> int:
        nonlocal head
        before = size(log_file)
        for _ in range(chunks):
            head = await taken(store, following(head, chunk()))
        return size(log_file) - before

    early = await written(100)
    await written(500)
    late = await written(100)

    assert 0 < late <= early * 1.25


async def test_log_file_is_started_anew_while_commits_follow_each_other(
    file: Path, store: SqlTaskStore
) -> None:
    head = await taken(store, opening("task"))
    first = salt(Path(f"{file}-wal"))
    written = 0
    while salt(Path(f"{file}-wal")) == first:
        assert written < 200_000_000
        head = await taken(store, following(head, chunk("x" * 20_000)))
        written += 20_000


async def test_checkpoint_that_fails_is_tried_again_later(
    database: Database, caplog: pytest.LogCaptureFixture
) -> None:
    asked: asyncio.Queue[None] = asyncio.Queue()

    async def fail() -> None:
        asked.put_nowait(None)
        raise StoreUnavailable("the database failed")

    checkpoints = Checkpoints(fail)
    async with checkpoints.kept_up():
        for _ in range(2):
            checkpoints.wrote(1, 10_000_000)
            async with asyncio.timeout(LIMIT_SECONDS):
                await asked.get()

    assert [record.message for record in caplog.records] == [
        "a checkpoint failed; the next one will try again"
    ] * 2


async def test_prune_goes_in_bounded_steps(database: Database, store: SqlTaskStore) -> None:
    long = MAX_ENTRIES_PRUNED_AT_ONCE * 2 // 3
    ended = [opening(f"short-{n}", COMPLETED) for n in range(MAX_TASKS_PRUNED_AT_ONCE * 2)]
    ended += [opening(f"long-{n}", *[chunk()] * long, COMPLETED, at_ms=2) for n in range(2)]
    ended += [opening("longest", *[chunk()] * long * 2, COMPLETED, at_ms=3)]
    await taken(store, *ended)

    steps = [await database.writer.run(prune_some, Statements(), 4) for _ in range(6)]

    assert steps == [MAX_TASKS_PRUNED_AT_ONCE] * 2 + [1, 1, 1, 0]


async def test_append_does_not_wait_for_all_of_prune(store: SqlTaskStore) -> None:
    ended = [opening(f"task-{n}", COMPLETED) for n in range(MAX_TASKS_PRUNED_AT_ONCE * 3)]
    await taken(store, *ended)

    pruning = asyncio.create_task(store.prune(2))
    await asyncio.sleep(0)
    await taken(store, opening("between"))

    assert not pruning.done()
    assert await pruning == len(ended)


async def test_read_with_a_limit_leaves_the_rest_of_the_log_alone(
    database: Database, store: SqlTaskStore
) -> None:
    head = await taken(store, opening("task", WORKING))
    head = await taken(store, following(head, chunk("a")))
    await taken(store, following(head, chunk("b")))
    await database.writer.run(damage, 4)

    for after, limit in ((0, 3), (1, 2), (2, 1)):
        assert len(await store.read("task", after=after, limit=limit)) == limit
    with pytest.raises(StoreUnavailable):
        await store.read("task", after=2, limit=2)


async def test_room_of_pruned_tasks_is_used_again(database: Database, store: SqlTaskStore) -> None:
    def pages(connection: sqlite3.Connection) -> int:
        (count,) = connection.execute("PRAGMA page_count").fetchone()
        return int(count)

    sizes = []
    for round_ in range(3):
        tasks = [opening(f"{round_}-{n}", chunk("x" * 5_000), COMPLETED) for n in range(100)]
        await taken(store, *tasks)
        await store.prune(2)
        sizes.append(await database.writer.run(pages))

    assert sizes[2] <= sizes[0] * 1.1


@pytest.mark.parametrize("goes_on", [False, True])
@pytest.mark.parametrize(
    ("of_context", "states", "index"),
    [(False, None, "owner"), (True, None, "context"), (False, 2, "owner"), (True, 2, "context")],
)
async def test_pages_of_an_owner_come_from_an_index_in_order(
    database: Database, of_context: bool, states: int | None, goes_on: bool, index: str
) -> None:
    page = listing(
        of_scope=True, of_context=of_context, states=states, updated_after=False, goes_on=goes_on
    ).page

    (step,) = await database.readers[0].run(plan, page)

    assert step.startswith(f"SEARCH tasks USING INDEX tasks_by_{index} ")


async def test_unfinished_and_old_tasks_come_from_an_index(database: Database) -> None:
    unfinished = listing(
        of_scope=False, of_context=False, states=2, updated_after=False, goes_on=False
    ).page

    for statement in (unfinished, Statements().old_tasks):
        steps = await database.readers[0].run(plan, statement)
        assert steps[0].startswith("SEARCH tasks USING INDEX tasks_by_state ")


def plan(connection: sqlite3.Connection, statement: str) -> list[str]:
    class Anything(dict[str, int]):
        def __missing__(self, name: str) -> int:
            return 1

    return [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {statement}", Anything())]

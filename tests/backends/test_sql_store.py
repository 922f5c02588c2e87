"""What the SQL store promises beyond the contract: what it has taken stays, whole."""

import asyncio
import sqlite3
import sys
from pathlib import Path

import pytest

from a2a_agent.backends.sql.engine import Database, StoreInUse
from a2a_agent.backends.sql.store import SqlTaskStore, open_store
from a2a_agent.domain.errors import StoreUnavailable
from a2a_agent.domain.model import TaskState
from a2a_agent.runtime.store import Conflict, Head, Query, Scope, page_token
from tests.support.changes import COMPLETED, WORKING, chunk, following, opening, taken

LIMIT_SECONDS = 30.0


async def test_everything_is_there_after_closing_and_opening(file: Path) -> None:
    url = f"sqlite:///{file}"
    first = opening("task", WORKING, message_key=b"key")
    second = following(first.head, chunk(), COMPLETED, at_ms=2)
    async with open_store(url) as store:
        await taken(store, first)
        await taken(store, second)

    async with open_store(url) as store:
        assert list(await store.read("task")) == [*first.entries, *second.entries]
        assert await store.head(Scope(), "task") == second.head
        assert await store.accepted(b"key") is not None
        assert (await store.find(Query())).heads == [second.head]


WRITE_FOR_EVER = """
import asyncio, sys
from a2a_agent.backends.sql.store import open_store
from tests.support.changes import chunk, following, opening

async def write(url):
    async with open_store(url) as store:
        change = opening("task")
        while True:
            assert list(await store.append([change])) == [None]
            print(change.head.sequence, flush=True)
            change = following(change.head, chunk())

asyncio.run(write(sys.argv[1]))
"""


async def test_what_append_returned_for_survives_the_death_of_the_process(file: Path) -> None:
    url = f"sqlite:///{file}"
    writer = await asyncio.create_subprocess_exec(
        sys.executable, "-c", WRITE_FOR_EVER, url, stdout=asyncio.subprocess.PIPE
    )
    assert writer.stdout is not None
    told = 0
    try:
        async with asyncio.timeout(LIMIT_SECONDS):
            while told < 200:
                told = int(await writer.stdout.readline())
            with pytest.raises(StoreInUse):
                async with open_store(url):
                    pass
    finally:
        writer.kill()
    while (line := await writer.stdout.readline()).endswith(b"\n"):
        told = int(line)
    await writer.wait()

    async with open_store(url) as store:
        log = await store.read("task")
        assert len(log) >= told
        assert [entry.sequence for entry in log] == list(range(1, len(log) + 1))
        head = await store.head(Scope(), "task")
        assert head is not None and head.sequence == len(log)
        await taken(store, following(head, COMPLETED))


async def test_full_disk_makes_the_store_unavailable_and_leaves_nothing_half_written(
    database: Database, store: SqlTaskStore
) -> None:
    head = await taken(store, opening("old"))

    def bound(connection: sqlite3.Connection, more: int) -> None:
        (pages,) = connection.execute("PRAGMA page_count").fetchone()
        connection.execute(f"PRAGMA max_page_count = {pages + more}")

    await database.writer.run(bound, 2)
    too_much = [following(head, WORKING), opening("new", chunk("x" * 100_000), message_key=b"key")]
    with pytest.raises(StoreUnavailable) as caught:
        await store.append(too_much)

    assert isinstance(caught.value.__cause__, sqlite3.OperationalError)
    assert len(await store.read("old")) == 1
    assert await store.head(Scope(), "old") == head
    assert list(await store.read("new")) == []
    assert await store.head(Scope(), "new") is None
    assert await store.accepted(b"key") is None

    await database.writer.run(bound, 1_000)
    await taken(store, *too_much)


async def test_closed_store_is_unavailable(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        pass

    with pytest.raises(StoreUnavailable):
        await store.append([opening()])
    with pytest.raises(StoreUnavailable):
        await store.read("task")


async def test_damaged_log_makes_the_store_unavailable(
    database: Database, store: SqlTaskStore
) -> None:
    await taken(store, opening("task"))

    def damage(connection: sqlite3.Connection) -> None:
        with connection:
            connection.execute("UPDATE segments SET payload = x'00'")

    await database.writer.run(damage)

    with pytest.raises(StoreUnavailable):
        await store.read("task")


async def test_cancelled_append_is_done_whole(store: SqlTaskStore) -> None:
    change = opening("task", WORKING, chunk())
    appending = asyncio.create_task(store.append([change]))
    await asyncio.sleep(0)
    appending.cancel()
    with pytest.raises(asyncio.CancelledError):
        await appending

    await taken(store, following(change.head, COMPLETED))

    assert len(await store.read("task")) == 4


async def test_page_token_out_of_range_is_a_value_error(store: SqlTaskStore) -> None:
    token = page_token(
        Head(
            task_id="task",
            scope=Scope(),
            context_id="context",
            state=TaskState.WORKING,
            sequence=1,
            updated_ms=2**63,
        )
    )
    with pytest.raises(ValueError, match="no page token"):
        await store.find(Query(page_token=token))


async def test_batch_that_names_a_task_twice_is_taken_in_order(store: SqlTaskStore) -> None:
    changes = [opening("task"), opening("task", WORKING)]

    assert list(await store.append(changes)) == [None, Conflict()]
    assert len(await store.read("task")) == 1

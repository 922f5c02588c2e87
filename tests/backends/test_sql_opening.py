"""What may be opened as a store, by whom, and what becomes of the file."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Literal

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import create_engine

from a2a_agent.backends.sql.engine import StoreInUse, StoreUnusable, open_database
from a2a_agent.backends.sql.store import open_store
from a2a_agent.backends.sql.tables import metadata
from tests.support.changes import opening


@pytest.fixture
async def made(file: Path) -> AsyncIterator[Path]:
    """The file of a store that was opened and closed."""
    async with open_store(f"sqlite:///{file}"):
        pass
    yield file


def write(file: Path, text: str) -> None:
    file.write_text(text)


def make_folder(file: Path) -> None:
    file.mkdir()


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def rows(file: Path, statement: str) -> list[tuple[object, ...]]:
    connection = sqlite3.connect(file)
    try:
        with connection:
            return connection.execute(statement).fetchall()
    finally:
        connection.close()


async def refusal(url: str) -> str:
    """Why the store is not opened: one line."""
    with pytest.raises(StoreUnusable) as caught:
        async with open_store(url):
            pass
    (line,) = str(caught.value).splitlines()
    return line


@pytest.mark.parametrize("scheme", ["sqlite", "sqlite+aiosqlite"])
async def test_file_is_made_where_there_is_none(file: Path, scheme: str) -> None:
    async with open_store(f"{scheme}:///{file}") as store:
        await store.append([opening("task")])

    assert rows(file, "SELECT task_id FROM tasks") == [("task",)]


async def test_relative_file_is_in_the_working_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)

    async with open_store("sqlite:///tasks.db"):
        pass

    assert names(tmp_path) == {"tasks.db", "tasks.db.lock"}


async def test_name_of_the_file_may_hold_any_character(tmp_path: Path) -> None:
    file = tmp_path / "100% of my tasks, #1.db"

    async with open_store(f"sqlite:///{file}"):
        pass

    assert names(tmp_path) == {file.name, f"{file.name}.lock"}


async def test_tables_are_those_that_the_statements_are_made_for(made: Path) -> None:
    engine = create_engine(f"sqlite:///{made}")
    with engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
    engine.dispose()
    indices = "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    found = {str(name): str(sql) for name, sql in rows(made, indices)}

    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        metadata.create_all(connection)
        expected = {str(n): str(sql) for n, sql in connection.exec_driver_sql(indices)}
    engine.dispose()

    assert found == expected


async def test_migrations_run_once(made: Path) -> None:
    before = rows(made, "SELECT * FROM sqlite_master")

    async with open_store(f"sqlite:///{made}"):
        pass

    assert rows(made, "SELECT * FROM sqlite_master") == before
    assert rows(made, "SELECT version_num FROM alembic_version") == [("0001",)]


async def test_stores_can_be_made_at_the_same_time(tmp_path: Path) -> None:
    async def make(name: str) -> None:
        async with open_store(f"sqlite:///{tmp_path}/{name}") as store:
            await store.append([opening("task")])

    files = [f"{n}.db" for n in range(8)]
    await asyncio.gather(*(make(file) for file in files))

    assert [rows(tmp_path / file, "SELECT task_id FROM tasks") for file in files] == [
        [("task",)]
    ] * 8


async def test_migration_that_fails_leaves_nothing(file: Path) -> None:
    rows(file, "CREATE VIEW segments AS SELECT 1")

    assert "segments already exists" in await refusal(f"sqlite:///{file}")

    assert rows(file, "SELECT name FROM sqlite_master") == [("segments",)]


async def test_database_of_a_newer_version_is_refused(made: Path) -> None:
    rows(made, "UPDATE alembic_version SET version_num = '9999'")

    assert await refusal(f"sqlite:///{made}") == (
        f"{made} was written by a newer version of a2a-agent; use that version, or newer"
    )
    assert rows(made, "SELECT version_num FROM alembic_version") == [("9999",)]


async def test_database_of_another_program_is_refused(file: Path) -> None:
    rows(file, "CREATE TABLE songs (name)")

    assert await refusal(f"sqlite:///{file}") == (
        f"{file} has tables of another program; name a file of its own for the store"
    )
    assert rows(file, "SELECT name FROM sqlite_master") == [("songs",)]


async def test_file_that_is_no_database_is_refused(file: Path) -> None:
    write(file, "not a database, but long enough to be taken for a damaged one\n" * 100)

    assert await refusal(f"sqlite:///{file}") == f"{file} is no SQLite database; name another file"


async def test_file_that_cannot_be_opened_is_refused(file: Path) -> None:
    make_folder(file)

    assert await refusal(f"sqlite:///{file}") == (
        f"{file} cannot be opened: unable to open database file; "
        "a store is a file that this user may read and write"
    )


async def test_lock_that_cannot_be_written_is_refused(file: Path) -> None:
    make_folder(Path(f"{file}.lock"))

    assert await refusal(f"sqlite:///{file}") == (
        f"{file}.lock cannot be written: Is a directory; the folder of a store must be writable"
    )
    assert names(file.parent) == {"tasks.db.lock"}


async def test_missing_folder_is_named(tmp_path: Path) -> None:
    folder = tmp_path / "missing"

    assert await refusal(f"sqlite:///{folder}/tasks.db") == (
        f"the folder {folder} does not exist; make it, or name another"
    )


@pytest.mark.parametrize(
    ("url", "reason"),
    [
        ("tasks.db", "'tasks.db' is no URL of a store; one is sqlite:///FILE"),
        (
            "postgresql://host/tasks",
            "stores of the kind 'postgresql' are not supported; use sqlite:///FILE",
        ),
        *(
            (url, f"{url!r} names no file; use sqlite:///FILE, or memory: for no file")
            for url in ("sqlite://", "sqlite:///:memory:", "sqlite://tasks.db", "sqlite:///a?b=c")
        ),
    ],
)
async def test_url_that_names_no_file_is_refused(url: str, reason: str) -> None:
    assert await refusal(url) == reason


async def test_store_in_use_is_refused_until_it_is_closed(file: Path) -> None:
    async with open_store(f"sqlite:///{file}") as store:
        with pytest.raises(StoreInUse, match="is in use by another process"):
            async with open_store(f"sqlite:///{file}"):
                pass
        await store.append([opening("task")])

    async with open_store(f"sqlite:///{file}") as store:
        assert len(await store.read("task")) == 1


async def test_refused_store_is_not_locked(file: Path) -> None:
    rows(file, "CREATE TABLE songs (name)")
    await refusal(f"sqlite:///{file}")
    rows(file, "DROP TABLE songs")

    async with open_store(f"sqlite:///{file}"):
        pass


async def test_closed_store_is_one_file(made: Path) -> None:
    assert names(made.parent) == {"tasks.db", "tasks.db.lock"}


@pytest.mark.parametrize(("synchronous", "level"), [("normal", 1), ("full", 2)])
async def test_setting_decides_what_a_commit_waits_for(
    file: Path, synchronous: Literal["normal", "full"], level: int
) -> None:
    def settings(connection: sqlite3.Connection) -> list[object]:
        pragmas = ("synchronous", "journal_mode")
        return [connection.execute(f"PRAGMA {name}").fetchone()[0] for name in pragmas]

    async with open_database(f"sqlite:///{file}", synchronous=synchronous) as database:
        assert await database.writer.run(settings) == [level, "wal"]

"""Opens a database file: for one process at a time, up to date, with its few connections.

StoreUnusable                   a store that cannot be opened; the message says why in one line
└── StoreInUse                  another process has it
"""

import asyncio
import os
import sqlite3
from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Concatenate, Literal, ParamSpec, TypeVar

import aiosqlite
from filelock import FileLock, Timeout
from sqlalchemy import URL, create_engine, event, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from a2a_agent.backends.sql.schema import NotOurs, upgrade
from a2a_agent.domain.errors import StoreUnavailable

P = ParamSpec("P")
T = TypeVar("T")

_READERS = 3
_CACHE_KIB = 4096
_MAX_FRAMES = 4096
_MAX_LOG_FILE_BYTES = 32 * 1024 * 1024


class StoreUnusable(Exception):
    """The store cannot be opened."""


class StoreInUse(StoreUnusable):
    """Another process has opened the store."""


class ThreadedConnection:
    """A connection with a thread of its own, to which work is handed over whole.

    Work is done in the order it was handed over, to its end even if nobody waits any more.
    """

    def __init__(self, driver: aiosqlite.Connection) -> None:
        self._driver = driver

    async def run(
        self,
        work: Callable[Concatenate[sqlite3.Connection, P], T],
        *args: P.args,
        **kwargs: P.kwargs,
    ) -> T:
        """What `work` returns. Raises StoreUnavailable when the database fails."""
        try:
            # aiosqlite's public calls take one statement each; SQLAlchemy goes behind them too.
            # It logs what it is handed: a lambda shows no contents.
            connection = self._driver._conn
            done: T = await self._driver._execute(  # type: ignore[no-untyped-call]  # it has no types
                lambda: work(connection, *args, **kwargs)
            )
        except (sqlite3.Error, ValueError) as error:
            raise StoreUnavailable("the database failed") from error
        return done


@dataclass(frozen=True, slots=True)
class Database:
    """The connections of an open database. SQLite has one writer; readers go beside it."""

    writer: ThreadedConnection
    readers: tuple[ThreadedConnection, ...]
    _checkpointer: ThreadedConnection

    async def checkpoint(self) -> None:
        """Copies the write-ahead log to the database. Raises StoreUnavailable."""
        frames = await self._checkpointer.run(_checkpoint)
        # SQLite starts the log anew only at a commit that finds all of it copied, and there is
        # none while commits follow each other: so the writer copies what came meanwhile.
        if frames > _MAX_FRAMES:
            await self.writer.run(_checkpoint)


def _checkpoint(connection: sqlite3.Connection) -> int:
    """Copies what it can without waiting for anybody; the number of frames in the log."""
    _, frames, _ = connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchone()
    return int(frames)


@asynccontextmanager
async def open_database(
    url: str, *, synchronous: Literal["normal", "full"]
) -> AsyncIterator[Database]:
    """The database, for this process alone until the end of the context. Raises StoreUnusable."""
    file = database_file(url)
    async with AsyncExitStack() as stack:
        stack.enter_context(_locked(file))
        await asyncio.to_thread(_upgrade, file)
        engine = _create_engine(file, synchronous)
        stack.push_async_callback(engine.dispose)
        writer, checkpointer, *readers = [
            await _checked_out(engine, stack) for _ in range(2 + _READERS)
        ]
        yield Database(writer, tuple(readers), checkpointer)


def database_file(url: str) -> Path:
    """The file that a URL of the form `sqlite:///FILE` names. Raises StoreUnusable for others."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        raise StoreUnusable(f"{url!r} is no URL of a store; one is sqlite:///FILE") from None
    if parsed.drivername not in ("sqlite", "sqlite+aiosqlite"):
        raise StoreUnusable(
            f"stores of the kind {parsed.drivername!r} are not supported; use sqlite:///FILE"
        )
    name = parsed.database
    if parsed.host or parsed.query or not name or name == ":memory:":
        raise StoreUnusable(f"{url!r} names no file; use sqlite:///FILE, or memory: for no file")
    file = Path(name).resolve()
    if not file.parent.is_dir():
        raise StoreUnusable(f"the folder {file.parent} does not exist; make it, or name another")
    return file


@contextmanager
def _locked(file: Path) -> Iterator[None]:
    lock = FileLock(f"{file}.lock")
    try:
        lock.acquire(blocking=False)
    except Timeout:
        raise StoreInUse(
            f"{file} is in use by another process; stop that one, or name another file"
        ) from None
    except OSError as error:
        raise StoreUnusable(
            f"{file}.lock cannot be written: {os.strerror(error.errno or 0)}; "
            "the folder of a store must be writable"
        ) from error
    try:
        yield
    finally:
        lock.release()


def _upgrade(file: Path) -> None:
    """Not by aiosqlite, whose threads outlive a file that cannot be opened."""
    engine = create_engine(URL.create("sqlite", database=str(file)))
    try:
        with engine.begin() as connection:
            upgrade(connection)
    except NotOurs as error:
        raise StoreUnusable(f"{file} {error}") from error
    except DBAPIError as error:
        if getattr(error.orig, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
            raise StoreUnusable(f"{file} is no SQLite database; name another file") from error
        raise StoreUnusable(
            f"{file} cannot be opened: {error.orig}; "
            "a store is a file that this user may read and write"
        ) from error
    finally:
        engine.dispose()


def _create_engine(file: Path, synchronous: Literal["normal", "full"]) -> AsyncEngine:
    engine = create_async_engine(
        URL.create("sqlite+aiosqlite", database=str(file)),
        pool_size=2 + _READERS,
        max_overflow=0,
    )

    def configure(connection: Any, _record: object) -> None:
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode=WAL")
        cursor.execute(f"PRAGMA synchronous={synchronous}")
        # Copying the write-ahead log waits for the disk: `Checkpoints` does it, not the writer.
        cursor.execute("PRAGMA wal_autocheckpoint=0")
        cursor.execute(f"PRAGMA journal_size_limit={_MAX_LOG_FILE_BYTES}")
        cursor.execute("PRAGMA busy_timeout=5000")
        cursor.execute(f"PRAGMA cache_size=-{_CACHE_KIB}")
        cursor.close()

    event.listen(engine.sync_engine, "connect", configure)
    return engine


async def _checked_out(engine: AsyncEngine, stack: AsyncExitStack) -> ThreadedConnection:
    connection = await stack.enter_async_context(engine.connect())
    pooled = await connection.get_raw_connection()
    driver = pooled.driver_connection
    assert isinstance(driver, aiosqlite.Connection)
    return ThreadedConnection(driver)

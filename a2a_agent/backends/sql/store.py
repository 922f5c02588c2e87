"""The store in a SQL database: `TaskStore` on SQLite."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from itertools import cycle
from typing import Literal

from a2a_agent.backends.sql import transactions
from a2a_agent.backends.sql.checkpoints import Checkpoints
from a2a_agent.backends.sql.engine import Database, open_database
from a2a_agent.backends.sql.statements import Statements
from a2a_agent.domain.task_events import Entry
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    Page,
    Query,
    Scope,
    parse_page_token,
)

_MAX_INTEGER = 2**63 - 1


@asynccontextmanager
async def open_store(
    url: str, *, synchronous: Literal["normal", "full"] = "normal"
) -> AsyncIterator["SqlTaskStore"]:
    """The store of a URL such as `sqlite:///FILE`, made where there is none.

    What was appended survives the death of the process; with `full`, a power failure too.
    Raises StoreUnusable, and its subclass StoreInUse.
    """
    async with open_database(url, synchronous=synchronous) as database:
        checkpoints = Checkpoints(database.checkpoint)
        async with checkpoints.kept_up():
            yield SqlTaskStore(database, checkpoints)


class SqlTaskStore:
    """Logs in a database. Made by `open_store`."""

    def __init__(self, database: Database, checkpoints: Checkpoints) -> None:
        self._writer = database.writer
        self._readers = cycle(database.readers)
        self._checkpoints = checkpoints
        self._sql = Statements()

    async def append(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        taken = await self._writer.run(transactions.take, self._sql, changes)
        self._checkpoints.wrote(len(changes), taken.size)
        return taken.verdicts

    async def read(
        self, task_id: str, *, after: int = 0, limit: int | None = None, chunks: bool = True
    ) -> Sequence[Entry]:
        reader = next(self._readers)
        return await reader.run(transactions.read, self._sql, task_id, after, limit, chunks)

    async def head(self, scope: Scope, task_id: str) -> Head | None:
        return await next(self._readers).run(transactions.head, self._sql, scope, task_id)

    async def accepted(self, message_key: bytes) -> Duplicate | None:
        return await next(self._readers).run(transactions.accepted, self._sql, message_key)

    async def find(self, query: Query) -> Page:
        position = None if query.page_token is None else _position(query.page_token)
        return await next(self._readers).run(transactions.find, query, position)

    async def prune(self, updated_before_ms: int) -> int:
        removed = 0
        while some := await self._writer.run(transactions.prune_some, self._sql, updated_before_ms):
            removed += some
            self._checkpoints.wrote(some, 0)
        return removed


def _position(token: str) -> tuple[int, str]:
    position = parse_page_token(token)
    if abs(position[0]) > _MAX_INTEGER:
        raise ValueError("this is no page token: its time is out of range")
    return position

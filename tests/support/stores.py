"""A store that a test can hold, watch, and make fail."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence

from a2a_agent.domain.task_events import Entry, TaskEvent
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    MemoryTaskStore,
    Page,
    Query,
    Scope,
    TaskStore,
)

_LIMIT_SECONDS = 10.0


class Door:
    """Everybody passes until it is shut; a test can wait for somebody to stand before it."""

    def __init__(self) -> None:
        self._opened = asyncio.Event()
        self._opened.set()
        self._knocked = asyncio.Event()

    def shut(self) -> None:
        """Nobody passes from now on."""
        self._opened.clear()
        self._knocked.clear()

    def open(self) -> None:
        """Everybody passes, those who wait first."""
        self._opened.set()

    async def knocked(self) -> None:
        """Returns when somebody waits, or has waited since the door was shut."""
        async with asyncio.timeout(_LIMIT_SECONDS):
            await self._knocked.wait()

    async def passed(self) -> None:
        """Returns when the door is open."""
        if not self._opened.is_set():
            self._knocked.set()
        async with asyncio.timeout(_LIMIT_SECONDS):
            await self._opened.wait()


class StagedStore:
    """A store in front of another one, in memory unless told otherwise."""

    def __init__(self, store: TaskStore | None = None) -> None:
        self.store = store or MemoryTaskStore()
        self.appends: list[Sequence[Change]] = []
        """What `append` was called with."""
        self.ended: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Set when the task has ended, by its id."""
        self.interrupted: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)
        """Set when the task has been interrupted, by its id."""
        self.failed = asyncio.Event()
        """Set when something was not taken, for `failure` or `refusal`."""
        self.pruned = asyncio.Event()
        """Set when something was removed."""
        self.reads = 0
        """How often `read` was called."""
        self.failure: Exception | None = None
        """What `append` and `prune` raise, for as long as there is something."""
        self.refusal: Conflict | Duplicate | None = None
        """What becomes of every change, for as long as there is something."""
        self.before_append = Door()
        self.after_append = Door()
        """Between what is stored and who is told so."""
        self.after_head = Door()
        self.after_read = Door()
        self.after_find = Door()

    async def append(self, changes: Sequence[Change]) -> Sequence[Duplicate | Conflict | None]:
        self.appends.append(changes)
        await self.before_append.passed()
        self._check()
        if self.refusal is not None:
            self.failed.set()
            return [self.refusal for _ in changes]
        taken = await self.store.append(changes)
        await self.after_append.passed()
        for change in changes:
            if change.head.state.is_terminal:
                self.ended[change.head.task_id].set()
            elif change.head.state.is_interrupted:
                self.interrupted[change.head.task_id].set()
        return taken

    async def read(
        self, task_id: str, *, after: int = 0, limit: int | None = None, chunks: bool = True
    ) -> Sequence[Entry]:
        self.reads += 1
        found = await self.store.read(task_id, after=after, limit=limit, chunks=chunks)
        await self.after_read.passed()
        return found

    async def head(self, scope: Scope, task_id: str) -> Head | None:
        found = await self.store.head(scope, task_id)
        await self.after_head.passed()
        return found

    async def accepted(self, message_key: bytes) -> Duplicate | None:
        return await self.store.accepted(message_key)

    async def find(self, query: Query) -> Page:
        found = await self.store.find(query)
        await self.after_find.passed()
        return found

    async def prune(self, updated_before_ms: int) -> int:
        self._check()
        removed = await self.store.prune(updated_before_ms)
        if removed:
            self.pruned.set()
        return removed

    def _check(self) -> None:
        if self.failure is not None:
            self.failed.set()
            raise self.failure


async def log(store: TaskStore, task_id: str) -> list[TaskEvent]:
    """What happened to the task; its numbers have been checked."""
    entries = await store.read(task_id)
    assert [entry.sequence for entry in entries] == list(range(1, len(entries) + 1))
    return [entry.event for entry in entries]

"""Append, then publish: the one way by which events get into logs and to readers.

While one batch is being stored the next one gathers, over all tasks, so the price of durability
is shared. What the store has taken goes to the tails; nobody sees an entry that is not stored.
"""

import asyncio
import logging
import time
from collections.abc import Callable, Sequence
from typing import TypeAlias

from a2a_agent.domain.errors import StoreUnavailable
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.task_events import (
    Entry,
    MessageAccepted,
    Replied,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    ImmediateTaskStore,
    Scope,
    TaskStore,
)
from a2a_agent.runtime.tails import Tail, Tails

logger = logging.getLogger(__name__)

AppendNow: TypeAlias = Callable[[Sequence[Change]], Sequence[Duplicate | Conflict | None]]


def unix_ms() -> int:
    """The time in Unix milliseconds."""
    return time.time_ns() // 1_000_000


class Refused(Exception):
    """The store did not take a change: the message was known, or somebody else has written."""

    def __init__(self, why: Duplicate | Conflict) -> None:
        super().__init__(repr(why))
        self.why = why


class Writer:
    """The one who writes a task's log: events wait in `pending` until the journal takes them."""

    __slots__ = (
        "_failure",
        "_in_flight",
        "_is_marked",
        "_journal",
        "_waiters",
        "creates",
        "head",
        "message_key",
        "on_failure",
        "on_stored",
        "pending",
        "tail",
    )

    def __init__(self, journal: "Journal", tail: Tail, head: Head, *, creates: bool) -> None:
        self.head = head
        """The task's head as stored."""
        self.tail = tail
        self.creates = creates
        self.message_key: bytes | None = None
        """Goes with the next change."""
        self.pending: list[TaskEvent] = []
        """Legal events, in order, that the journal has not taken yet."""
        self.on_failure: Callable[[Refused | StoreUnavailable], None] | None = None
        """Called when the store did not take events: they are lost."""
        self.on_stored: Callable[[], None] | None = None
        """Called when everything that was pending is stored."""
        self._journal = journal
        self._in_flight = 0
        self._is_marked = False
        self._failure: Refused | StoreUnavailable | None = None
        self._waiters: list[asyncio.Future[None]] = []

    def mark(self) -> None:
        """Tells the journal that something is pending, and that no more comes for now."""
        if not self._is_marked:
            self._is_marked = True
            self._journal._mark(self)

    @property
    def ahead(self) -> int:
        """How many events are not stored yet."""
        return len(self.pending) + self._in_flight

    async def room(self, limit: int) -> None:
        """Waits until fewer than `limit` events are ahead of the store.

        Raises Refused or StoreUnavailable when events were lost.
        """
        while self._failure is None and self.ahead >= limit:
            waiter: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._waiters.append(waiter)
            await waiter
        if self._failure is not None:
            raise self._failure

    async def flush(self) -> None:
        """Waits until everything is stored. Raises Refused or StoreUnavailable where it is not."""
        await self.room(1)

    def reset(self) -> None:
        """Forgets a failure, and what was pending then: the log is as `head` says."""
        self._failure = self.message_key = None
        self.pending.clear()

    def close(self) -> None:
        """Gives up the tail, and whoever wanted to be told: all of it can be freed at once."""
        self.on_failure = self.on_stored = None
        self._journal.tails.release(self.tail)

    def _take(self, now_ms: int) -> Change | None:
        """The pending events, numbered, as a change; None after a failure, or without events."""
        self._is_marked = False
        if self._failure is not None or not self.pending:
            return None
        events, self.pending = self.pending, []
        self._in_flight = len(events)
        now_ms = max(now_ms, self.head.updated_ms)  # the clock may have been set back
        head, first = self.head, self.head.sequence + 1
        entries = [Entry(number, now_ms, event) for number, event in enumerate(events, first)]
        key, self.message_key = self.message_key, None
        return Change(
            head=_head_after(head, events, now_ms),
            entries=entries,
            creates=self.creates and head.sequence == 0,
            message_key=key,
        )

    def _settle(self, change: Change, refusal: Duplicate | Conflict | None) -> None:
        self._in_flight = 0
        if refusal is None:
            if logger.isEnabledFor(logging.DEBUG):
                _log_states(self.head, change)
            self.head = change.head
            self.tail.publish(change.entries)
            self._release_waiters()
            if not self.pending and self.on_stored is not None:
                self.on_stored()
        else:
            self._fail(Refused(refusal))

    def _fail(self, failure: Refused | StoreUnavailable) -> None:
        self._in_flight = 0
        self._failure = failure
        self._release_waiters()
        if self.on_failure is not None:
            self.on_failure(failure)

    def _release_waiters(self) -> None:
        waiters, self._waiters = self._waiters, []
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)


def _log_states(before: Head, change: Change) -> None:
    state = before.state if before.sequence else None
    for entry in change.entries:
        after = _head_after(before, [entry.event], entry.timestamp_ms)
        if after.state is not state:
            ids = {"task_id": after.task_id, "context_id": after.context_id}
            logger.debug("task %s is %s", after.task_id, after.state.value, extra=ids)
        before, state = after, after.state


def _head_after(head: Head, events: Sequence[TaskEvent], now_ms: int) -> Head:
    state, updated_ms, is_replied = head.state, head.updated_ms, head.is_replied
    for event in events:
        if isinstance(event, StatusChanged):
            state, updated_ms = event.state, now_ms
        elif isinstance(event, MessageAccepted):
            state = TaskState.WORKING if state.is_interrupted else TaskState.SUBMITTED
            updated_ms = now_ms
        elif isinstance(event, Replied):
            state, updated_ms, is_replied = TaskState.COMPLETED, now_ms, True
    return Head(
        task_id=head.task_id,
        scope=head.scope,
        context_id=head.context_id,
        state=state,
        sequence=head.sequence + len(events),
        updated_ms=updated_ms,
        is_replied=is_replied,
    )


class Journal:
    """Stores what the writers have pending, batch after batch. Runs inside `async with`."""

    def __init__(
        self, store: TaskStore, tails: Tails, *, clock_ms: Callable[[], int] = unix_ms
    ) -> None:
        self.tails = tails
        self._store = store
        self._append_now = store.append_now if isinstance(store, ImmediateTaskStore) else None
        self._clock_ms = clock_ms
        self._marked: list[Writer] = []
        self._sleep: asyncio.Future[None] | None = None
        self._task: asyncio.Task[None] | None = None

    async def __aenter__(self) -> "Journal":
        if self._append_now is None:
            self._task = asyncio.create_task(self._work(), name="a2a-agent journal")
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    def create(self, scope: Scope, task_id: str, context_id: str) -> Writer:
        """A writer for a task that is not there yet."""
        head = Head(
            task_id=task_id,
            scope=scope,
            context_id=context_id,
            state=TaskState.SUBMITTED,
            sequence=0,
            updated_ms=0,
        )
        return Writer(self, self.tails.hold(task_id), head, creates=True)

    def open(self, head: Head) -> Writer:
        """A writer for a task that is there and that nobody else writes."""
        tail = self.tails.hold(head.task_id)
        tail.reaches(head.sequence)
        return Writer(self, tail, head, creates=False)

    def _mark(self, writer: Writer) -> None:
        self._marked.append(writer)
        if self._append_now is not None:
            self._store_now(self._append_now)
        elif self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)

    def _store_now(self, append_now: AppendNow) -> None:
        """Stores what is marked at once, because the store needs no waiting."""
        taken = self._take_marked()
        try:
            outcomes = append_now([change for _, change in taken])
        except Exception as failure:
            self._lose(taken, failure)
        else:
            self._settle(taken, outcomes)

    async def _work(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            if not self._marked:
                # Woken by the next mark: there is nothing to do before, however long it takes.
                self._sleep = loop.create_future()
                await self._sleep
            await self._store_marked()

    async def _store_marked(self) -> None:
        taken = self._take_marked()
        if not taken:
            return
        try:
            outcomes = await self._store.append([change for _, change in taken])
        except Exception as failure:
            self._lose(taken, failure)
        else:
            self._settle(taken, outcomes)

    def _take_marked(self) -> Sequence[tuple[Writer, Change]]:
        writers, self._marked = self._marked, []
        now_ms = self._clock_ms()
        return [(writer, change) for writer in writers if (change := writer._take(now_ms))]

    def _settle(
        self,
        taken: Sequence[tuple[Writer, Change]],
        outcomes: Sequence[Duplicate | Conflict | None],
    ) -> None:
        for (writer, change), outcome in zip(taken, outcomes, strict=True):
            try:
                writer._settle(change, outcome)
            except Exception:  # one writer's mistake must not keep the others waiting
                logger.exception("task %s: its entries are stored, but", change.head.task_id)

    def _lose(self, taken: Sequence[tuple[Writer, Change]], failure: Exception) -> None:
        """Whatever the failure is, no writer may wait for ever."""
        logger.error("the store failed; %d changes are lost", len(taken), exc_info=failure)
        for writer, _ in taken:
            writer._fail(StoreUnavailable(str(failure)))

"""The live ends of logs: the newest entries of the tasks that somebody works on or reads.

A tail holds a bounded window of entries and wakes its readers; it is never the truth. A reader
that is behind the window reads the store.
"""

import asyncio
from collections.abc import Sequence

from a2a_agent.domain.task_events import Entry


class Tail:
    """The live end of one task's log."""

    __slots__ = ("_holders", "_readers", "_window", "entries", "is_task", "sequence", "task_id")

    def __init__(self, task_id: str, window: int) -> None:
        self.task_id = task_id
        self.sequence = 0
        """The number of the last entry known to be stored."""
        self.entries: list[Entry] = []
        """The newest entries, without gaps."""
        self.is_task = False
        """Whether the run has shown that it will not answer by a Message."""
        self._window = window
        self._readers: set[Reader] = set()
        self._holders = 0

    def reaches(self, sequence: int) -> None:
        """The log is known to reach to this entry at least."""
        self.sequence = max(self.sequence, sequence)

    def publish(self, entries: Sequence[Entry]) -> None:
        """Takes entries that are stored now, and wakes whoever waits."""
        kept = self.entries
        kept.extend(entries)
        self.sequence = entries[-1].sequence
        if len(kept) > 2 * self._window:
            for entry in kept[: -self._window]:
                entry.encoded.clear()
            del kept[: -self._window]
        self.wake()

    def after(self, sequence: int) -> list[Entry] | None:
        """The entries above the number, as far as the window has them; None where it has none."""
        if sequence >= self.sequence:
            return []
        kept = self.entries
        if not kept or not kept[0].sequence <= sequence + 1 <= kept[-1].sequence:
            return None
        return kept[sequence + 1 - kept[0].sequence :]

    def wake(self) -> None:
        """Lets every reader look again."""
        for reader in self._readers:
            reader.wake()


class Reader:
    """Somebody who reads a tail: waits for news, and may leave at any time."""

    __slots__ = ("_due", "_loop", "_timer", "_waiter", "is_gone", "tail")

    def __init__(self, tail: Tail) -> None:
        self.tail = tail
        self.is_gone = False
        self._waiter: asyncio.Future[bool] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._loop: asyncio.AbstractEventLoop
        self._due = 0.0

    def wake(self) -> None:
        """Lets the reader look again."""
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(True)

    def leave(self) -> None:
        """Ends the reading; whoever runs it is told by `is_gone`."""
        self.is_gone = True
        self.wake()

    async def news(self) -> None:
        """Waits until there may be something new, for as long as the run takes."""
        self._waiter = asyncio.get_running_loop().create_future()
        try:
            await self._waiter
        finally:
            self._waiter = None

    async def changed(self, timeout_seconds: float) -> bool:
        """Waits until there may be something new; False when the time has run out.

        One timer serves all waits of a reader: setting one costs more than the rest of a wait.
        """
        loop = self._loop = asyncio.get_running_loop()
        self._due = loop.time() + timeout_seconds
        if self._timer is None or self._timer.when() > self._due:
            self._set_timer()
        waiter: asyncio.Future[bool] = loop.create_future()
        self._waiter = waiter
        try:
            return await waiter
        finally:
            self._waiter = None

    def stop(self) -> None:
        """Nobody waits any more."""
        if self._timer is not None:
            self._timer.cancel()

    def _set_timer(self) -> None:
        self.stop()
        self._timer = self._loop.call_at(self._due, self._look)

    def _look(self) -> None:
        """The timer is due; the wait it was set for may be long over."""
        self._timer = None
        if self._waiter is None or self._waiter.done():
            return
        if self._loop.time() >= self._due:
            self._waiter.set_result(False)
        else:
            self._set_timer()


class Tails:
    """The tails of this process, each kept for as long as somebody holds it."""

    def __init__(self, window: int = 512) -> None:
        self._tails: dict[str, Tail] = {}
        self._window = window

    def hold(self, task_id: str) -> Tail:
        """The task's tail, kept until `release`."""
        tail = self._tails.get(task_id)
        if tail is None:
            tail = self._tails[task_id] = Tail(task_id, self._window)
        tail._holders += 1
        return tail

    def release(self, tail: Tail) -> None:
        """Gives up a hold."""
        tail._holders -= 1
        if not tail._holders:
            del self._tails[tail.task_id]

    def read(self, task_id: str) -> Reader:
        """A reader of the task's tail; it holds the tail until `close`.

        What the store holds already must be looked up afterwards, else the reader may miss it.
        """
        tail = self.hold(task_id)
        reader = Reader(tail)
        tail._readers.add(reader)
        return reader

    def close(self, reader: Reader) -> None:
        """Ends the reader and its hold, once."""
        if reader in reader.tail._readers:
            reader.tail._readers.remove(reader)
            reader.stop()
            self.release(reader.tail)

    def __len__(self) -> int:
        return len(self._tails)

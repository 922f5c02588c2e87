"""Reading logs: folded to a task, or followed as they grow.

Everything that leaves the server comes through here. A reader takes what the live tail still
has and the rest from the store, so it may be as slow as it likes.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Sequence
from typing import TypeAlias

from a2a_agent.domain.assembly import Assembly, reply_message
from a2a_agent.domain.errors import TaskNotFound
from a2a_agent.domain.model import Message, Task
from a2a_agent.domain.requests import Snapshot, StreamItem, View
from a2a_agent.domain.task_events import ArtifactChunk, Entry, Replied
from a2a_agent.domain.views import StreamMode, is_answer, merge_chunks, select, whole_answer
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.store import Head, TaskStore
from a2a_agent.runtime.tails import Reader, Tail, Tails

Claim: TypeAlias = Callable[[], bool]
"""Settles that the client is shown a task; False if the agent has replied by Message already."""

_BATCH = 256
"""Entries that a reader takes at once."""


def _whole(task: Task) -> Task:
    return task


class Reading:
    """The log as its readers see it."""

    def __init__(self, store: TaskStore, tails: Tails, limits: Limits) -> None:
        self._store = store
        self._tails = tails
        self._limits = limits

    async def fold(self, head: Head, *, chunks: bool = True) -> Task:
        """The task as it was at the head; without its artifacts if `chunks` is off."""
        assembly = Assembly(head.task_id)
        for entry in await self.entries(head.task_id, chunks=chunks):
            # Told to leave chunks out, a store may leave out some: none of them can be read.
            is_shown = chunks or not isinstance(entry.event, ArtifactChunk)
            if is_shown and entry.sequence <= head.sequence:
                assembly.add(entry)
        return assembly.task()

    async def entries(self, task_id: str, *, chunks: bool = True) -> Sequence[Entry]:
        """The whole log. Raises TaskNotFound for a task that is there no more."""
        entries = await self._store.read(task_id, chunks=chunks)
        if not entries:
            raise _removed(task_id)
        return entries

    async def now(self, task_id: str) -> Task | Message:
        """The task as it is, or the Message that it was answered with."""
        assembly = Assembly(task_id)
        for entry in await self.entries(task_id):
            if isinstance(entry.event, Replied):
                return reply_message(assembly.task(), entry.event)
            assembly.add(entry)
        return assembly.task()

    async def until_rest(self, reader: Reader, accepted: int) -> Task | Message:
        """Waits until the task rests after the message that was accepted as that entry."""
        try:
            assembly, sequence = Assembly(reader.tail.task_id), 0
            while True:
                for entry in await self._after(reader.tail, sequence):
                    sequence = entry.sequence
                    if isinstance(entry.event, Replied):
                        return reply_message(assembly.task(), entry.event)
                    assembly.add(entry)
                    if entry.is_resting and sequence >= accepted:
                        return assembly.task()
                if sequence >= reader.tail.sequence:
                    # The run ends within its limits, and then its log does.
                    await reader.news()
        finally:
            self._tails.close(reader)

    async def follow(
        self,
        reader: Reader,
        start: int,
        view: View,
        claim: Claim | None = None,
        shown_as: Callable[[Task], Task] = _whole,
    ) -> AsyncIterator[StreamItem]:
        """The task as it was after entry `start`, then what follows until the task rests.

        `shown_as` says how the task is shown. With `claim` the first item waits for the agent's
        first event, or a short while, and is a Message where the agent answers with one. Closes
        the reader at its end.
        """
        time, silence = asyncio.get_running_loop().time, self._limits.keep_alive_seconds
        try:
            assembly = await self._folded(reader.tail, start)
            if claim is not None and (reply := await self._reply(reader, claim)):
                yield reply_message(assembly.task(), reply)
                return
            task = assembly.task()
            yield Snapshot(shown_as(task), start)
            if task.status.state.is_resting and reader.tail.sequence <= start:
                return
            due, answered = time() + silence, False
            async for entries in self._live(reader, start, view):
                answered = answered or any(map(is_answer, entries))
                shown = _shown(entries, view, assembly, answered)
                if shown or not entries or time() >= due:
                    due = time() + silence
                    yield shown
                if entries and entries[-1].is_resting:
                    return
        finally:
            self._tails.close(reader)

    async def _live(self, reader: Reader, sequence: int, view: View) -> AsyncIterator[list[Entry]]:
        """The entries above the number in batches; the last batch ends where the task rests."""
        time = asyncio.get_running_loop().time
        due = 0.0
        while not reader.is_gone:
            if sequence >= reader.tail.sequence:
                if not await reader.changed(self._limits.keep_alive_seconds):
                    yield []
                continue
            entries = _until_rest(await self._after(reader.tail, sequence))
            has_caught_up = entries[-1].sequence >= reader.tail.sequence
            is_early = view.coalesce_ms and has_caught_up and not entries[-1].is_resting
            if is_early and (wait := due - time()) > 0:
                await reader.changed(wait)
                continue
            due = time() + view.coalesce_ms / 1000
            sequence = entries[-1].sequence
            yield entries

    async def _after(self, tail: Tail, sequence: int) -> Sequence[Entry]:
        """A batch of the entries above the number; none where the log ends there."""
        entries = tail.after(sequence)
        if entries is not None:
            return entries if len(entries) <= _BATCH else entries[:_BATCH]
        found = await self._store.read(tail.task_id, after=sequence, limit=_BATCH)
        if not found:
            raise _removed(tail.task_id)
        return found

    async def _folded(self, tail: Tail, upto: int) -> Assembly:
        assembly, sequence = Assembly(tail.task_id), 0
        while sequence < upto:
            for entry in await self._after(tail, sequence):
                sequence = entry.sequence
                if sequence > upto:
                    break
                assembly.add(entry)
        return assembly

    async def _reply(self, reader: Reader, claim: Claim) -> Replied | None:
        """The agent's Message, if its first event is one and comes in time."""
        tail = reader.tail
        if tail.sequence <= 1 and not tail.is_task:
            await reader.changed(self._limits.reply_wait_seconds)
        if tail.sequence <= 1 and (tail.is_task or claim()):
            return None
        while tail.sequence <= 1 and not reader.is_gone:
            # The reply is on its way into the store, or the store's failure is.
            await reader.changed(self._limits.keep_alive_seconds)
        for entry in await self._after(tail, 1):
            return entry.event if isinstance(entry.event, Replied) else None
        return None


def _removed(task_id: str) -> TaskNotFound:
    return TaskNotFound(f"task {task_id} has just been removed")


def _until_rest(entries: Sequence[Entry]) -> list[Entry]:
    for index, entry in enumerate(entries):
        if entry.is_resting:
            return list(entries[: index + 1])
    return list(entries)


def _shown(entries: list[Entry], view: View, assembly: Assembly, answered: bool) -> list[Entry]:
    """What the view shows of the entries; `answered` says that the stream had an answer in it."""
    shown = list(select(entries, view.mode))
    if view.mode is StreamMode.OUTPUT:
        for entry in entries:
            assembly.add(entry)
        if answered and entries and entries[-1].is_resting:
            answer = whole_answer(assembly.task(), entries[-1])
            return [answer, *shown] if answer else shown
    return merge_chunks(shown) if view.coalesce_ms else shown

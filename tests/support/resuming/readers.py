"""Clients who read a task to its end through whatever cuts them off, by the ids of its events."""

import asyncio
from collections import Counter
from collections.abc import Sequence
from contextlib import aclosing, suppress
from dataclasses import dataclass
from enum import StrEnum
from random import Random

from a2a_agent.domain.views import STREAM_EXTENSION_URI, StreamMode
from tests.support.dialects import Dialect, Json
from tests.support.resuming.connections import (
    BrokenPromise,
    Connection,
    Event,
    ServerWasKilled,
    connection,
)
from tests.support.resuming.processes import ServerProcess

_QUESTION = "input-required"
_ENDS = ("completed", "failed")
_RESTS = (_QUESTION, *_ENDS)
_PAUSE_SECONDS = 0.02


class Cut(StrEnum):
    """How a stream is cut off."""

    CLOSED = "closed"
    RESET = "reset"
    TORN = "torn"
    KILLED = "killed"


@dataclass(frozen=True, slots=True)
class Habits:
    """How somebody reads: what he leaves after how many events, what he wants to see."""

    cuts: Sequence[tuple[Cut, int]] = ()
    mode: StreamMode = StreamMode.CORE
    is_slow: bool = False


class Reader:
    """One client of one task."""

    def __init__(
        self,
        server: ServerProcess,
        dialect: Dialect,
        habits: Habits,
        random: Random,
        last: int = 0,
    ) -> None:
        self.dialect = dialect
        self.mode = habits.mode
        self.snapshots: list[Event] = []
        """The first event of each stream: the task, for all that came before."""
        self.events: list[Event] = []
        """All others."""
        self.last = last
        """The id of the last event that was seen, at first by somebody else."""
        self.cuts: Counter[Cut] = Counter()
        self._server = server
        self.is_slow = habits.is_slow
        self._planned = list(habits.cuts)
        self._random = random
        self._state = "submitted"
        self._is_over = False
        """Whether the stream must end now."""

    @property
    def task_id(self) -> str:
        """The task, known from the first event on."""
        task_id: str = self.dialect.task(self.snapshots[0].result)["id"]
        return task_id

    async def begin(self, message: Json) -> None:
        """Sends the message until something comes back: a repeat makes no second task."""
        while not self.snapshots:
            await self._read(self.dialect.stream, {"message": message})

    async def finish(self, task_id: str, *, answers: bool = False) -> None:
        """Reads the task to its end; `answers` what is asked."""
        while self._state not in _ENDS:
            if self._state == _QUESTION:
                if answers:
                    await self._answer(task_id)
                await asyncio.sleep(_PAUSE_SECONDS)
            await self._read(self.dialect.subscribe, {"id": task_id})

    async def _answer(self, task_id: str) -> None:
        """Sends the answer until it has come in: a repeat is not taken twice."""
        message = self.dialect.message("Yes.", messageId="answer", taskId=task_id)
        params = {"message": message, "configuration": self.dialect.no_waiting}
        is_taken = False
        while not is_taken:
            with suppress(ServerWasKilled):
                async with connection(
                    self._server, self.dialect, self.dialect.send, params
                ) as sent:
                    await sent.result()
                    is_taken = True

    async def _read(self, method: str, params: Json) -> None:
        """One stream, until its end or a cut."""
        params = {**params, "metadata": {STREAM_EXTENSION_URI: {"mode": self.mode}}}
        headers = {
            "A2A-Extensions": STREAM_EXTENSION_URI,
            "Last-Event-ID": str(self.last),
        }
        cut, after = self._planned[0] if self._planned else (None, 0)
        try:
            async with (
                connection(
                    self._server, self.dialect, method, params, slow=self.is_slow, **headers
                ) as opened,
                aclosing(opened.events()) as events,
            ):
                seen = 0
                async for event in events:
                    self._see(event, is_first=seen == 0)
                    seen += 1
                    if cut is not None and seen > after and not self._is_over:
                        self._planned.pop(0)
                        self.cuts[cut] += 1
                        await _cut_off(opened, cut)
                        return
                    if self.is_slow and self._random.random() < 0.2:
                        await asyncio.sleep(self._random.uniform(0.0, 0.1))
        except ServerWasKilled:
            self.cuts[Cut.KILLED] += 1
        else:
            if self._state not in _RESTS:
                raise BrokenPromise(f"a stream ended while its task was {self._state}")

    def _see(self, event: Event, *, is_first: bool) -> None:
        kind, state, *_ = self.dialect.gist(event.result)
        if is_first:
            if kind != "task" or event.id != max(self.last, 1):
                raise BrokenPromise(f"a stream after {self.last} began with {event}")
            self.snapshots.append(event)
        else:
            if self._is_over or event.id <= self.last:
                raise BrokenPromise(f"after {self.last}, when it was {self._state}, came {event}")
            self.events.append(event)
        self.last = event.id
        self._state = state if kind in ("task", "status") else "working"
        self._is_over = self._state in _RESTS and not is_first


async def _cut_off(opened: Connection, cut: Cut) -> None:
    if cut is Cut.RESET:
        opened.reset()
    elif cut is Cut.TORN:
        await opened.tear()

"""Rounds of tasks that are read through cuts; at the end all that was read is held to the logs."""

import asyncio
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import zip_longest
from random import Random

import orjson

from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.model import DataPart
from a2a_agent.domain.task_events import Entry, StatusChanged
from a2a_agent.domain.views import StreamMode, select
from a2a_agent.runtime.store import Query, TaskStore
from a2a_agent.wire import v0_3, v1_0
from tests.support.dialects import DIALECTS
from tests.support.resuming.narrator import Plan
from tests.support.resuming.processes import ServerProcess
from tests.support.resuming.readers import Cut, Habits, Reader

_MODES = (StreamMode.CORE, StreamMode.ALL, StreamMode.CHUNK)
_WIRES = {"0.3": v0_3, "1.0": v1_0}


@dataclass(slots=True)
class Findings:
    """What was done, and what was found."""

    cuts: Counter[Cut] = field(default_factory=Counter)
    ends: Counter[str] = field(default_factory=Counter)
    tasks: int = 0
    readers: int = 0
    slow_readers: int = 0
    streams: int = 0
    events: int = 0
    kills: int = 0
    violations: list[str] = field(default_factory=list)

    def report(self) -> str:
        """All of it, for people."""
        kinds = ", ".join(f"{count} {cut}" for cut, count in sorted(self.cuts.items()))
        ends = ", ".join(f"{count} {end}" for end, count in sorted(self.ends.items()))
        return (
            f"{self.cuts.total()} cuts ({kinds}), {self.kills} kills of the server\n"
            f"{self.tasks} tasks ({ends}), {self.readers} readers, "
            f"{self.slow_readers} of them slow, {self.streams} streams, {self.events} events\n"
            f"{len(self.violations)} violations\n" + "\n".join(self.violations[:20])
        )


class Trial:
    """Some rounds with one server."""

    def __init__(self, server: ServerProcess, random: Random) -> None:
        self._server = server
        self._random = random
        self._readers: list[Reader] = []
        self._tasks = 0

    @property
    def kills(self) -> int:
        """How often the server has been killed so far."""
        return self._server.kills

    @property
    def cuts(self) -> int:
        """How many streams have been cut off so far."""
        return sum(reader.cuts.total() for reader in self._readers)

    async def round(self, *, tasks: int, readers: int, kills: bool) -> None:
        """Some tasks at once, each with some readers, and a kill in between if so wished."""
        async with asyncio.TaskGroup() as group:
            for _ in range(tasks):
                group.create_task(self._task(readers))
            if kills:
                group.create_task(self._kill())

    async def _kill(self) -> None:
        await asyncio.sleep(self._random.uniform(0.0, 0.5))
        await self._server.kill()

    async def _task(self, readers: int) -> None:
        random = self._random
        plan = Plan(
            chunks=random.randint(20, 200),
            size=random.choice((8, 8, 40, 2000)),
            burst=random.choice((1, 5, 20)),
            pause_ms=random.uniform(0.0, 20.0),
            asks_before=random.randint(5, 15) if random.random() < 0.3 else None,
        )
        owner = self._reader()
        self._tasks += 1
        await owner.begin(owner.dialect.message(plan.text, messageId=f"message-{self._tasks}"))
        async with asyncio.TaskGroup() as group:
            group.create_task(owner.finish(owner.task_id, answers=True))
            for _ in range(readers - 1):
                other = self._reader(random.randint(0, owner.last))
                group.create_task(other.finish(owner.task_id))

    def _reader(self, last: int = 0) -> Reader:
        random = self._random
        cuts = [
            (random.choice((Cut.CLOSED, Cut.RESET, Cut.TORN)), int(random.expovariate(1 / 8)))
            for _ in range(random.randint(0, 8))
        ]
        habits = Habits(cuts, random.choice(_MODES), is_slow=random.random() < 0.2)
        reader = Reader(self._server, random.choice(DIALECTS), habits, random, last)
        self._readers.append(reader)
        return reader

    async def judge(self, store: TaskStore) -> Findings:
        """Holds what the readers have seen to the logs, as they are now that all is over."""
        findings = Findings(tasks=self._tasks, kills=self.kills)
        logs: dict[str, Sequence[Entry]] = {}
        for reader in self._readers:
            task_id = reader.task_id
            if task_id not in logs:
                logs[task_id] = await store.read(task_id)
            findings.cuts += reader.cuts
            findings.readers += 1
            findings.slow_readers += reader.is_slow
            findings.streams += len(reader.snapshots)
            findings.events += len(reader.events)
            findings.violations += _violations(reader, logs[task_id])
        findings.violations += [
            f"the server said: {line}"
            for line in self._server.log.read_text().splitlines()
            if not line.endswith("was left behind by a process that died")
        ]
        findings.ends.update(_end(entries) for entries in logs.values())
        kept = (await store.find(Query(limit=1))).total
        if kept != self._tasks:
            findings.violations.append(f"{self._tasks} messages made {kept} tasks")
        return findings


def _violations(reader: Reader, entries: Sequence[Entry]) -> list[str]:
    """How what the reader has seen differs from the log; nothing if it does not."""
    wire, task_id = _WIRES[reader.dialect.version], reader.task_id
    context_id = assemble(task_id, entries).context_id
    who = f"{reader.dialect} reader of {task_id} in mode {reader.mode}"
    shown = [
        (entry.sequence, orjson.loads(wire.encode_entry(entry, task_id, context_id)))
        for entry in select(entries[reader.snapshots[0].id :], reader.mode)
    ]
    seen = [(event.id, event.result) for event in reader.events]
    found = [
        f"{who}: saw {one} where the log has {other}"
        for one, other in zip_longest(seen, shown)
        if one != other
    ][:1]
    for snapshot in reader.snapshots:
        task = assemble(task_id, entries[: snapshot.id])
        if snapshot.result != orjson.loads(wire.encode_result(task)):
            found.append(f"{who}: its snapshot {snapshot.id} is not the task as it was")
    if not entries[-1].is_resting:
        found.append(f"{who}: the log has no end")
    return found


def _end(entries: Sequence[Entry]) -> str:
    """How the task ended: its state, and the reason where it failed."""
    end = entries[-1].event
    assert isinstance(end, StatusChanged)
    data = [part.data for part in end.parts if isinstance(part, DataPart)]
    reasons = [str(said["reason"]) for said in data if isinstance(said, Mapping)]
    return " ".join([end.state.value, *reasons])

"""Clients of a play: one that sends and reads, one that only reads, one that cancels.

What each has seen is held against the whole log, as it is read again when all is over.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any

import orjson

from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, TERMINAL, TaskState
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.domain.views import STREAM_EXTENSION_URI, StreamMode
from tests.properties.agents import MESSAGES
from tests.properties.client import Client, opened
from tests.properties.house import Frame, House, check
from tests.properties.judge import complaints
from tests.properties.plays import Look, Performance, Play
from tests.support.dialects import DIALECTS, Dialect, Json

REFUSED, NOT_CANCELABLE = -32004, -32002
_ALL = Look(StreamMode.ALL)


@dataclass(slots=True)
class Seen:
    """One stream, as its client has seen it."""

    dialect: Dialect
    look: Look
    frames: list[Frame] = field(default_factory=list)
    error: int | None = None
    has_left: bool = False
    is_late: bool = False
    """Whether all was over when it began."""

    @property
    def state(self) -> TaskState:
        """The state of the task by the last frame."""
        return state_of(self.frames[-1].result) or TaskState.WORKING

    @property
    def last(self) -> int:
        """The number of the last frame."""
        number = self.frames[-1].number
        assert number is not None
        return number


@dataclass(slots=True)
class Visit:
    """What a play became of."""

    end: str
    streams: int
    frames: int
    entries: int


def state_of(frame: Json) -> TaskState | None:
    """The state that the frame tells."""
    _, held = opened(frame)
    return state_in(held) if "status" in held else None


def state_in(task: Json) -> TaskState:
    """The state of a task."""
    name: str = task["status"]["state"]
    return TaskState(name.removeprefix("TASK_STATE_").lower().replace("_", "-"))


class _Clients:
    """All clients of one performance."""

    def __init__(self, house: House, name: str, performance: Performance) -> None:
        self._house = house
        self._name = name
        self._performance = performance
        self._play = performance.play
        self.seen: list[Seen] = []
        self._texts: list[str] = []
        self._task_id = ""
        self._context_id = ""
        self._is_over = False
        self._frames = 0
        self._has_seen_more = asyncio.Event()

    async def visit(self) -> Visit:
        """The whole play, and the judgement of it."""
        canceler = asyncio.create_task(self._cancel_in_time())
        try:
            replied = await self._talk()
            if not replied:
                await self._settle(canceler)
        finally:
            canceler.cancel()
            with suppress(asyncio.CancelledError):
                await canceler
        if replied:
            return Visit("replied", 1, 1, 2)
        return await self._judged()

    async def _talk(self) -> bool:
        """Sends messages for as long as there is something to say; True for a Message instead."""
        play, reader_last = self._play, 0
        for _ in range(30):
            speaker = Seen(play.speaker, play.speaker_look)
            begun = asyncio.Event()
            message = self._message(play.speaker, len(self._texts), self._name)
            self._texts.append(self._name)
            sending = asyncio.create_task(
                self._stream(speaker, play.speaker.stream, {"message": message}, 0, begun)
            )
            await begun.wait()
            if speaker.error is None and opened(speaker.frames[0].result)[0] == "message":
                await sending
                (frame,) = speaker.frames
                assert frame.number == 1
                return True
            if speaker.error is not None:
                await sending
                self._texts.pop()
                assert speaker.error == REFUSED and self._task_id
                return False
            self.seen.append(speaker)
            first = play.speaker.task(speaker.frames[0].result)
            self._task_id, self._context_id = first["id"], first["contextId"]
            self._performance.is_shown.set()
            reader = await self._read(play.reader, play.reader_look, reader_last)
            reader_last = reader.last
            await sending
            assert speaker.state.is_resting
            if speaker.state in TERMINAL or not await self._may_go_on():
                return False
        return False

    async def _read(self, dialect: Dialect, look: Look, after: int) -> Seen:
        """Reads until the task rests, leaving in between if the play says so."""
        leaves_after = self._play.leaves_after
        while True:
            seen = await self._subscribe(dialect, look, after, leaves_after)
            if not seen.has_left:
                return seen
            leaves_after, after = None, seen.last

    async def _subscribe(
        self, dialect: Dialect, look: Look, after: int, leaves_after: int | None = None
    ) -> Seen:
        seen = Seen(dialect, look, is_late=self._is_over)
        params = {"id": self._task_id}
        await self._stream(seen, dialect.subscribe, params, after, asyncio.Event(), leaves_after)
        assert seen.error is None and seen.frames
        assert seen.frames[0].number == max(after, 1)
        self.seen.append(seen)
        return seen

    async def _stream(
        self,
        seen: Seen,
        method: str,
        params: Json,
        after: int,
        begun: asyncio.Event,
        leaves_after: int | None = None,
    ) -> None:
        headers = {"Last-Event-ID": str(after)}
        look, leave = seen.look, asyncio.Event()
        if look != Look():
            headers["A2A-Extensions"] = STREAM_EXTENSION_URI
            wanted = {"mode": look.mode.value, "coalesceMs": look.coalesce_ms}
            params = {**params, "metadata": {STREAM_EXTENSION_URI: wanted}}

        shown: list[bytes] = []

        def see(body: bytes) -> None:
            for frame in _frames(body):
                shown.append(frame.data)
                if frame.number is None:
                    seen.error = orjson.loads(frame.data)["error"]["code"]
                else:
                    seen.frames.append(frame)
                    seen.has_left = len(seen.frames) == leaves_after
                if seen.has_left:
                    leave.set()
                    break
            self._frames += 1
            self._has_seen_more.set()
            begun.set()

        await self._house.post(seen.dialect, method, params, headers, see, leave)
        for data in shown:
            check(seen.dialect, method, data)
        assert seen.error is None or not seen.frames, "a stream broke off"

    async def _may_go_on(self) -> bool:
        """What the client does about a question."""
        performance = self._performance
        is_at_work = not performance.is_idle.is_set()
        if is_at_work and performance.gives_no_answer:
            await performance.is_idle.wait()
            return False
        if is_at_work or performance.runs_left:
            return True
        if self._play.script.is_canceled_at_last:
            await self._cancel()
        return False

    async def _cancel_in_time(self) -> None:
        """Cancels when the play says so."""
        after = self._play.cancel_after
        if after is None:
            await self._performance.wants_cancel.wait()
        while after is not None and self._frames < max(after, 1):
            if self._performance.wants_cancel.is_set():
                break
            self._has_seen_more.clear()
            waits = [
                asyncio.create_task(event.wait())
                for event in (self._has_seen_more, self._performance.wants_cancel)
            ]
            try:
                await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
            finally:
                for wait in waits:
                    wait.cancel()
        await self._performance.is_shown.wait()
        await self._cancel()

    async def _cancel(self) -> None:
        dialect = self._play.reader
        reply = await self._house.call(dialect, dialect.cancel, {"id": self._task_id})
        if "error" in reply:
            assert reply["error"]["code"] == NOT_CANCELABLE
        else:
            assert state_in(reply["result"]) is TaskState.CANCELED
            assert reply["result"] == await self._house.task(dialect, self._task_id)

    async def _settle(self, canceler: "asyncio.Task[None]") -> None:
        """Returns when nothing more can happen."""
        if self._performance.wants_cancel.is_set():
            await canceler
        await self._performance.is_idle.wait()
        after = self._play.cancel_after
        if after is not None and self._frames >= max(1, after):
            await canceler
        if self._performance.is_stopped:
            # How the run ends may be on its way into the store still.
            dialect = self._play.speaker
            async with asyncio.timeout(self._house.patience_seconds):
                while True:
                    task = await self._house.task(dialect, self._task_id)
                    if state_in(task) in TERMINAL:
                        break
                    await asyncio.sleep(0.001)

    async def _judged(self) -> Visit:
        self._is_over = True
        tasks = {d: await self._house.task(d, self._task_id) for d in DIALECTS}
        logs: dict[Dialect, Sequence[Frame]] = {}
        for dialect in DIALECTS:
            final, after = state_in(tasks[dialect]), 0
            log: list[Frame] = []
            while True:
                seen = await self._subscribe(dialect, _ALL, after)
                log.extend(seen.frames[1:] if log else seen.frames)
                if len(seen.frames) == 1 or seen.state is final and seen.state in TERMINAL:
                    break
                after = seen.last
            logs[dialect] = log
            faults = complaints(_entries(log))
            assert faults == []
        for number, dialect, look in self._play.resumes:
            await self._subscribe(dialect, look, number % (len(logs[dialect]) + 1))
        for seen in self.seen:
            self._check(seen, logs[seen.dialect], tasks[seen.dialect])
        count = sum(len(seen.frames) for seen in self.seen)
        end = state_in(tasks[self._play.speaker])
        return Visit(end.value, len(self.seen), count, len(logs[self._play.speaker]))

    def _check(self, seen: Seen, log: Sequence[Frame], task: Json) -> None:
        """The stream is the part of the log that it should be, and adds up."""
        numbers = [frame.number or 0 for frame in seen.frames]
        start = numbers[0]
        assert opened(seen.frames[0].result)[0] == "task"
        assert numbers == sorted(set(numbers)), "the numbers do not rise"
        assert opened(seen.frames[0].result)[1] == self._folded(seen.dialect, log, start)
        rests = [f.number for f in log[start:] if (s := state_of(f.result)) and s.is_resting]
        end = int(rests[0] or 0) if rests else start
        if not seen.is_late and len(seen.frames) == 1 and seen.state.is_resting:
            # It went on later.
            end = start
        expected = [frame for frame in log[start:end] if _is_shown(frame, seen.look.mode)]
        if seen.look.coalesce_ms == 0 and seen.look.mode is not StreamMode.OUTPUT:
            if seen.has_left:
                expected = expected[: len(seen.frames) - 1]
            assert [frame.data for frame in seen.frames[1:]] == [frame.data for frame in expected]
        if seen.has_left:
            return
        assert numbers[-1] == end
        states = [state_of(frame.result) for frame in seen.frames[1:]]
        assert all(state is None or not state.is_resting for state in states[:-1])
        if end > start:
            assert states[-1] is not None and states[-1].is_resting
        whole = self._folded(seen.dialect, log, end)
        if end == len(log):
            assert whole == task
        found = self._fold(seen.dialect, seen.frames, self._said(seen.dialect, log, start))
        if seen.look.mode in (StreamMode.CORE, StreamMode.ALL):
            assert found == whole
        else:
            assert _answer(found) == _answer(whole)
            if seen.look.mode is StreamMode.CHUNK and not seen.look.coalesce_ms:
                assert found["status"] == whole["status"]

    def _folded(self, dialect: Dialect, log: Sequence[Frame], end: int) -> Json:
        """The task after so many entries. Notes are no part of it: see the fold of the domain."""
        frames = [frame for frame in log[:end] if _is_shown(frame, StreamMode.CORE)]
        return self._fold(dialect, frames, self._said(dialect, log, 1))

    def _fold(self, dialect: Dialect, frames: Sequence[Frame], said: list[Json]) -> Json:
        client = Client(frames[0].result, said, details_key=STREAM_EXTENSION_URI)
        for frame in frames[1:]:
            client.see(frame.result)
        return client.task

    def _said(self, dialect: Dialect, log: Sequence[Frame], start: int) -> list[Json]:
        """The messages that came after entry `start`."""
        before = [entry for entry in _entries(log)[:start] if type(entry.event) is MessageAccepted]
        return [
            self._message(dialect, number, text)
            for number, text in enumerate(self._texts)
            if number >= len(before)
        ]

    def _message(self, dialect: Dialect, number: int, text: str) -> Json:
        more = {"taskId": self._task_id, "contextId": self._context_id} if self._task_id else {}
        return dialect.message(text, messageId=f"{self._name}-{number}", **more)


def _frames(body: bytes) -> list[Frame]:
    if body.startswith(b"{"):
        return [Frame(None, body)]
    *events, rest = body.split(b"\n\n")
    assert rest == b""
    found = []
    for event in events:
        if not event.startswith(b":"):
            *before, data = event.split(b"\n")
            number = int(before[0].removeprefix(b"id: ")) if before else None
            found.append(Frame(number, data.removeprefix(b"data: ")))
    return found


def _entries(log: Sequence[Frame]) -> list[Entry]:
    """The frames of a whole log as the judge knows them."""
    entries: list[Entry] = []
    before: TaskState | None = None
    for frame in log:
        event = _event(frame.result, before)
        if isinstance(event, MessageAccepted):
            before = TaskState.WORKING
        elif isinstance(event, StatusChanged):
            before = event.state
        entries.append(Entry(frame.number or 0, 0, event))
    return entries


def _event(result: Json, before: TaskState | None) -> TaskEvent:
    kind, held = opened(result)
    state = state_of(result)
    if kind == "artifact-update":
        parts: Any = tuple(held["artifact"]["parts"])
        artifact_id = held["artifact"]["artifactId"]
        return ArtifactChunk(artifact_id, parts, held["append"], held["lastChunk"])
    assert state is not None
    if kind == "task":
        assert state is TaskState.SUBMITTED
        return MessageAccepted(MESSAGES[0])
    if STREAM_EXTENSION_URI in held.get("metadata", {}):
        return Noted({})
    says_nothing = "message" not in held["status"]
    was_asked = before is not None and before.is_interrupted
    if was_asked and state is TaskState.WORKING and says_nothing and "metadata" not in held:
        return MessageAccepted(MESSAGES[0])
    if "final" in held:
        assert held["final"] is state.is_resting
    return StatusChanged(state)


def _is_shown(frame: Frame, mode: StreamMode) -> bool:
    if mode is StreamMode.ALL:
        return True
    result = frame.result
    kind, held = opened(result)
    if mode is StreamMode.CORE:
        return STREAM_EXTENSION_URI not in held.get("metadata", {})
    state = state_of(result)
    if state is not None:
        return state.is_resting
    return held["artifact"]["artifactId"] == ANSWER_ARTIFACT_ID and mode is StreamMode.CHUNK


def _answer(task: Json) -> list[Json]:
    return [
        part
        for artifact in task.get("artifacts", [])
        if artifact["artifactId"] == ANSWER_ARTIFACT_ID
        for part in artifact["parts"]
    ]


def visit(house: House, play: Play) -> Visit:
    """Performs the play. Raises for whatever is not as promised."""
    name, performance = house.actor.begin(play)

    async def performed() -> Visit:
        before = asyncio.all_tasks()
        async with asyncio.timeout(house.patience_seconds):
            found = await _Clients(house, name, performance).visit()
            for _ in range(20):
                await asyncio.sleep(0)
        assert asyncio.all_tasks() == before, "somebody is left over"
        return found

    try:
        found = house.runner.run(performed())
    finally:
        house.actor.end(name)
    assert house.failures == []
    return found

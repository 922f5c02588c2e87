"""Recorded runs, played again: those that `recording` wrote, and what frameworks have emitted.

{"t": seconds, "event": {"type": "TextDelta", …}}       an agent event, by `recording`
{"t": seconds, "class": "package.Class", "event": …}    a framework's own event
"""

import asyncio
import json
from collections.abc import AsyncGenerator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Any

from a2a_agent.agents.adapters.adapted import from_events
from a2a_agent.agents.adapters.failures import failure_said
from a2a_agent.agents.adapters.fields import CLASS, field
from a2a_agent.agents.adapters.frameworks import FRAMEWORKS, Framework, framework_of_event
from a2a_agent.agents.adapters.table import EventTable
from a2a_agent.agents.recording import event_from_json
from a2a_agent.domain.agent_events import AgentEvent, InputRequired, RunFinished
from a2a_agent.domain.model import TaskState
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, described_as

_END = "recorder.End"
"""The class of a recording's last line, which tells how the framework's iterator ended."""


@dataclass(frozen=True, slots=True)
class Line:
    """Something recorded, `seconds` after the beginning of its run."""

    seconds: float
    event: Any


@dataclass(frozen=True, slots=True)
class ReplayAgent:
    """Plays a recorded run for every message: at the pace of the recording, or at once."""

    lines: Sequence[Line]
    framework: Framework | None
    """Whose events these are; None for agent events."""
    description: AgentDescription
    in_real_time: bool = False

    @property
    def most_questions(self) -> int:
        """How often, at most, the run goes on after a question."""
        if self.framework is not None:
            return len(self.lines) if self.framework.table().asks else 0
        return sum(isinstance(line.event, InputRequired) for line in self.lines[:-1])

    def run(self, request: RunRequest, /) -> Events:
        """Yields the recorded events; a question in the middle is asked of the client."""
        return self._own(request) if self.framework is None else self._translated(request)

    async def _own(self, request: RunRequest) -> AsyncGenerator[AgentEvent, None]:
        async for line in self._paced():
            event: AgentEvent = line.event
            if isinstance(event, InputRequired) and line is not self.lines[-1]:
                await request.ask(event)
            else:
                yield event

    async def _translated(self, request: RunRequest) -> AsyncGenerator[Any, None]:
        adapted = from_events(self._recorded, self._table, self.description)
        try:
            async for event in adapted.run(request):
                yield event
        except _RecordedEnd as end:
            yield end.means

    async def _recorded(self, request: RunRequest) -> AsyncGenerator[Any, None]:
        async for line in self._paced():
            if field(line.event, CLASS) == _END:
                end = _end(line.event, self._table)
                if end is not None:
                    raise _RecordedEnd(end)
                return
            yield line.event

    @property
    def _table(self) -> EventTable[Any]:
        assert self.framework is not None
        return self.framework.table()

    async def _paced(self) -> AsyncGenerator[Line, None]:
        clock = asyncio.get_running_loop().time
        began = clock()
        for line in self.lines:
            if self.in_real_time:
                await asyncio.sleep(began + line.seconds - clock())
            yield line


class _RecordedEnd(Exception):
    """The framework's iterator had not just ended."""

    def __init__(self, means: RunFinished) -> None:
        super().__init__()
        self.means = means


def _end(event: Mapping[str, Any], table: EventTable[Any]) -> RunFinished | None:
    """How a run ends whose framework did this; None where its iterator just ended."""
    match event.get("outcome"):
        case "raised":
            name = str(field(event, f"error.{CLASS}", ""))
            if name.endswith("CancelledError"):
                return RunFinished(state=TaskState.CANCELED)
            said = f"{name}: {field(event, 'error.message', '')}"
            return table.raised(name.rpartition(".")[2]) or failure_said(said)
        case "consumer-stopped":
            return RunFinished(state=TaskState.CANCELED)
        case "timeout":
            return RunFinished(state=TaskState.FAILED, reason="idle-timeout")
        case _:
            return None


def replayed(
    path: Path, *, framework: str | None = None, in_real_time: bool = False
) -> ReplayAgent:
    """An agent that plays the recording. `framework` says whose events it holds, where they do
    not say so themselves.

    Raises OSError for a file that cannot be read, ValueError, saying where and why, for one that
    is no recording.
    """
    lines: list[Line] = []
    whose = FRAMEWORKS[framework] if framework is not None else None
    is_foreign: bool | None = None
    with path.open(encoding="utf-8") as file:
        for number, text in enumerate(file, start=1):
            try:
                line, is_line_foreign = _line(text)
            except (KeyError, OverflowError, RecursionError, TypeError, ValueError) as error:
                raise ValueError(f"line {number} is no part of a recording: {error}") from error
            if is_foreign is None:
                is_foreign = is_line_foreign
            elif is_foreign != is_line_foreign:
                kind = "a framework's event" if is_line_foreign else "an agent event"
                raise ValueError(f"line {number} is {kind}, unlike line 1")
            if is_foreign and whose is None:
                whose = framework_of_event(line.event)
            lines.append(line)
    if not lines:
        raise ValueError("the file is empty")
    if is_foreign and whose is None:
        names = ", ".join(FRAMEWORKS)
        raise ValueError(f"its events do not say which framework they are from: {names}")
    return ReplayAgent(lines, whose if is_foreign else None, _description(path), in_real_time)


def _line(text: str) -> tuple[Line, bool]:
    """The line, and whether it is a framework's own event."""
    data = json.loads(text)
    if not isinstance(data, dict):
        raise ValueError("it is no JSON object")
    seconds, event = float(data["t"]), data["event"]
    if not isfinite(seconds):
        raise ValueError(f"its time is {seconds}")
    if "class" not in data:
        return Line(seconds, event_from_json(event)), False
    if isinstance(event, dict):
        event = {**event, CLASS: data["class"]}
    return Line(seconds, event), True


def _description(path: Path) -> AgentDescription:
    return described_as(path.stem, f"Plays the recording {path.name}.", "replay")

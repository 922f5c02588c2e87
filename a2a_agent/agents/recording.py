"""Agent events as JSON, and agents whose runs are written down.

`event_to_json` and `event_from_json` know every event by its class name: a new event of the
vocabulary is recorded without a change here, as long as its fields hold JSON, parts or enums.
A field that has its default is left out.
"""

import asyncio
import json
import logging
import re
import time
import types
import typing
from base64 import b64decode, b64encode
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from dataclasses import MISSING, Field, dataclass, field, fields, replace
from enum import StrEnum
from pathlib import Path
from reprlib import repr as shortened
from threading import Lock
from types import MappingProxyType
from typing import Any, TextIO, cast, get_args, get_origin

from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputKind,
    InputRequired,
    RunFinished,
    TextDelta,
)
from a2a_agent.domain.model import DataPart, FilePart, Message, Part, TaskState, TextPart
from a2a_agent.runtime.agent import (
    Agent,
    AgentDescription,
    Events,
    RunRequest,
    describe,
    opened,
    run_function,
)

_log = logging.getLogger(__name__)

_LINES_A_WRITE = 64
_SECONDS_A_WRITE = 0.25

_EVENTS: Mapping[str, type[Any]] = MappingProxyType(
    {event.__name__: event for event in get_args(AgentEvent)}
)
_PARTS: Mapping[str, type[Any]] = MappingProxyType(
    {"text": TextPart, "file": FilePart, "data": DataPart}
)
_PART_KINDS = MappingProxyType({part: kind for kind, part in _PARTS.items()})


def event_to_json(event: AgentEvent) -> dict[str, Any]:
    """The event as a JSON object: its class name as `type`, then its fields."""
    return {"type": type(event).__name__, **_fields_to_json(event)}


def event_from_json(data: Mapping[str, Any]) -> AgentEvent:
    """The event that `event_to_json` wrote down. Raises ValueError for anything else."""
    given = dict(data)
    name = given.pop("type", None)
    event_class = _EVENTS.get(name) if isinstance(name, str) else None
    if event_class is None:
        raise ValueError(f"{name!r} is no agent event; there are {', '.join(sorted(_EVENTS))}")
    try:
        return cast(AgentEvent, _made(event_class, given))
    except (TypeError, ValueError) as failure:
        raise ValueError(f"this is no {name}: {failure}") from failure


def _made(made: type[Any], given: Mapping[str, Any]) -> Any:
    """One of that class with these fields. Raises ValueError, or TypeError, that names the field
    which is not what it should be."""
    kinds = {declared.name: declared.type for declared in fields(made)}
    values = {}
    for name, written in given.items():
        try:
            values[name] = _READERS.get(name, _as_it_is)(written)
        except (TypeError, ValueError) as failure:
            raise ValueError(f"its field {name}: {failure}") from failure
        if name in kinds and not _is_a(kinds[name], values[name]):
            raise ValueError(f"its field {name} holds {shortened(written)}")
    return made(**values)


def _is_a(kind: Any, value: Any) -> bool:
    """Whether a field that is annotated with the kind may hold the value."""
    if isinstance(kind, str):  # any JSON: the alias speaks of itself
        return True
    of = get_args(kind)
    match get_origin(kind):
        case typing.Union | types.UnionType:
            return any(_is_a(one, value) for one in of)
        case origin if origin is Sequence:
            return isinstance(value, tuple) and all(_is_a(of[0], item) for item in value)
        case origin:
            is_other = isinstance(value, bool) and kind is not bool
            return not is_other and isinstance(value, origin or kind)


def _fields_to_json(value: Any) -> dict[str, Any]:
    pairs = [(f.name, getattr(value, f.name)) for f in fields(value) if not _is_default(f, value)]
    return {name: plain(content) for name, content in pairs}


def _is_default(declared: Field[Any], value: Any) -> bool:
    default = declared.default
    return default is not MISSING and getattr(value, declared.name) == default


def plain(value: Any) -> Any:
    """The value as JSON: parts as objects with their `kind`, enums as words, bytes as base64."""
    match value:
        case TextPart() | FilePart() | DataPart():
            return {"kind": _PART_KINDS[type(value)], **_fields_to_json(value)}
        case StrEnum():
            return value.value
        case bytes():
            return b64encode(value).decode("ascii")
        case Mapping():
            return {str(key): plain(content) for key, content in value.items()}
        case Sequence() if not isinstance(value, str):
            return [plain(content) for content in value]
        case _:
            return value


def part_from_json(data: Mapping[str, Any]) -> Part:
    """The part that `plain` wrote down. Raises TypeError or ValueError for anything else."""
    given = dict(data)
    part_class = _PARTS.get(given.pop("kind", None))
    if part_class is None:
        raise ValueError(f"a part is one of these kinds: {', '.join(_PARTS)}")
    return cast(Part, _made(part_class, given))


def _as_it_is(value: Any) -> Any:
    return value


def _each(read: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda written: tuple(map(read, written)) if isinstance(written, list) else written


_READERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "parts": _each(part_from_json),
        "options": _each(_as_it_is),
        "raw": lambda raw: b64decode(raw, validate=True),
        "kind": InputKind,
        "state": TaskState,
    }
)


def recorded(
    agent: Agent, directory: Path, *, clock: Callable[[], float] = time.monotonic
) -> "RecordedAgent":
    """The same agent, each run of which is written to `directory/<task id>-<n>.jsonl`."""
    return RecordedAgent(agent, directory, clock, describe(agent))


@dataclass(frozen=True, slots=True)
class RecordedAgent:
    """Passes every event on, and writes it down as `{"t": seconds, "event": {…}}`.

    The end of a run that raises or is cancelled is written as the `RunFinished` that it means.
    """

    agent: Agent
    directory: Path
    clock: Callable[[], float]
    description: AgentDescription
    _opened: AsyncExitStack = field(default_factory=AsyncExitStack)

    async def __aenter__(self) -> "RecordedAgent":
        await self._opened.enter_async_context(opened(self.agent))
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._opened.aclose()

    async def run(self, request: RunRequest, /) -> Events:
        """Yields the agent's events; the file is complete when the run is over, however it ends."""
        page = _Page(self.directory, request.task_id, self.clock())

        async def ask(question: InputRequired) -> Message:
            page.add(question, self.clock())
            return await request.ask(question)

        events = run_function(self.agent)(replace(request, ask=ask))
        try:
            async for event in events:
                if page.add(event, self.clock()):
                    await asyncio.to_thread(page.write)
                yield event
        except Exception:
            page.add(RunFinished(state=TaskState.FAILED, reason="agent-error"), self.clock())
            raise
        except asyncio.CancelledError:
            page.add(RunFinished(state=TaskState.CANCELED), self.clock())
            raise
        finally:
            if isinstance(events, AsyncGenerator):
                await events.aclose()
            await asyncio.to_thread(page.close)


class _Page:
    """One run's file. Lines gather until they are worth a trip to the disk.

    A disk that fails ends the recording, not the run.
    """

    def __init__(self, directory: Path, task_id: str, started: float) -> None:
        self._directory = directory
        self._name = re.sub(r"[^\w-]", "_", task_id)[:100]
        self._started = self._due_since = started
        self._lines: list[str] = []
        self._file: TextIO | None = None
        self._failed = False
        # A canceled run closes its page while a thread may still be writing to it.
        self._lock = Lock()

    def add(self, event: AgentEvent | str, now: float) -> bool:
        """Whether it is time to write."""
        data = event_to_json(TextDelta(event) if isinstance(event, str) else event)
        line = {"t": round(now - self._started, 6), "event": data}
        self._lines.append(json.dumps(line, default=str) + "\n")
        if len(self._lines) < _LINES_A_WRITE and now - self._due_since < _SECONDS_A_WRITE:
            return False
        self._due_since = now
        return True

    def write(self) -> None:
        with self._lock:
            self._write()

    def close(self) -> None:
        with self._lock:
            self._write()
            if self._file is not None:
                self._file.close()

    def _write(self) -> None:
        lines, self._lines = self._lines, []
        if not lines or self._failed:
            return
        try:
            self._file = self._file or _new_file(self._directory, self._name)
            self._file.writelines(lines)
            self._file.flush()
        except OSError:
            self._failed = True
            _log.exception("a run is not recorded any further", extra={"task_id": self._name})


def _new_file(directory: Path, name: str) -> TextIO:
    directory.mkdir(parents=True, exist_ok=True)
    number = 1
    while True:
        try:
            return (directory / f"{name}-{number}.jsonl").open("x", encoding="utf-8")
        except FileExistsError:
            number += 1

"""What holds for every stream, whatever it is about: order, ids, states, artifacts, its end.

Pure: frames in, breaches out. One watch is for one connection.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from conformance.dialects import INTERRUPTED, RESTING, TERMINAL, Dialect, Frame
from conformance.folding import artifact_id, items

_NEXT: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "submitted": frozenset({"submitted", "working", *RESTING}),
        "working": frozenset({"working", *RESTING}),
        "input-required": frozenset({"input-required", "working", *RESTING}),
        "auth-required": frozenset({"auth-required", "working", *RESTING}),
        "unknown": frozenset({"unknown", "submitted", "working", *RESTING}),
    }
)
"""Which state may follow which; nothing follows the others."""

FIRST = "stream.first-is-the-task-or-a-message"
ALONE = "stream.message-comes-alone"
ONE_TASK = "stream.one-task"
ONE_CONTEXT = "stream.one-context"
STATES = "stream.legal-states"
TIMES = "stream.times-do-not-go-back"
OPENED = "stream.artifact-opened-before-it-is-appended-to"
CLOSED = "stream.artifact-closed-once"
FINAL = "stream.final-at-the-end"
FINAL_ONLY = "stream.final-only-at-the-end"
NOTHING_AFTER = "stream.nothing-after-the-end"
REACHES_END = "stream.reaches-an-end"
CLOSES = "stream.closes-at-the-end"

RULES = frozenset(
    {
        FIRST,
        ALONE,
        ONE_TASK,
        ONE_CONTEXT,
        STATES,
        TIMES,
        OPENED,
        CLOSED,
        FINAL,
        FINAL_ONLY,
        NOTHING_AFTER,
        REACHES_END,
        CLOSES,
    }
)


_SKEW = timedelta(seconds=1)
"""By so much may the clocks differ that tell when the statuses of one task came about."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A rule that a stream breaks."""

    rule: str
    expected: str
    got: str


@dataclass(slots=True)
class Watch:
    """What is known of a stream so far."""

    dialect: Dialect
    frames: list[Frame] = field(default_factory=list)
    state: str | None = None
    exercised: set[str] = field(default_factory=set)
    """The rules that something happened for."""
    _time: datetime | None = None
    _artifacts: dict[str | None, bool] = field(default_factory=dict)
    """Whether each artifact is still open."""

    @property
    def has_ended(self) -> bool:
        """Whether nothing may come any more."""
        return self.state in RESTING or self._is_message

    @property
    def task(self) -> Frame | None:
        """The task that it began with."""
        first = self.frames[0] if self.frames else None
        return first if first is not None and first.kind == "task" else None

    @property
    def _is_message(self) -> bool:
        return bool(self.frames) and self.frames[0].kind == "message"

    def see(self, frame: Frame) -> Iterator[Breach]:
        """What the next frame breaks."""
        is_first = not self.frames
        # A task that waits may be shown as it is, before the answer that is on its way moves it on.
        is_opening = len(self.frames) == 1 and self.state in INTERRUPTED
        had_ended, before = self.has_ended and not is_opening, self.state
        self.frames.append(frame)
        if frame.kind is None:
            return  # its shape is wrong, which the schemas tell
        yield from self._order(frame, is_first, had_ended)
        if not is_first and frame.kind != "message":
            yield from self._ids(frame)
        if frame.state is not None:
            yield from self._state(frame, before, is_first)
            yield from self._moment(frame)
        if frame.kind == "task" and is_first:
            for artifact in items(frame.body, "artifacts"):
                self._artifacts[artifact_id(artifact)] = True
        if frame.kind == "artifact":
            yield from self._artifact(frame)

    def close(self, *, in_good_order: bool, trouble: str = "") -> Iterator[Breach]:
        """What is wrong now that the stream is over, by the endpoint's doing or by the limits."""
        if not self.frames:
            return
        last = self.frames[-1]
        if self._is_message:
            self.exercised.add(ALONE)
        if self.has_ended:
            self.exercised |= {CLOSES, NOTHING_AFTER}
            if not in_good_order:
                yield Breach(CLOSES, "the stream closed after its last event", trouble or "open")
        self.exercised.add(REACHES_END)
        if not self.has_ended:
            expected = "a terminal or interrupted state before the stream closes"
            yield Breach(REACHES_END, expected, f"{trouble or 'closed'} while {self.state}")
        elif self.dialect.is_old and last.kind == "status" and len(self.frames) > 1:
            self.exercised.add(FINAL)
            if last.is_final is not True:
                yield Breach(FINAL, '"final": true in the last status-update', f"{last.is_final}")

    def _order(self, frame: Frame, is_first: bool, had_ended: bool) -> Iterator[Breach]:
        if is_first:
            self.exercised.add(FIRST)
            if frame.kind not in ("task", "message"):
                yield Breach(FIRST, "the Task, or one Message, first", f"{frame.kind} first")
            return
        self.exercised.add(ALONE)
        if frame.kind == "message" or self._is_message:
            kinds = ", ".join(str(one.kind) for one in self.frames[:5])
            yield Breach(ALONE, "a Message alone, or a Task and its updates", kinds)
        elif had_ended:
            yield Breach(NOTHING_AFTER, "nothing after the end", f"{frame.kind} after {self.state}")

    def _ids(self, frame: Frame) -> Iterator[Breach]:
        first = self.frames[0]
        for rule, name, expected, got in (
            (ONE_TASK, "taskId", first.task_id, frame.task_id),
            (ONE_CONTEXT, "contextId", first.context_id, frame.context_id),
        ):
            if expected is not None and got is not None:
                self.exercised.add(rule)
                if got != expected:
                    yield Breach(rule, f"{name} {expected!r} in every event", repr(got))

    def _state(self, frame: Frame, before: str | None, is_first: bool) -> Iterator[Breach]:
        self.state = frame.state
        if not is_first and before is not None and before not in TERMINAL:
            self.exercised.add(STATES)
            if frame.state not in _NEXT.get(before, frozenset()):
                yield Breach(STATES, f"a state that may follow {before}", str(frame.state))
        if frame.is_final is not None:
            self.exercised.add(FINAL_ONLY)
            if frame.is_final and frame.state not in RESTING:
                rest = ", ".join(sorted(TERMINAL | INTERRUPTED))
                yield Breach(FINAL_ONLY, f'"final": true with one of {rest} only', str(frame.state))

    def _moment(self, frame: Frame) -> Iterator[Breach]:
        before, now = self._time, time_of(frame.body)
        if before is not None and now is not None:
            self.exercised.add(TIMES)
            if now < before - _SKEW:
                yield Breach(TIMES, f"no time before {before.isoformat()}", now.isoformat())
        self._time = now or before

    def _artifact(self, frame: Frame) -> Iterator[Breach]:
        name, body = artifact_id(frame.body.get("artifact")), frame.body
        appends = body.get("append") is True
        self.exercised |= {OPENED, CLOSED}
        if self.task is None:
            # Without the Task nobody knows what the stream goes on with: FIRST tells of that.
            self._artifacts.setdefault(name, True)
        if appends and name not in self._artifacts:
            expected = "a first chunk, without append, before others"
            yield Breach(OPENED, expected, f"append to the unknown artifact {name!r}")
        elif appends and not self._artifacts[name]:
            yield Breach(CLOSED, "nothing after lastChunk", f"a chunk of {name!r} after it")
        self._artifacts[name] = body.get("lastChunk") is not True


def time_of(body: Any) -> datetime | None:
    """When the status of a task, or of whatever has one, came about; None where none is told."""
    status = body.get("status") if isinstance(body, Mapping) else None
    try:
        found = datetime.fromisoformat(status["timestamp"]) if isinstance(status, dict) else None
    except (KeyError, TypeError, ValueError):
        return None
    return found.replace(tzinfo=UTC) if found is not None and found.tzinfo is None else found

"""Scripts of what agents do, and the logs that become of them.

`perform` drives the mapper as `runtime.runner` does, without its clock, its tasks and its store:
an illegal event or an error fails the task, a cancel ends it, a death loses what is not stored.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

from a2a_agent.domain.agent_events import InputRequired, RunFinished
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.mapping import Mapper
from a2a_agent.domain.model import Message, TaskState
from a2a_agent.domain.task_events import Entry, MessageAccepted, TaskEvent

START_MS = 1_761_647_400_000
"""2025-10-28T10:30:00Z."""


@dataclass(frozen=True, slots=True)
class Yielded:
    """The agent yields something, an event as a rule."""

    event: Any


@dataclass(frozen=True, slots=True)
class Asked:
    """The agent asks and waits; without an answer its time runs out."""

    question: InputRequired
    answer: Message | None
    minds_refusal: bool = True


@dataclass(frozen=True, slots=True)
class Raised:
    """The agent fails."""

    error: Exception


@dataclass(frozen=True, slots=True)
class Stopped:
    """Somebody else ends the run."""

    ending: RunFinished


class Stored:
    """The journal stores what is pending."""


class TaskShown:
    """The client is shown the task: a reply comes too late now."""


class Died:
    """The process dies: what is pending is lost, and another one ends the task."""


Move: TypeAlias = Yielded | Asked | Raised | Stopped | type[Stored] | type[TaskShown] | type[Died]


@dataclass(frozen=True, slots=True)
class Script:
    """What the agent does in its runs, each set off by a message; and the longest log allowed."""

    runs: tuple[tuple[Message, tuple[Move, ...]], ...]
    most_events: int = 1000
    is_canceled_at_last: bool = False
    """Whether the client cancels a task that waits for it in the end."""


@dataclass(slots=True)
class _Stage:
    """A task on which scripts are performed."""

    most_events: int
    entries: list[Entry] = field(default_factory=list)
    pending: list[TaskEvent] = field(default_factory=list)

    def store(self) -> None:
        for event in self.pending:
            number = len(self.entries) + 1
            self.entries.append(Entry(number, START_MS + 10 * number, event))
        self.pending.clear()

    def accept(self, message: Message) -> Progress:
        progress = Progress.of(self.entries)
        event = MessageAccepted(message)
        progress.advance(event)
        self.pending.append(event)
        self.store()
        return progress

    def run(self, mapper: Mapper, moves: Sequence[Move]) -> None:
        try:
            ending = self._pull(mapper, moves)
        except IllegalEvent:
            mapper.fail("agent-broke-the-protocol", self.pending)
        except _TooManyEvents:
            mapper.fail("too-many-events", self.pending)
        except _Death:
            self.pending.clear()
            self.end(RunFinished(state=TaskState.FAILED, reason="server-restarted"))
        except Exception:
            mapper.fail("agent-error", self.pending)
        else:
            mapper.finish(self.pending, ending)
        self.store()

    def end(self, ending: RunFinished) -> None:
        """Ends a task without a run, knowing no more of it than a store's head does."""
        known = Progress.of(self.entries)
        alive = ending.state is TaskState.CANCELED or known.state in (
            TaskState.SUBMITTED,
            TaskState.WORKING,
        )
        if known.state and not known.state.is_terminal and alive:
            slim = Progress()
            slim.state, slim.sequence = known.state, known.sequence
            Mapper(slim).finish(self.pending, ending)
            self.store()

    def _pull(self, mapper: Mapper, moves: Sequence[Move]) -> RunFinished | None:
        for number, move in enumerate(moves):
            if isinstance(move, Yielded):
                mapper.feed(move.event, self.pending, number / 10)
            elif isinstance(move, Asked):
                if not self._ask(mapper, move):
                    return RunFinished(state=TaskState.FAILED, reason="answer-timeout")
            elif isinstance(move, Raised):
                raise move.error
            elif isinstance(move, Stopped):
                return move.ending
            elif move is Stored:
                self.store()
            elif move is TaskShown:
                mapper.may_reply = False
            else:
                raise _Death
            if mapper.has_ended:
                break
            if mapper.progress.sequence >= self.most_events:
                raise _TooManyEvents
        return None

    def _ask(self, mapper: Mapper, asked: Asked) -> bool:
        try:
            mapper.ask(asked.question, self.pending)
        except Exception:
            if asked.minds_refusal:
                raise
            return True
        self.store()
        if asked.answer is not None:
            mapper.accept(asked.answer, self.pending)
        return asked.answer is not None


class _TooManyEvents(Exception):
    pass


class _Death(Exception):
    pass


def perform(script: Script) -> list[Entry]:
    """The log that becomes of the script."""
    stage = _Stage(script.most_events)
    for message, moves in script.runs:
        state = Progress.of(stage.entries).state
        if state is None or state.is_interrupted:
            mapper = Mapper(stage.accept(message), progress_interval_seconds=0.2)
            stage.run(mapper, moves)
    if script.is_canceled_at_last:
        stage.end(RunFinished(state=TaskState.CANCELED))
    return stage.entries

"""Random scripts, to be played by an agent in a real service with clients around it.

Whom the scripts call somebody else, a client who cancels or a clock, is somebody else here too.
"""

import asyncio
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Any

from hypothesis import strategies as st

from a2a_agent import RunRequest
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.views import StreamMode
from a2a_agent.runtime.agent import Events
from tests.properties.agents import scripts
from tests.properties.behaviours import mostly
from tests.properties.scripts import (
    Asked,
    Move,
    Raised,
    Script,
    Stopped,
    Stored,
    TaskShown,
    Yielded,
)
from tests.support.dialects import DIALECTS, V0_3, V1_0, Dialect


@dataclass(frozen=True, slots=True)
class Look:
    """How a client wants a stream to be shown."""

    mode: StreamMode = StreamMode.CORE
    coalesce_ms: int = 0


@dataclass(frozen=True, slots=True)
class Play:
    """A script, the manners of its agent, and what the clients do meanwhile."""

    script: Script
    pause: int
    """How often the agent lets others go on, after each event."""
    asks_aside: bool
    """Whether the agent goes on while it asks."""
    is_stubborn: bool
    """Whether the agent does not mind being cancelled."""
    death: type[BaseException]
    cancel_after: int | None
    """How many frames somebody has seen who cancels."""
    speaker: Dialect
    """What the client speaks who sends the messages; another one only reads, in the other."""
    speaker_look: Look
    reader_look: Look
    leaves_after: int | None
    """After how many frames the reader leaves, to come back at once."""
    resumes: tuple[tuple[int, Dialect, Look], ...]
    """From where the task's stream is read again when all is over."""

    @property
    def reader(self) -> Dialect:
        """What the client speaks who only reads."""
        return V1_0 if self.speaker is V0_3 else V0_3


looks = st.builds(
    Look,
    mostly([StreamMode.CORE] * 3 + [StreamMode.ALL] * 2, [StreamMode.CHUNK, StreamMode.OUTPUT], 3),
    mostly([0], [1, 100], 5),
)
plays = st.builds(
    Play,
    script=scripts,
    pause=st.sampled_from([0, 0, 1, 3]),
    asks_aside=mostly([False], [True], 4),
    is_stubborn=mostly([False], [True], 6),
    death=st.sampled_from([SystemExit, asyncio.CancelledError]),
    cancel_after=mostly([None], [*range(8)], 4),
    speaker=st.sampled_from(DIALECTS),
    speaker_look=looks,
    reader_look=looks,
    leaves_after=mostly([None], [1, 2, 3, 5], 3),
    resumes=st.lists(
        st.tuples(st.integers(0, 60), st.sampled_from(DIALECTS), looks), min_size=1, max_size=2
    ).map(tuple),
)


class Performance:
    """A play that is being performed."""

    def __init__(self, play: Play) -> None:
        self.play = play
        self.is_shown = asyncio.Event()
        """The client has seen its first frame."""
        self.wants_cancel = asyncio.Event()
        self.is_idle = asyncio.Event()
        """No run is under way."""
        self.is_idle.set()
        self.is_stopped = False
        """Whether somebody has ended a run, so that the task ends."""
        self._is_leaving = False
        self.gives_no_answer = False
        """Whether what is asked now stays without an answer."""
        self._runs: Iterator[tuple[Any, tuple[Move, ...]]] = iter(play.script.runs)
        self.runs_left = len(play.script.runs)

    async def run(self, request: RunRequest) -> Events:
        """One run of the agent."""
        self.runs_left = max(0, self.runs_left - 1)
        _, moves = next(self._runs, (None, ()))
        aside: list[asyncio.Task[None]] = []
        self.is_idle.clear()
        self._is_leaving = False
        try:
            for move in moves:
                if isinstance(move, Yielded):
                    yield move.event
                elif isinstance(move, Asked) and self.play.asks_aside:
                    aside.append(asyncio.create_task(self._ask(request, move)))
                elif isinstance(move, Asked):
                    await self._ask(request, move)
                else:
                    await self._do(move)
                for _ in range(self.play.pause):
                    await self._bear(asyncio.sleep(0))
            for task in aside:
                await task
        finally:
            self._is_leaving = True
            for task in aside:
                task.cancel()
            try:
                await asyncio.gather(*aside, return_exceptions=True)
            finally:
                # A cancel may come while the agent cleans up.
                self.is_idle.set()

    async def _ask(self, request: RunRequest, asked: Asked) -> None:
        self.gives_no_answer = asked.answer is None
        try:
            await request.ask(asked.question)
        except asyncio.CancelledError:
            self._stop()
            raise
        except Exception:
            if asked.minds_refusal:
                raise

    async def _do(self, move: Move) -> None:
        if isinstance(move, Raised):
            raise move.error
        if isinstance(move, Stopped):
            if move.ending.state is TaskState.CANCELED:
                self.wants_cancel.set()
            await self._bear(asyncio.Event().wait())
        elif move is Stored:
            await self._bear(asyncio.sleep(0.001))
        elif move is TaskShown:
            await self._bear(self.is_shown.wait())
        else:
            raise self.play.death

    async def _bear(self, waiting: Coroutine[Any, Any, object]) -> None:
        try:
            await waiting
        except asyncio.CancelledError:
            self._stop()
            if not self.play.is_stubborn:
                raise

    def _stop(self) -> None:
        self.is_stopped = self.is_stopped or not self._is_leaving


class Actor:
    """The agent: it plays what the first message of the task names."""

    def __init__(self) -> None:
        self._performances: dict[str, Performance] = {}
        self._numbers = count(1)

    def begin(self, play: Play) -> tuple[str, Performance]:
        """A performance, and its name."""
        name = f"play {next(self._numbers)}"
        performance = self._performances[name] = Performance(play)
        return name, performance

    def end(self, name: str) -> None:
        """Forgets the performance."""
        del self._performances[name]

    def run(self, request: RunRequest, /) -> Events:
        """What the play says."""
        return self._performances[request.text].run(request)

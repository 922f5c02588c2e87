"""Recorded runs, played through their adapter and the mapping."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from a2a_agent.agents.replay import replayed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    ReasoningDelta,
    RunFinished,
    TextDelta,
    ToolCall,
    ToolResult,
)
from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.model import Message, Role, TextPart
from a2a_agent.domain.task_events import Entry
from a2a_agent.runtime.agent import RunRequest
from tests.agents.adapters.expectations.expected import Expected
from tests.agents.runs import request_of
from tests.properties.scripts import Asked, Move, Script, Yielded, perform
from tests.properties.values import CONTEXT_ID, TASK_ID


def _said(message_id: str) -> Message:
    return Message(
        message_id=message_id,
        role=Role.USER,
        parts=(TextPart("Go on."),),
        task_id=TASK_ID,
        context_id=CONTEXT_ID,
    )


@dataclass(frozen=True, slots=True)
class Played:
    """What came of a recording: the agent's events, and the task's log."""

    events: Sequence[AgentEvent]
    entries: Sequence[Entry]

    @property
    def in_short(self) -> Expected:
        """The run as a client sees it."""
        task = assemble(TASK_ID, self.entries)
        answers = [a for a in task.artifacts if a.artifact_id == "response"]
        ends = [event for event in self.events if isinstance(event, RunFinished)]
        return Expected(
            state=task.status.state.value,
            answer="".join(p.text for a in answers for p in a.parts if isinstance(p, TextPart)),
            calls=tuple(f"{call.name}: {self._fate(call)}" for call in self._calls()),
            reason=ends[-1].reason if ends else None,
            reasoning="".join(e.text for e in self.events if isinstance(e, ReasoningDelta)),
            questions=tuple(e.kind.value for e in self.events if isinstance(e, InputRequired)),
        )

    def streamed(self) -> str:
        """The answer as its pieces alone give it: those since its last beginning."""
        pieces: list[TextDelta] = []
        for event in self.events:
            if isinstance(event, ToolResult):
                pieces = []
            elif isinstance(event, TextDelta):
                begins = bool(pieces) and pieces[-1].message_id != event.message_id
                pieces = [*([] if begins else pieces), event]
        return "".join(piece.text for piece in pieces)

    def unpaired(self) -> list[str]:
        """The ids of calls that came twice, and of results without their call before them."""
        called: list[str] = []
        wrong: list[str] = []
        for event in self.events:
            if isinstance(event, ToolCall):
                wrong += [event.call_id] * (event.call_id in called)
                called.append(event.call_id)
            elif isinstance(event, ToolResult):
                wrong += [event.call_id] * (event.call_id not in called)
        results = [event.call_id for event in self.events if isinstance(event, ToolResult)]
        return wrong + [one for one in set(results) if results.count(one) > 1]

    def _calls(self) -> list[ToolCall]:
        return [event for event in self.events if isinstance(event, ToolCall)]

    def _fate(self, call: ToolCall) -> str:
        for event in self.events:
            if isinstance(event, ToolResult) and event.call_id == call.call_id:
                if event.denied:
                    return "denied"
                return "output" if event.error is None else "error"
        return "open"


def played(path: Path, framework: str | None = None) -> Played:
    """What comes of the recording; each question in the middle of it is answered."""
    moves: list[Move] = []

    async def ask(question: InputRequired) -> Message:
        answer = _said(f"answer-{len(moves)}")
        moves.append(Asked(question, answer))
        return answer

    async def play(request: RunRequest) -> None:
        async for event in replayed(path, framework=framework).run(request):
            moves.append(Yielded(event))

    asyncio.run(play(replace(request_of("Hello"), ask=ask)))
    events = [move.event if isinstance(move, Yielded) else _question(move) for move in moves]
    return Played(events, perform(Script(((_said("message"), tuple(moves)),))))


def _question(move: Move) -> InputRequired:
    assert isinstance(move, Asked)
    return move.question

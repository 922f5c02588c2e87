"""Ids of calls that are a run's own: models, and servers of models, use theirs again."""

from collections import defaultdict
from dataclasses import replace
from typing import TypeVar

from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
)

_OfACall = TypeVar("_OfACall", ToolCallDelta, ToolCall, ToolProgress, ToolResult, InputRequired)


class CallIds:
    """Tells calls of one id apart: by the order in which they are written, made and answered, and
    by their tools."""

    def __init__(self) -> None:
        self._known: set[str] = set()
        self._written: dict[str, str] = {}
        """Our ids of calls whose arguments are being written."""
        self._open: defaultdict[str, list[ToolCall]] = defaultdict(list)
        """Calls without a result as they were told, the oldest first, by the ids given."""

    def told(self, event: AgentEvent) -> AgentEvent:
        """The event, with an id that no other call of the run has."""
        match event:
            case ToolCallDelta():
                if event.call_id not in self._written:
                    self._written[event.call_id] = self._new(event.call_id)
                return _with(event, self._written[event.call_id])
            case ToolCall():
                new = self._written.pop(event.call_id, None) or self._new(event.call_id)
                call = _with(event, new)
                self._open[event.call_id].append(call)
                return call
            case ToolResult():
                return _with(event, self._answered(event))
            case ToolProgress():
                return _with(event, self._latest(event.call_id))
            case InputRequired(call_id=str(given)):
                return _with(event, self._latest(given))
            case _:
                return event

    def _answered(self, result: ToolResult) -> str:
        """Of the oldest call of the tool, else of the oldest."""
        waiting = self._open[result.call_id]
        if not waiting:
            return result.call_id
        call = next((call for call in waiting if call.name == result.name), waiting[0])
        waiting.remove(call)
        return call.call_id

    def _new(self, given: str) -> str:
        new, number = given, 1
        while new in self._known:
            number += 1
            new = f"{given}-{number}"
        self._known.add(new)
        return new

    def _latest(self, given: str) -> str:
        waiting = self._open[given]
        return waiting[-1].call_id if waiting else given


def _with(event: _OfACall, call_id: str) -> _OfACall:
    return event if event.call_id == call_id else replace(event, call_id=call_id)

"""Events of a framework, as its table translates them."""

from collections.abc import Iterator
from typing import Any

from a2a_agent.agents.adapters.adapted import from_events
from a2a_agent.agents.adapters.table import EventTable, Translation
from a2a_agent.domain.agent_events import AgentEvent
from tests.agents.runs import events_of, request_of


def told(table: EventTable[Any], *events: Any) -> list[AgentEvent]:
    """What the events of a run become, its end included."""
    translation = Translation(table)
    return [*(said for event in events for said in translation.feed(event)), *translation.finish()]


async def translated(
    table: EventTable[Any], *events: Any, raises: Exception | None = None
) -> list[AgentEvent | str]:
    """What a run becomes whose framework gives these events, and at last raises, if it does."""

    def start(_: object) -> Iterator[Any]:
        yield from events
        if raises is not None:
            raise raises

    return await events_of(from_events(start, table), request_of("Hello"))

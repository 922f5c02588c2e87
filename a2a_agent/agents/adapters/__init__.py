"""Agents of frameworks as agents here, each by its module; and a table for whatever yields events:
`from_events(start, EventTable("name", {"token": emits(TextDelta, text="content")}))`.
"""

from typing import TYPE_CHECKING, Any

from a2a_agent.agents.adapters.table import IGNORED, RAW, EventTable, all_of, does, emits

if TYPE_CHECKING:
    from a2a_agent.agents.adapters.adapted import from_events

__all__ = ["IGNORED", "RAW", "EventTable", "all_of", "does", "emits", "from_events"]


def __getattr__(name: str) -> Any:
    # It knows the errors of the models' client library, which takes a second to import.
    if name == "from_events":
        from a2a_agent.agents.adapters.adapted import from_events

        return from_events
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

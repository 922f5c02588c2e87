"""What a mutant is: our own application with one fault, and which requirements tell of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from starlette.types import ASGIApp

from a2a_agent import Agent, Settings, create_app
from a2a_agent.agents.scenarios import ScenarioAgent
from a2a_agent.domain.agent_events import AgentEvent, RunFinished
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest
from conformance.requirements import VERSIONS
from tests.conformance.mutants.altering import Alteration

SCENARIOS = ScenarioAgent(seconds=1.0, chunk_seconds=0.1)


@dataclass(frozen=True, slots=True)
class Plays:
    """An agent that does the same with every message."""

    events: Sequence[AgentEvent]
    description: AgentDescription = AgentDescription(
        name="plays", description="Does the same with every message."
    )

    async def run(self, _: RunRequest, /) -> Events:
        """Yields the events."""
        for event in self.events:
            yield event


@dataclass(frozen=True, slots=True, kw_only=True)
class Setup:
    """The application before it is altered. It keeps all requirements."""

    name: str
    agent: Agent = SCENARIOS
    settings: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))

    @property
    def follows_scenarios(self) -> bool:
        """Whether messageIds say what the agent does."""
        return isinstance(self.agent, ScenarioAgent)

    def app(self) -> ASGIApp:
        """The application."""
        settings = Settings(store="memory:", shutdown_timeout_seconds=0.0, **self.settings)
        return create_app(self.agent, settings=settings)


USUAL = Setup(name="as it is")
TEXTS_ONLY = Setup(name="that takes and gives texts only", agent=Plays((RunFinished(),)))


@dataclass(frozen=True, slots=True)
class Mutant:
    """A faulty server."""

    name: str
    """Its fault, in words."""
    alter: Alteration
    caught_by: tuple[str, ...]
    """The requirements that must each tell of it."""
    versions: tuple[str, ...] = VERSIONS
    """Those in which the fault can occur, and is to be seen."""
    setup: Setup = USUAL
    needs: tuple[str, ...] = ()
    """What must be known of the agent beside what the requirements need."""
    is_slow: bool = False
    """Whether its fault is that something does not come: then the limits of time tell of it."""
    card_path: str = ""
    """Where the suite is told that the card is, if not at the usual place."""


OLD = ("0.3",)
NEW = ("1.0",)

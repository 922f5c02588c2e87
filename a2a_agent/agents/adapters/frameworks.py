"""Which framework an object is from, told by its class; nothing is imported to find out."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib import import_module
from types import MappingProxyType
from typing import Any, cast

from a2a_agent.agents.adapters.fields import CLASS
from a2a_agent.agents.adapters.table import EventTable
from a2a_agent.runtime.agent import Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class Framework:
    """A framework that there is an adapter for, in a module of its own beside this one."""

    name: str
    package: str
    """Where its events' classes are from."""
    classes: frozenset[str]
    """Full names of those, or of what they are derived from, whose objects the adapter takes."""
    takes: str
    """What is to be named, in words."""
    is_made_for_each_run: bool = False
    """Whether the adapter takes a function that makes such an object: one serves one run."""

    def adapt(self, given: Any) -> Agent:
        """The object, or the function that makes such objects, as an agent."""
        adapter: Callable[[Any], Agent] = getattr(self._module(), f"from_{self._module_name}")
        return adapter(given)

    def table(self) -> EventTable[Any]:
        """What becomes of its events."""
        return cast("EventTable[Any]", self._module().TABLE)

    @property
    def _module_name(self) -> str:
        return self.name.replace("-", "_")

    def _module(self) -> Any:
        return import_module(f"a2a_agent.agents.adapters.{self._module_name}")


FRAMEWORKS: Mapping[str, Framework] = MappingProxyType(
    {
        framework.name: framework
        for framework in (
            Framework(
                name="agentor",
                package="agentor",
                takes="an Agentor",
                classes=frozenset({"agentor.core.agent.Agentor"}),
            ),
            Framework(
                name="aiecs",
                package="aiecs",
                takes="a function without arguments that makes an agent",
                classes=frozenset({"aiecs.domain.agent.base_agent.BaseAIAgent"}),
                is_made_for_each_run=True,
            ),
            Framework(
                name="adalflow",
                package="adalflow",
                takes="a function without arguments that makes a Runner",
                classes=frozenset({"adalflow.components.agent.runner.Runner"}),
                is_made_for_each_run=True,
            ),
            Framework(
                name="aworld",
                package="aworld",
                takes="a function without arguments that makes an agent",
                classes=frozenset(
                    {
                        "aworld.core.agent.base.BaseAgent",
                        "aworld.core.agent.swarm.Swarm",
                        "aworld.core.task.Task",
                    }
                ),
                is_made_for_each_run=True,
            ),
            Framework(
                name="openai-agents",
                package="agents",
                takes="an Agent",
                classes=frozenset({"agents.agent.Agent"}),
            ),
            Framework(
                name="langgraph",
                package="langgraph",
                takes="a graph that is compiled",
                classes=frozenset({"langgraph.pregel.main.Pregel"}),
            ),
            Framework(
                name="pydantic-ai",
                package="pydantic_ai",
                takes="an Agent",
                classes=frozenset({"pydantic_ai.agent.abstract.AbstractAgent"}),
            ),
        )
    }
)


def framework_of(found: Any) -> Framework | None:
    """The framework that the object is from, if there is an adapter for such objects."""
    bases = {f"{base.__module__}.{base.__qualname__}" for base in type(found).__mro__}
    return next((one for one in FRAMEWORKS.values() if one.classes & bases), None)


def framework_beside(found: Any) -> Framework | None:
    """The framework that has the object's class, though its adapter takes no such objects."""
    root = type(found).__module__.partition(".")[0]
    return next((one for one in FRAMEWORKS.values() if one.package == root), None)


def framework_of_event(event: Any) -> Framework | None:
    """The framework that a recorded event is from, where its class says so."""
    named = event.get(CLASS) if isinstance(event, Mapping) else None
    root = str(named).partition(".")[0]
    return next((one for one in FRAMEWORKS.values() if one.package == root), None)

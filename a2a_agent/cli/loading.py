"""From the name of an agent, as it is typed, to the agent."""

import asyncio
import inspect
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from a2a_agent.agents.adapters.frameworks import Framework, framework_beside, framework_of
from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.llm import LlmChoice
from a2a_agent.cli.modules import described, imported
from a2a_agent.runtime.agent import Agent, RunnableAgent, run_function
from a2a_agent.settings import Settings

if TYPE_CHECKING:
    from a2a_agent.agents.replay import ReplayAgent

_REPLAY = "replay:"


def load_agent(
    name: str, settings: Settings, llm: LlmChoice, *, in_real_time: bool = False
) -> Agent:
    """A built-in agent, a recording's, or what `module:attribute` names: an agent, a framework's
    object that there is an adapter for, or how to make one.

    Raises UsageError, saying what is wrong with it, for any other name.
    """
    if name == "openai":
        return llm.agent()
    llm.refuse_for(name)
    if name.startswith(_REPLAY):
        return load_recording(Path(name.removeprefix(_REPLAY)), None, in_real_time=in_real_time)
    if in_real_time:
        raise UsageError(f"--realtime is for recordings, {_REPLAY}FILE, not for {name}")
    if name in _BUILT_IN:
        return _BUILT_IN[name](settings)
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        known = ", ".join((*_BUILT_IN, "openai"))
        raise UsageError(
            f"there is no agent {name!r}; it is one of {known}, {_REPLAY}FILE, or module:attribute"
        )
    return _checked(_made(_attribute(imported(module), attribute), name), name)


def load_recording(path: Path, framework: str | None, *, in_real_time: bool) -> "ReplayAgent":
    """The agent that plays the recording. Raises UsageError for a file that is none."""
    from a2a_agent.agents.replay import replayed

    try:
        return replayed(path, framework=framework, in_real_time=in_real_time)
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    except ValueError as error:
        raise UsageError(f"{path}: {error}") from error


# An agent is imported when it is chosen: the toolbox brings a table of units, for one.


def _toolbox(settings: Settings) -> Agent:
    from a2a_agent.agents.toolbox.agent import ToolboxAgent

    return ToolboxAgent()


def _echo(settings: Settings) -> Agent:
    from a2a_agent.agents.echo import EchoAgent

    return EchoAgent()


def _scenarios(settings: Settings) -> Agent:
    from a2a_agent.agents.scenarios import ScenarioAgent

    return ScenarioAgent(seconds=settings.scenario_seconds)


_BUILT_IN: Mapping[str, Callable[[Settings], Agent]] = MappingProxyType(
    {"toolbox": _toolbox, "echo": _echo, "scenarios": _scenarios}
)


def _attribute(module: Any, path: str) -> Any:
    found = module
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            raise UsageError(f"module {module.__name__!r} has no attribute {path!r}")
        found = getattr(found, attribute)
    return found


def _made(found: Any, name: str) -> Any:
    """The agent, made by calling what was found if that takes no arguments."""
    framework = framework_of(found)
    if framework is not None:
        if framework.is_made_for_each_run:
            raise UsageError(
                f"{name} is one object of {framework.name}, which serves one run at a time; "
                "name a function without arguments that makes one"
            )
        return _adapted(framework, found, name)
    if (beside := framework_beside(found)) is not None:
        kind = type(found).__qualname__
        raise UsageError(f"{name} is a {kind}; what is served of {beside.name} is {beside.takes}")
    is_agent = isinstance(found, RunnableAgent) and not inspect.isclass(found)
    if is_agent or not callable(found) or not _takes(found, 0):
        return found
    try:
        made = asyncio.run(found()) if inspect.iscoroutinefunction(found) else found()
    except Exception as error:  # whatever a factory may raise
        raise UsageError(f"{name} cannot make an agent: {described(error)}") from error
    framework = framework_of(made)
    if framework is None:
        return made
    return _adapted(framework, found if framework.is_made_for_each_run else made, name)


def _adapted(framework: Framework, given: Any, name: str) -> Agent:
    try:
        return framework.adapt(given)
    except (TypeError, ValueError) as error:
        raise UsageError(f"{name}: {error}") from error


def _checked(agent: Any, name: str) -> Agent:
    try:
        function = run_function(agent)
    except TypeError as error:
        raise UsageError(f"{name}: {error}") from error
    if not _takes(function, 1):
        raise UsageError(f"{name} is no agent: it cannot be called with a RunRequest alone")
    checked: Agent = agent
    return checked


def _takes(function: Callable[..., Any], count: int) -> bool:
    try:
        inspect.signature(function).bind(*range(count))
    except TypeError:
        return False
    except ValueError:  # built-ins that do not tell
        return True
    return True

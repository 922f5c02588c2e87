"""From the name of an agent, as it is typed, to the agent."""

import importlib
import inspect
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from a2a_agent.cli.errors import UsageError
from a2a_agent.runtime.agent import Agent, RunnableAgent, run_function
from a2a_agent.settings import Settings


def load_agent(name: str, settings: Settings) -> Agent:
    """A built-in agent, or what `module:attribute` names: an agent, or how to make one.

    Raises UsageError, saying what is wrong with it, for any other name.
    """
    if name in _BUILT_IN:
        return _BUILT_IN[name](settings)
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        known = ", ".join(_BUILT_IN)
        raise UsageError(f"there is no agent {name!r}; it is one of {known}, or module:attribute")
    return _checked(_made(_attribute(_imported(module), attribute), name), name)


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


def _imported(module: str) -> Any:
    # As with `python -m`: what lies in the current directory can be named.
    if os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name and f"{module}.".startswith(f"{error.name}."):
            raise UsageError(f"there is no module {error.name!r} here") from error
        raise UsageError(f"module {module!r} needs {error.name!r}, which is missing") from error
    except (Exception, SystemExit) as error:  # whatever a module may raise while it is imported
        raise UsageError(f"module {module!r} cannot be imported: {_described(error)}") from error


def _attribute(module: Any, path: str) -> Any:
    found = module
    for attribute in path.split("."):
        if not hasattr(found, attribute):
            raise UsageError(f"module {module.__name__!r} has no attribute {path!r}")
        found = getattr(found, attribute)
    return found


def _made(found: Any, name: str) -> Any:
    """The agent, made by calling what was found if that takes no arguments."""
    is_agent = isinstance(found, RunnableAgent) and not inspect.isclass(found)
    if is_agent or not callable(found) or not _takes(found, 0):
        return found
    try:
        return found()
    except Exception as error:  # whatever a factory may raise
        raise UsageError(f"{name} cannot make an agent: {_described(error)}") from error


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


def _described(error: BaseException) -> str:
    said = f"{type(error).__name__}: {error}"
    frames = traceback.extract_tb(error.__traceback__)
    if isinstance(error, SyntaxError) or not frames:
        return said
    return f"{said} ({frames[-1].filename}, line {frames[-1].lineno})"

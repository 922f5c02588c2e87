"""The LLM agent as the command line names it: options, modules of tools, MCP servers."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isfunction
from typing import TYPE_CHECKING, Any

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.modules import imported
from a2a_agent.cli.setting_options import effective

if TYPE_CHECKING:
    from a2a_agent.agents.tools import Tool
    from a2a_agent.runtime.agent import Agent


@dataclass(frozen=True, slots=True, kw_only=True)
class LlmChoice:
    """What was given for the LLM agent."""

    options: Mapping[str, Any] = field(default_factory=dict)
    """Fields of `OpenAIOptions`."""
    tools: Sequence[str] = ()
    mcp: Sequence[str] = ()

    def agent(self) -> "Agent":
        """The agent. Raises UsageError, saying what is wrong or missing."""
        from openai import OpenAIError

        from a2a_agent.agents.mcp import McpServer
        from a2a_agent.agents.openai.agent import OpenAIAgent
        from a2a_agent.agents.openai.options import OpenAIOptions

        options = effective(OpenAIOptions, self.options)
        tools = [found for module in self.tools for found in tools_in(module)]
        try:
            toolsets = [McpServer(where) for where in self.mcp]
        except ValueError as error:
            raise UsageError(f"--mcp: {error}") from error
        try:
            return OpenAIAgent(options, tools=tools, toolsets=toolsets)
        except OpenAIError as error:
            raise UsageError(
                "there is no key: set OPENAI_API_KEY, or --base-url for a server that needs none"
            ) from error
        except (TypeError, ValueError) as error:
            raise UsageError(f"--tools: {error}") from error

    def refuse_for(self, agent: str) -> None:
        """Raises UsageError if something was given: only the LLM agent knows what to do with it."""
        for name in (*self.options, *(n for n in ("tools", "mcp") if getattr(self, n))):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is for the agent openai; {agent} does not take it")


def tools_in(module_name: str) -> "list[Tool | Callable[..., Any]]":
    """The tools of a module: what its list `tools` has, else its tools and public functions.

    `toolbox` names those of the built-in agent. Raises UsageError where there are none.
    """
    if module_name == "toolbox":
        from a2a_agent.agents.toolbox.tools import toolbox_tools, utc_now

        return list(toolbox_tools(utc_now))
    module = imported(module_name)
    listed = getattr(module, "tools", None)
    found = list(listed) if isinstance(listed, list | tuple) else list(_public_tools(module))
    if not found:
        raise UsageError(f"module {module_name!r} has no tools: no list `tools`, no function")
    return found


def _public_tools(module: Any) -> Iterator[Any]:
    from a2a_agent.agents.tools import FunctionTool

    for name, value in vars(module).items():
        if name.startswith("_"):
            continue
        is_its_own = isfunction(value) and value.__module__ == module.__name__
        if is_its_own or isinstance(value, FunctionTool):
            yield value

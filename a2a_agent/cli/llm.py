"""The LLM agent as the command line names it: options, modules of tools, MCP servers."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from inspect import isfunction
from typing import TYPE_CHECKING, Any

from a2a_agent.cli.errors import UsageError
from a2a_agent.cli.modules import imported
from a2a_agent.cli.setting_options import effective

if TYPE_CHECKING:
    from a2a_agent.agents.openai.options import OpenAIOptions
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
        self._check_base_url(options)
        _check_key(options)
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

    def _check_base_url(self, options: "OpenAIOptions") -> None:
        place = "--base-url" if "base_url" in self.options else "A2A_AGENT_OPENAI_BASE_URL"
        url = options.base_url
        if url is None:
            place, url = "OPENAI_BASE_URL", os.getenv("OPENAI_BASE_URL")
        if url is not None and not _is_http_url(url):
            raise UsageError(f"{place}: {url!r} is no URL; one looks like http://127.0.0.1:8000/v1")

    def refuse_for(self, agent: str) -> None:
        """Raises UsageError if something was given: only the LLM agent knows what to do with it."""
        for name in (*self.options, *(n for n in ("tools", "mcp") if getattr(self, n))):
            option = f"--{name.replace('_', '-')}"
            raise UsageError(f"{option} is for the agent openai; {agent} does not take it")


def _is_http_url(url: str) -> bool:
    import httpx  # reads URLs as the agent's client does

    try:
        parsed = httpx.URL(url)
        host = parsed.host.encode("idna")
    except (httpx.InvalidURL, ValueError):
        return False
    is_sound = parsed.scheme in {"http", "https"} and bool(host) and (parsed.port or 0) < 2**16
    return is_sound and url.isprintable() and " " not in url


def _check_key(options: "OpenAIOptions") -> None:
    """Raises UsageError for a key that no header can carry, without showing it."""
    place, key = "OPENAI_API_KEY", os.getenv("OPENAI_API_KEY", "")
    if options.api_key:
        place, key = "A2A_AGENT_OPENAI_API_KEY", options.api_key.get_secret_value()
    if not all("!" <= character <= "~" for character in key):
        raise UsageError(f"{place} is no key: a key has no spaces, no line ends, nothing but ASCII")


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

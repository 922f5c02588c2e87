"""An LLM agent on any OpenAI-compatible API: `OpenAIAgent(OpenAIOptions(model="…"))`."""

from typing import TYPE_CHECKING, Any

from a2a_agent.agents.openai.options import OpenAIOptions

if TYPE_CHECKING:
    from a2a_agent.agents.openai.agent import OpenAIAgent

__all__ = ["OpenAIAgent", "OpenAIOptions"]


def __getattr__(name: str) -> Any:
    # The client library takes a second to import: too long for whoever wants the options only.
    if name == "OpenAIAgent":
        from a2a_agent.agents.openai.agent import OpenAIAgent

        return OpenAIAgent
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")

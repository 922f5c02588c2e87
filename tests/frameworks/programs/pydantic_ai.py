"""pydantic-ai agents, for `a2a-agent serve tests.frameworks.programs.pydantic_ai:agent`."""

from pydantic import BaseModel
from pydantic_ai import Agent, DeferredToolRequests
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

model = OpenAIChatModel("by-message", provider=OpenAIProvider(api_key="key"))

agent = Agent(
    model,
    name="Assistant",
    system_prompt="You are helpful.",
    output_type=[str, DeferredToolRequests],
)


@agent.tool_plain
def get_weather(city: str) -> str:
    """Weather in a city."""
    return f"It is sunny in {city}."


@agent.tool_plain
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@agent.tool_plain
def broken_tool(reason: str) -> str:
    """Always breaks."""
    raise ToolFailed(f"It broke: {reason}")


@agent.tool_plain
def crashing_tool(reason: str) -> str:
    """Raises what is no word to the model."""
    raise RuntimeError(f"password=secret {reason}")


@agent.tool_plain(requires_approval=True)
def delete(path: str) -> str:
    """Deletes a file."""
    return f"deleted {path}"


class City(BaseModel):
    """A city."""

    name: str
    sunny: bool


geographer = Agent(model, name="Geographer", output_type=City)

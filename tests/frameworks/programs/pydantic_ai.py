"""pydantic-ai agents, for `a2a-agent serve tests.frameworks.programs.pydantic_ai:agent`."""

from pydantic import BaseModel
from pydantic_ai import Agent, DeferredToolRequests, Tool
from pydantic_ai.exceptions import ToolFailed
from pydantic_ai.models.openai import OpenAIChatModel
from pydantic_ai.providers.openai import OpenAIProvider

from tests.frameworks.programs.tools import add, delete_file, get_weather

model = OpenAIChatModel("by-message", provider=OpenAIProvider(api_key="key"))

agent = Agent(
    model,
    name="Assistant",
    system_prompt="You are helpful.",
    output_type=[str, DeferredToolRequests],
    tools=[get_weather, add, Tool(delete_file, requires_approval=True)],
)


@agent.tool_plain
def broken_tool(reason: str) -> str:
    """Always breaks."""
    raise ToolFailed(f"It broke: {reason}")


@agent.tool_plain
def crashing_tool(reason: str) -> str:
    """Raises what is no word to the model."""
    raise RuntimeError(f"password=secret {reason}")


class City(BaseModel):
    """A city."""

    name: str
    sunny: bool


geographer = Agent(model, name="Geographer", output_type=City)

"""An Agentor agent, for `a2a-agent serve tests.frameworks.programs.agentor:agent`."""

import os

from agentor import Agentor, function_tool


@function_tool
def get_weather(city: str) -> str:
    """Weather in a city."""
    return f"It is sunny in {city}."


@function_tool
def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


@function_tool
def broken_tool(reason: str) -> str:
    """Always breaks."""
    raise RuntimeError(f"password=secret {reason}")


agent = Agentor(
    name="Assistant",
    instructions="You are helpful.",
    model="by-message",
    tools=[get_weather, add, broken_tool],
    base_url=os.environ["OPENAI_BASE_URL"],
    api_key="key",
)

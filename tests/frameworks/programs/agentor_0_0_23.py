"""An agent of Agentor 0.0, which is built on the OpenAI Agents SDK."""

from agentor import Agentor
from agents import function_tool, set_tracing_disabled

set_tracing_disabled(True)  # traces would be sent to OpenAI


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


@function_tool(needs_approval=True)
def delete_file(path: str) -> str:
    """Deletes a file."""
    return f"{path} is gone"


agent = Agentor(
    name="Assistant",
    instructions="You are helpful.",
    model="by-message",
    tools=[get_weather, add, broken_tool, delete_file],
    api_key="key",
)

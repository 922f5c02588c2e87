"""Agents of the OpenAI Agents SDK: `agent` asks its model by the Responses API, `chat_agent` by
Chat Completions.
"""

from agents import (
    Agent,
    GuardrailFunctionOutput,
    OpenAIChatCompletionsModel,
    function_tool,
    input_guardrail,
    output_guardrail,
    set_tracing_disabled,
)
from openai import AsyncOpenAI

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


@input_guardrail
def polite(context, agent, messages):
    """Takes no message that is rude."""
    return GuardrailFunctionOutput(None, tripwire_triggered="rude" in str(messages[-1]))


@output_guardrail
def discreet(context, agent, answer):
    """Lets no answer with a secret pass."""
    return GuardrailFunctionOutput(None, tripwire_triggered="secret" in answer)


def assistant(model):
    """An assistant, and the expert that it hands over to."""
    return Agent(
        name="Assistant",
        instructions="You are helpful.",
        model=model,
        tools=[get_weather, add, broken_tool, delete_file],
        handoffs=[Agent(name="Expert", instructions="You know it all.", model=model)],
        input_guardrails=[polite],
        output_guardrails=[discreet],
    )


agent = assistant("by-message")
chat_agent = assistant(OpenAIChatCompletionsModel("by-message", AsyncOpenAI()))

"""Agents of the OpenAI Agents SDK: `agent` asks its model by the Responses API, `chat_agent` by
Chat Completions.
"""

from agents import (
    Agent,
    GuardrailFunctionOutput,
    OpenAIChatCompletionsModel,
    input_guardrail,
    output_guardrail,
)
from openai import AsyncOpenAI

from tests.frameworks.programs.openai_agents_tools import TOOLS


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
        tools=TOOLS,
        handoffs=[Agent(name="Expert", instructions="You know it all.", model=model)],
        input_guardrails=[polite],
        output_guardrails=[discreet],
    )


agent = assistant("by-message")
chat_agent = assistant(OpenAIChatCompletionsModel("by-message", AsyncOpenAI()))

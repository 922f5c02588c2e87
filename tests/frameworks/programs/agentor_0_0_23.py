"""An agent of Agentor 0.0, which is built on the OpenAI Agents SDK."""

from agentor import Agentor

from tests.frameworks.programs.openai_agents_tools import TOOLS

agent = Agentor(
    name="Assistant",
    instructions="You are helpful.",
    model="by-message",
    tools=TOOLS,
    api_key="key",
)

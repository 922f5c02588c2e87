"""An Agentor agent, for `a2a-agent serve tests.frameworks.programs.agentor:agent`."""

import os

from agentor import Agentor, function_tool

from tests.frameworks.programs.tools import add, broken_tool, get_weather

agent = Agentor(
    name="Assistant",
    instructions="You are helpful.",
    model="by-message",
    tools=[function_tool(tool) for tool in (get_weather, add, broken_tool)],
    base_url=os.environ["OPENAI_BASE_URL"],
    api_key="key",
)

"""An AdalFlow agent, for `a2a-agent serve tests.frameworks.programs.adalflow:assistant`."""

import os
from collections.abc import AsyncIterator

from tests.frameworks.programs import tokens  # noqa: F401  # before adalflow looks for them

# isort: split
from adalflow import Agent, OpenAIClient, Runner
from adalflow.apps.permission_manager import PermissionManager
from adalflow.components.memory.memory import ConversationMemory
from adalflow.core.func_tool import FunctionTool
from adalflow.core.types import ToolCallActivityRunItem, ToolOutput

from a2a_agent.agents.adapters.adalflow import from_adalflow
from tests.frameworks.programs.tools import add, broken_tool, delete_file, get_weather

CLIENT = OpenAIClient(base_url=os.environ["OPENAI_BASE_URL"], api_key="key")
MEMORY = ConversationMemory()
PERMISSIONS = PermissionManager()


async def count_to(number: int) -> AsyncIterator[ToolCallActivityRunItem | ToolOutput]:
    """Counts."""
    for count in range(1, number + 1):
        yield ToolCallActivityRunItem(data=f"{count}")
    yield ToolOutput(output=number, observation="Counted.")


def assistant() -> Runner:
    """Answers, with tools."""
    agent = Agent(
        name="Assistant",
        tools=[
            get_weather,
            add,
            broken_tool,
            count_to,
            FunctionTool(delete_file, require_approval=True),
        ],
        model_client=CLIENT,
        model_kwargs={"model": "by-message"},
        max_steps=5,
    )
    return Runner(agent=agent)


def sharing() -> Runner:
    """Answers with what it shares with others."""
    return Runner(
        agent=assistant().agent, conversation_memory=MEMORY, permission_manager=PERMISSIONS
    )


AGENT = assistant().agent


async def made_later() -> Runner:
    """Answers, with a Runner that is awaited."""
    return Runner(agent=AGENT)


later = from_adalflow(made_later)

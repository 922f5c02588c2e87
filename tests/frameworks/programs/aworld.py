"""AWorld agents, for `a2a-agent serve tests.frameworks.programs.aworld:make_task`, or another
of the functions."""

import os
from pathlib import Path

# Read when AWorld is imported, and when it makes tools.
os.environ["AWORLD_MEMORY_ROOT"] = str(Path.cwd() / "memory")
os.environ["AWORLD_TOOL_TMP_DIR"] = str(Path.cwd() / "tools")

from aworld.agents.llm_agent import Agent
from aworld.config.conf import AgentConfig, ModelConfig
from aworld.core.agent.swarm import Swarm
from aworld.core.task import Task
from aworld.core.tool.func_to_tool import be_tool


@be_tool(tool_name="weather", desc="Weather in a city.")
def get_weather(city: str) -> str:
    return f"It is sunny in {city}."


@be_tool(tool_name="maths", desc="Adds two numbers.")
def add(a: int, b: int) -> str:
    return str(a + b)


@be_tool(tool_name="broken", desc="Always breaks.")
def broken_tool(reason: str) -> str:
    raise RuntimeError(f"password=secret {reason}")


def make_agent(name: str = "assistant") -> Agent:
    model = ModelConfig(
        llm_provider="openai",
        llm_model_name="by-message",
        llm_base_url=os.environ["OPENAI_BASE_URL"],
        llm_api_key="key",
        max_retries=0,
    )
    return Agent(
        name=name,
        conf=AgentConfig(llm_config=model),
        system_prompt="You are helpful.",
        tool_names=["weather", "maths", "broken", "human"],
        llm_max_attempts=1,
    )


def make_swarm() -> Swarm:
    return Swarm(make_agent("first"), make_agent("second"))


def make_task() -> Task:
    """Helps."""
    return Task(agent=make_agent())


def make_hasty_task() -> Task:
    return Task(agent=make_agent(), timeout=1)


def make_broken_task() -> Task:
    return Task()

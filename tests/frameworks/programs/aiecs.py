"""AIECS agents, for `a2a-agent serve tests.frameworks.programs.aiecs:agent`, and of other kinds."""

from aiecs.domain.agent import AgentConfiguration, BaseAIAgent, HybridAgent, LLMAgent, ToolAgent
from aiecs.domain.agent.models import AgentType, RetryPolicy
from aiecs.llm import OpenAIClient
from aiecs.tools.base_tool import BaseTool


class Weather(BaseTool):
    """Knows the weather."""

    async def get(self, city: str) -> str:
        """Weather in a city.

        Args:
            city: The city.
        """
        return f"It is sunny in {city}."


class Maths(BaseTool):
    """Knows how to reckon."""

    async def add(self, a: int, b: int) -> int:
        """Adds two numbers.

        Args:
            a: One number.
            b: The other.
        """
        return a + b


class Broken(BaseTool):
    """Does not work."""

    async def tool(self, reason: str) -> str:
        """Always breaks.

        Args:
            reason: Why.
        """
        raise RuntimeError(f"password=secret {reason}")


def configuration() -> AgentConfiguration:
    """That of the scripted model, with no patience."""
    return AgentConfiguration(
        llm_model="by-message", max_iterations=3, retry_policy=RetryPolicy(max_retries=0)
    )


once = {"retry_attempts": 1}
tools = {"weather": Weather(once), "maths": Maths(once), "broken": Broken(once)}
client = OpenAIClient()


def agent() -> HybridAgent:
    """An assistant with tools."""
    return HybridAgent("assistant", "Assistant", client, tools, configuration())


def talker() -> LLMAgent:
    """An assistant without tools."""
    return LLMAgent("talker", "Talker", client, configuration())


def worker() -> ToolAgent:
    """An assistant that calls tools once."""
    return ToolAgent("worker", "Worker", tools, configuration(), client)


class Own(BaseAIAgent):
    """An agent with no stream of its own."""

    def __init__(self) -> None:
        super().__init__("own", "Own", AgentType.TASK_EXECUTOR, configuration())

    async def execute_task(self, task, context):
        """Counts what has been said before."""
        return {"success": True, "output": f"{len(context.get('history', []))} before this."}

    async def process_message(self, message, sender_id=None):
        """Never called."""
        raise NotImplementedError

"""An agent that says as much as it is told to, as fast as it is told to, and may ask in between."""

import asyncio
from dataclasses import asdict, dataclass

import orjson

from a2a_agent import (
    InputRequired,
    ReasoningDelta,
    RunRequest,
    RunStarted,
    TextDelta,
    ToolCall,
    ToolResult,
)
from a2a_agent.runtime.agent import Events


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """How much is said, in bursts with a pause before each, and before which chunk to ask."""

    chunks: int
    size: int
    burst: int
    pause_ms: float
    asks_before: int | None = None

    @property
    def text(self) -> str:
        """The message that asks for it."""
        return orjson.dumps(asdict(self)).decode()


async def narrate(request: RunRequest) -> Events:
    """Says what the plan in the message says; goes on after the question where it left off."""
    resume = request.resume
    left = resume if isinstance(resume, dict) else {"plan": request.text, "said": 0}
    plan, start = Plan(**orjson.loads(str(left["plan"]))), int(str(left["said"]))
    yield RunStarted()
    for number in range(start, plan.chunks):
        if number == plan.asks_before and number > start:
            yield InputRequired(prompt="Go on?", resume={"plan": plan.text, "said": number})
            return
        if number % plan.burst == 0:
            await asyncio.sleep(plan.pause_ms / 1000)
        if number % 13 == 5:
            yield ReasoningDelta(f"What comes after {number}?")
        if number % 29 == 11:
            yield ToolCall(call_id=f"call-{number}", name="count", arguments={"from": number})
            yield ToolResult(call_id=f"call-{number}", name="count", output=number + 1)
        yield TextDelta(f"{number}: ".ljust(plan.size, "."))

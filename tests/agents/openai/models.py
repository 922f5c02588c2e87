"""Agents on the scripted model server, the tools that its scripts call, and what comes of it."""

import re
from collections.abc import Callable, Sequence
from typing import Any

from a2a_agent.agents.openai.agent import OpenAIAgent
from a2a_agent.agents.openai.options import OpenAIOptions
from a2a_agent.agents.tools import Tool, ToolError
from a2a_agent.domain.agent_events import (
    AgentEvent,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import JsonValue, TaskState
from a2a_agent.runtime.agent import RunRequest
from tests.agents.runs import events_of, request_of
from tests.support.fake_openai import Fake, Script

Tools = Sequence[Tool | Callable[..., Any]]


def get_weather(city: str) -> dict[str, object]:
    """Tells the weather."""
    return {"city": city, "degrees": 21}


def add(a: int, b: int) -> int:
    """Adds two numbers."""
    return a + b


def broken_tool(reason: str) -> None:
    """Fails."""
    raise ToolError(f"I am broken: {reason}.")


TOOLS: Tools = (get_weather, add, broken_tool)


def options_for(fake: Fake, model: str, **more: Any) -> OpenAIOptions:
    """Options for a model that plays this script."""
    return OpenAIOptions(
        **{"model": model, "base_url": fake.base_url, "api_key": "key", "max_retries": 0, **more}
    )


async def run_of(
    fake: Fake,
    script: str | Script,
    request: RunRequest | None = None,
    *,
    tools: Tools = TOOLS,
    **options: Any,
) -> list[AgentEvent | str]:
    """All that an agent yields whose model plays a script, or the built-in one of this name."""
    if not isinstance(script, str):
        fake.scripts["scripted"] = script
        script = "scripted"
    async with OpenAIAgent(options_for(fake, script, **options), tools=tools) as agent:
        return await events_of(agent, request or request_of("Hello"))


def started(model: str) -> RunStarted:
    """The beginning of a run."""
    return RunStarted(model=model, agent="assistant")


def step(number: int, model: str, *pieces: AgentEvent) -> list[AgentEvent]:
    """What the model writes in a step, up to its end."""
    return [StepStarted(step=number), *pieces, usage(number, model)]


def usage(number: int, model: str) -> Usage:
    """What each answer of the scripted models costs."""
    return Usage(
        input_tokens=10,
        output_tokens=5,
        cached_input_tokens=2,
        reasoning_tokens=1,
        model=model,
        step=number,
    )


def words(text: str, number: int) -> list[TextDelta]:
    """The text as it comes, word by word."""
    return [TextDelta(piece, step=number) for piece in re.findall(r"\S+\s*", text)]


def writing(call_id: str, name: str, arguments: str, number: int) -> list[ToolCallDelta]:
    """A call as it is written: its name, half of its arguments, all of them."""
    pieces = ["", arguments[: (len(arguments) + 1) // 2], arguments]
    return [
        ToolCallDelta(call_id=call_id, name=name, arguments=piece, step=number) for piece in pieces
    ]


def weather(number: int, place: int = 0) -> tuple[ToolCall, ToolResult]:
    """The call of the weather tool in a step, and its result."""
    call_id = f"call-{number - 1}-{place}"
    output: JsonValue = {"city": "London", "degrees": 21}
    return (
        ToolCall(call_id=call_id, name="get_weather", arguments={"city": "London"}, step=number),
        ToolResult(call_id=call_id, name="get_weather", output=output, step=number),
    )


def addition(number: int, place: int = 0) -> tuple[ToolCall, ToolResult]:
    """The call of the adding tool in a step, and its result."""
    call_id = f"call-{number - 1}-{place}"
    return (
        ToolCall(call_id=call_id, name="add", arguments={"a": 2, "b": 2}, step=number),
        ToolResult(call_id=call_id, name="add", output=4, step=number),
    )


def ending(number: int, end: RunFinished | None = None) -> list[AgentEvent]:
    """The end of the last step and of the run."""
    return [StepFinished(step=number), end or RunFinished()]


def without_error(events: Sequence[AgentEvent | str]) -> list[AgentEvent | str]:
    """The events; the end of the run without what is for the log only."""
    *others, end = events
    assert isinstance(end, RunFinished) and end.error
    shown = RunFinished(state=end.state, reason=end.reason, message=end.message)
    return [*others, shown]


def failure(reason: str, message: str) -> RunFinished:
    """The end of a run that failed, as the client sees it."""
    return RunFinished(state=TaskState.FAILED, reason=reason, message=message)

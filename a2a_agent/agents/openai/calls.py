"""Runs the tools that a model calls: side by side, each with a time limit, news as they come."""

import asyncio
import logging
from collections.abc import AsyncGenerator, Mapping, Sequence
from typing import TypeAlias

from a2a_agent.agents.approvals import denial
from a2a_agent.agents.openai.conversation import Call, Result
from a2a_agent.agents.outputs import Output, text_of
from a2a_agent.agents.tools import Report, Tool, ToolError
from a2a_agent.domain.agent_events import Artifact, ToolCall, ToolProgress, ToolResult
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import checked
from a2a_agent.domain.model import JsonValue
from a2a_agent.wire.json import loads

_log = logging.getLogger(__name__)

_MOST_CALLS = 100
"""Calls of one answer that are made."""
_GRACE_SECONDS = 1.0
"""How long a tool may take to end once it is cancelled."""

News: TypeAlias = ToolProgress | Artifact | ToolResult | Result
"""What a call gives: its news, then what came of it, for the client and for the model."""


def called(call: Call, step: int) -> ToolCall:
    """The client's view of a call; arguments that are no JSON are shown as the model wrote them."""
    try:
        arguments = arguments_of(call)
    except ToolError:
        arguments = call.arguments
    return ToolCall(call_id=call.call_id, name=call.name, arguments=arguments, step=step)


def denied(call: Call, words: str, step: int) -> tuple[ToolResult, Result]:
    """What becomes of a call that the client does not allow, with the client's own words."""
    error = denial(words)
    result = ToolResult(call_id=call.call_id, name=call.name, error=error, denied=True, step=step)
    return result, Result(call.call_id, f"error: {error}")


async def outcomes(
    calls: Sequence[Call], tools: Mapping[str, Tool], step: int, timeout_seconds: float
) -> AsyncGenerator[News, None]:
    """Makes the calls at the same time. Closing it cancels those that are not done.

    However a tool ends, its call ends in a Result.
    """
    for call in calls[_MOST_CALLS:]:
        error = f"There are too many calls in one answer: only the first {_MOST_CALLS} are made."
        for refusal in _failed(call, error, step):
            yield refusal
    news: asyncio.Queue[News | None] = asyncio.Queue()
    running = [
        asyncio.create_task(_make(call, tools, step, timeout_seconds, news))
        for call in calls[:_MOST_CALLS]
    ]
    left = len(running)
    try:
        while left:
            # Each call has its limit, and says None when it is over.
            item = await news.get()
            if item is None:
                left -= 1
            else:
                yield item
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


async def _make(
    call: Call,
    tools: Mapping[str, Tool],
    step: int,
    timeout_seconds: float,
    news: "asyncio.Queue[News | None]",
) -> None:
    is_over = False

    def report(data: JsonValue) -> None:
        if not is_over:  # a thread goes on after the time limit
            news.put_nowait(
                ToolProgress(call_id=call.call_id, name=call.name, data=data, step=step)
            )

    try:
        output = await _output(call, tools, timeout_seconds, report)
    except ToolError as failure:
        for item in _failed(call, str(failure), step):
            news.put_nowait(item)
    else:
        for artifact in output.artifacts:
            news.put_nowait(artifact)
        news.put_nowait(
            ToolResult(call_id=call.call_id, name=call.name, output=output.value, step=step)
        )
        news.put_nowait(Result(call.call_id, text_of(output.value)))
    finally:
        is_over = True
        news.put_nowait(None)


def _failed(call: Call, error: str, step: int) -> tuple[ToolResult, Result]:
    result = ToolResult(call_id=call.call_id, name=call.name, error=error, step=step)
    return result, Result(call.call_id, f"error: {error}")


async def _output(
    call: Call, tools: Mapping[str, Tool], timeout_seconds: float, report: Report
) -> Output:
    tool = tools.get(call.name)
    if tool is None:
        names = ", ".join(tools) or "none"
        raise ToolError(f"There is no tool {call.name!r}; there are: {names}.")
    limit = timeout_seconds if tool.timeout_seconds is None else tool.timeout_seconds
    # In a task of its own: no tool can then cancel the call, or hold it up beyond its limit.
    running = asyncio.create_task(_run(tool, arguments_of(call), report))
    try:
        await asyncio.wait([running], timeout=limit)
        if not running.done():
            raise ToolError(f"The tool {call.name} took longer than {limit:g} seconds.")
    finally:
        await _end(running, call.name)
    try:
        return running.result()
    except ToolError:
        raise
    except BaseException as failure:  # its own CancelledError among them
        _log.exception("a tool failed", extra={"tool": call.name})
        raise ToolError(f"The tool {call.name} failed.") from failure


async def _run(tool: Tool, arguments: JsonValue, report: Report) -> Output:
    try:
        return await tool.run(arguments, report)
    except SystemExit as failure:
        # A task hands it on to the event loop, which would stop.
        raise RuntimeError("the tool raised SystemExit") from failure


async def _end(running: "asyncio.Task[Output]", name: str) -> None:
    """Cancels what is not done, and leaves it behind if it does not mind."""
    if running.done():
        return
    running.add_done_callback(_forget)
    running.cancel()
    await asyncio.wait([running], timeout=_GRACE_SECONDS)
    if not running.done():
        _log.warning("a tool goes on after it was cancelled", extra={"tool": name})


def _forget(ended: "asyncio.Task[Output]") -> None:
    """Looks at the failure, if there is one: asyncio complains of those that nobody has seen."""
    if not ended.cancelled():
        ended.exception()


def arguments_of(call: Call) -> JsonValue:
    """The arguments as JSON; no arguments are none. Raises ToolError for what is no JSON."""
    try:
        return checked(loads(call.arguments.encode() or b"{}"), "arguments")
    except (ValueError, IllegalEvent):
        raise ToolError(f"The arguments of {call.name} are no valid JSON.") from None

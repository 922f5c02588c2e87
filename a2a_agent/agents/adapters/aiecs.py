"""Agents of AIECS (2.2): `HybridAgent`, `LLMAgent`, `ToolAgent`, or any other `BaseAIAgent`.

An agent runs one task at a time, so each run has one of its own.
"""

import asyncio
import logging
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import aclosing
from importlib import import_module
from inspect import isawaitable
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.aiecs_events import TABLE
from a2a_agent.agents.adapters.history import chat_messages, earlier_texts, in_text, new_text
from a2a_agent.runtime.agent import RunRequest, described_by

_log = logging.getLogger(__name__)

_SHUTDOWN_SECONDS = 2.0


def from_aiecs(make_agent: Callable[[], Any | Awaitable[Any]]) -> Adapted:
    """The AIECS agents that `make_agent` makes, one for each run, as an agent.

    Each is initialized, unless it is already, and shut down after its run; its client and its tools
    are left alone, so agents may share them. The context's earlier messages go to its model.
    """

    async def start(request: RunRequest) -> AsyncGenerator[Any, None]:
        made = make_agent()
        agent = await made if isawaitable(made) else made
        try:
            if agent.state == "created":
                await agent.initialize()
            task = {"description": new_text(request), "task_id": request.task_id}
            context = _context(agent, request)
            async with aclosing(agent.execute_task_streaming(task, context)) as events:
                async for event in events:
                    yield event
        finally:
            await _shut_down(agent)

    return from_events(start, TABLE, described_by(make_agent))


def _context(agent: Any, request: RunRequest) -> dict[str, Any]:
    """What the agent is told of the context; the history it is given where its kind looks."""
    context: dict[str, Any] = {"session_id": request.context_id}
    own_history = getattr(agent, "_conversation_history", None)
    # AIECS reads the context's history for this very class alone, and has the others' in a list,
    # of which it takes the last ten: a call might lose its result.
    if type(agent).__name__ == "HybridAgent" or not isinstance(own_history, list):
        if history := [in_text(message) for message in chat_messages(request)[:-1]]:
            context["history"] = history
    else:
        message_class = import_module("aiecs.llm").LLMMessage
        own_history.extend(message_class(**message) for message in earlier_texts(request))
    return context


async def _shut_down(agent: Any) -> None:
    # Its shutdown closes its client and empties its dict of tools, which other runs may share.
    agent.llm_client, agent._tool_instances = None, {}
    try:
        async with asyncio.timeout(_SHUTDOWN_SECONDS):
            await agent.shutdown()
    except Exception as error:  # a TimeoutError, or whatever it raises; the run is over
        _log.debug("an agent of AIECS did not shut down", exc_info=error)

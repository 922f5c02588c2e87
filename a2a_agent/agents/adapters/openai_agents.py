"""Agents of the OpenAI Agents SDK, with their tokens, handoffs and approvals.

One agent may serve many runs at once. A run that waits for an approval is kept as JSON, so the
answer finds its way on even after a restart.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.history import response_items
from a2a_agent.agents.adapters.openai_agents_rules import (
    RAISES,
    RULES,
    Finished,
    Interrupted,
    Resumed,
    Run,
    event_name,
    id_of,
)
from a2a_agent.agents.adapters.table import EventTable, emits
from a2a_agent.agents.approvals import decision, denial
from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.runtime.agent import RunRequest, described_as

_STOP_SECONDS = 2.0
"""How long the SDK may take to hang up."""


def from_openai_agents(
    agent: Any, *, context: Callable[[RunRequest], Any] | None = None, **options: Any
) -> Adapted:
    """An `agents.Agent` as an agent. `context` makes what each run's tools are given; `options` are
    others of `Runner.run_streamed`, such as `max_turns` or `run_config`.

    The context's earlier messages go to its model: no session is needed.
    """

    def start(request: RunRequest) -> AsyncGenerator[Any, None]:
        return streamed(agent, request, context and context(request), **options)

    said = str(agent.handoff_description or f"The agent {agent.name}.")
    return from_events(start, TABLE, described_as(str(agent.name), said, "openai-agents"))


async def streamed(
    agent: Any, request: RunRequest, context: Any, **options: Any
) -> AsyncGenerator[Any, None]:
    """The SDK's events of a run, between what it is resumed with and how it has ended."""
    sdk = import_module("agents")
    given: Any = response_items(request)
    if isinstance(kept := request.resume, Mapping):
        given = await sdk.RunState.from_json(
            agent, kept["state"], context_deserializer=lambda _: context
        )
        waiting = {id_of(call.raw_item): call for call in given.get_interruptions()}
        call_id = str(kept["call"])
        decided = decision(request.message, str(kept["request"]))
        yield Resumed(kept, call_id if decided is not None and not decided.is_yes else None)
        if decided is None:
            yield Interrupted(waiting[call_id], kept["state"])
            return
        if decided.is_yes:
            given.approve(waiting[call_id])
        else:
            given.reject(waiting[call_id], rejection_message=denial(decided.words))
    result = sdk.Runner.run_streamed(agent, given, context=context, **options)
    async with aclosing(_events(result)) as events:
        async for event in events:
            yield event
    if result.interruptions:
        # The context is made anew for the run that goes on, and may hold secrets.
        state = result.to_state().to_json(context_serializer=lambda _: {})
        yield Interrupted(result.interruptions[0], state)
    else:
        yield Finished(result.final_output)


async def _events(result: Any) -> AsyncGenerator[Any, None]:
    """What the SDK emits of a run; the run is over when this is closed.

    A task of its own reads it. A run whose reader is cancelled is cancelled by the SDK twice in a
    row, and the second time keeps it from hanging up on the model.
    """
    read: asyncio.Queue[Any] = asyncio.Queue()
    over = object()

    async def reading() -> None:
        try:
            async for event in result.stream_events():
                read.put_nowait(event)
        finally:
            read.put_nowait(over)

    reader = asyncio.create_task(reading())
    # asyncio complains of failures that nobody has looked at.
    reader.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
    try:
        while (event := await read.get()) is not over:
            yield event
        await reader
    finally:
        result.cancel()
        await asyncio.wait((reader,), timeout=_STOP_SECONDS)


TABLE: EventTable[Run] = EventTable(
    "openai-agents",
    RULES,
    name=event_name,
    new_run=Run,
    at_end=emits(RunFinished),
    raises=RAISES,
)

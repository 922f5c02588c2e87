"""Any source of events as an agent: starts it, translates what it yields, asks, ends.

    from_events(start, table)       an agent out of a function that yields a framework's events

Cancelling the run cancels whatever `start` awaits at that moment; what a framework needs beside
that belongs into a `finally` of `start`.
"""

import asyncio
import logging
from collections.abc import (
    AsyncGenerator,
    AsyncIterable,
    AsyncIterator,
    Awaitable,
    Callable,
    Iterable,
    Iterator,
)
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from dataclasses import dataclass
from inspect import isawaitable
from typing import Any, TypeAlias

from a2a_agent.agents.adapters.failures import failure_of
from a2a_agent.agents.adapters.table import EventTable, Translation
from a2a_agent.agents.threads import in_thread
from a2a_agent.domain.agent_events import InputRequired
from a2a_agent.domain.model import Message
from a2a_agent.runtime.agent import AgentDescription, Events, RunRequest, described_by

_log = logging.getLogger(__name__)

_LAST_WORDS_SECONDS = 1.0
"""How long a framework may go on after the event that says how its run has ended."""

Source: TypeAlias = AsyncIterable[Any] | Iterable[Any]
Start: TypeAlias = Callable[[RunRequest], Source | Awaitable[Source]]
"""Starts a run. Of an async generator, the value of a `yield` is the client's answer where the
event was a question, a `Message`; else None."""


def from_events(
    start: Start, table: EventTable[Any], description: AgentDescription | None = None
) -> "Adapted":
    """An agent that yields what the table makes of the events that `start` yields; without a
    description, it is described by the name and docstring of `start`.

    A synchronous iterator is pulled in a thread. A run that ends without the event that the table
    has for that ends `failed`; if the table has none, it has completed.
    """
    return Adapted(start, table, description or described_by(start))


@dataclass(frozen=True, slots=True)
class Adapted:
    """A framework's agent as one of ours."""

    start: Start
    table: EventTable[Any]
    description: AgentDescription

    async def run(self, request: RunRequest, /) -> Events:
        """Yields the run's events; its last one is always a RunFinished or an InputRequired."""
        translation = Translation(self.table)
        try:
            started = self.start(request)
            source = _pulled(await started if isawaitable(started) else started)
            async with _closing(source):
                answer: Message | None = None
                while translation.end is None:
                    try:
                        event = await _next(source, answer)
                    except StopAsyncIteration:
                        break
                    answer = None
                    for translated in translation.feed(event):
                        if isinstance(translated, InputRequired) and self.table.asks:
                            answer = await request.ask(translated)
                        else:
                            yield translated
                            if isinstance(translated, InputRequired):
                                return
                if translation.end is not None:
                    await _exhaust(source)
        except Exception as error:
            classes = (base.__name__ for base in type(error).__mro__)
            end = self.table.raised(*classes) or failure_of(error)
            if end is None:
                raise
            yield end
            return
        for translated in translation.finish():
            yield translated


def _pulled(source: Source) -> AsyncIterator[Any]:
    return aiter(source) if isinstance(source, AsyncIterable) else _threaded(iter(source))


async def _threaded(source: Iterator[Any]) -> AsyncGenerator[Any, None]:
    over = object()
    while True:
        event = await in_thread(lambda: next(source, over))
        if event is over:
            return
        yield event


async def _next(source: AsyncIterator[Any], answer: Message | None) -> Any:
    if answer is not None and isinstance(source, AsyncGenerator):
        return await source.asend(answer)
    return await anext(source)


async def _exhaust(source: AsyncIterator[Any]) -> None:
    """Lets the framework do what it does after its last event, such as saving its memory."""
    try:
        async with asyncio.timeout(_LAST_WORDS_SECONDS):
            async for _ in source:
                pass
    except Exception as error:  # a TimeoutError, or whatever it raises; its end is known
        _log.debug("a framework did not end with its last event", exc_info=error)


def _closing(source: AsyncIterator[Any]) -> AbstractAsyncContextManager[Any]:
    return aclosing(source) if isinstance(source, AsyncGenerator) else nullcontext()

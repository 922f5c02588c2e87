"""One task's frames over as many connections as it takes.

A connection that breaks is made anew: `Last-Event-ID` names the last frame that came, so nothing
is lost or doubled. An agent without event ids shows the task as it is instead.
"""

import asyncio
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from contextlib import aclosing
from itertools import accumulate
from typing import Any

from a2a_agent.cli.client import Client, Event, stream_metadata
from a2a_agent.cli.dialects import Operation
from a2a_agent.cli.errors import RpcError, UnreachableError
from a2a_agent.cli.frames import ArtifactFrame, TaskFrame, exit_code, is_terminal
from a2a_agent.domain.model import Message
from a2a_agent.domain.views import StreamMode

RETRY_WAITS_SECONDS = (0.2, 0.5, 1.0, 2.0, 4.0, 8.0)
"""The waits before each try to connect again; there is no other after the last."""


def retry_waits(timeout_seconds: float) -> list[float]:
    """The waits for those who give up after so long."""
    totals = zip(RETRY_WAITS_SECONDS, accumulate(RETRY_WAITS_SECONDS), strict=True)
    return [wait for wait, total in totals if total <= timeout_seconds]


class Following:
    """Follows one task, and knows how far it has come, also after an interruption."""

    def __init__(
        self,
        client: Client,
        on_retry: Callable[[str, float], None],
        *,
        mode: StreamMode | None = None,
        retry_waits_seconds: Sequence[float],
    ) -> None:
        self._client = client
        self._on_retry = on_retry
        self._metadata = stream_metadata(mode)
        self._waits = retry_waits_seconds
        self.task_id: str | None = None
        self.context_id = ""
        self.last_event_id: str | None = None
        self.state: str | None = None
        """The last that is known of the task; None before the first frame."""

    async def send(self, params: Mapping[str, Any]) -> AsyncGenerator[Event]:
        """The frames that follow a message, until the task rests."""
        async with aclosing(self._events(Operation.STREAM, params)) as events:
            async for event in events:
                yield event

    async def subscribe(self, task_id: str, after: str | None) -> AsyncGenerator[Event]:
        """The task as it is, or was after that event; then what follows until it rests.

        A stream ends where the task rests, so the way from an earlier event to now may take
        several of them.
        """
        self.task_id, self.last_event_id = task_id, after
        while True:
            start = self.last_event_id
            async with aclosing(self._events(*self._subscription())) as events:
                async for event in events:
                    yield event
            has_news = after is not None and self.last_event_id != start
            if not has_news or is_terminal(self.state or ""):
                return

    async def _events(
        self, operation: Operation, params: Mapping[str, Any]
    ) -> AsyncGenerator[Event]:
        """News over one connection after the other, until the task rests."""
        tries = 0
        while True:
            failure = "the agent closed the stream before the task had come to rest"
            try:
                async with aclosing(self._connection(operation, params)) as events:
                    async for event in events:
                        if self._is_known(event):
                            continue
                        tries = 0
                        self._note(event)
                        yield event
                        if isinstance(event.frame, Message) or is_terminal(self.state or ""):
                            return
            except UnreachableError as error:
                if self.state is None:
                    raise
                failure = str(error)
            if self.state is not None and exit_code(self.state) is not None:
                return
            if self.state is None or tries == len(self._waits):
                raise UnreachableError(failure)
            self._on_retry(failure, self._waits[tries])
            await asyncio.sleep(self._waits[tries])
            tries += 1
            operation, params = self._subscription()

    async def _connection(
        self, operation: Operation, params: Mapping[str, Any]
    ) -> AsyncGenerator[Event]:
        """One stream; or the task itself, where the agent streams no task that rests."""
        try:
            stream = self._client.stream(operation, params, self.last_event_id)
            async with aclosing(stream) as events:
                async for event in events:
                    yield event
        except RpcError:
            if operation is not Operation.SUBSCRIBE:
                raise
            dialect = self._client.dialect
            task = await self._client.call(Operation.GET, {"id": self.task_id})
            if exit_code(dialect.task(task).state) is None:
                raise
            result = dialect.as_frame(task)
            yield Event(id="", result=result, frame=dialect.frame(result))

    def _subscription(self) -> tuple[Operation, Mapping[str, Any]]:
        return Operation.SUBSCRIBE, {"id": self.task_id, **self._metadata}

    def _is_known(self, event: Event) -> bool:
        """Whether this is the task as it was when the last connection broke."""
        is_snapshot = isinstance(event.frame, TaskFrame) and event.id == self.last_event_id
        return is_snapshot and self.state is not None

    def _note(self, event: Event) -> None:
        frame = event.frame
        self.last_event_id = event.id or self.last_event_id
        if isinstance(frame, Message):
            return
        self.task_id = frame.task_id
        self.context_id = frame.context_id
        self.state = "working" if isinstance(frame, ArtifactFrame) else frame.state

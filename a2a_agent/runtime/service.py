"""The operations of A2A, one function each, over the log, its readers and the runs.

Knows neither wire versions nor HTTP. Whatever can be refused is refused before a stream begins.
"""

import asyncio
import logging
from collections import Counter
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial

from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.errors import (
    Busy,
    InvalidParams,
    TaskNotCancelable,
    TaskNotFound,
    UnsupportedOperation,
)
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.mapping import Mapper
from a2a_agent.domain.model import Message, Task, TaskState
from a2a_agent.domain.requests import (
    CancelTask,
    GetTask,
    ListTasks,
    SendMessage,
    StreamItem,
    SubscribeToTask,
    TaskList,
    View,
)
from a2a_agent.runtime.agent import Agent, AgentDescription, run_function
from a2a_agent.runtime.journal import Journal, Refused, unix_ms
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.reception import Reception
from a2a_agent.runtime.runner import Runner
from a2a_agent.runtime.store import Head, Query, Scope, TaskStore
from a2a_agent.runtime.tails import Reader, Tails

logger = logging.getLogger(__name__)

_RECOVERY_PAGE = 100


@dataclass(frozen=True, slots=True)
class Stream:
    """A stream that is ready to be read, once. Whoever gets it discards it, read or not."""

    items: AsyncIterator[StreamItem]
    _reader: Reader
    _place: ExitStack

    def leave(self) -> None:
        """Ends the reading of `items`, from wherever: the client has gone. The task goes on."""
        self._reader.leave()

    def discard(self) -> None:
        """Gives up what the stream holds; it counts as one of its caller's no more."""
        self._place.close()


class Service:
    """The operations, for one agent and one store. Works inside `async with`."""

    def __init__(
        self, agent: Agent, description: AgentDescription, store: TaskStore, limits: Limits
    ) -> None:
        self._store = store
        self._limits = limits
        self._tails = Tails()
        self._journal = Journal(store, self._tails)
        self._runner = Runner(run_function(agent), limits)
        self._reading = Reading(store, self._tails, limits)
        self._reception = Reception(
            description, store, self._journal, self._runner, self._reading, limits
        )
        self._streams: Counter[str] = Counter()
        self._parts = AsyncExitStack()
        """What has been started, to be ended in turn."""

    async def __aenter__(self) -> "Service":
        async with AsyncExitStack() as stack:
            await stack.enter_async_context(self._journal)
            await self._end_abandoned()
            if self._limits.retention_seconds:
                pruning = asyncio.create_task(self._prune(), name="a2a-agent retention")
                stack.push_async_callback(_cancelled, pruning)
            stack.push_async_callback(self.close)
            self._parts = stack.pop_all()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self._parts.aclose()

    async def close(self) -> None:
        """Takes no more messages, and returns when every run has ended."""
        await self._reception.close()
        await self._runner.close()

    async def send(self, scope: Scope, request: SendMessage) -> Task | Message:
        """The task when it rests, or at once; or the Message that the agent answers with."""
        accepted = await self._reception.accept(scope, request)
        if request.returns_immediately and (
            accepted.sequence > 1 or self._runner.claim_task(accepted.task_id)
        ):
            self._tails.close(accepted.reader)
            result = await self._reading.now(accepted.task_id)
        else:
            result = await self._reading.until_rest(accepted.reader, accepted.sequence)
        return self._cut(result, request) if isinstance(result, Task) else result

    async def stream(self, scope: Scope, request: SendMessage, view: View) -> Stream:
        """The task from the message on. A repeated message gives its stream again, whole."""
        with self._place_for_a_stream(scope) as place:
            accepted = await self._reception.accept(scope, request)
            reader = accepted.reader
            place.callback(self._tails.close, reader)
            claim = partial(self._runner.claim_task, accepted.task_id)
            items = self._reading.follow(
                reader,
                accepted.sequence,
                view,
                claim if accepted.sequence == 1 else None,
                partial(self._cut, request=request),
            )
            return Stream(items, reader, place.pop_all())

    async def get(self, scope: Scope, request: GetTask) -> Task:
        """The task as it is now."""
        head = await self._head(scope, request.task_id)
        return self._cut(await self._reading.fold(head), request)

    async def list(self, scope: Scope, request: ListTasks) -> TaskList:
        """A page of the caller's tasks, newest status first."""
        size = request.page_size
        if size is None:
            size = min(self._limits.default_page_size, self._limits.page_size)
        elif not 1 <= size <= self._limits.page_size:
            raise InvalidParams(("pageSize", f"must be 1 to {self._limits.page_size}"))
        query = Query(
            scope=scope,
            context_id=request.context_id,
            states=None if request.state is None else frozenset({request.state}),
            updated_after_ms=request.updated_after_ms,
            limit=size,
            page_token=request.page_token or None,
        )
        try:
            page = await self._store.find(query)
        except ValueError:
            raise InvalidParams(("pageToken", "is none that this server gave")) from None
        tasks = []
        for head in page.heads:
            with suppress(TaskNotFound):  # removed meanwhile
                task = await self._reading.fold(head, chunks=request.includes_artifacts)
                tasks.append(self._cut(task, request))
        return TaskList(
            tasks=tuple(tasks),
            next_page_token=page.next_token,
            page_size=size,
            total_size=page.total,
        )

    async def cancel(self, scope: Scope, request: CancelTask) -> Task:
        """The canceled task, when its agent has stopped."""
        head = await self._head(scope, request.task_id)
        if not head.state.is_terminal:
            if run := self._runner.get(head.task_id):
                # At once: an answer may wait for the run to be over, and lets nobody else in.
                run.stop(RunFinished(state=TaskState.CANCELED))
            async with self._reception.alone(head.task_id):
                head = await self._canceled(scope, head.task_id)
            if head.state is TaskState.CANCELED:
                return self._cut(await self._reading.fold(head), GetTask(task_id=head.task_id))
        raise TaskNotCancelable(f"task {head.task_id} is {head.state.value} already")

    async def subscribe(
        self, scope: Scope, request: SubscribeToTask, after: int | None, view: View
    ) -> Stream:
        """The task as it is now, or was after entry `after`, and what follows."""
        with self._place_for_a_stream(scope) as place:
            # The reader is there before anything is looked up, so that it misses nothing.
            reader = self._tails.read(request.task_id)
            place.callback(self._tails.close, reader)
            head = await self._head(scope, request.task_id)
            reader.tail.reaches(head.sequence)
            whole = partial(self._cut, request=GetTask(task_id=head.task_id))
            items = self._reading.follow(reader, _start(head, after), view, shown_as=whole)
            return Stream(items, reader, place.pop_all())

    async def _head(self, scope: Scope, task_id: str) -> Head:
        head = await self._store.head(scope, task_id)
        if head is None:
            raise TaskNotFound(f"there is no task {task_id}")
        return head

    async def _canceled(self, scope: Scope, task_id: str) -> Head:
        """The head of the task when it has ended, by a cancel if by nothing else."""
        canceled = RunFinished(state=TaskState.CANCELED)
        run = self._runner.get(task_id)
        if run is not None:
            await self._runner.finished(run, canceled, patience_seconds=0)
        head = await self._head(scope, task_id)
        if head.state.is_terminal:
            return head
        await self._end(head, canceled)
        return await self._head(scope, task_id)

    async def _end(self, head: Head, ending: RunFinished) -> None:
        """Ends a task that nobody works on, unless somebody else just did."""
        writer = self._journal.open(head)
        try:
            progress = Progress.of(await self._reading.entries(head.task_id))
            Mapper(progress).finish(writer.pending, ending)
            writer.mark()
            with suppress(Refused):
                await writer.flush()
        finally:
            writer.close()

    async def _end_abandoned(self) -> None:
        """Ends what a dead process was at work on: nobody else will."""
        alive = frozenset({TaskState.SUBMITTED, TaskState.WORKING})
        token: str | None = None
        while token != "":
            page = await self._store.find(
                Query(states=alive, limit=_RECOVERY_PAGE, page_token=token)
            )
            for head in page.heads:
                logger.warning("task %s was left behind by a process that died", head.task_id)
                await self._end(
                    head, RunFinished(state=TaskState.FAILED, reason="server-restarted")
                )
            token = page.next_token

    async def _prune(self) -> None:
        """Removes old tasks, now and then, for as long as the service runs."""
        while True:
            try:
                before = unix_ms() - int(self._limits.retention_seconds * 1000)
                if removed := await self._store.prune(before):
                    logger.info("removed %d tasks past their retention", removed)
            except Exception:  # whatever it was, the next time it may work
                logger.exception("old tasks could not be removed; they will be next time")
            await asyncio.sleep(self._limits.retention_interval_seconds)

    @contextmanager
    def _place_for_a_stream(self, scope: Scope) -> Iterator[ExitStack]:
        """One of the caller's streams, until the stack is closed. Raises Busy."""
        owner, most = scope.owner, self._limits.streams_per_caller
        if self._streams[owner] >= most:
            raise Busy(f"{most} streams of this caller are open already")
        self._streams[owner] += 1
        with ExitStack() as place:
            place.callback(self._leave_place, owner)
            yield place

    def _leave_place(self, owner: str) -> None:
        self._streams[owner] -= 1
        if not self._streams[owner]:
            del self._streams[owner]

    def _cut(self, task: Task, request: SendMessage | GetTask | ListTasks) -> Task:
        """The task with as much history as was asked for, and is allowed."""
        most = self._limits.history_length
        wanted = most if request.history_length is None else min(request.history_length, most)
        if len(task.history) <= wanted:
            return task
        return replace(task, history=task.history[len(task.history) - wanted :])


async def _cancelled(task: asyncio.Task[None]) -> None:
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def _start(head: Head, after: int | None) -> int:
    """The entry that a subscription starts at. Raises InvalidParams, UnsupportedOperation."""
    if after is None:
        if head.state.is_terminal:
            raise UnsupportedOperation(
                f"task {head.task_id} is {head.state.value}; with Last-Event-ID its stream can "
                "be read again"
            )
        return head.sequence
    if not 0 <= after <= head.sequence:
        raise InvalidParams(("Last-Event-ID", f"must be 0 to {head.sequence} for this task"))
    return max(after, 1)

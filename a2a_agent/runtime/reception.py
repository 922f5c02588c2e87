"""Takes messages in: a new task, an answer to a question, or a repeat of what is known already.

A message is in the log before its agent hears of it, under a key made of caller, id and content;
so a repeat finds the task it made, and never runs the agent again.
"""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from functools import partial
from hashlib import blake2b
from weakref import WeakValueDictionary

from orjson import dumps

from a2a_agent.domain.agent_events import RunFinished
from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.errors import (
    Busy,
    IllegalEvent,
    InvalidParams,
    PushNotificationNotSupported,
    StoreUnavailable,
    TaskNotFound,
    UnsupportedOperation,
)
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.model import JsonValue, Message, Task, TaskState
from a2a_agent.domain.record import record
from a2a_agent.domain.requests import SendMessage
from a2a_agent.domain.task_events import MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import AgentDescription, RunRequest
from a2a_agent.runtime.codec import encode_message
from a2a_agent.runtime.conversations import (
    Conversations,
    conversation,
    own_message,
    own_task,
)
from a2a_agent.runtime.ids import new_id
from a2a_agent.runtime.journal import Journal, Refused, Writer
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.media import MediaTypes
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.runner import Run, Runner
from a2a_agent.runtime.store import Conflict, Duplicate, Head, Scope, TaskStore
from a2a_agent.runtime.tails import Reader, Tail


@record(kw_only=True)
class Accepted:
    """A message in a log, as entry `sequence`, and a reader of the log that misses nothing.

    Whoever gets the reader closes it.
    """

    sequence: int
    reader: Reader

    @property
    def task_id(self) -> str:
        """The task that took the message."""
        return self.reader.tail.task_id


class Reception:
    """Where messages come in."""

    def __init__(
        self,
        description: AgentDescription,
        store: TaskStore,
        journal: Journal,
        runner: Runner,
        reading: Reading,
        limits: Limits,
    ) -> None:
        self.is_closed = False
        """Whether the server is stopping and takes no more messages."""
        self._media_types = MediaTypes(
            takes=description.input_modes, gives=description.output_modes
        )
        self._store = store
        self._journal = journal
        self._tails = journal.tails
        self._runner = runner
        self._reading = reading
        self._limits = limits
        self._conversations = Conversations(store, reading, limits)
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._beginning = 0
        """Runs whose message is on its way into the store."""
        self._all_begun = asyncio.Event()

    def alone(self, task_id: str) -> AbstractAsyncContextManager[object]:
        """For as long as the block runs, nobody else here starts a run on the task or ends it."""
        lock = self._locks.get(task_id)
        if lock is None:
            lock = self._locks[task_id] = asyncio.Lock()
        return lock

    async def accept(self, scope: Scope, request: SendMessage) -> Accepted:
        """The message, stored, with its agent at work on it."""
        if request.has_push_config:
            raise PushNotificationNotSupported("this agent sends no push notifications")
        if self.is_closed:
            raise Busy("the server is stopping")
        message = request.message
        if len(message.parts) > self._limits.parts:
            raise InvalidParams(("message.parts", f"must be {self._limits.parts} at most"))
        self._media_types.check(message, request.accepted_output_modes)
        key = message_key(scope, message)
        if message.task_id is None:
            return await self._open(scope, request, key)
        # The reader is there before anything is looked up, so that it misses nothing.
        reader = self._tails.read(message.task_id)
        try:
            async with self.alone(message.task_id):
                sequence = await self._continue(scope, request, reader.tail, key)
        except BaseException:
            self._tails.close(reader)
            raise
        return Accepted(sequence=sequence, reader=reader)

    async def _open(self, scope: Scope, request: SendMessage, key: bytes) -> Accepted:
        """A new task for the message."""
        if self._is_full and (known := await self._store.accepted(key)):
            # It needs no place: where there is one, the store finds the repeat.
            return await self._repeated(known)
        given, task_id = request.message, new_id()
        context_id = given.context_id or new_id()
        message = given.placed(task_id, context_id)
        self._take_place()
        history: tuple[Message, ...] = ()
        if given.context_id is not None:
            with self._place_given_back():
                history = await self._conversations.earlier(scope, context_id, task_id)
        writer, progress = self._journal.create(scope, task_id, context_id), Progress()
        begin = partial(self._start, writer, progress, request, message, history)
        reader = self._tails.read(task_id)
        try:
            await self._write(writer, progress, message, key, begin)
        except Refused as refused:
            self._tails.close(reader)
            return await self._repeated(refused.why)
        except BaseException:
            self._tails.close(reader)
            raise
        return Accepted(sequence=1, reader=reader)

    async def _continue(self, scope: Scope, request: SendMessage, tail: Tail, key: bytes) -> int:
        """Lets the task go on with the message; the number of its entry."""
        task_id = tail.task_id
        head = await self._store.head(scope, task_id)
        if head is None:
            raise TaskNotFound(f"there is no task {task_id}")
        tail.reaches(head.sequence)
        given = request.message
        if given.context_id is not None and given.context_id != head.context_id:
            raise InvalidParams(("message.contextId", "is not the context of this task"))
        if known := await self._store.accepted(key):
            return known.sequence
        message = given.placed(task_id, head.context_id)
        run = self._runner.get(task_id)
        if run is not None and run.waits_for_answer:
            return await self._answer(run, head, message, key)
        if run is not None and head.state.is_interrupted:
            # It has asked, and is still cleaning up, or does not wait for the answer any more.
            given_up = RunFinished(state=TaskState.FAILED, reason="answer-timeout")
            patience = self._limits.cancel_seconds
            await self._runner.finished(run, given_up, patience_seconds=patience)
            head = await self._store.head(scope, task_id) or head
        if not head.state.is_interrupted:
            raise _takes_no_message(head)
        self._take_place()
        return await self._resume(scope, request, head, message, key)

    async def _answer(self, run: Run, head: Head, message: Message, key: bytes) -> int:
        try:
            return await run.answer(message, key)
        except (IllegalEvent, Refused):
            # Somebody's answer is on its way into the store: this very one perhaps.
            with suppress(Refused, StoreUnavailable):
                await run.writer.flush()
            if known := await self._store.accepted(key):
                return known.sequence
            raise _takes_no_message(head) from None

    async def _resume(
        self, scope: Scope, request: SendMessage, head: Head, message: Message, key: bytes
    ) -> int:
        """A new run on an interrupted task, with what the last one left for it."""
        with self._place_given_back():
            entries = await self._reading.entries(head.task_id)
            earlier = await self._conversations.earlier(scope, head.context_id, head.task_id)
            if len(entries) != head.sequence:
                raise _has_gone_on()
            task, progress = assemble(head.task_id, entries), Progress.of(entries)
            resume = next(
                e.event.resume for e in reversed(entries) if isinstance(e.event, StatusChanged)
            )
        history = self._conversations.latest((*earlier, *conversation(task)))
        sequence, writer = head.sequence + 1, self._journal.open(head)
        begin = partial(
            self._start, writer, progress, request, message, history, own_task(task), resume
        )
        try:
            await self._write(writer, progress, message, key, begin)
        except Refused:
            raise _has_gone_on() from None
        return sequence

    async def _repeated(self, known: Duplicate | Conflict) -> Accepted:
        """What was made of the message when it came first."""
        if isinstance(known, Conflict):
            raise _has_gone_on()
        reader = self._tails.read(known.task_id)
        try:
            entries = await self._reading.entries(known.task_id)
        except BaseException:
            self._tails.close(reader)
            raise
        reader.tail.reaches(entries[-1].sequence)
        return Accepted(sequence=known.sequence, reader=reader)

    async def _write(
        self,
        writer: Writer,
        progress: Progress,
        message: Message,
        key: bytes,
        begin: Callable[[], None],
    ) -> None:
        """Stores the message. Once it is stored the run begins, whether or not this is awaited.

        Raises Refused or StoreUnavailable where it is not stored; then all is as it was.
        """
        event = MessageAccepted(message)
        progress.advance(event)
        writer.pending.append(event)
        writer.message_key = key
        writer.on_stored = begin
        writer.on_failure = partial(self._give_up, writer)
        writer.mark()
        await writer.flush()

    def _give_up(self, writer: Writer, _: Exception) -> None:
        self._give_place()
        writer.close()

    def _start(
        self,
        writer: Writer,
        progress: Progress,
        request: SendMessage,
        message: Message,
        history: tuple[Message, ...],
        task: Task | None = None,
        resume: JsonValue = None,
    ) -> None:
        head, writer.on_stored = writer.head, None
        run_request = partial(
            RunRequest,
            message=own_message(message),
            task_id=head.task_id,
            context_id=head.context_id,
            history=history,
            task=task,
            resume=resume,
            caller=head.scope.owner,
            metadata=request.metadata or {},
            extensions=request.extensions,
            accepted_output_modes=request.accepted_output_modes,
        )
        self._runner.start(writer, progress, run_request)
        self._give_place()

    @property
    def _is_full(self) -> bool:
        return len(self._runner) + self._beginning >= self._limits.concurrent_runs

    def _take_place(self) -> None:
        """Keeps a place for a run that is to begin. Raises Busy when there is none."""
        if self._is_full:
            raise Busy(f"{self._limits.concurrent_runs} tasks are being worked on already")
        self._beginning += 1

    @contextmanager
    def _place_given_back(self) -> Iterator[None]:
        """Gives the place back if the block fails."""
        try:
            yield
        except BaseException:
            self._give_place()
            raise

    def _give_place(self) -> None:
        """The run has begun, or will not."""
        self._beginning -= 1
        if not self._beginning:
            self._all_begun.set()

    async def close(self) -> None:
        """Takes no more messages, and returns when every run that was to begin has begun."""
        self.is_closed = True
        with suppress(TimeoutError):
            async with asyncio.timeout(self._limits.shutdown_seconds + 1):
                while self._beginning:
                    # The store answers, or fails: each of them gives its place back.
                    self._all_begun.clear()
                    await self._all_begun.wait()


def message_key(scope: Scope, message: Message) -> bytes:
    """What makes a message the same as one that came before: caller, place, id and content.

    A follow-up's place is its task, with or without the context that it belongs to.
    """
    context_id = None if message.task_id else message.context_id
    place = dumps((scope.owner, scope.tenant, context_id, message.task_id))
    return blake2b(place + encode_message(message), digest_size=16).digest()


def _takes_no_message(head: Head) -> UnsupportedOperation:
    return UnsupportedOperation(
        f"task {head.task_id} is {head.state.value}; it takes a message only while it is "
        "input-required or auth-required"
    )


def _has_gone_on() -> UnsupportedOperation:
    return UnsupportedOperation("the task has gone on meanwhile; look at it again")

"""Takes messages in: a new task, an answer to a question, or a repeat of what is known already.

A message is in the log before its agent hears of it, under a key made of caller, id and content;
so a repeat finds the task it made, and never runs the agent again.
"""

import asyncio
from collections.abc import Iterator
from contextlib import AbstractAsyncContextManager, contextmanager, suppress
from functools import partial
from hashlib import blake2b
from weakref import WeakValueDictionary

from a2a_agent.domain.assembly import assemble
from a2a_agent.domain.errors import (
    Busy,
    IllegalEvent,
    InvalidParams,
    PushNotificationNotSupported,
    TaskNotFound,
    UnsupportedOperation,
)
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, JsonValue, Message, Role, Task
from a2a_agent.domain.record import record
from a2a_agent.domain.requests import SendMessage
from a2a_agent.domain.task_events import MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import AgentDescription, RunRequest
from a2a_agent.runtime.codec import encode_message
from a2a_agent.runtime.ids import new_id
from a2a_agent.runtime.journal import Journal, Refused, Writer
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.media import MediaTypes
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.runner import Run, Runner
from a2a_agent.runtime.store import Conflict, Duplicate, Head, Query, Scope, TaskStore
from a2a_agent.runtime.tails import Reader, Tail

_MOST_EARLIER_TASKS = 20


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
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()
        self._beginning = 0
        """Runs whose message is on its way into the store."""

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
        with self._place_for_a_run():
            history: tuple[Message, ...] = ()
            if given.context_id is not None:
                history = await self._history(scope, context_id, task_id)
            writer, progress = self._journal.create(scope, task_id, context_id), Progress()
            try:
                await self._write(writer, progress, message, key)
            except Refused as refused:
                writer.close()
                return await self._repeated(refused.why)
            except BaseException:
                writer.close()
                raise
            self._start(writer, progress, request, message, history)
        return Accepted(sequence=1, reader=self._tails.read(task_id))

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
            # It has asked, and is still cleaning up.
            await run.settled
            head = await self._store.head(scope, task_id) or head
        if not head.state.is_interrupted:
            raise _takes_no_message(head)
        with self._place_for_a_run():
            return await self._resume(scope, request, head, message, key)

    async def _answer(self, run: Run, head: Head, message: Message, key: bytes) -> int:
        try:
            return await run.answer(message, key)
        except (IllegalEvent, Refused):
            raise _takes_no_message(head) from None

    async def _resume(
        self, scope: Scope, request: SendMessage, head: Head, message: Message, key: bytes
    ) -> int:
        """A new run on an interrupted task, with what the last one left for it."""
        entries = await self._reading.entries(head.task_id)
        task, progress = assemble(head.task_id, entries), Progress.of(entries)
        earlier = await self._history(scope, head.context_id, head.task_id)
        resume = next(
            e.event.resume for e in reversed(entries) if isinstance(e.event, StatusChanged)
        )
        writer = self._journal.open(head)
        try:
            await self._write(writer, progress, message, key)
        except Refused:
            writer.close()
            raise _has_gone_on() from None
        except BaseException:
            writer.close()
            raise
        sequence = progress.sequence
        history = self._latest((*earlier, *conversation(task)))
        self._start(writer, progress, request, message, history, task, resume)
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
        self, writer: Writer, progress: Progress, message: Message, key: bytes
    ) -> None:
        event = MessageAccepted(message)
        progress.advance(event)
        writer.pending.append(event)
        writer.message_key = key
        writer.mark()
        await writer.flush()

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
        head = writer.head
        run_request = partial(
            RunRequest,
            message=message,
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

    @property
    def _is_full(self) -> bool:
        return len(self._runner) + self._beginning >= self._limits.concurrent_runs

    @contextmanager
    def _place_for_a_run(self) -> Iterator[None]:
        """Keeps a place for the run that the block begins. Raises Busy when there is none."""
        if self._is_full:
            raise Busy(f"{self._limits.concurrent_runs} tasks are being worked on already")
        self._beginning += 1
        try:
            yield
        finally:
            self._beginning -= 1

    async def _history(self, scope: Scope, context_id: str, task_id: str) -> tuple[Message, ...]:
        """The conversation of the context's other tasks, oldest first, bounded."""
        if not self._limits.context_messages:
            return ()
        page = await self._store.find(
            Query(scope=scope, context_id=context_id, limit=_MOST_EARLIER_TASKS + 1)
        )
        messages: tuple[Message, ...] = ()
        for head in page.heads:
            if len(messages) >= self._limits.context_messages:
                break
            if head.task_id != task_id:
                with suppress(TaskNotFound):  # removed meanwhile
                    messages = (*conversation(await self._reading.fold(head)), *messages)
        return self._latest(messages)

    def _latest(self, messages: tuple[Message, ...]) -> tuple[Message, ...]:
        return messages[max(0, len(messages) - self._limits.context_messages) :]


def message_key(scope: Scope, message: Message) -> bytes:
    """What makes a message the same as one that came before: caller, place, id and content."""
    place = (scope.owner, scope.tenant, message.context_id or "", message.task_id or "")
    digest = blake2b("\0".join(place).encode(), digest_size=16)
    digest.update(encode_message(message))
    return digest.digest()


def conversation(task: Task) -> tuple[Message, ...]:
    """What was said in the task, oldest first, the answer as the agent's message at its end."""
    messages = task.history
    if task.status.message is not None:
        messages = (*messages, task.status.message)
    for artifact in task.artifacts:
        if artifact.artifact_id == ANSWER_ARTIFACT_ID:
            answer = Message(
                message_id=f"{task.id}-answer",
                role=Role.AGENT,
                parts=artifact.parts,
                context_id=task.context_id,
                task_id=task.id,
            )
            return (*messages, answer)
    return messages


def _takes_no_message(head: Head) -> UnsupportedOperation:
    return UnsupportedOperation(
        f"task {head.task_id} is {head.state.value}; it takes a message only while it is "
        "input-required or auth-required"
    )


def _has_gone_on() -> UnsupportedOperation:
    return UnsupportedOperation("the task has gone on meanwhile; look at it again")

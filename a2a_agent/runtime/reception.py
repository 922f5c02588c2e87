"""Takes messages in: a new task, an answer to a question, or a repeat of what is known already.

A message is in the log before its agent hears of it, under a key made of caller, id and content;
so a repeat finds the task it made, and never runs the agent again.
"""

import asyncio
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, replace
from hashlib import blake2b
from uuid import uuid4
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
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, Message, Role, Task
from a2a_agent.domain.requests import SendMessage
from a2a_agent.domain.task_events import MessageAccepted, StatusChanged
from a2a_agent.runtime.agent import AgentDescription, RunRequest
from a2a_agent.runtime.codec import encode_message
from a2a_agent.runtime.journal import Journal, Refused, Writer
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.media import check_media_types
from a2a_agent.runtime.reading import Reading
from a2a_agent.runtime.runner import Run, Runner
from a2a_agent.runtime.store import Duplicate, Head, Query, Scope, TaskStore

_MOST_EARLIER_TASKS = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A message in a log: entry `sequence` of the task, whose log reaches to `last` at least."""

    task_id: str
    sequence: int
    last: int


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
        self._description = description
        self._store = store
        self._journal = journal
        self._runner = runner
        self._reading = reading
        self._limits = limits
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

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
        check_media_types(
            message,
            request.accepted_output_modes,
            takes=self._description.input_modes,
            gives=self._description.output_modes,
        )
        key = message_key(scope, message)
        if message.task_id is None:
            return await self._open(scope, request, key)
        async with self.alone(message.task_id):
            return await self._continue(scope, request, message.task_id, key)

    async def _open(self, scope: Scope, request: SendMessage, key: bytes) -> Accepted:
        """A new task for the message."""
        self._check_runs()
        given, task_id = request.message, str(uuid4())
        context_id = given.context_id or str(uuid4())
        message = replace(given, task_id=task_id, context_id=context_id)
        writer = self._journal.create(scope, task_id, context_id)
        try:
            progress = Progress()
            await self._write(writer, progress, message, key)
        except Refused as refused:
            writer.close()
            return await self._repeated(refused.why)
        except BaseException:
            writer.close()
            raise
        history: tuple[Message, ...] = ()
        if given.context_id is not None:
            history = await self._history(scope, context_id, task_id)
        self._start(
            writer,
            progress,
            scope,
            request,
            RunRequest(message=message, task_id=task_id, context_id=context_id, history=history),
        )
        return Accepted(task_id=task_id, sequence=1, last=1)

    async def _continue(
        self, scope: Scope, request: SendMessage, task_id: str, key: bytes
    ) -> Accepted:
        """The task, going on with the message."""
        head = await self._store.head(scope, task_id)
        if head is None:
            raise TaskNotFound(f"there is no task {task_id}")
        given = request.message
        if given.context_id is not None and given.context_id != head.context_id:
            raise InvalidParams(("message.contextId", "is not the context of this task"))
        if known := await self._store.accepted(key):
            return await self._repeated(known)
        message = replace(given, context_id=head.context_id)
        run = self._runner.get(task_id)
        if run is not None and run.waits_for_answer:
            return await self._answer(run, head, message, key)
        if not head.state.is_interrupted:
            raise _takes_no_message(head)
        if run is not None:
            # It has asked, and is still cleaning up.
            await run.settled
        return await self._resume(scope, request, head, message, key)

    async def _answer(self, run: Run, head: Head, message: Message, key: bytes) -> Accepted:
        try:
            await run.answer(message, key)
        except (IllegalEvent, Refused):
            raise _takes_no_message(head) from None
        sequence = run.writer.head.sequence
        return Accepted(task_id=head.task_id, sequence=sequence, last=sequence)

    async def _resume(
        self, scope: Scope, request: SendMessage, head: Head, message: Message, key: bytes
    ) -> Accepted:
        """A new run on an interrupted task, with what the last one left for it."""
        self._check_runs()
        entries = await self._reading.entries(head.task_id)
        task, progress = assemble(head.task_id, entries), Progress.of(entries)
        earlier = await self._history(scope, head.context_id, head.task_id)
        resume = next(
            e.event.resume for e in reversed(entries) if isinstance(e.event, StatusChanged)
        )
        writer = self._journal.open(head)
        try:
            await self._write(writer, progress, message, key)
        except BaseException:
            writer.close()
            raise
        sequence = progress.sequence
        self._start(
            writer,
            progress,
            scope,
            request,
            RunRequest(
                message=message,
                task_id=head.task_id,
                context_id=head.context_id,
                history=self._latest((*earlier, *conversation(task))),
                task=task,
                resume=resume,
            ),
        )
        return Accepted(task_id=head.task_id, sequence=sequence, last=sequence)

    async def _repeated(self, known: object) -> Accepted:
        """What was made of the message when it came first."""
        if not isinstance(known, Duplicate):
            raise UnsupportedOperation("the task has gone on meanwhile; look at it again")
        entries = await self._reading.entries(known.task_id)
        return Accepted(task_id=known.task_id, sequence=known.sequence, last=entries[-1].sequence)

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
        scope: Scope,
        request: SendMessage,
        run_request: RunRequest,
    ) -> None:
        run_request = replace(
            run_request,
            caller=scope.owner,
            metadata=request.metadata or {},
            extensions=request.extensions,
            accepted_output_modes=request.accepted_output_modes,
        )
        self._runner.start(writer, progress, run_request)

    def _check_runs(self) -> None:
        if len(self._runner) >= self._limits.concurrent_runs:
            raise Busy(f"{self._limits.concurrent_runs} tasks are being worked on already")

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

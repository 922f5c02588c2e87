"""Owns the runs: one asyncio task each, started by a request but not bound to it.

A run pulls from its agent, feeds the mapper and marks the writer; the journal does the rest. It
ends by the agent's return or raise, or because somebody stopped it: a cancel, a limit, the end
of the server. Whatever happens, the log gets its end.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager, aclosing, nullcontext
from functools import partial
from typing import Any, Protocol

from a2a_agent.domain.agent_events import AgentEvent, InputRequired, RunFinished
from a2a_agent.domain.errors import IllegalEvent, StoreUnavailable
from a2a_agent.domain.lifecycle import Progress
from a2a_agent.domain.mapping import Mapper
from a2a_agent.domain.model import Message, TaskState
from a2a_agent.runtime.agent import Events, RunRequest
from a2a_agent.runtime.conversations import own_message
from a2a_agent.runtime.journal import Refused, Writer
from a2a_agent.runtime.limits import Limits
from a2a_agent.runtime.stepping import awaited

logger = logging.getLogger(__name__)

_TIMES_TO_CANCEL = 10
"""In how many parts an agent's time to stop is cut, to tell it again."""


_MOST_WITHOUT_PAUSE = 256
"""Events that an agent may yield before others get their turn."""


class OpenRequest(Protocol):
    """A request that lacks nothing but the way to ask its client, which the run adds."""

    def __call__(self, *, ask: Callable[[InputRequired], Awaitable[Message]]) -> RunRequest: ...


class _TooManyEvents(Exception):
    """The task's log is as long as it may get."""


class Run:
    """One agent at work on one task."""

    __slots__ = (
        "_answer",
        "_asking",
        "_deadline",
        "_ending",
        "_is_concluded",
        "_last_event",
        "_loop",
        "_loss",
        "_mapper",
        "_runner",
        "_task",
        "_timer",
        "settled",
        "writer",
    )

    def __init__(self, runner: "Runner", writer: Writer, mapper: Mapper) -> None:
        self.writer = writer
        self._loop = asyncio.get_running_loop()
        self.settled: asyncio.Future[None] = self._loop.create_future()
        """Done when the run is over and its end is stored."""
        self._runner = runner
        self._mapper = mapper
        self._timer: asyncio.TimerHandle | None = None
        self._ending: RunFinished | None = None
        """How somebody else ended the run."""
        self._loss: Refused | StoreUnavailable | None = None
        self._is_concluded = False
        self._asking: asyncio.Lock | None = None
        self._answer: asyncio.Future[Message] | None = None
        """The answer that an `ask` waits for."""
        self._last_event = self._loop.time()
        self._deadline = self._last_event + runner.limits.run_seconds

    def start(self, function: Callable[[RunRequest], Events], request: OpenRequest) -> None:
        """Sets the agent to work."""
        self.writer.on_failure = self._lose
        self._task: asyncio.Task[None] = self._loop.create_task(
            self._drive(function, request), name=self.writer.head.task_id
        )
        self._task.add_done_callback(self._conclude_unstarted)
        self._watch()

    @property
    def waits_for_answer(self) -> bool:
        """Whether an `ask` is open."""
        return self._answer is not None

    def stop(self, ending: RunFinished) -> None:
        """Ends the run this way, unless it has ended already; `settled` tells when."""
        if self._ending is None and not self._is_concluded:
            self._ending = ending
            self._stop_asking()
            self._insist(self._loop.time() + self._runner.limits.cancel_seconds)

    def claim_task(self) -> bool:
        """Settles that the client is shown a task, so that a later `Reply` is its answer.

        False if the agent has replied already.
        """
        if self._mapper.progress.has_replied:
            return False
        self._mapper.may_reply = False
        self.writer.tail.is_task = True
        return True

    async def answer(self, message: Message, message_key: bytes) -> int:
        """Hands the client's answer to the `ask` that waits for it, once it is stored.

        Gives the number of its entry. Raises IllegalEvent when nothing is asked any more,
        Refused or StoreUnavailable when the answer was not taken.
        """
        answer = self._answer
        self._mapper.accept(message, self.writer.pending)
        sequence = self._mapper.progress.sequence
        self.writer.message_key = message_key
        self.writer.on_stored = partial(self._deliver, answer, message)
        self.writer.mark()
        await self.writer.flush()
        return sequence

    def _deliver(self, answer: asyncio.Future[Message] | None, message: Message) -> None:
        """The answer is stored: it reaches its `ask`, whoever still waits for the store."""
        self.writer.on_stored = None
        if answer is not None and not answer.done():
            answer.set_result(own_message(message))

    async def _drive(self, function: Callable[[RunRequest], Events], request: OpenRequest) -> None:
        failure: BaseException | None = None
        try:
            stream = function(request(ask=self._ask))
            async with _closing(stream):
                await self._pull(stream)
        except BaseException as error:
            failure = error
            # An agent may not end the server; a real Ctrl-C comes as a signal.
            if not isinstance(error, Exception | SystemExit | KeyboardInterrupt):
                raise
        finally:
            self._conclude(failure)

    async def _pull(self, stream: Events) -> None:
        mapper, writer, tail = self._mapper, self.writer, self.writer.tail
        ahead, most = self._runner.limits.events_ahead, self._runner.limits.events_per_task
        time, next_event, store = self._loop.time, stream.__anext__, self._store
        barren = 0
        while True:
            try:
                # What comes without a pause is stored together, as soon as there is one.
                event = await awaited(next_event(), store)
            except StopAsyncIteration:
                return
            if self._ending is not None:
                return
            while self._answer is not None:
                # What a framework still had in its queue when it asked comes after the answer.
                await asyncio.wait((self._answer,))
            self._last_event = now = time()
            mapper.feed(event, writer.pending, now)
            if not tail.is_task and not mapper.may_reply and not mapper.progress.has_replied:
                tail.is_task = True
                tail.wake()
            if mapper.has_ended:
                store()  # cleaning up may take a while
                self._log_end(event)
                return
            if mapper.progress.sequence > most:
                raise _TooManyEvents
            barren += 1
            if writer.ahead >= ahead:
                store()
                await writer.room(ahead)
                barren = 0
            elif barren == _MOST_WITHOUT_PAUSE:
                # Events of which nothing becomes must not keep everybody else from running.
                store()
                await asyncio.sleep(0)
                barren = 0

    def _store(self) -> None:
        if self.writer.pending:
            self.writer.mark()

    def _log_end(self, event: AgentEvent | str) -> None:
        if isinstance(event, RunFinished) and event.error is not None:
            logger.warning("task %s: %s", self.writer.head.task_id, event.error)

    async def _ask(self, question: InputRequired) -> Message:
        self._asking = self._asking or asyncio.Lock()
        async with self._asking:
            if self._ending is not None:
                raise asyncio.CancelledError
            self._mapper.ask(question, self.writer.pending)
            self.writer.mark()
            self._answer = self._loop.create_future()
            self._last_event = self._loop.time()
            self._watch()
            try:
                # The watchdog ends the run when no answer comes.
                return await self._answer
            finally:
                now = self._loop.time()
                self._deadline += now - self._last_event
                self._last_event = now
                self._answer = None
                self._watch()

    def _stop_asking(self) -> None:
        """Cancels an open `ask`, in whichever task of the agent's it is."""
        if self._answer is not None:
            self._answer.cancel()

    def _watch(self) -> None:
        """Looks whether a time has run out, and when to look again."""
        if self._ending is not None or self._is_concluded:
            return
        self._stop_timer()
        limits, now = self._runner.limits, self._loop.time()
        if self._answer is not None:
            due, reason = self._last_event + limits.answer_seconds, "answer-timeout"
        else:
            due, reason = self._last_event + limits.idle_seconds, "idle-timeout"
            if self._deadline < due:
                due, reason = self._deadline, "run-timeout"
        if now >= due:
            self.stop(RunFinished(state=TaskState.FAILED, reason=reason))
        else:
            self._timer = self._loop.call_later(due - now, self._watch)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _insist(self, deadline: float) -> None:
        """Cancels until the agent has stopped; one that never does is left behind."""
        self._stop_timer()
        now = self._loop.time()
        if now >= deadline:
            logger.error("task %s: its agent does not stop; left behind", self._task.get_name())
            self._conclude(None)
            return
        self._task.cancel()
        limit = self._runner.limits.cancel_seconds
        # Half the time is for cleaning up undisturbed; who is not done by then is told again.
        patience = max(deadline - limit / 2 - now, limit / _TIMES_TO_CANCEL)
        self._timer = self._loop.call_later(patience, self._insist, deadline)

    def _lose(self, failure: Refused | StoreUnavailable) -> None:
        """The store did not take events: what the agent does from here on is for nothing."""
        self._loss = failure
        if self._is_concluded:
            self._runner.recover(self, failure)
        else:
            self.stop(RunFinished(state=TaskState.FAILED, reason="store-unavailable"))

    def _conclude_unstarted(self, task: asyncio.Task[None]) -> None:
        """For a task that was cancelled before its first step; else this is done already."""
        if not task.cancelled():
            task.exception()
        self._conclude(asyncio.CancelledError())

    def _conclude(self, failure: BaseException | None) -> None:
        """Writes the end of the log, once."""
        if self._is_concluded:
            return
        self._is_concluded = True
        self._stop_asking()
        self._stop_timer()
        if self._loss is not None:
            self._runner.recover(self, self._loss)
            return
        self._end(failure)
        self.writer.on_stored = self.leave
        self.writer.mark()
        if not self.writer.ahead:
            self.leave()

    def _end(self, failure: BaseException | None) -> None:
        mapper, out, ending = self._mapper, self.writer.pending, self._ending
        task_id = self.writer.head.task_id
        if mapper.has_ended:
            if isinstance(failure, Exception):
                logger.error("task %s: failed after its end", task_id, exc_info=failure)
        elif ending is not None:
            mapper.finish(out, ending)
        elif failure is None and mapper.progress.state in _MAY_COMPLETE:
            mapper.finish(out)
        else:
            reason = _reason(failure)
            logger.error("task %s: %s", task_id, reason, exc_info=failure)
            mapper.fail(reason, out)

    def leave(self) -> None:
        """The run is over and stored: nobody needs it any more."""
        if not self.settled.done():
            self._runner.forget(self)
            self.writer.close()
            self._timer = None
            self.settled.set_result(None)


_MAY_COMPLETE = (TaskState.SUBMITTED, TaskState.WORKING)


def _closing(stream: Events) -> AbstractAsyncContextManager[Any]:
    return aclosing(stream) if hasattr(stream, "aclose") else nullcontext()


def _reason(failure: BaseException | None) -> str:
    if failure is None or isinstance(failure, IllegalEvent):
        return "agent-broke-the-protocol"
    if isinstance(failure, _TooManyEvents):
        return "too-many-events"
    return "agent-error"


class Runner:
    """The runs that are alive in this process."""

    def __init__(self, function: Callable[[RunRequest], Events], limits: Limits) -> None:
        self.limits = limits
        self._function = function
        self._runs: dict[str, Run] = {}
        self._recoveries: set[asyncio.Task[None]] = set()

    def __len__(self) -> int:
        return len(self._runs)

    def start(self, writer: Writer, progress: Progress, request: OpenRequest) -> Run:
        """Sets the agent to work on the request; the run owns the writer from now on."""
        mapper = Mapper(progress, progress_interval_seconds=self.limits.tool_progress_seconds)
        run = self._runs[writer.head.task_id] = Run(self, writer, mapper)
        run.start(self._function, request)
        return run

    def get(self, task_id: str) -> Run | None:
        """The run that is at work on the task."""
        return self._runs.get(task_id)

    def claim_task(self, task_id: str) -> bool:
        """`Run.claim_task` of the run at work on the task; True where none is any more."""
        run = self._runs.get(task_id)
        return run is None or run.claim_task()

    async def finished(self, run: Run, ending: RunFinished, *, patience_seconds: float) -> None:
        """Waits until the run is over; told to stop, this way, if that takes longer.

        Raises StoreUnavailable when its end cannot be stored for now.
        """
        if patience_seconds:
            await asyncio.wait((run.settled,), timeout=patience_seconds)
        run.stop(ending)
        await asyncio.wait((run.settled,), timeout=self.limits.cancel_seconds + 1)
        if not run.settled.done():
            raise StoreUnavailable("the end of the run is not stored yet")

    def forget(self, run: Run) -> None:
        """The run is over."""
        self._runs.pop(run.writer.head.task_id, None)

    def recover(self, run: Run, loss: Refused | StoreUnavailable) -> None:
        """Ends the log of a run whose events were lost, as soon as the store works again."""
        if isinstance(loss, Refused):
            # Somebody else writes this log: it is theirs to end.
            run.leave()
            return
        recovery = asyncio.create_task(self._record_loss(run))
        self._recoveries.add(recovery)
        recovery.add_done_callback(self._recoveries.discard)

    async def _record_loss(self, run: Run) -> None:
        writer, pause = run.writer, 0.1
        writer.on_failure = None
        while True:
            # Asked again and again, each time later: there is nothing else to tell readers.
            await asyncio.sleep(pause)
            pause = min(2 * pause, 30.0)
            writer.reset()
            progress = Progress()
            progress.state, progress.sequence = writer.head.state, writer.head.sequence
            Mapper(progress).fail("store-unavailable", writer.pending)
            writer.mark()
            try:
                await writer.flush()
            except StoreUnavailable:
                continue
            except Refused:
                pass
            run.leave()
            return

    async def close(self) -> None:
        """Gives the runs time to finish, stops the others, and returns when all ends are stored."""
        settled = [run.settled for run in self._runs.values()]
        if settled:
            await asyncio.wait(settled, timeout=self.limits.shutdown_seconds)
        for run in list(self._runs.values()):
            run.stop(RunFinished(state=TaskState.FAILED, reason="server-stopped"))
        settled = [run.settled for run in self._runs.values()]
        if settled:
            await asyncio.wait(settled, timeout=self.limits.cancel_seconds + 1)
        for recovery in self._recoveries:
            recovery.cancel()
        await asyncio.gather(*self._recoveries, return_exceptions=True)

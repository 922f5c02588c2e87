"""Agents of AWorld (0.3): the messages of a task's event bus, in the order they were sent.

A run has a Task of its own; its agents too, for they remember the run they are in.
"""

import asyncio
from collections import defaultdict
from collections.abc import AsyncGenerator, Callable, Mapping
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.aworld_events import TABLE, UNANSWERED, words_of
from a2a_agent.agents.adapters.history import new_text, transcript
from a2a_agent.domain.model import Message
from a2a_agent.runtime.agent import RunRequest, described_by

_STOP_SECONDS = 2.0
"""How long a run may take to stop."""
_ANSWER_SECONDS = 110.0
"""How long a question may wait: after 120 AWorld's agent would go on without an answer."""


def from_aworld(make: Callable[[], Any]) -> Adapted:
    """An agent out of a function that makes an AWorld `Task` for a run, or just its `Agent` or
    `Swarm`. All of it has to be new each time.

    The task's input, id and session are set here: AWorld's memory never reaches from one run to
    another, and what was said earlier in the context goes before the new message.
    """

    def start(request: RunRequest) -> AsyncGenerator[Any, Message | None]:
        return _messages(_task(make(), request))

    return from_events(start, TABLE, described_by(make))


def _aworld(module: str) -> Any:
    return import_module(f"aworld.{module}")


def _task(made: Any, request: RunRequest) -> Any:
    task_class, swarm_class = _aworld("core.task").Task, _aworld("core.agent.swarm").Swarm
    if isinstance(made, task_class):
        task = made
    elif isinstance(made, swarm_class):
        task = task_class(swarm=made)
    else:
        task = task_class(agent=made)
    task.id = task.session_id = request.task_id
    task.input = _input(request)
    task.streaming_mode = _aworld("core.common").StreamingMode.ALL
    return task


def _input(request: RunRequest) -> str:
    said = transcript(request)
    if not said:
        return new_text(request)
    return f"The conversation so far:\n\n{said}\n\nThe user now says:\n\n{new_text(request)}"


async def _messages(task: Any) -> AsyncGenerator[Any, Message | None]:
    """The task's messages, and last its response once more, for some ends have no message."""
    events = _aworld("events")
    if events.streaming_eventbus is None:
        events.streaming_eventbus = events.InMemoryEventbus()
    # AWorld would put a queue here that orders by priority, and shuffles what has the same.
    queues, messages = events.streaming_eventbus._message_queue, asyncio.Queue[Any]()
    queues[task.id] = messages
    try:
        (runner,) = await _aworld("runners.utils").choose_runners([task])
        answers = _answers_to(runner)
        # `Runners.streaming_run_task` would leave its run to itself, and spin if it cannot begin.
        run = asyncio.create_task(runner.run())
        run.add_done_callback(lambda _: messages.put_nowait(_OVER))
        try:
            while (message := await messages.get()) is not _OVER:
                answer = yield message
                if answer is not None and not answers[message.id].done():
                    answers[message.id].set_result(words_of(answer))
            if not run.cancelled():
                yield run.result()
        finally:
            await _stop(runner, run)
            _forget(runner, task)
    finally:
        queues.pop(task.id, None)
        events.eventbus._message_queue.pop(task.id, None)


_OVER = object()


def _answers_to(runner: Any) -> Mapping[str, "asyncio.Future[str]"]:
    """The answers to the run's questions by their messages' ids; AWorld would read a terminal."""
    loop, prepare = asyncio.get_running_loop(), runner.pre_run
    answers: defaultdict[str, asyncio.Future[str]] = defaultdict(loop.create_future)

    async def answered(message: Any) -> str:
        answer = answers[message.id]
        await asyncio.wait((answer,), timeout=_ANSWER_SECONDS)
        if not answer.done():
            await _send(runner, "TaskMessage", topic="__error", said=UNANSWERED)
        return await answer

    async def pre_run() -> None:
        await prepare()
        for handler in runner.handlers:
            if hasattr(handler, "handle_user_input"):
                handler.handle_user_input = answered

    runner.pre_run = pre_run
    return answers


async def _stop(runner: Any, run: "asyncio.Task[Any]") -> None:
    """Ends a run that is still at work, by the message that AWorld has for that: its loop may
    swallow a cancellation."""
    try:
        if runner.inited and not run.done():
            await _send(runner, "CancelMessage", topic="__cancel", said="canceled")
            await asyncio.wait((run,), timeout=_STOP_SECONDS)
    finally:
        run.cancel()


async def _send(runner: Any, kind: str, *, topic: str, said: str) -> None:
    """Tells the run what to do; messages are for the run whose context they carry."""
    message = getattr(_aworld("core.event.base"), kind)(
        payload=_aworld("core.common").TaskItem(data=None, msg=said, stop=True),
        topic=topic,
        sender="a2a-agent",
        headers={"context": runner.context},
    )
    await runner.event_mng.emit_message(message)


def _forget(runner: Any, task: Any) -> None:
    """Lets go of the run's agents and messages: AWorld would hold them, megabytes, for good."""
    factory = _aworld("core.agent.base").AgentFactory
    for agent_id in task.swarm.agents:
        factory._agent_instance.pop(agent_id, None)
    states, groups = runner.state_manager, runner.state_manager.node_group_manager
    for kept in (groups.node_group_storage.node_groups, groups.sub_group_storage.sub_groups):
        for name in [name for name, group in kept.items() if group.session_id == task.session_id]:
            del kept[name]
    for node in states.storage.query_by_task_id(task.id):
        node.metadata, node.results = {}, []

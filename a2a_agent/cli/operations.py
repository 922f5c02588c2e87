"""What the client commands do, once they know what was typed. Each returns its exit code."""

import asyncio
import json
from collections.abc import AsyncGenerator, Iterator, Mapping
from contextlib import aclosing, contextmanager
from typing import Any

import typer

from a2a_agent.cli.client import Client, Event, connect, http_client, stream_metadata
from a2a_agent.cli.dialects import Operation
from a2a_agent.cli.discovery import find_card
from a2a_agent.cli.errors import CommandError, ExitCode
from a2a_agent.cli.following import Following, retry_waits
from a2a_agent.cli.frames import Frame, TaskFrame, exit_code
from a2a_agent.cli.overviews import show_card, show_tasks
from a2a_agent.cli.render import Renderer
from a2a_agent.cli.target import Target
from a2a_agent.cli.terminal import console, one_line
from a2a_agent.domain.model import Message
from a2a_agent.domain.views import StreamMode


async def card(target: Target, *, as_json: bool) -> ExitCode:
    """Shows the agent's card."""
    async with http_client(target) as http:
        found = await find_card(http, target.url)
    if as_json:
        _print_json(found.content)
    else:
        show_card(found)
    return ExitCode.COMPLETED


async def send(
    target: Target, message: Message, *, mode: StreamMode | None, as_json: bool
) -> ExitCode:
    """Sends a message, and shows the answer when it is there."""
    async with connect(target) as client:
        params = _send_params(client, message, mode)
        following = _following(target, client, mode)
        with _hint_on_how_to_go_on(target, following, message, is_shown=False):
            # JSON is shown as it came, and a stream has not what a send answers.
            if as_json or not client.card.offers_streams:
                result = await client.call(Operation.SEND, params)
            else:
                result = await _whole_answer(client, following, params)
        frame = client.dialect.frame(result)
    _show(frame, result, as_json)
    if isinstance(frame, TaskFrame):
        return _concluded(target, frame.task_id, frame.context_id, frame.state)
    return ExitCode.COMPLETED


async def stream(
    target: Target, message: Message, *, mode: StreamMode | None, as_json: bool
) -> ExitCode:
    """Sends a message, and shows what happens while it happens."""
    async with connect(target) as client:
        following = _following(target, client, mode)
        events = following.send(_send_params(client, message, mode))
        goes_on = message.task_id is not None
        with _hint_on_how_to_go_on(target, following, message):
            return await _play(target, following, events, as_json, goes_on=goes_on)


async def follow(
    target: Target, task_id: str, *, after: int | None, mode: StreamMode | None, as_json: bool
) -> ExitCode:
    """Shows what happens on a task, or has happened after that event."""
    async with connect(target) as client:
        following = _following(target, client, mode)
        events = following.subscribe(task_id, None if after is None else str(after))
        with _hint_on_how_to_go_on(target, following):
            return await _play(target, following, events, as_json, goes_on=after is not None)


async def get(target: Target, task_id: str, *, history: int | None, as_json: bool) -> ExitCode:
    """Shows a task as it is."""
    params = {"id": task_id} if history is None else {"id": task_id, "historyLength": history}
    async with connect(target) as client:
        result = await client.call(Operation.GET, params)
        task = client.dialect.task(result)
    if not as_json:
        Renderer().show_history(task.history)
    _show(task, result, as_json)
    _say(f"{task.state}: task {task.task_id}, context {task.context_id}")
    return ExitCode.COMPLETED


async def cancel(target: Target, task_id: str, *, as_json: bool) -> ExitCode:
    """Cancels a task, and shows what it had come to."""
    async with connect(target) as client:
        result = await client.call(Operation.CANCEL, {"id": task_id})
        task = client.dialect.task(result)
    _show(task, result, as_json)
    _say(f"{task.state}: task {task.task_id}, context {task.context_id}")
    return ExitCode.COMPLETED


async def list_tasks(
    target: Target,
    *,
    context_id: str | None,
    state: str | None,
    page_size: int | None,
    all_pages: bool,
    as_json: bool,
) -> ExitCode:
    """Shows the newest tasks, or all of them."""
    async with connect(target) as client:
        params: dict[str, Any] = {
            "contextId": context_id,
            "status": client.dialect.state(state) if state else None,
            "pageSize": page_size,
        }
        params = {name: value for name, value in params.items() if value is not None}
        tasks: list[TaskFrame] = []
        while True:
            result = await client.call(Operation.LIST, params)
            page, token = client.dialect.tasks(result)
            if as_json:
                _print_json(result)
            tasks += page
            if not token or not all_pages:
                break
            params["pageToken"] = token
    if not as_json:
        show_tasks(tasks)
        if token:
            _say("There are more; --all shows them.")
    return ExitCode.COMPLETED


def _send_params(client: Client, message: Message, mode: StreamMode | None) -> dict[str, Any]:
    configuration = client.dialect.send_configuration
    params = {"message": client.dialect.message(message), **stream_metadata(mode)}
    return {**params, "configuration": dict(configuration)} if configuration else params


def _following(target: Target, client: Client, mode: StreamMode | None) -> Following:
    waits = retry_waits(target.timeout_seconds)
    return Following(client, _say_retry, mode=mode, retry_waits_seconds=waits)


async def _whole_answer(client: Client, following: Following, params: Mapping[str, Any]) -> Any:
    """What a send answers, by a stream: that tells the task's id at once, and can be resumed."""
    result: Any = None
    async with aclosing(following.send(params)) as events:
        async for event in events:
            result = event.result
    if following.task_id is None:
        return result  # the answer was a message
    task = await client.call(Operation.GET, {"id": following.task_id, "historyLength": 0})
    return client.dialect.as_frame(task)


async def _play(
    target: Target,
    following: Following,
    events: AsyncGenerator[Event],
    as_json: bool,
    *,
    goes_on: bool,
) -> ExitCode:
    """Shows the events; with `goes_on`, what the task held before the first is known already."""
    renderer = Renderer()
    try:
        async with aclosing(events):
            async for event in events:
                if as_json:
                    _print_json(event.result)
                elif goes_on and isinstance(event.frame, TaskFrame):
                    renderer.go_on_from(event.frame)
                else:
                    renderer.show(event.frame)
                goes_on = False
    finally:
        renderer.finish()
    if following.task_id is None or following.state is None:
        return ExitCode.COMPLETED  # the answer was a message
    return _concluded(target, following.task_id, following.context_id, following.state)


@contextmanager
def _hint_on_how_to_go_on(
    target: Target, following: Following, sent: Message | None = None, *, is_shown: bool = True
) -> Iterator[None]:
    """Where it is left early, says how to see the rest, or all if nothing is shown yet."""
    try:
        yield
    except (asyncio.CancelledError, CommandError) as end:
        if following.task_id is not None and following.state is not None:
            after = following.last_event_id if is_shown else None
            _say_how_to_follow(target, following.task_id, after)
        elif sent is not None and isinstance(end, asyncio.CancelledError):
            _say_where_to_look(target, sent)
        raise


def _show(frame: Frame, result: Any, as_json: bool) -> None:
    if as_json:
        _print_json(result)
        return
    renderer = Renderer()
    renderer.show(frame)
    renderer.finish()


def _concluded(target: Target, task_id: str, context_id: str, state: str) -> ExitCode:
    """Says how the task ended, or how to go on with it."""
    _say(f"{state}: task {task_id}, context {context_id}")
    code = exit_code(state)
    if code is ExitCode.INPUT_REQUIRED:
        _say(f"Answer with: {target.command_line('send', 'YOUR ANSWER', '--task', task_id)}")
    if code is None:
        _say_how_to_follow(target, task_id, None)
        return ExitCode.UNREACHABLE
    return code


def _say_how_to_follow(target: Target, task_id: str, after: str | None) -> None:
    # Only our own server's event ids are numbers; no other's could be asked for anyway.
    position = ["--after", after] if after and after.isdecimal() else []
    _say(f"The task goes on. Follow it with: {target.command_line('follow', task_id, *position)}")


def _say_where_to_look(target: Target, sent: Message) -> None:
    if sent.task_id is not None:
        command = f"Follow it with: {target.command_line('follow', sent.task_id)}"
    else:
        context = ["--context", sent.context_id] if sent.context_id else []
        command = f"Look for it with: {target.command_line('list', *context)}"
    _say(f"The task may go on. {command}")


def _say_retry(failure: str, wait_seconds: float) -> None:
    _say(f"{failure}; trying again in {wait_seconds:g} s")


def _say(text: str) -> None:
    console(stderr=True).out(one_line(text), style="dim")


def _print_json(value: Any) -> None:
    # ASCII: nothing in it that a terminal could obey, and no lone surrogates.
    typer.echo(json.dumps(value))

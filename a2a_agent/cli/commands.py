"""The client commands as they are typed.

What they do is in `operations`, which each imports when it runs: that brings httpx and rich, and
`a2a-agent --help` should not wait for them.
"""

import asyncio
from pathlib import Path
from typing import Annotated, Literal

import typer

from a2a_agent.cli.drafts import draft
from a2a_agent.cli.target import Target
from a2a_agent.cli.terminal import one_line_errors
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.views import StreamMode

Url = Annotated[str, typer.Argument(help="Address of the agent, or of its card.")]
TaskId = Annotated[str, typer.Argument(metavar="TASK", help="The task's id.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print what comes as JSON, one value a line.")]
Version = Annotated[
    Literal["0.3", "1.0"] | None,
    typer.Option(
        metavar="0.3|1.0",
        help="Protocol version to speak; the newest that the card names, if not given.",
    ),
]
Headers = Annotated[
    list[str] | None,
    typer.Option("--header", metavar="'NAME: VALUE'", help="HTTP header to send; repeatable."),
]
Timeout = Annotated[
    float, typer.Option(min=0.1, metavar="SECONDS", help="Longest silence to wait through.")
]
Mode = Annotated[
    StreamMode | None,
    typer.Option(
        metavar="|".join(StreamMode),
        help="How much is shown, for agents with the stream extension.",
    ),
]

DEFAULT_TIMEOUT_SECONDS = 600.0


@one_line_errors()
def card(
    url: Url,
    as_json: AsJson = False,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """Show an agent's card: who it is, where it answers, what it can do."""
    from a2a_agent.cli import operations

    target = Target.parse(url, None, headers or (), timeout)
    raise typer.Exit(asyncio.run(operations.card(target, as_json=as_json)))


@one_line_errors()
def send(
    url: Url,
    text: Annotated[
        str | None, typer.Argument(help="What to say; `-`, or nothing and a pipe, reads stdin.")
    ] = None,
    stream: Annotated[
        bool, typer.Option(help="Show the answer and the work as they come.")
    ] = False,
    task_id: Annotated[
        str | None, typer.Option("--task", metavar="TASK", help="Answer the question of a task.")
    ] = None,
    context_id: Annotated[
        str | None, typer.Option("--context", metavar="ID", help="Go on in a conversation.")
    ] = None,
    data: Annotated[str | None, typer.Option(metavar="JSON", help="Data to send along.")] = None,
    file: Annotated[
        list[Path] | None, typer.Option(metavar="PATH", help="File to send along; repeatable.")
    ] = None,
    mode: Mode = None,
    as_json: AsJson = False,
    version: Version = None,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """Send a message, and show the answer.

    Ends with 0 if the task is completed, 1 if it failed or was rejected, 2 for wrong usage, 3 if
    the agent asks something, 4 if the task was canceled, 5 if no agent can be reached or it
    refuses.
    """
    from a2a_agent.cli import operations

    target = Target.parse(url, version, headers or (), timeout)
    message = draft(text, data=data, files=file or (), task_id=task_id, context_id=context_id)
    operation = operations.stream if stream else operations.send
    raise typer.Exit(asyncio.run(operation(target, message, mode=mode, as_json=as_json)))


@one_line_errors()
def get(
    url: Url,
    task_id: TaskId,
    history: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Show at most so many of the latest messages."),
    ] = None,
    as_json: AsJson = False,
    version: Version = None,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """Show a task: its conversation, its outcome, its state."""
    from a2a_agent.cli import operations

    target = Target.parse(url, version, headers or (), timeout)
    operation = operations.get(target, task_id, history=history, as_json=as_json)
    raise typer.Exit(asyncio.run(operation))


@one_line_errors()
def list_tasks(
    url: Url,
    context_id: Annotated[
        str | None, typer.Option("--context", metavar="ID", help="Only those of a conversation.")
    ] = None,
    status: Annotated[
        TaskState | None,
        typer.Option(metavar="|".join(TaskState), help="Only those in this state."),
    ] = None,
    page_size: Annotated[
        int | None, typer.Option(min=1, metavar="N", help="So many at once.")
    ] = None,
    all_pages: Annotated[bool, typer.Option("--all", help="All, page after page.")] = False,
    as_json: AsJson = False,
    version: Version = None,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """List tasks, the latest first."""
    from a2a_agent.cli import operations

    target = Target.parse(url, version, headers or (), timeout)
    operation = operations.list_tasks(
        target,
        context_id=context_id,
        state=status,
        page_size=page_size,
        all_pages=all_pages,
        as_json=as_json,
    )
    raise typer.Exit(asyncio.run(operation))


@one_line_errors()
def cancel(
    url: Url,
    task_id: TaskId,
    as_json: AsJson = False,
    version: Version = None,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """Cancel a task."""
    from a2a_agent.cli import operations

    target = Target.parse(url, version, headers or (), timeout)
    raise typer.Exit(asyncio.run(operations.cancel(target, task_id, as_json=as_json)))


@one_line_errors()
def follow(
    url: Url,
    task_id: TaskId,
    after: Annotated[
        int | None,
        typer.Option(min=0, metavar="N", help="Go on after this event; 0 is the beginning."),
    ] = None,
    mode: Mode = None,
    as_json: AsJson = False,
    version: Version = None,
    headers: Headers = None,
    timeout: Timeout = DEFAULT_TIMEOUT_SECONDS,
) -> None:
    """Watch a task at work, or go on with an interrupted stream. Ends as `send` does."""
    from a2a_agent.cli import operations

    target = Target.parse(url, version, headers or (), timeout)
    operation = operations.follow(target, task_id, after=after, mode=mode, as_json=as_json)
    raise typer.Exit(asyncio.run(operation))


@one_line_errors()
def replay(
    file: Annotated[Path, typer.Argument(help="A recording, such as `serve --record` writes.")],
    framework: Annotated[
        str | None,
        typer.Option(help="Whose events the recording holds, where they do not say so themselves."),
    ] = None,
    version: Annotated[
        Literal["0.3", "1.0"], typer.Option(metavar="0.3|1.0", help="Protocol version to show.")
    ] = "1.0",
    mode: Mode = None,
    realtime: Annotated[
        bool, typer.Option("--realtime", help="Take the time that the run took.")
    ] = False,
) -> None:
    """Show the frames that a recorded run becomes, one JSON object a line."""
    from a2a_agent.cli import replaying

    asyncio.run(replaying.show(file, framework, version, mode, in_real_time=realtime))

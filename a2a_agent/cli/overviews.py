"""Cards and listings as people read them."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import typer
from rich.table import Table
from rich.text import Text

from a2a_agent.cli.discovery import Card
from a2a_agent.cli.frames import TaskFrame
from a2a_agent.cli.terminal import clean, console, one_line


def show_card(card: Card) -> None:
    """Writes who the agent is, where it answers, what it can do."""
    out = console()
    content = card.content
    out.out(one_line(f"{content['name']} {content.get('version', '')}"), style="bold")
    out.out(clean(str(content.get("description", ""))))
    for label, value in _facts(card):
        if value:
            out.out(f"{label:<14}", style="dim", end="")
            out.out(one_line(value))
    for skill in _objects(content.get("skills")):
        out.out("")
        out.out(one_line(f"{skill.get('name')} ({skill.get('id')})"), style="bold cyan")
        out.out(clean(f"  {skill.get('description', '')}"))
        for example in _strings(skill.get("examples")):
            out.out(f"  · {one_line(example)}", style="dim")


def show_tasks(tasks: Sequence[TaskFrame]) -> None:
    """Writes a table; tab-separated lines where nobody looks at it."""
    out = console()
    rows = [
        [one_line(cell) for cell in (task.task_id, task.state, task.timestamp, task.context_id)]
        for task in tasks
    ]
    if not out.is_terminal:
        for row in rows:
            typer.echo("\t".join(row))
        return
    table = Table()
    for title in ("task", "state", "since", "context"):
        table.add_column(title, overflow="fold")
    for row in rows:
        table.add_row(*map(Text, row))
    out.print(table, soft_wrap=False)


def _facts(card: Card) -> Iterable[tuple[str, str]]:
    content = card.content
    yield "card", card.url
    for interface in card.interfaces:
        yield f"A2A {interface.dialect.version}", interface.url
    capabilities = content.get("capabilities")
    capabilities = capabilities if isinstance(capabilities, Mapping) else {}
    yield "can", ", ".join(name for name, value in capabilities.items() if value is True)
    for extension in _objects(capabilities.get("extensions")):
        required = " (required)" if extension.get("required") else ""
        yield "extension", f"{extension.get('uri')}{required}"
    yield "takes", ", ".join(_strings(content.get("defaultInputModes")))
    yield "gives", ", ".join(_strings(content.get("defaultOutputModes")))
    schemes = content.get("securitySchemes")
    if isinstance(schemes, Mapping) and schemes:
        yield "sign in with", ", ".join(map(str, schemes))


def _objects(value: object) -> list[Mapping[str, Any]]:
    return [item for item in value if isinstance(item, Mapping)] if isinstance(value, list) else []


def _strings(value: object) -> list[str]:
    return [str(item) for item in value] if isinstance(value, list) else []

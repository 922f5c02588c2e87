"""The page docs/framework-events.md, made from the adapters' tables:
`python -m a2a_agent.cli.framework_events`.
"""

from collections.abc import Iterator

import typer

from a2a_agent.agents.adapters.frameworks import FRAMEWORKS
from a2a_agent.agents.adapters.table import Rule

_HEAD = """\
# What becomes of frameworks' events

Every event that the adapters know, and the agent events that it may become;
[events.md](events.md) says what frames those are. What no framework's table names is a `Raw` event:
shown as it is, to readers of mode `all`."""


def page() -> Iterator[str]:
    """The lines of the page, in Markdown."""
    yield _HEAD
    for framework in FRAMEWORKS.values():
        yield f"\n## {framework.name}\n\n[How to serve its agents](frameworks/{framework.name}.md)"
        yield "\n| event | becomes |\n|---|---|"
        table = framework.table()
        for name, rule in table.rules.items():
            yield f"| `{name}` | {_becomes(rule)} |"
        if table.at_end is not None:
            yield f"| the end of the events | {_becomes(table.at_end)} |"


def _becomes(rule: Rule[object]) -> str:
    return ", ".join(f"`{event.__name__}`" for event in rule.becomes) or "nothing"


if __name__ == "__main__":
    for line in page():
        typer.echo(line)

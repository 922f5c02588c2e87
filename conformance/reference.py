"""The page docs/requirements.md, made from the requirements: `python -m conformance.reference`."""

from collections.abc import Iterator

import typer

from conformance.requirements import Level, Requirement, requirements

_HEAD = """\
# What the conformance suite holds an endpoint to

All requirements, as `a2a-conformance --list` has them; `a2a-conformance --explain ID` says of one
what it needs, and how to make that possible. The rules are in our own words; the section is where
the specification has them, as much of its number as is certain, with the operation or object by
its name. How verdicts come about: [conformance.md](conformance.md)."""


def page() -> Iterator[str]:
    """The lines of the page, in Markdown."""
    yield _HEAD
    areas: dict[str, list[Requirement]] = {}
    for requirement in requirements().values():
        areas.setdefault(requirement.area, []).append(requirement)
    yield "\n| area | " + " | ".join(Level) + " |\n|---|" + "--:|" * len(Level)
    for area, found in areas.items():
        levels = [one.level for one in found]
        counts = " | ".join(str(levels.count(level)) for level in Level)
        yield f"| [{area}](#{area}) | {counts} |"
    for area, found in areas.items():
        yield f"\n## {area}\n\n| requirement | level | versions | rule | section | needs |"
        yield "|---|---|---|---|---|---|"
        yield from map(_row, found)


def _row(requirement: Requirement) -> str:
    cells = (
        f"`{requirement.id}`",
        requirement.level,
        ", ".join(requirement.versions),
        requirement.rule,
        requirement.section,
        ", ".join(f"`{need}`" for need in requirement.needs),
    )
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


if __name__ == "__main__":
    for line in page():
        typer.echo(line)

"""What the suite holds endpoints to, told without a run: `--list` and `--explain`."""

from collections.abc import Iterable, Iterator

from conformance.knowledge import BEHAVIOURS
from conformance.requirements import Requirement


def listed(requirements: Iterable[Requirement]) -> Iterator[str]:
    """A line for each."""
    found = list(requirements)
    width = max((len(one.id) for one in found), default=0)
    for one in found:
        yield f"{one.id:<{width}}  {one.level:<6}  {', '.join(one.versions)}"


def explained(requirement: Requirement) -> Iterator[str]:
    """All that there is to say of one."""
    yield requirement.id
    yield f"  {requirement.rule}"
    yield f"  level     {requirement.level}"
    yield f"  versions  {', '.join(requirement.versions)}"
    yield f"  section   {requirement.section}"
    for need in requirement.needs:
        yield f"  needs     {needed(need)}"


def needed(need: str) -> str:
    """What a requirement needs, and how it is made possible."""
    if need in BEHAVIOURS:
        return f'{BEHAVIOURS[need]}: --prompt {need}="…", or --scenarios'
    return f"an endpoint whose card declares {need}"

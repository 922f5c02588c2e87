"""docs/protocol.md names every method and every error, and none that is not there."""

import re
from collections.abc import Iterator
from pathlib import Path

from a2a_agent.domain.errors import A2AError
from a2a_agent.http.methods import METHODS

PAGE = (Path(__file__).parents[2] / "docs/protocol.md").read_text()


def rows(after: str) -> list[list[str]]:
    """The rows of the first table after a text, without its head."""
    lines = PAGE.partition(after)[2].partition("\n|")[2].partition("\n\n")[0].splitlines()
    return [[cell.strip() for cell in line.split("|")[1:-1]] for line in lines[2:]]


def refusals(kind: type[A2AError] = A2AError) -> Iterator[type[A2AError]]:
    for refusal in kind.__subclasses__():
        yield refusal
        yield from refusals(refusal)


def test_every_method_is_documented_under_its_version() -> None:
    documented = {
        (version, name)
        for _, new, old in rows("chooses 1.0")
        for version, cell in (("1.0", new), ("0.3", old))
        for name in re.findall(r"`([\w/]+)`", cell)
    }

    assert documented == {(method.wire.VERSION, method.name) for method in METHODS}


def test_every_error_is_documented_by_its_code() -> None:
    # A body that is no JSON, and what is our own fault, are no refusals.
    codes = {-32700, -32603, *(refusal.code for refusal in refusals())}

    assert sorted(int(code) for code, *_ in rows("## Errors")) == sorted(codes)


def test_errors_of_a2a_are_documented_by_their_names() -> None:
    named = {int(code): name for code, name, _ in rows("## Errors") if name.endswith("Error")}

    assert named == {
        refusal.code: f"{refusal.__name__}Error"
        for refusal in refusals()
        if refusal.reason is not None
    }

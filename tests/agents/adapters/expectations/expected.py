"""What a recorded run is expected to become."""

from dataclasses import dataclass
from pathlib import Path

OWN = Path(__file__).parents[1] / "recordings"
"""Those that came with the tests."""
SHARED = Path(__file__).parents[5] / "shared" / "recordings"
"""All of them, where they are at hand."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Expected:
    """A run in short, as a client sees it."""

    state: str = "completed"
    answer: str = ""
    calls: tuple[str, ...] = ()
    """Each tool that is called, as `name: output`, `name: error`, `name: denied` or `name: open`
    for one that never had a result; in the order of the calls."""
    reason: str | None = None
    """Why it failed."""
    reasoning: str = ""
    """What only readers of mode `all` get."""
    questions: tuple[str, ...] = ()
    """The kind of each question."""


def recording(key: str) -> Path | None:
    """The file of the recording of this name, such as `agentor/loop-astream-plain`."""
    found = (folder / f"{key}.jsonl" for folder in (OWN, SHARED))
    return next((path for path in found if path.exists()), None)


def keys_at_hand() -> set[str]:
    """The names of all recordings of frameworks' events that are at hand."""
    return {
        str(path.relative_to(folder).with_suffix(""))
        for folder in (OWN, SHARED)
        for path in folder.glob("*/*.jsonl")
    }

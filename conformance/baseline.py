"""Failures that are known: they do not fail a run, but new ones do, and so do those that are gone.

The file is JSON, by version, in order, so that a change of it is easy to review:

    {"0.3": ["stream.one-task"], "1.0": []}
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from conformance.requirements import VERSIONS, requirements
from conformance.verdict import Result, Verdict

Known: TypeAlias = frozenset[tuple[str, str]]
"""Version and requirement of each failure."""


class WrongBaseline(ValueError):
    """The file is none that a run has written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Differences:
    """How a run differs from what was known, as (version, requirement)."""

    new: Sequence[tuple[str, str]] = ()
    fixed: Sequence[tuple[str, str]] = ()

    def __bool__(self) -> bool:
        return bool(self.new or self.fixed)


def failures(results: Iterable[Result]) -> Known:
    """The requirements that failed."""
    return frozenset(
        (one.version, one.requirement.id) for one in results if one.verdict is Verdict.FAIL
    )


def differences(known: Known, results: Sequence[Result]) -> Differences:
    """What is new, and what is fixed; of what was not exercised nothing is said."""
    kept = {(one.version, one.requirement.id) for one in results if one.verdict is Verdict.PASS}
    return Differences(new=sorted(failures(results) - known), fixed=sorted(known & kept))


def read(path: Path) -> Known:
    """The failures in the file. Raises WrongBaseline, also for what is no requirement any more."""
    try:
        data = json.loads(path.read_text("utf-8"))
    except (OSError, ValueError) as error:
        raise WrongBaseline(f"the baseline {path} cannot be read: {error}") from error
    if not isinstance(data, Mapping) or not all(isinstance(ids, list) for ids in data.values()):
        raise WrongBaseline(f"the baseline {path} is not what --write-baseline writes")
    known = frozenset((version, str(id)) for version, ids in data.items() for id in ids)
    strange = sorted(
        f"{id} under {version}"
        for version, id in known
        if version not in VERSIONS or id not in requirements()
    )
    if strange:
        raise WrongBaseline(f"the baseline {path} names what is no requirement: {strange[0]}")
    return known


def text(known: Known) -> str:
    """What the file holds."""
    by_version = {version: sorted(id for of, id in known if of == version) for version in VERSIONS}
    return json.dumps(by_version, indent=2) + "\n"

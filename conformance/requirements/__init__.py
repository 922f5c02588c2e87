"""The requirements, as data: one file an area, one table a requirement.

[first-frame-is-the-task]           its id, in the file stream.toml: stream.first-frame-is-the-task
level = "MUST"                      MUST, SHOULD or MAY
versions = ["0.3", "1.0"]
rule = "…"                          in our own words
section = "1.0 §3.1 GetTask"        where it is from: as much of the number as is certain, and the
                                    operation or object that it is about
needs = ["streaming"]               what the endpoint must declare, its agent do, or the run know
                                    (credentials, other: those of a second caller, webhook)
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Any

VERSIONS = ("0.3", "1.0")

_ID = re.compile(r"[a-z]+(?:-[a-z]+)*\.[a-z0-9]+(?:-[a-z0-9]+)*")


class Level(StrEnum):
    """How binding a requirement is (RFC 2119)."""

    MUST = "MUST"
    SHOULD = "SHOULD"
    MAY = "MAY"


@dataclass(frozen=True, slots=True, kw_only=True)
class Requirement:
    """One rule that an endpoint is held to."""

    id: str
    level: Level
    versions: tuple[str, ...]
    rule: str
    section: str
    needs: tuple[str, ...] = ()

    @property
    def area(self) -> str:
        """What it is about: the first word of its id."""
        return self.id.partition(".")[0]


@cache
def requirements() -> Mapping[str, Requirement]:
    """All requirements by their ids, area by area. Raises ValueError for data that are wrong."""
    found: dict[str, Requirement] = {}
    paths = [path for path in files(__name__).iterdir() if path.name.endswith(".toml")]
    for path in sorted(paths, key=lambda path: path.name):
        area = path.name.removesuffix(".toml")
        for name, data in tomllib.loads(path.read_text("utf-8")).items():
            requirement = _requirement(f"{area}.{name}", data)
            found[requirement.id] = requirement
    return MappingProxyType(found)


def _requirement(id: str, data: Mapping[str, Any]) -> Requirement:
    if not _ID.fullmatch(id):
        raise ValueError(f"{id!r} is no id: it is an area and words with hyphens, area.some-words")
    try:
        requirement = Requirement(
            id=id,
            **{
                **data,
                "level": Level(data["level"]),
                "versions": tuple(data["versions"]),
                "needs": tuple(data.get("needs", ())),
            },
        )
    except (KeyError, TypeError, ValueError) as error:
        raise ValueError(f"requirement {id}: {error}") from error
    if not requirement.versions or not set(requirement.versions) <= set(VERSIONS):
        raise ValueError(f"requirement {id}: its versions are some of {', '.join(VERSIONS)}")
    return requirement

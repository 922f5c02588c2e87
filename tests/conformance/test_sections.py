"""The sections of requirements are no finer than is certain, and name only what there is."""

import json
import re
from collections.abc import Iterator, Set

import pytest

from conformance.dialects import DIALECTS
from conformance.requirements import VERSIONS, requirements
from tests.properties.promises import OFFICIAL_0_3, SPECIFICATIONS

FIELDS_1_0 = SPECIFICATIONS / "a2a-v1.0.fields.json"
CERTAIN = {
    "0.3": {"3", "4", "5", "6", "7", "8"},
    "1.0": {
        *("3", "4", "5", "7", "8", "9", "13"),
        *("3.1", "3.2", "3.3", "3.6", "4.1", "4.2", "4.3", "8.4"),
        *("3.2.4", "3.2.6", "3.3.2", "3.6.2", "4.2.2"),
    },
}
"""Chapters, and what is below them as far as published SDKs cite it; the rest is named."""


def _cited(version: str) -> Iterator[tuple[str, str]]:
    """The number and the name in each section of the version, the name "" where there is none."""
    for requirement in requirements().values():
        for section in requirement.section.split("; "):
            of, _, places = section.partition(" ")
            for place in places.split(", ") if of == version else ():
                found = re.fullmatch(r"§(\d+(?:\.\d+)*)(?: (\S+))?", place)
                assert found, f"{requirement.id}: {section}"
                yield found[1], found[2] or ""


def _names(version: str) -> Set[str]:
    """The operations and objects of a version."""
    if version == "0.3":
        return set(json.loads(OFFICIAL_0_3.read_bytes())["definitions"])
    fields = json.loads(FIELDS_1_0.read_bytes())
    return {*fields["messages"], *fields["enums"]}


@pytest.mark.parametrize("version", VERSIONS)
def test_section_is_no_finer_than_is_certain(version: str) -> None:
    assert {number for number, _ in _cited(version)} - CERTAIN[version] == set()


@pytest.mark.skipif(not FIELDS_1_0.exists(), reason="the specifications are not at hand")
@pytest.mark.parametrize("version", VERSIONS)
def test_section_names_operations_and_objects_of_its_version(version: str) -> None:
    known = _names(version) | set(DIALECTS[version].methods.values())
    assert {name for _, name in _cited(version)} - known == {""}

"""Our schemas of 0.3 accept what the official ones accept, but for what is listed as different."""

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import pytest

from schemas import load
from tests.properties.promises import OFFICIAL_0_3, official_schema
from tests.schemas.differences import DIFFERENCES, Difference, differences
from tests.schemas.pairs import PAIRS, UNCOMPARED, Pair, ours, theirs
from tests.schemas.probes import Json, Probes, vocabulary
from tests.schemas.samples import AT, SAMPLES

# Ten seconds where nothing else runs; the whole of it may fall to one test.
pytestmark = pytest.mark.timeout(180)
official_at_hand = pytest.mark.skipif(
    not OFFICIAL_0_3.exists(),
    reason="the official schema of 0.3 is not part of this repository, and not beside it",
)
each_pair = pytest.mark.parametrize("pair", PAIRS.values(), ids=str)
each_difference = pytest.mark.parametrize("difference", DIFFERENCES, ids=str)
ALTERNATIVES = {"bytes", "uri", "result", "error"}
"""Of these one is there; what the other would have to be is among the differences."""


@dataclass(frozen=True, slots=True)
class Findings:
    """What the two schemas of a pair say of all values around the official one."""

    accepted: int
    refused: int
    listed: set[tuple[str, str]]
    """Which difference was seen in which place."""
    unlisted: list[str]


@cache
def findings(name: str) -> Findings:
    pair = PAIRS[name]
    accepted = refused = 0
    listed: set[tuple[str, str]] = set()
    unlisted: list[str] = []
    for value in probes().around(pair.official, pair.depth):
        is_accepted = ours(name).is_valid(value)
        if is_accepted == theirs(name).is_valid(value):
            accepted += is_accepted
            refused += not is_accepted
            continue
        for place, one in differences(name, value):
            if one is None:
                unlisted.append(f"{place} in {json.dumps(value)[:300]}")
            else:
                listed.add((one.name, place))
    return Findings(accepted, refused, listed, unlisted)


@cache
def probes() -> Probes:
    words: dict[str, set[str | int]] = {}
    of_all_versions = [load(version, "Error")["$defs"] for version in SAMPLES]
    for definitions in (official_schema()["definitions"], *of_all_versions):
        for name, more in vocabulary(definitions).items():
            words[name] = words.get(name, set()).union(more)
    sorted_words = {
        name: sorted(words[name], key=str) for name in sorted(words) if name not in ALTERNATIVES
    }
    texts = {"": "2025", "timestamp": AT}
    return Probes(official_schema()["definitions"], sorted_words, texts)


@official_at_hand
@each_pair
def test_each_value_is_accepted_or_refused_by_both_but_for_what_is_listed(pair: Pair) -> None:
    found = findings(pair.name)

    assert found.unlisted == []
    assert found.accepted > 0
    assert found.refused > 0


@official_at_hand
def test_each_listed_difference_is_there_in_each_of_its_places_and_in_no_others() -> None:
    seen = {one for name in PAIRS for one in findings(name).listed}

    assert seen == {(one.name, place) for one in DIFFERENCES for place in one.places}


@official_at_hand
def test_both_accept_thousands_of_values_and_refuse_thousands() -> None:
    found = [findings(name) for name in PAIRS]

    assert sum(one.accepted for one in found) > 10_000
    assert sum(one.refused for one in found) > 10_000


@official_at_hand
def test_each_official_definition_is_compared_or_said_not_to_be() -> None:
    definitions = official_schema()["definitions"]
    compared = _reached([pair.official for pair in PAIRS.values()], definitions)

    assert definitions.keys() - compared == UNCOMPARED.keys()


def test_error_of_0_3_is_that_of_json_rpc() -> None:
    of_0_3, of_jsonrpc = (
        load(version, "Error")["$defs"]["Error"] for version in ("0.3", "jsonrpc")
    )

    assert of_0_3 == of_jsonrpc


@each_difference
def test_listed_difference_is_ours(difference: Difference) -> None:
    schema = ours(difference.pair)

    schema.validate(difference.plain)
    for value in difference.odd:
        assert schema.is_valid(value) is difference.is_ours_wider, value


@official_at_hand
@each_difference
def test_listed_difference_is_not_the_official_schemas(difference: Difference) -> None:
    schema = theirs(difference.pair)

    schema.validate(difference.plain)
    for value in difference.odd:
        assert schema.is_valid(value) is not difference.is_ours_wider, value
        assert [one for _, one in differences(difference.pair, value)] == [difference]


def _reached(schemas: Iterable[Json], definitions: Json) -> set[str]:
    found: set[str] = set()
    ahead = set(_references(schemas))
    while ahead:
        found |= ahead
        ahead = set(_references([definitions[name] for name in ahead])) - found
    return found


def _references(schemas: Iterable[Json]) -> list[str]:
    return re.findall(r'"#/definitions/(\w+)', json.dumps([*schemas]))

"""All mutants, and what no mutant can show."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from tests.conformance.mutants import (
    batches,
    card,
    ended_tasks,
    errors,
    extensions,
    jsonrpc,
    listing,
    multi_turn,
    requests,
    send,
    sent_parts,
    several_streams,
    shapes,
    stream,
    subscribe,
    tasks,
    versions,
)
from tests.conformance.mutants.mutant import Mutant

_MODULES = (
    card,
    jsonrpc,
    requests,
    batches,
    shapes,
    send,
    sent_parts,
    stream,
    several_streams,
    subscribe,
    tasks,
    ended_tasks,
    multi_turn,
    listing,
    versions,
    extensions,
    errors,
)
AREAS: Mapping[str, Sequence[Mutant]] = MappingProxyType(
    {one.__name__.rpartition(".")[2]: one.MUTANTS for one in _MODULES}
)
"""The mutants by the modules that they are in."""
MUTANTS = tuple(mutant for mutants in AREAS.values() for mutant in mutants)

WITHOUT: Mapping[str, str] = MappingProxyType(
    {"card.urls-are-reachable": "the card must be from a public host, see test_card_cases.py"}
)
"""The requirements that no mutant can break here, and why."""

"""The versions of the protocol, as the tests of the wire are parametrized over them."""

from collections.abc import Callable
from typing import Any, TypeAlias

import pytest

from a2a_agent.domain.errors import InvalidParams
from a2a_agent.wire import v0_3, v1_0
from a2a_agent.wire.version import WireVersion
from tests.support.dialects import V0_3, V1_0

Json: TypeAlias = dict[str, Any]

WIRES: dict[str, WireVersion] = {"0.3": v0_3, "1.0": v1_0}
VERSIONS = [(v0_3, V0_3), (v1_0, V1_0)]
both = pytest.mark.parametrize(("wire", "dialect"), VERSIONS, ids=["0.3", "1.0"])
both_wires = pytest.mark.parametrize("wire", WIRES.values(), ids=WIRES)


def violations(decode: Callable[[Json], object], params: Json) -> tuple[tuple[str, str], ...]:
    """What the decoder has against the parameters."""
    with pytest.raises(InvalidParams) as refusal:
        decode(params)
    return refusal.value.violations

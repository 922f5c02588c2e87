"""Both modules are what the server takes for a version."""

from types import ModuleType

import pytest

from a2a_agent.wire.version import WireVersion
from tests.wire.versions import WIRES


@pytest.mark.parametrize(("version", "wire"), WIRES.items())
def test_module_is_a_wire_version(version: str, wire: WireVersion) -> None:
    operations = {name for name in vars(WireVersion) if name.startswith(("decode_", "encode_"))}

    assert isinstance(wire, ModuleType)
    assert version == wire.VERSION
    assert len(operations) == 9
    assert operations | {"error_data"} <= vars(wire).keys()

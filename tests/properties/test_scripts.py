"""Whatever an agent does, its clients see a legal stream (promises 3 and 4 of the design)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.properties.agents import scripts
from tests.properties.promises import (
    OFFICIAL_0_3,
    check_legal,
    check_streams,
    check_valid,
    official_validator,
)
from tests.properties.scripts import Script, perform


@given(scripts)
def test_every_script_becomes_a_legal_log(script: Script) -> None:
    check_legal(perform(script))


@given(scripts)
def test_every_frame_of_every_script_has_the_shape_of_its_version(script: Script) -> None:
    assert check_valid(perform(script)) > 0


@pytest.mark.skipif(
    not OFFICIAL_0_3.exists(),
    reason="the official schema is not at hand: frames are held against ours only",
)
def test_frames_of_0_3_are_held_against_the_official_schema_too() -> None:
    assert official_validator("Task") is not None


@given(scripts, st.integers(0), st.integers(1, 8))
def test_frames_after_any_snapshot_add_up_to_the_task(
    script: Script, start: int, batch: int
) -> None:
    entries = perform(script)

    check_streams(entries, 1 + start % len(entries), batch)

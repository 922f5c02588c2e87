"""Times on the wire."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.wire.timestamps import from_timestamp, to_timestamp

LAST_MS = 253_402_300_799_999


@pytest.mark.parametrize(
    ("unix_ms", "text"),
    [
        (0, "1970-01-01T00:00:00.000Z"),
        (1, "1970-01-01T00:00:00.001Z"),
        (-1, "1969-12-31T23:59:59.999Z"),
        (1_761_647_400_120, "2025-10-28T10:30:00.120Z"),
        (1_709_164_799_999, "2024-02-28T23:59:59.999Z"),
        (LAST_MS, "9999-12-31T23:59:59.999Z"),
    ],
)
def test_time_is_written_in_utc_with_milliseconds(unix_ms: int, text: str) -> None:
    assert to_timestamp(unix_ms) == text


@given(st.integers(0, LAST_MS))
def test_time_that_is_written_is_read_as_the_same(unix_ms: int) -> None:
    assert from_timestamp(to_timestamp(unix_ms)) == unix_ms


@pytest.mark.parametrize(
    "text",
    [
        "2025-10-28T10:30:00Z",
        "2025-10-28T10:30:00.000Z",
        "2025-10-28T10:30:00.000000Z",
        "2025-10-28T10:30:00+00:00",
        "2025-10-28T12:30:00+02:00",
        "2025-10-28T05:00:00-05:30",
        "20251028T103000Z",
    ],
)
def test_time_is_read_in_any_zone(text: str) -> None:
    assert from_timestamp(text) == 1_761_647_400_000


@pytest.mark.parametrize(
    ("text", "unix_ms"),
    [("1970-01-01T00:00:00.0004Z", 0), ("1970-01-01T00:00:00.0006Z", 1)],
)
def test_time_is_read_to_the_nearest_millisecond(text: str, unix_ms: int) -> None:
    assert from_timestamp(text) == unix_ms


@pytest.mark.parametrize(
    "value",
    [
        "",
        "now",
        "2025-10-28",
        "2025-10-28T10:30:00",
        "2025-13-28T10:30:00Z",
        "2025-02-29T10:30:00Z",
        "2025-10-28T10:30:00Zulu",
        1_761_647_400,
        None,
        ["2025-10-28T10:30:00Z"],
    ],
)
def test_what_is_no_time_with_a_zone_is_refused(value: object) -> None:
    with pytest.raises(ValueError, match="^must be an ISO 8601 time in UTC, such as 2025-10-28T"):
        from_timestamp(value)

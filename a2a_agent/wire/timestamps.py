"""Times on the wire: ISO 8601 in UTC with milliseconds and `Z`, in both versions."""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from pydantic import BeforeValidator


def to_timestamp(unix_ms: int) -> str:
    """`2025-10-28T10:30:00.000Z`."""
    seconds, milliseconds = divmod(unix_ms, 1000)
    return f"{_second(seconds)}.{milliseconds:03d}Z"


@lru_cache(maxsize=64)
def _second(unix_seconds: int) -> str:
    return f"{datetime.fromtimestamp(unix_seconds, UTC):%Y-%m-%dT%H:%M:%S}"


def from_timestamp(text: object) -> int:
    """Unix milliseconds. Raises ValueError for what is no ISO 8601 time with its zone."""
    try:
        moment = datetime.fromisoformat(text) if isinstance(text, str) else None
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise ValueError("must be an ISO 8601 time in UTC, such as 2025-10-28T10:30:00.000Z")
    return round(moment.timestamp() * 1000)


Timestamp = Annotated[int, BeforeValidator(from_timestamp)]
"""A field with a time: Unix milliseconds in Python."""

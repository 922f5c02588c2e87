"""The entries of a log."""

import pytest

from a2a_agent.domain.model import Message, Role, TaskState, TextPart
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)

PARTS = (TextPart("x"),)
MESSAGE = MessageAccepted(Message(message_id="m", role=Role.USER, parts=PARTS))


@pytest.mark.parametrize(
    ("event", "is_resting"),
    [
        *((StatusChanged(state), state.is_resting) for state in TaskState),
        (Replied(PARTS), True),
        (MESSAGE, False),
        (Noted({}), False),
        (ArtifactChunk("a", PARTS, last=True), False),
    ],
)
def test_stream_closes_after_a_resting_status_or_a_reply(
    event: TaskEvent, is_resting: bool
) -> None:
    assert Entry(1, 0, event).is_resting is is_resting


def test_closed_chunk_differs_in_its_mark_alone() -> None:
    words = ("name", "description", {"k": 1})

    assert ArtifactChunk("a", PARTS, True, False, *words).closed() == ArtifactChunk(
        "a", PARTS, True, True, *words
    )


def test_entries_are_equal_whoever_has_encoded_them() -> None:
    assert Entry(1, 0, MESSAGE, {"1.0": b"{}"}) == Entry(1, 0, MESSAGE)

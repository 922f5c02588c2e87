"""The judge of logs is right: it finds each fault, and agrees with the lifecycle on everything."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.lifecycle import Progress
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
from tests.properties.judge import complaints

PARTS = (TextPart("x"),)
MESSAGE = MessageAccepted(Message(message_id="m", role=Role.USER, parts=PARTS))
WORKING, COMPLETED = StatusChanged(TaskState.WORKING), StatusChanged(TaskState.COMPLETED)
ASKED, REJECTED = StatusChanged(TaskState.INPUT_REQUIRED), StatusChanged(TaskState.REJECTED)
FIRST, LAST = ArtifactChunk("a", PARTS), ArtifactChunk("a", PARTS, True, True)
REPLY = Replied(PARTS)


def log(*events: TaskEvent) -> list[Entry]:
    return [Entry(number, 0, event) for number, event in enumerate(events, 1)]


@pytest.mark.parametrize(
    "events",
    [
        [MESSAGE, COMPLETED],
        [MESSAGE, REPLY],
        [MESSAGE, WORKING, Noted({}), FIRST, LAST, COMPLETED],
        [MESSAGE, WORKING, ASKED, MESSAGE, FIRST, LAST, COMPLETED],
        [MESSAGE, ASKED],
        [MESSAGE, REJECTED],
    ],
)
def test_legal_log_has_no_fault(events: list[TaskEvent]) -> None:
    assert complaints(log(*events)) == []


@pytest.mark.parametrize(
    ("events", "fault"),
    [
        ([MESSAGE], "the log ends with a task that is submitted"),
        ([MESSAGE, WORKING], "the log ends with a task that is working"),
        ([MESSAGE, COMPLETED, FIRST], "entry 3 comes after the end"),
        ([MESSAGE, REPLY, COMPLETED], "entry 3 comes after the end"),
        ([MESSAGE, COMPLETED, COMPLETED], "entry 3 comes after the end"),
        ([WORKING, COMPLETED], "entry 1 leads from nothing to working"),
        ([MESSAGE, WORKING, REPLY], "entry 3 is a reply, which may be entry 2 only"),
        ([MESSAGE, MESSAGE, ASKED], "entry 2 is a message to a task that is submitted"),
        ([MESSAGE, ASKED, WORKING, ASKED], "entry 3 goes on without an answer"),
        ([MESSAGE, ASKED, COMPLETED], "entry 3 leads from input-required to completed"),
        ([MESSAGE, FIRST, ASKED], "entry 2 needs a task at work; this one is submitted"),
        ([MESSAGE, WORKING, LAST, ASKED], "entry 3 appends to what is not open"),
        ([MESSAGE, WORKING, FIRST, LAST, LAST, ASKED], "entry 5 appends to what is not open"),
        ([MESSAGE, WORKING, FIRST, COMPLETED], "entry 4 completes a task with open artifacts"),
        ([MESSAGE, WORKING, FIRST, REJECTED], "entry 4 rejects a task that has given output"),
        ([MESSAGE, WORKING, ArtifactChunk("a", ()), ASKED], "entry 3 has no parts"),
    ],
)
def test_fault_is_found(events: list[TaskEvent], fault: str) -> None:
    assert fault in complaints(log(*events))


def test_gap_in_the_numbers_is_found() -> None:
    assert complaints([Entry(1, 0, MESSAGE), Entry(3, 0, COMPLETED)]) == [
        "entry 3 has the place of entry 2"
    ]


events: st.SearchStrategy[TaskEvent] = st.sampled_from(
    [MESSAGE, Noted({}), REPLY]
    + [StatusChanged(state) for state in TaskState]
    + [
        ArtifactChunk(artifact_id, PARTS, append, last)
        for artifact_id in ("a", "b")
        for append in (False, True)
        for last in (False, True)
    ]
)


@given(st.lists(events, min_size=1, max_size=40))
def test_lifecycle_takes_what_the_judge_allows_and_nothing_else(tried: list[TaskEvent]) -> None:
    progress, taken = Progress(), list[TaskEvent]()
    for event in (MESSAGE, WORKING, *tried):
        faults = complaints(log(*taken, event), is_over=False)
        try:
            progress.advance(event)
        except IllegalEvent:
            assert faults
        else:
            assert faults == []
            taken.append(event)

"""What each mode of a stream shows, and how neighbouring text is merged."""

import pytest

from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    Message,
    Role,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    StatusChanged,
    TaskEvent,
)
from a2a_agent.domain.views import StreamMode, is_answer, merge_chunks, select, whole_answer


def log(*events: TaskEvent, start: int = 1) -> list[Entry]:
    return [Entry(number, 1000 * number, event) for number, event in enumerate(events, start)]


def first(text: str, artifact_id: str = "response", *, last: bool = False) -> ArtifactChunk:
    return ArtifactChunk(artifact_id, (TextPart(text),), False, last, "name", "description")


def more(text: str, artifact_id: str = "response", *, last: bool = False) -> ArtifactChunk:
    return ArtifactChunk(artifact_id, (TextPart(text),), True, last)


MESSAGE = MessageAccepted(Message(message_id="m", role=Role.USER, parts=(TextPart("Hi"),)))
LOG: list[TaskEvent] = [
    MESSAGE,
    StatusChanged(TaskState.WORKING),
    Noted({"kind": "reasoning"}),
    first("a"),
    StatusChanged(TaskState.WORKING, (DataPart({"callId": "1"}),)),
    first("file", "other", last=True),
    more("b", last=True),
    StatusChanged(TaskState.INPUT_REQUIRED, (TextPart("?"),)),
    MESSAGE,
    StatusChanged(TaskState.COMPLETED),
]


@pytest.mark.parametrize(
    ("mode", "shown"),
    [
        (StreamMode.OUTPUT, [8, 10]),
        (StreamMode.CHUNK, [4, 7, 8, 10]),
        (StreamMode.CORE, [1, 2, 4, 5, 6, 7, 8, 9, 10]),
        (StreamMode.ALL, [1, 2, 3, 4, 5, 6, 7, 8, 9, 10]),
    ],
)
def test_mode_shows_more_than_the_one_before(mode: StreamMode, shown: list[int]) -> None:
    entries = log(*LOG)

    assert select(entries, mode) == [entries[number - 1] for number in shown]


def test_answer_is_the_chunks_of_the_response() -> None:
    assert [entry.sequence for entry in log(*LOG) if is_answer(entry)] == [4, 7]


def task(*artifacts: Artifact) -> Task:
    status = TaskStatus(state=TaskState.COMPLETED, timestamp_ms=9000)
    return Task(id="t", context_id="c", status=status, artifacts=artifacts)


END = Entry(9, 9000, StatusChanged(TaskState.COMPLETED))


def test_finished_answer_is_one_last_chunk_before_the_final_status() -> None:
    parts = (TextPart("abc"), DataPart(1))
    other = Artifact(artifact_id="other", parts=(TextPart("x"),))
    answer = Artifact(artifact_id="response", parts=parts, name="response")

    assert whole_answer(task(other, answer), END) == Entry(
        8, 9000, ArtifactChunk("response", parts, False, True, "response")
    )


def test_task_without_an_answer_has_none_to_show() -> None:
    assert whole_answer(task(Artifact(artifact_id="other", parts=(TextPart("x"),))), END) is None


def test_neighbouring_text_is_merged_and_numbered_as_the_last() -> None:
    assert merge_chunks(log(first("a"), more("b"), more("c", last=True), start=4)) == [
        Entry(6, 6000, first("abc", last=True))
    ]


def test_appended_text_stays_appended_when_merged() -> None:
    assert merge_chunks(log(more("a"), more("b"))) == [Entry(2, 2000, more("ab"))]


def test_text_alone_is_left_as_it_is() -> None:
    (entry,) = log(more("a"))

    assert merge_chunks([entry])[0] is entry


STATUS = StatusChanged(TaskState.WORKING)
STYLED = ArtifactChunk("response", (TextPart("a", metadata={}),), True)
WITH_METADATA = ArtifactChunk("response", (TextPart("a"),), True, metadata={})
TWO_PARTS = ArtifactChunk("response", (TextPart("a"), TextPart("b")), True)


@pytest.mark.parametrize(
    "events",
    [
        [],
        [STATUS],
        [first("a"), STATUS, more("b")],
        [first("a"), first("b")],
        [more("a"), first("b")],
        [first("a", "x"), first("b", "y"), more("c", "x")],
        [more("a"), STYLED, more("b")],
        [more("a"), WITH_METADATA, more("b")],
        [TWO_PARTS, more("b")],
    ],
)
def test_what_are_no_neighbours_is_not_merged(events: list[TaskEvent]) -> None:
    entries = log(*events)

    assert merge_chunks(entries) == entries


def test_text_is_merged_run_by_run() -> None:
    assert merge_chunks(
        log(STATUS, first("a"), more("b"), STATUS, more("c"), more("d"), first("e"), more("f"))
    ) == [
        Entry(1, 1000, STATUS),
        Entry(3, 3000, first("ab")),
        Entry(4, 4000, STATUS),
        Entry(6, 6000, more("cd")),
        Entry(8, 8000, first("ef")),
    ]

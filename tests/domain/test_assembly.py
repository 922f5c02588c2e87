"""The fold: which Task a log describes."""

import pytest

from a2a_agent.domain.assembly import Assembly, assemble, is_plain_text, reply_message
from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    FilePart,
    JsonObject,
    Message,
    Part,
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
    Replied,
    StatusChanged,
    TaskEvent,
)

MESSAGE = Message(
    message_id="m-1", role=Role.USER, parts=(TextPart("Hi"),), context_id="c", task_id="t"
)
ANSWER = Message(
    message_id="m-2", role=Role.USER, parts=(TextPart("yes"),), context_id="c", task_id="t"
)


def log(*events: TaskEvent) -> list[Entry]:
    """The events as entries, one a second; the message comes first."""
    return [
        Entry(number, 1000 * number, event)
        for number, event in enumerate((MessageAccepted(MESSAGE), *events), 1)
    ]


def status(state: TaskState, number: int, *parts: Part) -> TaskStatus:
    """The status that entry `number` brings."""
    message = Message(
        message_id=f"t-{number}", role=Role.AGENT, parts=parts, context_id="c", task_id="t"
    )
    return TaskStatus(state=state, timestamp_ms=1000 * number, message=message if parts else None)


def artifacts(*chunks: ArtifactChunk) -> tuple[Artifact, ...]:
    """The artifacts that the chunks add up to."""
    return assemble("t", log(StatusChanged(TaskState.WORKING), *chunks)).artifacts


def text(*pieces: str) -> tuple[Part, ...]:
    return tuple(TextPart(piece) for piece in pieces)


def test_accepted_message_is_a_submitted_task() -> None:
    assert assemble("t", log()) == Task(
        id="t",
        context_id="c",
        status=status(TaskState.SUBMITTED, 1),
        history=(MESSAGE,),
    )


def test_status_is_that_of_the_last_change() -> None:
    task = assemble("t", log(StatusChanged(TaskState.WORKING, text("a"))))

    assert task == Task(
        id="t",
        context_id="c",
        status=status(TaskState.WORKING, 2, TextPart("a")),
        history=(MESSAGE,),
    )


def test_message_of_the_last_status_moves_to_the_history() -> None:
    task = assemble(
        "t",
        log(
            StatusChanged(TaskState.WORKING, text("a")),
            StatusChanged(TaskState.WORKING),
            StatusChanged(TaskState.WORKING, text("b")),
            StatusChanged(TaskState.COMPLETED, text("c")),
        ),
    )

    assert task == Task(
        id="t",
        context_id="c",
        status=status(TaskState.COMPLETED, 5, TextPart("c")),
        history=(
            MESSAGE,
            Message(
                message_id="t-2", role=Role.AGENT, parts=text("a"), context_id="c", task_id="t"
            ),
            Message(
                message_id="t-4", role=Role.AGENT, parts=text("b"), context_id="c", task_id="t"
            ),
        ),
    )


def test_answer_makes_an_interrupted_task_work_and_follows_its_question() -> None:
    task = assemble(
        "t",
        log(StatusChanged(TaskState.INPUT_REQUIRED, text("?")), MessageAccepted(ANSWER)),
    )

    assert task == Task(
        id="t",
        context_id="c",
        status=status(TaskState.WORKING, 3),
        history=(
            MESSAGE,
            Message(
                message_id="t-2", role=Role.AGENT, parts=text("?"), context_id="c", task_id="t"
            ),
            ANSWER,
        ),
    )


def test_metadata_of_statuses_is_merged() -> None:
    task = assemble(
        "t",
        log(
            StatusChanged(TaskState.WORKING, (), {"a": 1, "b": 1}),
            StatusChanged(TaskState.WORKING, (), {}),
            StatusChanged(TaskState.COMPLETED, (), {"b": 2}),
        ),
    )

    assert task.metadata == {"a": 1, "b": 2}


@pytest.mark.parametrize("event", [Noted({"kind": "raw"}), Replied(text("Hello"))])
def test_note_and_reply_are_no_part_of_the_task(event: TaskEvent) -> None:
    assert assemble("t", log(event)) == assemble("t", log())


def test_resume_is_no_part_of_the_task() -> None:
    asked = StatusChanged(TaskState.INPUT_REQUIRED, text("?"), None, {"secret": 1})

    assert "secret" not in repr(assemble("t", log(asked)))


FIRST = ArtifactChunk("a", text("x"), False, False, "name", "description", {"k": 1, "l": 1})


def test_artifact_is_its_first_chunk() -> None:
    assert artifacts(FIRST) == (
        Artifact(
            artifact_id="a",
            parts=text("x"),
            name="name",
            description="description",
            metadata={"k": 1, "l": 1},
        ),
    )


DATA, STYLED = DataPart({"a": 1}), TextPart("s", media_type="text/markdown")


@pytest.mark.parametrize(
    ("chunks", "whole"),
    [
        ([text("a"), text("b"), text("c")], text("abc")),
        ([text("a", "b"), text("c")], text("a", "bc")),
        ([text("a"), text("b", "c")], text("abc")),
        ([text("a"), text("")], text("a")),
        ([text(""), text("")], text("")),
        ([text("a"), (DATA,), text("b"), text("c")], (TextPart("a"), DATA, TextPart("bc"))),
        ([(DATA,), text("")], (DATA,)),
        ([(DATA,), text(""), text("b")], (DATA, TextPart("b"))),
        ([(DATA,), (DATA,)], (DATA, DATA)),
        ([(STYLED,), text("b")], (STYLED, TextPart("b"))),
        ([text("a"), (STYLED,)], (TextPart("a"), STYLED)),
        ([text("a"), (TextPart("b"), DATA, TextPart("c"))], (TextPart("ab"), DATA, TextPart("c"))),
    ],
)
def test_appended_parts_follow_and_plain_text_is_joined(
    chunks: list[tuple[Part, ...]], whole: tuple[Part, ...]
) -> None:
    first, *more = chunks

    (artifact,) = artifacts(
        ArtifactChunk("a", first), *(ArtifactChunk("a", parts, append=True) for parts in more)
    )

    assert artifact == Artifact(artifact_id="a", parts=whole)


def test_appended_chunk_adds_metadata_and_leaves_the_names() -> None:
    more = ArtifactChunk("a", text("y"), True, True, "other", "other", {"l": 2, "m": 2})

    assert artifacts(FIRST, more) == (
        Artifact(
            artifact_id="a",
            parts=text("xy"),
            name="name",
            description="description",
            metadata={"k": 1, "l": 2, "m": 2},
        ),
    )


def test_appended_chunk_brings_the_first_metadata() -> None:
    (artifact,) = artifacts(
        ArtifactChunk("a", text("x")), ArtifactChunk("a", text("y"), append=True, metadata={"k": 1})
    )

    assert artifact.metadata == {"k": 1}


def test_new_first_chunk_replaces_the_artifact_in_its_place() -> None:
    other = ArtifactChunk("b", text("z"))
    anew = ArtifactChunk("a", text("new"))

    assert artifacts(FIRST, other, anew) == (
        Artifact(artifact_id="a", parts=text("new")),
        Artifact(artifact_id="b", parts=text("z")),
    )


def test_task_can_be_taken_in_the_middle_of_the_fold() -> None:
    entries = log(
        StatusChanged(TaskState.WORKING),
        ArtifactChunk("a", text("x")),
        ArtifactChunk("a", text("y"), append=True),
        ArtifactChunk("a", text("z"), append=True, last=True),
        StatusChanged(TaskState.COMPLETED),
    )
    assembly, seen = Assembly("t"), []

    for entry in entries:
        assembly.add(entry)
        seen.append(assembly.task())

    assert seen == [assemble("t", entries[:end]) for end in range(1, len(entries) + 1)]
    assert [task.answer for task in seen] == [None] * 6


def test_log_without_entries_is_no_task() -> None:
    with pytest.raises(ValueError, match="a task has at least one entry"):
        assemble("t", [])


def test_message_without_a_context_makes_a_task_without_one() -> None:
    message = Message(message_id="m", role=Role.USER, parts=text("Hi"))

    assert assemble("t", [Entry(1, 0, MessageAccepted(message))]).context_id == ""


@pytest.mark.parametrize("metadata", [None, {"k": 1}])
def test_reply_is_a_message_without_a_task(metadata: JsonObject | None) -> None:
    task = assemble("t", log())

    assert reply_message(task, Replied(text("Hello"), metadata)) == Message(
        message_id="t-reply",
        role=Role.AGENT,
        parts=text("Hello"),
        context_id="c",
        metadata=metadata,
    )


@pytest.mark.parametrize(
    ("part", "is_plain"),
    [
        (TextPart(""), True),
        (TextPart("a"), True),
        (TextPart("a", media_type="text/plain"), False),
        (TextPart("a", filename="f"), False),
        (TextPart("a", metadata={}), False),
        (DataPart("a"), False),
        (FilePart(raw=b"a"), False),
    ],
)
def test_plain_text_is_text_and_nothing_else(part: Part, is_plain: bool) -> None:
    assert is_plain_text(part) is is_plain

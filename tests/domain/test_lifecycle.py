"""The whole table of what may follow what, and that a refusal changes nothing."""

from dataclasses import dataclass, field

import pytest

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.lifecycle import TRANSITIONS, Progress
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

EVENTS: dict[str, TaskEvent] = {
    **{state.value: StatusChanged(state) for state in TaskState},
    "message": MESSAGE,
    "note": Noted({}),
    "reply": Replied(PARTS),
    "chunk": ArtifactChunk("new", PARTS, last=True),
}

ALLOWED = """
    nothing          message
    just submitted   working input-required auth-required completed canceled failed rejected reply
    submitted        working input-required auth-required completed canceled failed rejected
    working          working input-required auth-required completed canceled failed rejected chunk note
    input-required   message canceled failed
    auth-required    message canceled failed
    completed        -
    canceled         -
    failed           -
    rejected         -
    replied          -
"""  # noqa: E501  # a table
"""What each kind of task takes; it takes nothing else. A task is just submitted at entry 1."""

TABLE = {line[4:20].strip(): line[20:].split() for line in ALLOWED.splitlines() if line.strip("- ")}
STATE_AFTER = {"message": TaskState.WORKING, "reply": TaskState.COMPLETED}


@dataclass(frozen=True)
class Seen:
    """All that a Progress knows."""

    state: TaskState | None
    sequence: int
    artifacts: dict[str, bool] = field(default_factory=dict)
    has_replied: bool = False

    @classmethod
    def of(cls, progress: Progress) -> "Seen":
        return cls(
            progress.state, progress.sequence, dict(progress.artifacts), progress.has_replied
        )


def progress(place: str) -> Progress:
    """The progress of a task in a row of the table."""
    made = Progress()
    if place == "nothing":
        return made
    made.advance(MESSAGE)
    if place == "replied":
        made.advance(Replied(PARTS))
    elif place not in ("just submitted", "submitted"):
        made.advance(StatusChanged(TaskState(place)))
    elif place == "submitted":
        made.sequence += 1
    return made


CELLS = [(place, name) for place in TABLE for name in EVENTS]


@pytest.mark.parametrize(("place", "name"), [c for c in CELLS if c[1] in TABLE[c[0]]])
def test_event_of_the_table_is_taken(place: str, name: str) -> None:
    task = progress(place)
    before = Seen.of(task)

    task.advance(EVENTS[name])

    state = TaskState(name) if name in list(TaskState) else STATE_AFTER.get(name, before.state)
    assert Seen.of(task) == Seen(
        state=TaskState.SUBMITTED if place == "nothing" else state,
        sequence=before.sequence + 1,
        artifacts={"new": False} if name == "chunk" else {},
        has_replied=name == "reply",
    )


@pytest.mark.parametrize(("place", "name"), [c for c in CELLS if c[1] not in TABLE[c[0]]])
def test_event_outside_the_table_is_refused_and_changes_nothing(place: str, name: str) -> None:
    task = progress(place)
    before = Seen.of(task)

    with pytest.raises(IllegalEvent):
        task.advance(EVENTS[name])

    assert Seen.of(task) == before


def test_table_of_transitions_has_a_row_for_every_state() -> None:
    assert set(TRANSITIONS) == set(TaskState)


def test_nothing_leads_to_submitted() -> None:
    assert not any(TaskState.SUBMITTED in states for states in TRANSITIONS.values())


@pytest.mark.parametrize(
    ("place", "name", "said"),
    [
        ("completed", "working", "a task that is completed cannot become working"),
        ("input-required", "completed", "a task that is input-required cannot become completed"),
        ("nothing", "failed", "there is no task whose status could change"),
        ("replied", "failed", "there is no task whose status could change"),
        ("working", "message", "a task that is working takes no message"),
        ("working", "reply", "a reply must be the first and only event"),
        ("nothing", "note", "a note needs a task that is working; this one is not there"),
        (
            "just submitted",
            "chunk",
            "an artifact needs a task that is working; this one is submitted",
        ),
    ],
)
def test_refusal_says_what_was_wrong(place: str, name: str, said: str) -> None:
    with pytest.raises(IllegalEvent) as refusal:
        progress(place).advance(EVENTS[name])

    assert str(refusal.value) == said


FIRST, WHOLE = ArtifactChunk("a", PARTS), ArtifactChunk("a", PARTS, last=True)
MORE, LAST = ArtifactChunk("a", PARTS, append=True), ArtifactChunk("a", PARTS, True, True)
NO_FIRST = "nothing can be appended to artifact 'a': it has no first chunk"
IS_CLOSED = "nothing can be appended to artifact 'a': its last chunk has been sent"


@pytest.mark.parametrize(
    ("chunks", "is_open"),
    [
        ([FIRST], True),
        ([WHOLE], False),
        ([FIRST, MORE], True),
        ([FIRST, MORE, LAST], False),
        ([FIRST, FIRST], True),
        ([FIRST, WHOLE], False),
        ([WHOLE, FIRST], True),
        ([WHOLE, FIRST, LAST], False),
        ([FIRST, MORE, LAST, WHOLE], False),
    ],
)
def test_artifact_is_open_until_its_last_chunk(chunks: list[ArtifactChunk], is_open: bool) -> None:
    task = progress("working")

    for chunk in chunks:
        task.advance(chunk)

    assert Seen.of(task) == Seen(TaskState.WORKING, 2 + len(chunks), {"a": is_open})
    assert task.open_artifacts == (["a"] if is_open else [])


@pytest.mark.parametrize(
    ("before", "chunk", "said"),
    [
        ([], MORE, NO_FIRST),
        ([], LAST, NO_FIRST),
        ([ArtifactChunk("b", PARTS)], MORE, NO_FIRST),
        ([WHOLE], MORE, IS_CLOSED),
        ([WHOLE], LAST, IS_CLOSED),
        ([FIRST, LAST], MORE, IS_CLOSED),
    ],
)
def test_append_without_an_open_artifact_is_refused_and_changes_nothing(
    before: list[ArtifactChunk], chunk: ArtifactChunk, said: str
) -> None:
    task = progress("working")
    for earlier in before:
        task.advance(earlier)
    known = Seen.of(task)

    with pytest.raises(IllegalEvent) as refusal:
        task.advance(chunk)

    assert str(refusal.value) == said
    assert Seen.of(task) == known


def test_artifacts_are_open_side_by_side() -> None:
    task = progress("working")

    for artifact_id in ("a", "b", "c"):
        task.advance(ArtifactChunk(artifact_id, PARTS))
    task.advance(ArtifactChunk("b", PARTS, True, True))

    assert Seen.of(task) == Seen(TaskState.WORKING, 6, {"a": True, "b": False, "c": True})
    assert task.open_artifacts == ["a", "c"]


def test_completion_is_refused_while_artifacts_are_open() -> None:
    task = progress("working")
    task.advance(ArtifactChunk("a", PARTS))
    task.advance(ArtifactChunk("b", PARTS))
    before = Seen.of(task)

    with pytest.raises(IllegalEvent, match=r"^artifacts are still open: a, b$"):
        task.advance(StatusChanged(TaskState.COMPLETED))

    assert Seen.of(task) == before


@pytest.mark.parametrize("state", [TaskState.FAILED, TaskState.CANCELED])
def test_task_may_fail_or_be_canceled_while_artifacts_are_open(state: TaskState) -> None:
    task = progress("working")
    task.advance(FIRST)

    task.advance(StatusChanged(state))

    assert Seen.of(task) == Seen(state, 4, {"a": True})


def test_task_that_has_given_output_cannot_be_rejected() -> None:
    task = progress("working")
    task.advance(WHOLE)
    before = Seen.of(task)

    with pytest.raises(IllegalEvent, match="a task that has given output cannot be rejected"):
        task.advance(StatusChanged(TaskState.REJECTED))

    assert Seen.of(task) == before


def test_artifact_can_be_closed_on_its_unsent_last_chunk() -> None:
    task = progress("working")
    task.advance(FIRST)

    task.close("a")

    assert Seen.of(task) == Seen(TaskState.WORKING, 3, {"a": False})


def test_progress_of_a_log_is_that_of_its_events_one_by_one() -> None:
    events: list[TaskEvent] = [MESSAGE, StatusChanged(TaskState.WORKING), FIRST, Noted({}), LAST]

    task = Progress.of(Entry(number, 0, event) for number, event in enumerate(events, 1))

    assert Seen.of(task) == Seen(TaskState.WORKING, 5, {"a": False})


def test_progress_of_nothing_knows_no_task() -> None:
    assert Seen.of(Progress.of([])) == Seen(None, 0)

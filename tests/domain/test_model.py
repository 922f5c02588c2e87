"""The nouns of A2A: valid once constructed."""

from typing import Any

import pytest

from a2a_agent.domain.model import (
    Artifact,
    DataPart,
    FilePart,
    Message,
    Part,
    Role,
    Task,
    TaskState,
    TaskStatus,
    TextPart,
)

STATUS = TaskStatus(state=TaskState.WORKING, timestamp_ms=0)


@pytest.mark.parametrize(
    ("state", "is_terminal", "is_interrupted"),
    [
        (TaskState.SUBMITTED, False, False),
        (TaskState.WORKING, False, False),
        (TaskState.INPUT_REQUIRED, False, True),
        (TaskState.AUTH_REQUIRED, False, True),
        (TaskState.COMPLETED, True, False),
        (TaskState.CANCELED, True, False),
        (TaskState.FAILED, True, False),
        (TaskState.REJECTED, True, False),
    ],
)
def test_state_rests_when_it_is_terminal_or_interrupted(
    state: TaskState, is_terminal: bool, is_interrupted: bool
) -> None:
    assert (state.is_terminal, state.is_interrupted, state.is_resting) == (
        is_terminal,
        is_interrupted,
        is_terminal or is_interrupted,
    )


@pytest.mark.parametrize("contents", [{}, {"raw": b"a", "url": "b"}, {"raw": b"", "url": ""}])
def test_file_part_has_either_bytes_or_a_url(contents: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match="^a file part has either raw bytes or a url, and not"):
        FilePart(**contents)


@pytest.mark.parametrize("contents", [{"raw": b""}, {"url": ""}])
def test_file_part_may_be_empty(contents: dict[str, Any]) -> None:
    part = FilePart(**contents)

    assert {"raw": part.raw, "url": part.url} == {"raw": None, "url": None, **contents}


@pytest.mark.parametrize(
    ("parts", "text"),
    [
        ((), ""),
        ((TextPart("a"),), "a"),
        ((TextPart("a"), DataPart({"b": 1}), FilePart(url="c"), TextPart("d")), "a\nd"),
    ],
)
def test_text_of_a_message_is_its_text_parts_by_line(parts: tuple[Part, ...], text: str) -> None:
    assert Message(message_id="m", role=Role.USER, parts=parts).text == text


def test_message_is_placed_in_a_task_and_keeps_all_else() -> None:
    given: dict[str, Any] = {
        "message_id": "m",
        "role": Role.USER,
        "parts": (TextPart("a"),),
        "metadata": {"k": 1},
        "extensions": ("e",),
        "reference_task_ids": ("r",),
    }

    assert Message(**given).placed("t", "c") == Message(**given, task_id="t", context_id="c")


@pytest.mark.parametrize(
    ("artifacts", "answer"),
    [
        ((), None),
        ((Artifact(artifact_id="other", parts=(TextPart("a"),)),), None),
        (
            (
                Artifact(artifact_id="other", parts=(TextPart("a"),)),
                Artifact(artifact_id="response", parts=(TextPart("b"), DataPart(1), TextPart("c"))),
            ),
            "bc",
        ),
    ],
)
def test_answer_of_a_task_is_the_text_of_its_response(
    artifacts: tuple[Artifact, ...], answer: str | None
) -> None:
    assert Task(id="t", context_id="c", status=STATUS, artifacts=artifacts).answer == answer

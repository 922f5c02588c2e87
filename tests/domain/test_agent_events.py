"""What the agent's words say by default."""

from typing import Any

import pytest

from a2a_agent.domain.agent_events import Artifact, InputKind, InputRequired, Reply, RunFinished
from a2a_agent.domain.model import TERMINAL, TaskState, TextPart


@pytest.mark.parametrize(
    ("append", "last", "is_last"),
    [
        (False, None, True),
        (True, None, False),
        (False, False, False),
        (False, True, True),
        (True, False, False),
        (True, True, True),
    ],
)
def test_artifact_is_closed_by_the_event_that_is_whole_or_says_so(
    append: bool, last: bool | None, is_last: bool
) -> None:
    assert Artifact(parts=(TextPart("x"),), append=append, last=last).is_last is is_last


@pytest.mark.parametrize("kind", InputKind)
def test_kind_of_a_question_may_be_its_word(kind: InputKind) -> None:
    word: Any = kind.value

    assert InputRequired(prompt="?", kind=word).kind is kind


@pytest.mark.parametrize("state", sorted(TERMINAL))
def test_state_of_an_end_may_be_its_word(state: TaskState) -> None:
    word: Any = state.value

    assert RunFinished(state=word).state is state


@pytest.mark.parametrize("word", ["password", None, 5])
def test_kind_that_is_unknown_is_an_error(word: Any) -> None:
    with pytest.raises(ValueError, match="is not a valid InputKind"):
        InputRequired(prompt="?", kind=word)


def test_reply_of_text_has_one_part() -> None:
    assert Reply.of_text("Hello") == Reply((TextPart("Hello"),))

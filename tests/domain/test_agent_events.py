"""What the agent's words say by default."""

import pytest

from a2a_agent.domain.agent_events import Artifact, Reply
from a2a_agent.domain.model import TextPart


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


def test_reply_of_text_has_one_part() -> None:
    assert Reply.of_text("Hello") == Reply((TextPart("Hello"),))

"""Whether a client allows a call, in whatever form it says so."""

import pytest

from a2a_agent.agents.approvals import Decision, approval, decision, denial
from a2a_agent.domain.agent_events import InputKind
from a2a_agent.domain.model import DataPart, Message, Part, Role, TextPart


def _answer(*parts: Part) -> Message:
    return Message(message_id="answer", role=Role.USER, parts=parts)


@pytest.mark.parametrize("words", ["yes", " Approve. ", "OK!"])
def test_clear_yes_is_a_yes(words: str) -> None:
    said = decision(_answer(TextPart(words)), "1")

    assert said == Decision(is_yes=True, is_always=False, words=words.strip())


@pytest.mark.parametrize("words", ["always", "Always allow."])
def test_always_is_a_yes_for_later_calls_too(words: str) -> None:
    said = decision(_answer(TextPart(words)), "1")

    assert said == Decision(is_yes=True, is_always=True, words=words)


@pytest.mark.parametrize("words", ["", "no", "Deny!"])
def test_no_has_no_more_words(words: str) -> None:
    said = decision(_answer(TextPart(words)), "1")

    assert said == Decision(is_yes=False, is_always=False, words="")


def test_what_is_no_clear_yes_is_a_no_with_its_words() -> None:
    said = decision(_answer(TextPart("Yes, but not today")), "1")

    assert said == Decision(is_yes=False, is_always=False, words="Yes, but not today")


@pytest.mark.parametrize("data", [{"decision": "always"}, {"decision": "always", "requestId": "1"}])
def test_decision_may_be_data(data: dict[str, str]) -> None:
    said = decision(_answer(DataPart(data)), "1")

    assert said == Decision(is_yes=True, is_always=True, words="")


def test_yes_and_no_together_are_a_no() -> None:
    said = decision(_answer(DataPart({"decision": "always"}), TextPart("no")), "1")

    assert said == Decision(is_yes=False, is_always=False, words="")


def test_decision_about_another_question_is_none() -> None:
    data = {"decision": "approve", "requestId": "2"}

    assert decision(_answer(DataPart(data)), "1") is None


def test_decision_is_about_any_question_where_that_has_no_id() -> None:
    data = {"decision": "approve", "requestId": "2"}

    assert decision(_answer(DataPart(data)), None) == Decision(
        is_yes=True, is_always=False, words=""
    )


def test_question_shows_what_would_be_called_and_cuts_what_is_long() -> None:
    question = approval(
        call_id="1", name="write", arguments={"text": "x" * 1_000}, request_id="q", resume=None
    )

    assert question.prompt == f'May I use write with {{"text": "{"x" * 490}?'
    assert (question.kind, question.options) == (InputKind.APPROVAL, ("approve", "deny"))
    assert question.arguments == {"text": "x" * 1_000}


@pytest.mark.parametrize(("words", "said"), [("", "denied"), ("not now", "denied: not now")])
def test_denial_has_the_words_of_the_client(words: str, said: str) -> None:
    assert denial(words) == said

"""What a graph of LangGraph is handed for the client's answer."""

from typing import Any

import pytest

from a2a_agent.agents.adapters.langgraph_questions import AboutAnotherQuestion, answer
from a2a_agent.domain.model import DataPart, Message, Part, Role, TextPart

ACTIONS = {"action_requests": [{"name": "a", "args": {}}, {"name": "b", "args": {}}]}
REQUESTS = [{"action_request": {"action": "a", "args": {}}}]


def given(value: Any, *parts: Part, **more: Any) -> Any:
    """What becomes of an answer to a question with this value."""
    message = Message(message_id="m", role=Role.USER, parts=parts)
    return answer({"id": "i", "value": value, **more}, message)


def test_text_is_answered_with_text() -> None:
    assert given("How many?", TextPart("Two.")) == "Two."


def test_data_goes_before_text() -> None:
    data = DataPart({"count": 2})

    assert given({"question": "How many?"}, TextPart("These:"), data) == {"count": 2}


def test_several_data_are_no_one_answer() -> None:
    assert given("?", DataPart(1), DataPart(2), TextPart("Both.")) == "Both."


@pytest.mark.parametrize(("said", "value"), [("yes", True), ("no", False), ("perhaps", False)])
def test_yes_or_no_is_a_boolean(said: str, value: bool) -> None:
    assert given({"kind": "approval"}, TextPart(said)) is value
    assert given("Sure?", TextPart(said), response_schema={"type": "boolean"}) is value


def test_middleware_is_given_a_decision_for_each_action() -> None:
    assert given(ACTIONS, TextPart("yes")) == {"decisions": [{"type": "approve"}] * 2}
    assert given(ACTIONS, TextPart("no")) == {"decisions": [{"type": "reject"}] * 2}
    assert given(ACTIONS, TextPart("Not today.")) == {
        "decisions": [{"type": "reject", "message": "Not today."}] * 2
    }


def test_human_interrupt_is_given_responses() -> None:
    assert given(REQUESTS, TextPart("yes")) == [{"type": "accept", "args": None}]
    assert given(REQUESTS, TextPart("no")) == [{"type": "ignore", "args": None}]
    assert given(REQUESTS, TextPart("Not today.")) == [{"type": "response", "args": "Not today."}]


def test_decision_about_another_question_is_none() -> None:
    decision = DataPart({"requestId": "another", "decision": "approve"})

    with pytest.raises(AboutAnotherQuestion):
        given(ACTIONS, decision)

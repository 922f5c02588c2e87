"""What is told comes before what is learned, and what is not known cannot be tried."""

import pytest

from conformance.expect import NotExercised
from conformance.knowledge import BEHAVIOURS, SCENARIOS, Draft, Knowledge


def test_every_behaviour_has_a_scenario() -> None:
    assert SCENARIOS.keys() == BEHAVIOURS.keys()


def test_prompt_comes_before_the_scenario() -> None:
    knowledge = Knowledge.told({"input": "Ask me"}, follows_scenarios=True)
    assert knowledge.need("input") == Draft(text="Ask me")
    assert knowledge.need("completes") == Draft(prefix="tck-complete-task")


def test_what_is_told_is_not_unlearned() -> None:
    knowledge = Knowledge.told({"input": "Ask me"}, follows_scenarios=False)
    knowledge.learn(Draft(text="Hello"), ["input", "completes"])
    knowledge.learn(Draft(text="Bye"), ["completes"])
    assert knowledge.drafts == {"input": Draft(text="Ask me"), "completes": Draft(text="Hello")}


def test_unknown_behaviour_is_not_exercised_and_says_how() -> None:
    with pytest.raises(NotExercised) as caught:
        Knowledge.told({}, follows_scenarios=False).need("input")
    assert caught.value.reason == (
        "no message is known that leads to a task that asks back (input-required)"
    )
    assert caught.value.how == '--prompt input="…", or --scenarios where the agent follows them'

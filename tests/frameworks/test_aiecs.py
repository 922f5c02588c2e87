"""Agents of AIECS, served."""

from typing import Any, ClassVar

import pytest

from tests.frameworks.contract import Contract, Talking, play, two_tasks
from tests.frameworks.served import Framework, Served
from tests.support.dialects import Dialect

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]

WEATHER = {"name": "weather_get", "arguments": {"city": "London"}}
SUM = {"name": "maths_add", "arguments": {"a": 2, "b": 2}}
AIECS_SAYS = ("[System Context]", "[Compact boundary marker]")
"""How what it adds to a conversation begins."""


def aiecs(agent: str) -> Framework:
    return Framework(
        name="aiecs",
        agent=agent,
        weather="weather_get",
        add="maths_add",
        broken="broken_tool",
        scripts={
            "loop": [{"tool_calls": [WEATHER]}],
            "parallel-tools": [{"tool_calls": [WEATHER, SUM]}, {"text": "Sunny, and 4."}],
            "text-and-tool": [
                {"text": "Let me look.", "tool_calls": [WEATHER]},
                {"text": "Sunny."},
            ],
        },
    )


def asked(agent: Served, message: str) -> list[tuple[str, Any]]:
    """Who has said what, in the model's first call with the message; AIECS's own words left out."""
    messages = agent.model.call_with(message).body["messages"]
    said = [(one["role"], one.get("content")) for one in messages if one["role"] != "system"]
    return [one for one in said if not str(one[1]).startswith(AIECS_SAYS)]


class RemembersTexts:
    """To be inherited by a class that names its framework."""

    framework: ClassVar[Framework]

    def test_what_was_said_before_is_part_of_the_conversation(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first, second, seen = two_tasks(agent, dialect, "first", "second")

        assert (seen.state, seen.answer) == ("completed", "You are still Ada.")
        assert asked(agent, second)[:2] == [("user", first), ("assistant", "Your name is Ada.")]


class TestHybridAgent(Contract):
    framework = aiecs("agent")

    def test_called_tools_of_earlier_tasks_are_part_of_the_conversation(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first, second, _ = two_tasks(agent, dialect, "one-tool", "second")

        assert asked(agent, second)[:4] == [
            ("user", first),
            ("assistant", None),
            ("tool", "It is sunny in London."),
            ("assistant", "It is sunny there."),
        ]

    def test_two_tools_at_a_time_are_told_apart(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("parallel-tools"))

        assert (seen.state, seen.answer) == ("completed", "Sunny, and 4.")
        weather, add = seen.calls
        assert [(result["callId"], result["output"]) for result in seen.results] == [
            (weather["callId"], "It is sunny in London."),
            (add["callId"], 4),
        ]

    def test_what_is_said_before_a_tool_is_called_is_no_part_of_the_answer(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("text-and-tool"))

        assert (seen.state, seen.answer) == ("completed", "Sunny.")
        assert "Let me look." not in str(seen.task["artifacts"])
        assert "look." in seen.text

    def test_too_many_turns_fail_the_task_and_leave_no_answer(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("loop"))

        assert (seen.state, seen.data[-1], seen.answer) == ("failed", {"reason": "max-steps"}, "")
        assert len({call["callId"] for call in seen.calls}) == 3

    def test_answer_that_breaks_off_fails_the_task(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("drop"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "model-cut-off"})


class TestLLMAgent(Talking, RemembersTexts):
    framework = aiecs("talker")


class TestToolAgent(RemembersTexts):
    framework = aiecs("worker")

    def test_what_the_last_tool_gives_is_the_answer(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("text-and-tool"))

        assert (seen.state, seen.answer) == ("completed", "It is sunny in London.")
        (call,), (result,) = seen.calls, seen.results
        assert (call["name"], result["callId"]) == ("weather_get", call["callId"])

    def test_failing_tool_fails_the_task_and_leaves_no_answer(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("tool-fails"))

        assert (seen.state, seen.data[-1], seen.answer) == ("failed", {"reason": "agent-error"}, "")
        assert [result["name"] for result in seen.results] == ["broken_tool"]
        assert "secret" not in seen.text


class TestAgentWithoutAStream:
    framework = aiecs("Own")

    def test_answer_comes_whole(self, agent: Served, dialect: Dialect) -> None:
        context = agent.talk(dialect).stream("Hello").task["contextId"]

        seen = agent.talk(dialect).stream("Hello again", contextId=context)

        assert (seen.state, seen.pieces) == ("completed", ["2 before this."])

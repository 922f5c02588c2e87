"""Agents of pydantic-ai 2, served."""

from dataclasses import replace

import pytest

from tests.frameworks.contract import AskingAfterARestart, Contract, Instructed, play
from tests.frameworks.served import Framework, Served
from tests.support.dialects import Dialect, Json

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]

DELETE_A = {"name": "delete_file", "arguments": {"path": "a.txt"}}
DELETE_B = {"name": "delete_file", "arguments": {"path": "b.txt"}}
PYDANTIC_AI = Framework(
    name="pydantic-ai",
    scripts={
        "delete": [{"tool_calls": [DELETE_A]}, {"text": "I did as you said."}],
        "delete-two": [{"tool_calls": [DELETE_A, DELETE_B]}, {"text": "I did as you said."}],
        "crash": [{"tool_calls": [{"name": "crashing_tool", "arguments": {"reason": "test"}}]}],
    },
)
GEOGRAPHER = replace(
    PYDANTIC_AI,
    agent="geographer",
    scripts={
        "city": [
            {
                "tool_calls": [
                    {"name": "final_result", "arguments": {"name": "London", "sunny": True}}
                ]
            }
        ],
        "no-city": [{"tool_calls": [{"name": "final_result", "arguments": {"name": "London"}}]}],
    },
)


def asked_about(call_id: str, path: str) -> Json:
    """The question about a call of `delete_file`."""
    return {
        "kind": "approval",
        "callId": call_id,
        "name": "delete_file",
        "arguments": {"path": path},
        "options": ["approve", "deny"],
    }


class TestPydanticAI(Contract, Instructed, AskingAfterARestart):
    framework = PYDANTIC_AI

    def test_approved_call_is_made(self, agent: Served, dialect: Dialect) -> None:
        asked = agent.talk(dialect).stream(play("delete"))
        seen = agent.talk(dialect).answer(asked, "yes")

        assert asked.question == asked_about("call-0-0", "a.txt")
        assert [call["callId"] for call in asked.calls] == ["call-0-0"]
        assert (seen.state, seen.answer) == ("completed", "I did as you said.")
        assert (seen.calls, seen.results) == (
            [],
            [{"callId": "call-0-0", "name": "delete_file", "output": "a.txt is gone"}],
        )

    def test_denied_call_is_not_made_and_the_model_is_told(
        self, agent: Served, dialect: Dialect
    ) -> None:
        message = play("delete")
        asked = agent.talk(dialect).stream(message)
        seen = agent.talk(dialect).answer(asked, "I still need that.")

        error = "I still need that."
        assert (seen.state, seen.answer) == ("completed", "I did as you said.")
        assert seen.results == [
            {"callId": "call-0-0", "name": "delete_file", "error": error, "denied": True}
        ]
        assert error in str(agent.model.call_with(message, 1).body["messages"][-1])

    def test_calls_are_asked_about_one_after_the_other(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first = agent.talk(dialect).stream(play("delete-two"))
        second = agent.talk(dialect).answer(first, "yes")
        seen = agent.talk(dialect).answer(second, "no")

        assert first.question == asked_about("call-0-0", "a.txt")
        assert second.question == asked_about("call-0-1", "b.txt")
        assert seen.state == "completed"
        assert {result["callId"]: "error" in result for result in seen.results} == {
            "call-0-0": False,
            "call-0-1": True,
        }

    def test_tool_that_raises_fails_the_task_and_nobody_is_told_how(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("crash"))

        assert (seen.state, [call["name"] for call in seen.calls]) == ("failed", ["crashing_tool"])
        assert "secret" not in seen.text

    def test_what_a_run_cost_is_told(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("one-tool"))

        assert seen.task["metadata"]["usage"] == {
            "inputTokens": 20,
            "outputTokens": 10,
            "cachedInputTokens": 4,
            "reasoningTokens": 2,
            "model": seen.task["metadata"]["usage"]["model"],
        }


class TestOutput:
    framework = GEOGRAPHER

    def test_output_that_is_no_text_is_the_answer_as_data(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("city"))

        (artifact,) = seen.task["artifacts"]
        assert seen.state == "completed"
        assert (artifact["artifactId"], artifact["parts"][0]["data"]) == (
            "response",
            {"name": "London", "sunny": True},
        )
        assert (seen.calls, seen.results) == ([], [])

    def test_output_that_never_fits_fails_the_task(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("no-city"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "model-bad-answer"})

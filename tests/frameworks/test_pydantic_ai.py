"""Agents of pydantic-ai 2, served."""

from dataclasses import replace
from pathlib import Path

import pytest

from tests.frameworks.contract import Contract, play
from tests.frameworks.frames import Seen
from tests.frameworks.served import Framework, Served, served
from tests.support.dialects import V1_0, Dialect, Json

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]

DELETE_A = {"name": "delete", "arguments": {"path": "a"}}
DELETE_B = {"name": "delete", "arguments": {"path": "b"}}
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


def answered(agent: Served, dialect: Dialect, asked: Seen, text: str) -> Seen:
    """What follows the client's answer to a question."""
    return agent.talk(dialect).stream(
        text, taskId=asked.task["id"], contextId=asked.task["contextId"]
    )


def question(asked: Seen) -> Json:
    """What is asked, without its id."""
    assert asked.state == "input-required"
    return {name: value for name, value in asked.data[-1].items() if name != "requestId"}


def asked_about(call_id: str, path: str) -> Json:
    """The question about a call of `delete`."""
    return {
        "kind": "approval",
        "callId": call_id,
        "name": "delete",
        "arguments": {"path": path},
        "options": ["approve", "deny"],
    }


class TestPydanticAI(Contract):
    framework = PYDANTIC_AI

    def test_approved_call_is_made(self, agent: Served, dialect: Dialect) -> None:
        asked = agent.talk(dialect).stream(play("delete"))
        seen = answered(agent, dialect, asked, "yes")

        assert question(asked) == asked_about("call-0-0", "a")
        assert [call["callId"] for call in asked.calls] == ["call-0-0"]
        assert (seen.state, seen.answer) == ("completed", "I did as you said.")
        assert (seen.calls, seen.results) == (
            [],
            [{"callId": "call-0-0", "name": "delete", "output": "deleted a"}],
        )

    def test_denied_call_is_not_made_and_the_model_is_told(
        self, agent: Served, dialect: Dialect
    ) -> None:
        message = play("delete")
        asked = agent.talk(dialect).stream(message)
        seen = answered(agent, dialect, asked, "I still need that.")

        error = "I still need that."
        assert (seen.state, seen.answer) == ("completed", "I did as you said.")
        assert seen.results == [
            {"callId": "call-0-0", "name": "delete", "error": error, "denied": True}
        ]
        assert error in str(agent.model.call_with(message, 1).body["messages"][-1])

    def test_calls_are_asked_about_one_after_the_other(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first = agent.talk(dialect).stream(play("delete-two"))
        second = answered(agent, dialect, first, "yes")
        seen = answered(agent, dialect, second, "no")

        assert question(first) == asked_about("call-0-0", "a")
        assert question(second) == asked_about("call-0-1", "b")
        assert seen.state == "completed"
        assert {result["callId"]: "error" in result for result in seen.results} == {
            "call-0-0": False,
            "call-0-1": True,
        }

    def test_decision_about_another_question_is_asked_for_again(
        self, agent: Served, dialect: Dialect
    ) -> None:
        asked = agent.talk(dialect).stream(play("delete"))
        decision = dialect.data_part({"requestId": "another", "decision": "approve"})
        place = {"taskId": asked.task["id"], "contextId": asked.task["contextId"]}

        again = agent.talk(dialect).stream("", parts=[decision], **place)

        assert again.data[-1] == asked.data[-1]
        assert again.state == "input-required"

    def test_question_survives_a_restart(self, tmp_path: Path) -> None:
        store = f"sqlite:///{tmp_path / 'tasks.db'}"
        with served(PYDANTIC_AI, tmp_path, A2A_AGENT_STORE=store) as before:
            asked = before.talk(V1_0).stream(play("delete"))
        later = replace(PYDANTIC_AI, scripts={"delete": [{"text": "It is gone."}]})
        with served(later, tmp_path, A2A_AGENT_STORE=store) as after:
            seen = answered(after, V1_0, asked, "yes")

            assert "deleted a" in str(after.model.call(0).body)
        assert (seen.state, seen.answer) == ("completed", "It is gone.")

    def test_system_prompt_reaches_the_model_with_every_message(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first, second = play("first"), play("second")
        context = agent.talk(dialect).stream(first).task["contextId"]
        agent.talk(dialect).stream(second, contextId=context)

        messages = agent.model.call_with(second).body["messages"]
        assert [message["role"] for message in messages] == [
            "system",
            "user",
            "assistant",
            "user",
        ]

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

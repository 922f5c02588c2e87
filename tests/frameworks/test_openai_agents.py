"""Agents of the OpenAI Agents SDK, served: one asks its model by each of OpenAI's two APIs."""

from dataclasses import replace

import pytest

from tests.frameworks.contract import AskingAfterARestart, Contract, play
from tests.frameworks.served import Framework, Served
from tests.support.dialects import Dialect
from tests.support.fake_openai import Script

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]

DELETE = {"name": "delete_file", "arguments": {"path": "a.txt"}}
DELETE_OTHER = {"name": "delete_file", "arguments": {"path": "b.txt"}}
SCRIPTS: dict[str, Script] = {
    "delete": [{"tool_calls": [DELETE]}, {"text": "Done."}],
    "delete-two": [{"tool_calls": [DELETE, DELETE_OTHER]}, {"text": "Done."}],
    "handoff": [
        {"text": "Ask the expert.", "tool_calls": [{"name": "transfer_to_expert"}]},
        {"text": "I am the expert."},
    ],
    "tells-a-secret": [{"text": "The secret is out."}],
}


class TestOpenAIAgents(Contract, AskingAfterARestart):
    framework = Framework(name="openai-agents", scripts=SCRIPTS, tells_failures=False)

    def test_call_that_the_client_approves_is_made(self, agent: Served, dialect: Dialect) -> None:
        talk = agent.talk(dialect)
        asked = talk.stream(play("delete"))

        seen = talk.answer(asked, "approve")

        (call,), question = asked.calls, asked.data[-1]
        assert asked.state == "input-required"
        assert question == {
            "requestId": f"{call['callId']}-1",
            "kind": "approval",
            "callId": call["callId"],
            "name": "delete_file",
            "arguments": {"path": "a.txt"},
            "options": ["approve", "deny"],
        }
        assert (seen.state, seen.answer) == ("completed", "Done.")
        (result,) = seen.results
        assert (result["callId"], result["output"]) == (call["callId"], "a.txt is gone")

    def test_call_that_the_client_denies_is_not_made(self, agent: Served, dialect: Dialect) -> None:
        talk, message = agent.talk(dialect), play("delete")
        asked = talk.stream(message)

        seen = talk.answer(asked, "No, ask Bob first.")

        assert (seen.state, seen.answer) == ("completed", "Done.")
        (result,) = seen.results
        assert result == {
            "callId": asked.calls[0]["callId"],
            "name": "delete_file",
            "error": "denied: No, ask Bob first.",
            "denied": True,
            "step": 1,
        }
        told = str(agent.model.call_with(message, 1).body)
        assert "denied: No, ask Bob first." in told
        assert "is gone" not in told

    def test_calls_are_asked_about_one_after_the_other(
        self, agent: Served, dialect: Dialect
    ) -> None:
        talk = agent.talk(dialect)
        first = talk.stream(play("delete-two"))

        second = talk.answer(first, "approve")
        seen = talk.answer(second, "deny")

        assert [stream.state for stream in (first, second, seen)] == [
            "input-required",
            "input-required",
            "completed",
        ]
        (made,), (denied,) = second.results, seen.results
        assert made["output"] == "a.txt is gone"
        assert second.data[-1]["arguments"] == {"path": "b.txt"}
        assert (denied["callId"], denied["error"]) == (first.calls[1]["callId"], "denied")

    def test_agent_that_takes_over_answers(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("handoff"))

        assert (seen.state, seen.answer) == ("completed", "I am the expert.")
        (call,), (result,) = seen.calls, seen.results
        assert call["name"] == result["name"] == "transfer_to_expert"
        assert call["callId"] == result["callId"]

    def test_guardrails_fail_the_task(self, agent: Served, dialect: Dialect) -> None:
        talk = agent.talk(dialect)

        rude, indiscreet = talk.stream(f"rude {play('plain')}"), talk.stream(play("tells-a-secret"))

        assert (rude.state, rude.data[-1]) == ("failed", {"reason": "input-guardrail"})
        assert (indiscreet.state, indiscreet.data[-1]) == ("failed", {"reason": "output-guardrail"})
        assert (rude.answer, indiscreet.answer) == ("", "")

    def test_run_without_an_end_fails_the_task(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("loop"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "max-steps"})
        assert len(seen.calls) == len(seen.results) == 10


class TestOpenAIAgentsByChatCompletions(TestOpenAIAgents):
    framework = replace(TestOpenAIAgents.framework, agent="chat_agent")

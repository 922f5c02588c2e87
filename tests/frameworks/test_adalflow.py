"""An agent of AdalFlow 1.1, served."""

import json
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.frameworks.contract import Asking, Contract, play
from tests.frameworks.served import Framework, Served, served
from tests.support.dialects import DIALECTS, Dialect, Json

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]


def _plan(**more: Any) -> Mapping[str, str]:
    plan = {"name": None, "kwargs": {}, "_is_answer_final": False, "_answer": None, **more}
    return {"text": json.dumps(plan)}


def _call(name: str, **arguments: Any) -> Mapping[str, str]:
    return _plan(thought="I use a tool.", name=name, kwargs=arguments)


def _answer(text: str) -> Mapping[str, str]:
    return _plan(thought="I have the answer.", _is_answer_final=True, _answer=text)


PROGRAM = "tests.frameworks.programs.adalflow"
WEATHER = _call("get_weather", city="London")
DELETE = [_call("delete_file", path="a.txt"), _call("delete_file", path="b.txt")]


class TestAdalFlow(Contract, Asking):
    framework = Framework(
        name="adalflow",
        agent="assistant",
        scripts={
            "plain": [_answer("Hello from the fake model. This answer arrives in pieces.")],
            "one-tool": [WEATHER, _answer("It is sunny there.")],
            "two-tools": [WEATHER, _call("add", a=2, b=2), _answer("Sunny, and 2 + 2 = 4.")],
            "tool-fails": [_call("broken_tool", reason="test"), _answer("The tool did not work.")],
            "first": [_answer("Your name is Ada.")],
            "second": [_answer("You are still Ada.")],
            "count": [_call("count_to", number=3), _answer("Counted.")],
            "delete": [DELETE[0], _answer("So much for a.txt.")],
            "delete-two": [*DELETE, _answer("So much for both.")],
            "loop": [WEATHER],
            "no-plan": [{"text": "Hello to you."}],
            "unknown-tool": [_call("no_such_tool")],
        },
        streams_words=False,
        tells_failures=False,
        preamble="from tests.frameworks.programs import tokens\n",
    )

    def test_approved_call_is_made(self, agent: Served, dialect: Dialect) -> None:
        asked = agent.talk(dialect).stream(play("delete"))

        (call,), question = asked.calls, asked.data[-1]
        assert (asked.state, call["arguments"]) == ("input-required", {"path": "a.txt"})
        assert question == {
            "requestId": call["callId"],
            "kind": "approval",
            "callId": call["callId"],
            "name": "delete_file",
            "arguments": {"path": "a.txt"},
            "options": ["approve", "always", "deny"],
        }
        seen = agent.talk(dialect).answer(asked, "approve")
        assert (seen.state, seen.answer) == ("completed", "So much for a.txt.")
        assert seen.results == [
            {"callId": call["callId"], "name": "delete_file", "output": "a.txt is gone"}
        ]

    def test_approval_is_for_one_call(self, agent: Served, dialect: Dialect) -> None:
        asked = agent.talk(dialect).stream(play("delete-two"))

        again = agent.talk(dialect).answer(asked, "approve")
        seen = agent.talk(dialect).answer(again, "approve")

        assert again.data[-1]["arguments"] == {"path": "b.txt"}
        assert (again.state, seen.state) == ("input-required", "completed")

    def test_always_is_for_later_calls_of_the_tool_too(
        self, agent: Served, dialect: Dialect
    ) -> None:
        asked = agent.talk(dialect).stream(play("delete-two"))

        seen = agent.talk(dialect).answer(asked, "always")

        assert (seen.state, seen.answer) == ("completed", "So much for both.")
        assert [result["output"] for result in seen.results] == [
            "a.txt is gone",
            "b.txt is gone",
        ]

    def test_always_is_forgotten_with_its_task(self, agent: Served, dialect: Dialect) -> None:
        asked = agent.talk(dialect).stream(play("delete"))
        agent.talk(dialect).answer(asked, "always")

        seen = agent.talk(dialect).stream(play("delete"), contextId=asked.task["contextId"])

        assert seen.state == "input-required"
        agent.talk(dialect).answer(seen, "deny")

    @pytest.mark.parametrize("words", ["deny", "Let me think about it."])
    def test_call_without_a_clear_yes_is_denied(
        self, agent: Served, dialect: Dialect, words: str
    ) -> None:
        asked = agent.talk(dialect).stream(play("delete"))

        seen = agent.talk(dialect).answer(asked, words)

        assert (seen.state, seen.answer) == ("completed", "So much for a.txt.")
        assert seen.results == [
            {
                "callId": asked.data[-1]["callId"],
                "name": "delete_file",
                "error": "Tool execution cancelled by user",
                "denied": True,
            }
        ]

    def test_question_waits_while_other_tasks_come_and_go(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first, second = (agent.talk(dialect).stream(play("delete")) for _ in range(2))

        other = agent.talk(dialect).stream(play("plain"))
        denied = agent.talk(dialect).answer(second, "deny")
        approved = agent.talk(dialect).answer(first, "approve")

        assert [seen.state for seen in (other, denied, approved)] == ["completed"] * 3
        assert ("error" in denied.results[0], "output" in approved.results[0]) == (True, True)

    def test_question_may_be_answered_a_minute_later(self, agent: Served) -> None:
        asked = agent.talk(DIALECTS[-1]).stream(play("delete"))

        time.sleep(61)  # longer than any limit that the framework might have of its own

        seen = agent.talk(asked.dialect).answer(asked, "approve")
        assert (seen.state, seen.answer) == ("completed", "So much for a.txt.")

    def test_task_can_be_canceled_while_it_asks(self, agent: Served, dialect: Dialect) -> None:
        message = play("delete")
        asked = agent.talk(dialect).stream(message)

        canceled = agent.endpoint.result(dialect, dialect.cancel, {"id": asked.task["id"]})

        assert canceled["status"]["state"] == dialect.state("canceled")
        assert len(self._calls_with(agent, message)) == 1

    def test_news_of_a_tool_at_work_are_passed_on(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("count"))

        (call,), (result,) = seen.calls, seen.results
        assert {"callId": call["callId"], "data": "1"} in seen.data
        assert (result["output"], seen.answer) == (3, "Counted.")

    def test_model_that_refuses_is_not_asked_in_every_step(
        self, agent: Served, dialect: Dialect
    ) -> None:
        message = play("http-401")

        agent.talk(dialect).stream(message)

        # The framework has begun its next step, of five, before anybody can tell it to stop.
        assert 1 <= len(self._calls_with(agent, message)) <= 2

    def test_run_that_uses_up_its_steps_has_failed(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("loop"))

        assert (seen.state, seen.answer, len(seen.results)) == ("failed", "", 5)
        assert seen.data[-1] == {"reason": "max-steps"}

    @pytest.mark.parametrize("script", ["no-plan", "unknown-tool"])
    def test_answer_that_is_no_plan_fails_the_task(
        self, agent: Served, dialect: Dialect, script: str
    ) -> None:
        seen = agent.talk(dialect).stream(play(script))

        assert (seen.state, seen.answer, seen.data[-1]) == ("failed", "", {"reason": "agent-error"})
        assert "Function(" not in seen.text
        assert "NoneType" not in seen.text

    def test_what_a_run_cost_is_summed_up(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("one-tool"))

        usage = seen.task["metadata"]["usage"]
        assert (usage["inputTokens"], usage["outputTokens"]) == (20, 10)

    def test_what_runners_share_does_not_pass_from_task_to_task(
        self, tmp_path: Path, dialect: Dialect
    ) -> None:
        second = play("second")

        with served(self.framework, tmp_path, program=f"{PROGRAM}:sharing") as agent:
            asked = agent.talk(dialect).stream(play("delete"))
            agent.talk(dialect).answer(asked, "always")
            agent.talk(dialect).stream(play("first"))
            agent.talk(dialect).stream(second)
            asked = agent.talk(dialect).stream(play("delete"))
            agent.talk(dialect).answer(asked, "deny")

        assert "Your name is Ada." not in str(agent.model.call_with(second).body)
        assert asked.state == "input-required"

    def test_runner_may_be_made_by_an_async_function(
        self, tmp_path: Path, dialect: Dialect
    ) -> None:
        with served(self.framework, tmp_path, program=f"{PROGRAM}:later") as agent:
            seen = agent.talk(dialect).stream(play("one-tool"))

        assert (seen.state, seen.answer) == ("completed", "It is sunny there.")

    def _calls_with(self, agent: Served, message: str) -> list[Json]:
        return [body for body in agent.model.bodies if message in json.dumps(body)]

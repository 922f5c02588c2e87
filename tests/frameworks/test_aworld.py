"""An agent of AWorld 0.3, served."""

from pathlib import Path

import pytest

from tests.frameworks.contract import Contract, play
from tests.frameworks.served import Framework, Served, served
from tests.support.dialects import DIALECTS, Dialect

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]

CONFIRM = {"name": "human__human_confirm", "arguments": {"confirm_content": "Delete all of it?"}}
WEATHER = {"name": "weather__get_weather", "arguments": {"city": "London"}}
SUM = {"name": "maths__add", "arguments": {"a": 2, "b": 2}}

PROGRAM = "tests.frameworks.programs.aworld"
FRAMEWORK = Framework(
    name="aworld",
    agent="make_task",
    weather="weather__get_weather",
    add="maths__add",
    broken="broken__broken_tool",
    tells_failures=False,
    scripts={
        "confirm": [{"tool_calls": [CONFIRM]}, {"text": "You said so."}],
        "both-tools": [{"tool_calls": [WEATHER, SUM]}, {"text": "Sunny, and 2 + 2 = 4."}],
        "long": [
            {"status": 400, "error": {"message": "Please reduce the length of the messages."}}
        ],
        "relay": [{"text": "play:plain@second"}],
        "no-tool": [{"tool_calls": [{"name": "no__tool"}]}, {"text": "There is no such tool."}],
    },
)


class TestAWorld(Contract):
    framework = FRAMEWORK

    def test_answer_of_the_client_reaches_the_model(self, agent: Served, dialect: Dialect) -> None:
        message = play("confirm")
        asked = agent.talk(dialect).stream(message)

        seen = agent.talk(dialect).answer(asked, "Yes, go on.")

        question = asked.data[-1]
        assert (asked.state, question["kind"]) == ("input-required", "approval")
        assert "Delete all of it?" in asked.text
        assert (seen.state, seen.answer) == ("completed", "You said so.")
        assert [result["output"] for result in seen.results] == ["Yes, go on."]
        assert "Yes, go on." in str(agent.model.call_with(message, 1).body)

    def test_task_is_canceled_while_its_question_waits(
        self, agent: Served, dialect: Dialect
    ) -> None:
        asked = agent.talk(dialect).stream(play("confirm"))

        canceled = agent.endpoint.result(dialect, dialect.cancel, {"id": asked.task["id"]})

        assert canceled["status"]["state"] == dialect.state("canceled")
        assert agent.talk(dialect).stream(play("plain")).state == "completed"

    def test_calls_in_one_turn_come_once_and_the_answer_is_one(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("both-tools"))

        assert (seen.state, seen.answer) == ("completed", "Sunny, and 2 + 2 = 4.")
        assert [call["name"] for call in seen.calls] == ["weather__get_weather", "maths__add"]
        assert {result["callId"] for result in seen.results} == {
            call["callId"] for call in seen.calls
        }
        assert len(seen.results) == 2

    def test_tool_that_is_not_there_is_told_as_an_error(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("no-tool"))

        (result,) = seen.results
        assert (seen.state, seen.answer) == ("completed", "There is no such tool.")
        assert "no tool in the ToolFactory" in result["error"]

    def test_answer_that_is_cut_fails_the_task_and_stays(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("length"))

        assert (seen.state, seen.answer) == ("failed", "This answer is cut")
        assert seen.data[-1] == {"reason": "length"}

    def test_conversation_that_is_too_long_fails_the_task_and_says_so(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("long"))

        assert (seen.state, seen.answer) == ("failed", "")
        assert seen.data[-1] == {"reason": "context-too-long"}

    def test_no_client_reads_prompts_or_configuration(
        self, agent: Served, dialect: Dialect
    ) -> None:
        uri = "urn:a2a-agent:stream:v1"
        params = {
            "message": dialect.message(play("one-tool")),
            "metadata": {uri: {"mode": "all"}},
        }
        frames = agent.endpoint.frames(dialect, dialect.stream, params, **{"A2A_Extensions": uri})

        told = str([frame.reply for frame in frames])
        assert "assistant" in told
        assert "You are helpful." not in told
        assert "api_key" not in told


class TestAnotherFunction:
    def test_agent_is_made_for_each_run(self, tmp_path: Path) -> None:
        with served(FRAMEWORK, tmp_path, program=f"{PROGRAM}:make_agent") as agent:
            seen = agent.talk(DIALECTS[-1]).stream(play("first"))

        assert (seen.state, seen.answer) == ("completed", "Your name is Ada.")

    def test_answer_of_a_swarm_is_that_of_its_last_agent(self, tmp_path: Path) -> None:
        with served(FRAMEWORK, tmp_path, program=f"{PROGRAM}:make_swarm") as agent:
            seen = agent.talk(DIALECTS[-1]).stream(play("relay"))

        assert (seen.state, seen.answer) == (
            "completed",
            "Hello from the fake model. This answer arrives in pieces.",
        )

    def test_time_limit_of_the_task_ends_it(self, tmp_path: Path) -> None:
        with served(FRAMEWORK, tmp_path, program=f"{PROGRAM}:make_hasty_task") as agent:
            message = play("slow")
            seen = agent.talk(DIALECTS[-1]).stream(message)
            agent.model.call_with(message).was_left.wait(seconds=1.0)

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "run-timeout"})

    def test_task_that_cannot_begin_fails(self, tmp_path: Path) -> None:
        with served(FRAMEWORK, tmp_path, program=f"{PROGRAM}:make_broken_task") as agent:
            seen = agent.talk(DIALECTS[-1]).stream(play("plain"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "agent-error"})
        assert "swarm all is None" not in seen.text

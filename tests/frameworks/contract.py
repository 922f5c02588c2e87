"""What every framework's agent does behind an endpoint. Each framework's test file has these too.

A message names what the model plays; its tag is new each time, so nothing is played twice.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import ClassVar

from tests.frameworks.frames import Seen
from tests.frameworks.pages import Page
from tests.frameworks.served import Framework, Served, served
from tests.support.dialects import DIALECTS, Dialect

_numbers = count(1)


def play(script: str) -> str:
    """A message that makes the model play the script."""
    return f"play:{script}@tag{next(_numbers)}"


def two_tasks(agent: Served, dialect: Dialect, first: str, second: str) -> tuple[str, str, Seen]:
    """The messages of two tasks of one context, and the stream of the second."""
    messages = play(first), play(second)
    context = agent.talk(dialect).stream(messages[0]).task["contextId"]
    return *messages, agent.talk(dialect).stream(messages[1], contextId=context)


class Talking:
    """What an agent without tools does as well. A class that inherits it names its framework."""

    framework: ClassVar[Framework]

    def test_plain_answer_comes_in_pieces(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("plain"))

        assert (seen.state, seen.answer) == (
            "completed",
            "Hello from the fake model. This answer arrives in pieces.",
        )
        assert len(seen.pieces) > 3 or not self.framework.streams_words
        assert seen.task == agent.endpoint.get(dialect, seen.task["id"])

    def test_failure_of_the_model_fails_the_task_and_says_why(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("http-500"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "model-unavailable"})
        assert "server had an error" not in seen.text
        assert "Traceback" not in seen.text

    def test_refused_key_fails_the_task_and_says_so(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("http-401"))

        assert (seen.state, seen.data[-1]) == ("failed", {"reason": "model-authentication"})
        assert "Incorrect API key" not in seen.text

    def test_cancel_hangs_up_on_the_model_within_a_second(
        self, agent: Served, dialect: Dialect
    ) -> None:
        message = play("slow")
        task = agent.endpoint.started(dialect, message)
        call = agent.model.call_with(message)

        canceled = agent.endpoint.result(dialect, dialect.cancel, {"id": task["id"]})

        call.was_left.wait(seconds=1.0)
        assert canceled["status"]["state"] == dialect.state("canceled")

    def test_second_message_of_a_context_reaches_the_model_with_the_first(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first, second, seen = two_tasks(agent, dialect, "first", "second")

        assert (seen.state, seen.answer) == ("completed", "You are still Ada.")
        asked = str(agent.model.call_with(second).body)
        assert first in asked
        assert "Your name is Ada." in asked

    def test_another_context_knows_nothing_of_it(self, agent: Served, dialect: Dialect) -> None:
        first, second = play("first"), play("second")
        agent.talk(dialect).stream(first)

        agent.talk(dialect).stream(second)

        assert "Your name is Ada." not in str(agent.model.call_with(second).body)


class Contract(Talking):
    """What every agent with tools does, and the page about it says."""

    def test_example_of_the_page_can_be_served_and_answers(self, tmp_path: Path) -> None:
        page = Page.of(self.framework)
        (tmp_path / "my_agent.py").write_text(self.framework.preamble + page.program)

        with served(self.framework, tmp_path, program=page.served) as agent:
            script = agent.model.scripts["plain"]
            agent.model.scripts.update(dict.fromkeys(page.models, script))
            seen = agent.talk(DIALECTS[-1]).stream("Hello")

        assert (seen.state, seen.answer) == (
            "completed",
            "Hello from the fake model. This answer arrives in pieces.",
        )

    def test_page_names_the_version_that_is_tested(self) -> None:
        assert Page.of(self.framework).versions >= self.framework.versions()

    def test_tool_is_called_and_the_answer_follows(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("one-tool"))

        assert (seen.state, seen.answer) == ("completed", "It is sunny there.")
        (call,), (result,) = seen.calls, seen.results
        assert (call["name"], call["arguments"]) == (self.framework.weather, {"city": "London"})
        assert (result["callId"], result["name"]) == (call["callId"], call["name"])
        assert "sunny in London" in str(result["output"])
        assert seen.task == agent.endpoint.get(dialect, seen.task["id"])

    def test_two_tools_are_told_apart(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("two-tools"))

        assert (seen.state, seen.answer) == ("completed", "Sunny, and 2 + 2 = 4.")
        assert [call["name"] for call in seen.calls] == [self.framework.weather, self.framework.add]
        assert [result["callId"] for result in seen.results] == [
            call["callId"] for call in seen.calls
        ]
        assert len({call["callId"] for call in seen.calls}) == 2
        assert "4" in str(seen.results[1]["output"])

    def test_failing_tool_is_no_failure_of_the_task(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("tool-fails"))

        assert (seen.state, seen.answer) == ("completed", "The tool did not work.")
        (call,), (result,) = seen.calls, seen.results
        assert (result["callId"], call["name"]) == (call["callId"], self.framework.broken)
        assert ("error" in result) == self.framework.tells_failures

    def test_tasks_at_the_same_time_do_not_mix(self, agent: Served, dialect: Dialect) -> None:
        talk = agent.talk(dialect)
        scripts = ["plain", "one-tool", "first", "two-tools"]

        with ThreadPoolExecutor(len(scripts)) as clients:
            streams = list(clients.map(talk.stream, map(play, scripts)))

        assert [(seen.state, seen.answer) for seen in streams] == [
            ("completed", "Hello from the fake model. This answer arrives in pieces."),
            ("completed", "It is sunny there."),
            ("completed", "Your name is Ada."),
            ("completed", "Sunny, and 2 + 2 = 4."),
        ]
        assert [len(seen.calls) for seen in streams] == [0, 1, 0, 2]


class Instructed:
    """To be inherited by a class whose agent has instructions, and asks by Chat Completions."""

    framework: ClassVar[Framework]

    def test_model_is_told_its_instructions_and_what_was_said_once(
        self, agent: Served, dialect: Dialect
    ) -> None:
        _, second, _ = two_tasks(agent, dialect, "first", "second")

        assert roles_told(agent, second) == ["system", "user", "assistant", "user"]


def roles_told(agent: Served, message: str) -> list[str]:
    """Whose messages the model was sent, in its first call with this one."""
    return [said["role"] for said in agent.model.call_with(message).body["messages"]]


class Asking:
    """To be inherited by a class whose agent asks before it does what the script `delete` says."""

    framework: ClassVar[Framework]

    def test_decision_about_another_question_is_asked_for_again(
        self, agent: Served, dialect: Dialect
    ) -> None:
        talk = agent.talk(dialect)
        asked = talk.stream(play("delete"))
        decision = dialect.data_part({"requestId": "another", "decision": "approve"})

        again = talk.answer(asked, "", parts=[decision])

        assert (again.state, again.data[-1]) == ("input-required", asked.data[-1])


class AskingAfterARestart(Asking):
    """The same of one whose question outlives the server: `delete` calls `delete_file`."""

    def test_question_survives_a_restart_of_the_server(self, tmp_path: Path) -> None:
        dialect, store = DIALECTS[-1], f"sqlite:///{tmp_path / 'tasks.db'}"
        with served(self.framework, tmp_path, A2A_AGENT_STORE=store) as agent:
            asked = agent.talk(dialect).stream(play("delete"))

        # Its model begins anew.
        later = replace(self.framework, scripts={"delete": [{"text": "Done."}]})
        with served(later, tmp_path, A2A_AGENT_STORE=store) as agent:
            seen = agent.talk(dialect).answer(asked, "approve")

            assert "a.txt is gone" in str(agent.model.call(0).body)
        assert (seen.state, seen.answer) == ("completed", "Done.")
        assert [result["output"] for result in seen.results] == ["a.txt is gone"]

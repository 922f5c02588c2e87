"""Graphs of LangGraph 1, served."""

from dataclasses import replace

import pytest

from tests.frameworks.contract import Asking, Contract, Instructed, play, roles_told, two_tasks
from tests.frameworks.served import Framework, Served
from tests.support.dialects import Dialect

pytestmark = [pytest.mark.frameworks, pytest.mark.timeout(120)]


def calling(tool: str, answer: str, **arguments: str) -> list[dict[str, object]]:
    """A model that calls a tool, and then answers."""
    return [{"tool_calls": [{"name": tool, "arguments": arguments}]}, {"text": answer}]


LANGGRAPH = Framework(
    name="langgraph",
    scripts={
        "delete": calling("delete", "I did as you said.", path="a"),
        "delete-two": [
            {
                "tool_calls": [
                    {"name": "delete", "arguments": {"path": path}} for path in ("a", "b")
                ]
            },
            {"text": "I did as you said."},
        ],
        "survey": calling("survey", "Thank you.", about="cats"),
        "oracle": calling("oracle", "So it is.", question="Why?"),
        "inner": [{"text": "Ask again later."}],
    },
)


class TestLangGraph(Contract, Asking):
    framework = LANGGRAPH

    def test_model_that_calls_tools_for_ever_is_stopped(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("loop"))

        # Each round has two steps; this graph ends with an apology when few are left.
        assert (seen.state, len(seen.calls)) == ("completed", 50)

    def test_interrupts_are_questions_and_the_answers_go_back_to_them(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first = agent.talk(dialect).stream(play("survey"))
        second = agent.talk(dialect).answer(first, "They are soft.")
        seen = agent.talk(dialect).answer(second, "just so")

        assert [asked.state for asked in (first, second)] == ["input-required"] * 2
        assert first.question == {"kind": "text"}
        assert second.question == {
            "kind": "text",
            "options": ["just so"],
            "arguments": {"question": "And why?", "options": ["just so"]},
        }
        assert (seen.state, seen.answer) == ("completed", "Thank you.")
        assert [result["output"] for result in seen.results] == ["They are soft., just so"]

    @pytest.mark.parametrize(("said", "does"), [("yes", "approve a"), ("no", "reject a")])
    def test_interrupt_that_asks_to_allow_an_action_is_an_approval(
        self, agent: Served, dialect: Dialect, said: str, does: str
    ) -> None:
        asked = agent.talk(dialect).stream(play("delete"))
        seen = agent.talk(dialect).answer(asked, said)

        assert asked.question == {
            "kind": "approval",
            "name": "delete",
            "arguments": {"path": "a"},
            "options": ["approve", "deny"],
        }
        assert (seen.state, seen.answer) == ("completed", "I did as you said.")
        assert [result["output"] for result in seen.results] == [does]

    def test_two_questions_at_once_are_asked_one_after_the_other(
        self, agent: Served, dialect: Dialect
    ) -> None:
        first = agent.talk(dialect).stream(play("delete-two"))
        second = agent.talk(dialect).answer(first, "yes")
        seen = agent.talk(dialect).answer(second, "no")

        assert [asked.question["arguments"] for asked in (first, second)] == [
            {"path": "a"},
            {"path": "b"},
        ]
        results = [*second.results, *seen.results]
        assert {result["callId"]: result["output"] for result in results} == {
            "call-0-0": "approve a",
            "call-0-1": "reject b",
        }

    def test_what_a_model_writes_inside_a_tool_is_not_the_answer(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("oracle"))

        assert (seen.state, seen.answer) == ("completed", "So it is.")
        assert "'Ask '" not in seen.text
        assert seen.task["metadata"]["usage"]["inputTokens"] == 30

    def test_cancelled_task_leaves_nothing_behind_in_its_context(
        self, agent: Served, dialect: Dialect
    ) -> None:
        message = play("slow")
        task = agent.endpoint.started(dialect, message)
        agent.model.call_with(message)
        agent.endpoint.result(dialect, dialect.cancel, {"id": task["id"]})

        seen = agent.talk(dialect).stream(play("one-tool"), contextId=task["contextId"])

        assert (seen.state, seen.answer) == ("completed", "It is sunny there.")


class TestThreadsOfContexts(Contract, Instructed):
    framework = replace(LANGGRAPH, agent="by_context")


class TestWithoutCheckpointer:
    framework = replace(LANGGRAPH, agent="forgetful")

    def test_earlier_messages_reach_the_model_with_calls_and_results(
        self, agent: Served, dialect: Dialect
    ) -> None:
        _, second, _ = two_tasks(agent, dialect, "one-tool", "second")

        assert roles_told(agent, second) == [
            "system",
            "user",
            "assistant",
            "tool",
            "assistant",
            "user",
        ]

    def test_interrupt_that_could_not_be_answered_fails_the_task(
        self, agent: Served, dialect: Dialect
    ) -> None:
        seen = agent.talk(dialect).stream(play("survey"))

        assert seen.state == "failed"


class TestSubgraph:
    framework = replace(LANGGRAPH, agent="nested")

    def test_what_happens_in_a_subgraph_says_so(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream(play("one-tool"))

        assert (seen.state, seen.answer) == ("completed", "It is sunny there.")
        assert [news["scope"] for news in (*seen.calls, *seen.results)] == ["research"] * 2


class TestStateWithoutMessages:
    framework = replace(LANGGRAPH, agent="planner")

    def test_state_is_the_answer_as_data(self, agent: Served, dialect: Dialect) -> None:
        seen = agent.talk(dialect).stream("Rome")

        (artifact,) = seen.task["artifacts"]
        assert seen.state == "completed"
        assert (artifact["artifactId"], artifact["parts"][0]["data"]) == (
            "response",
            {"place": "Rome", "days": 4},
        )

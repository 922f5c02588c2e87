from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.agents.adapters.call_ids import CallIds
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
)


def told(*events: AgentEvent) -> list[AgentEvent]:
    ids = CallIds()
    return [ids.told(event) for event in events]


def written(call_id: str) -> ToolCallDelta:
    return ToolCallDelta(call_id=call_id, arguments="{")


def call(call_id: str, name: str = "add") -> ToolCall:
    return ToolCall(call_id=call_id, name=name)


def news(call_id: str) -> ToolProgress:
    return ToolProgress(call_id=call_id, data=1)


def result(call_id: str, name: str = "add") -> ToolResult:
    return ToolResult(call_id=call_id, name=name)


def question(call_id: str | None) -> InputRequired:
    return InputRequired(prompt="May I?", call_id=call_id)


def test_ids_that_differ_stay_as_they_are() -> None:
    events: list[AgentEvent] = [
        written("a"),
        call("a"),
        call("b"),
        news("a"),
        result("b"),
        result("a"),
    ]

    assert told(*events) == events


def test_id_that_is_used_again_is_another_calls() -> None:
    once: list[AgentEvent] = [
        written("a"),
        written("a"),
        call("a"),
        news("a"),
        question("a"),
        result("a"),
    ]
    again: list[AgentEvent] = [
        written("a-2"),
        written("a-2"),
        call("a-2"),
        news("a-2"),
        question("a-2"),
    ]

    assert told(*once, *once) == [*once, *again, result("a-2")]


def test_calls_of_one_id_are_answered_in_their_order() -> None:
    assert told(call("a"), call("a"), result("a"), result("a")) == [
        call("a"),
        call("a-2"),
        result("a"),
        result("a-2"),
    ]


def test_calls_of_one_id_but_other_tools_are_answered_in_any_order() -> None:
    assert told(call("a", "add"), call("a", "look"), result("a", "look"), result("a", "new")) == [
        call("a", "add"),
        call("a-2", "look"),
        result("a-2", "look"),
        result("a", "new"),
    ]


def test_new_id_is_none_that_is_there_already() -> None:
    assert told(call("a-2"), call("a"), call("a")) == [call("a-2"), call("a"), call("a-3")]


def test_what_is_of_no_known_call_stays_as_it_is() -> None:
    events: list[AgentEvent] = [
        TextDelta("Hi"),
        news("a"),
        result("a"),
        question("a"),
        question(None),
    ]

    assert told(*events) == events


@given(st.lists(st.tuples(st.sampled_from([written, call]), st.sampled_from(["a", "b", "a-2"]))))
def test_no_two_calls_share_an_id(events: list[tuple[type, str]]) -> None:
    seen = told(*(make(call_id) for make, call_id in events))

    calls = [event.call_id for event in seen if isinstance(event, ToolCall)]
    assert len(set(calls)) == len(calls)

"""Events of LangGraph that no recording shows, and graphs that need no framework."""

import sys
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.langgraph import TABLE, from_langgraph
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    RunFinished,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, DataPart
from tests.agents.adapters.translating import told
from tests.agents.runs import events_of, request_of

Json = dict[str, Any]


def fed(*events: Any) -> list[AgentEvent]:
    """What becomes of a run's events, its end left out."""
    return [one for one in told(TABLE, *events) if not isinstance(one, RunFinished)]


def message(said: Json, path: str = "agent:1", **metadata: Any) -> Json:
    metadata = {"langgraph_checkpoint_ns": path, **metadata}
    return {"type": "messages", "ns": [], "data": [said, metadata]}


def chunk(content: Any = "", message_id: str = "m", **more: Any) -> Json:
    return {"type": "AIMessageChunk", "id": message_id, "content": content, **more}


def whole(content: Any = "", message_id: str | None = "m", **more: Any) -> Json:
    return {"type": "ai", "id": message_id, "content": content, **more}


def result(call_id: str | None = "call", content: Any = "sunny", **more: Any) -> Json:
    return {
        "type": "tool",
        "tool_call_id": call_id,
        "name": "get_weather",
        "content": content,
        **more,
    }


def started(name: str, number: int, given: Any = None, *ns: str) -> Json:
    task = {"id": str(number), "name": name, "input": given, "triggers": []}
    return {"type": "tasks", "ns": list(ns), "data": task}


def finished(name: str, number: int, *ns: str, interrupts: Sequence[Any] = ()) -> Json:
    task = {"id": str(number), "name": name, "result": {}, "interrupts": interrupts}
    return {"type": "tasks", "ns": list(ns), "data": task}


def state(values: Any, **more: Any) -> Json:
    return {"type": "values", "ns": [], "data": values, "interrupts": [], **more}


def data(value: Any) -> Artifact:
    part = DataPart(value, media_type="application/json")
    return Artifact(artifact_id=ANSWER_ARTIFACT_ID, name=ANSWER_ARTIFACT_ID, parts=(part,))


CALL = {"name": "get_weather", "args": {"city": "London"}, "id": "call", "type": "tool_call"}
TOOL_CALL = ToolCall(call_id="call", name="get_weather", arguments={"city": "London"})


# Messages.


def test_message_that_a_node_returns_is_said_once() -> None:
    assert fed(message(whole("Hello.")), message(whole("Hello."))) == [TextDelta("Hello.", "m")]


def test_message_that_was_said_in_chunks_is_not_said_again() -> None:
    events = fed(
        message(chunk("Hel")),
        message(chunk("lo.")),
        {"type": "updates", "ns": [], "data": {"agent": {"messages": [whole("Hello.")]}}},
    )

    assert events == [TextDelta("Hel", "m"), TextDelta("lo.", "m")]


def test_messages_without_ids_are_all_said() -> None:
    events = fed(message(whole("One.", None)), message(whole("Two.", None)))

    assert events == [TextDelta("One."), TextDelta("Two.")]


def test_thinking_is_no_answer_however_a_model_sends_it() -> None:
    events = fed(
        message(chunk([{"type": "thinking", "thinking": "a"}])),
        message(chunk([{"type": "reasoning", "reasoning": "b"}])),
        message(chunk([{"type": "reasoning", "summary": [{"text": "c"}]}])),
        message(chunk("", additional_kwargs={"reasoning_content": "d"})),
        message(chunk([{"type": "text", "text": "Hello."}, " You."])),
    )

    assert events == [
        *map(ReasoningDelta, "abcd"),
        TextDelta("Hello.", "m"),
        TextDelta(" You.", "m"),
    ]


@pytest.mark.parametrize(
    "given",
    [
        {"__type": "tool_call_with_context", "tool_call": CALL, "state": {}},
        [CALL],
        {"messages": [{"type": "human"}, whole(tool_calls=[CALL])]},
    ],
)
def test_model_inside_a_tool_is_not_heard_but_costs(given: Any) -> None:
    events = fed(
        started("tools", 1, given),
        message(chunk("psst", usage_metadata={"input_tokens": 3}), "tools:1|agent:2"),
    )

    assert events == [
        StepStarted(step=1, name="tools"),
        Usage(input_tokens=3, scope="tools"),
    ]


def test_what_happens_in_a_subgraph_carries_the_names_of_its_nodes() -> None:
    events = fed(
        started("research", 1, {"messages": []}),
        started("agent", 2, {"messages": []}, "research:1"),
        message(chunk("Hello."), "research:1|agent:2"),
        finished("agent", 2, "research:1"),
        finished("research", 1),
    )

    assert events == [
        StepStarted(step=1, name="research"),
        StepStarted(step=2, name="agent", scope="research"),
        TextDelta("Hello.", "m", 2, "research"),
        StepFinished(step=2, name="agent", scope="research"),
        StepFinished(step=1, name="research"),
    ]


def test_model_tagged_nostream_is_not_heard() -> None:
    event = {"event": "on_chat_model_stream", "tags": ["nostream"], "data": {"chunk": chunk("Hi")}}

    assert fed(event) == []


# Calls and results.


def test_calls_without_numbers_are_told_apart_by_their_ids() -> None:
    pieces = [
        {"name": "a", "args": '{"x": 1}', "id": "one", "index": None},
        {"name": "b", "args": "", "id": "two", "index": None},
    ]

    assert fed(message(chunk(tool_call_chunks=pieces, chunk_position="last"))) == [
        ToolCallDelta(call_id="one", arguments='{"x": 1}', name="a"),
        ToolCall(call_id="one", name="a", arguments={"x": 1}),
        ToolCall(call_id="two", name="b", arguments={}),
    ]


def test_call_is_made_at_the_latest_when_its_node_is_done() -> None:
    piece = {"name": "get_weather", "args": "{broken", "id": "call", "index": 0}
    events = fed(
        started("agent", 1), message(chunk(tool_call_chunks=[piece])), finished("agent", 1)
    )

    assert events[2:] == [
        ToolCall(call_id="call", name="get_weather", arguments="{broken", step=1),
        StepFinished(step=1, name="agent"),
    ]


def test_result_comes_once_and_a_failure_is_an_error() -> None:
    events = fed(
        message(whole(tool_calls=[CALL])),
        message(result()),
        {"type": "updates", "ns": [], "data": {"tools": {"messages": [result()]}}},
        message(result("other", "It broke.", status="error", name=None)),
        message(result(None)),
    )

    assert events == [
        TOOL_CALL,
        ToolResult(call_id="call", name="get_weather", output="sunny"),
        ToolResult(call_id="other", name="tool", error="It broke."),
    ]


@dataclass
class Command:
    """Called like LangGraph's."""

    update: Any


def test_id_that_a_model_uses_for_a_later_call_too_hides_nothing() -> None:
    def call(name: str) -> Json:
        return {"id": "call", "name": name, "args": {}}

    assert fed(
        message(whole(message_id="m1", tool_calls=[call("get_weather")])),
        message(result()),
        message(result()),
        message(whole(message_id="m2", tool_calls=[call("add")])),
        message(result(content="4", name="add")),
    ) == [
        ToolCall(call_id="call", name="get_weather", arguments={}),
        ToolResult(call_id="call", name="get_weather", output="sunny"),
        ToolCall(call_id="call-2", name="add", arguments={}),
        ToolResult(call_id="call-2", name="add", output="4"),
    ]


def test_messages_are_found_in_commands_and_in_lists_of_them() -> None:
    update = [Command({"messages": [result("one")]}), {"messages": [result("two")]}]
    events = fed({"type": "updates", "ns": [], "data": {"tools": update, "other": None}})

    assert [event.call_id for event in events if isinstance(event, ToolResult)] == ["one", "two"]


def test_tool_of_astream_events_gives_the_message_that_it_ends_with() -> None:
    events = fed(
        {"event": "on_tool_start", "name": "get_weather", "data": {"input": {}}},
        {"event": "on_tool_error", "name": "get_weather", "data": {"error": "password"}},
        {"event": "on_tool_end", "name": "get_weather", "data": {"output": result()}},
        {"event": "on_tool_end", "name": "get_weather", "data": {"output": "bare"}},
    )

    assert events == [ToolResult(call_id="call", name="get_weather", output="sunny")]


# The end.


def test_state_is_the_answer_where_nothing_was_said() -> None:
    assert fed(state({"days": 3}), state({"days": 4, "messages": []})) == [data({"days": 4})]


def test_last_message_of_the_state_is_the_answer_if_it_was_not_said() -> None:
    messages = [whole("Old.", "1"), {"type": "human", "id": "2"}, whole("New.", "3")]

    assert fed(state({"messages": messages})) == [TextDelta("New.", "3")]
    assert fed(message(whole("New.", "3")), state({"messages": messages})) == [
        TextDelta("New.", "3")
    ]
    assert fed(state({"messages": messages[:-1]})) == []


def test_state_beside_an_answer_is_not_told() -> None:
    assert fed(message(chunk("Hello.")), state({"days": 4})) == [TextDelta("Hello.", "m")]


def test_structured_response_is_the_answer_in_any_case() -> None:
    events = fed(message(chunk("Hello.")), state({"structured_response": {"days": 4}}))

    assert events[1:] == [data({"days": 4})]


@pytest.mark.parametrize(
    "values", [{"thing": object()}, {}, {"messages": []}, {"messages": {"a": 1}}, None]
)
def test_state_that_says_nothing_is_no_answer(values: Any) -> None:
    assert fed(state(values)) == []


def test_value_of_a_functional_graph_is_the_answer() -> None:
    assert fed(state("Done.")) == [TextDelta("Done.")]


def test_state_of_a_subgraph_is_not_the_graphs() -> None:
    assert fed({"type": "values", "ns": ["research:1"], "data": {"days": 3}}) == []


# Questions.


def asked(value: Any, **more: Any) -> InputRequired:
    interrupt = {"value": value, "id": "i", **more}
    (event,) = fed(state({}, interrupts=[interrupt]))
    assert isinstance(event, InputRequired)
    assert event.resume == {"interrupt": interrupt}
    assert event.request_id == "i"
    return event


def test_text_is_a_question() -> None:
    question = asked("How many?")

    assert (question.prompt, question.kind, question.arguments) == (
        "How many?",
        InputKind.TEXT,
        None,
    )


def test_object_says_its_question_and_its_options() -> None:
    value = {"question": "How many?", "options": ["one", "two"]}
    question = asked(value, response_schema={"type": "integer"})

    assert (question.prompt, question.kind, question.options, question.arguments) == (
        "How many?",
        InputKind.TEXT,
        ("one", "two"),
        value,
    )
    assert question.schema == {"type": "integer"}


def test_value_without_a_question_is_shown_as_it_is() -> None:
    assert asked([1, 2]).prompt == "[1, 2]"
    assert asked({"draft": "Dear Ada"}).prompt == '{"draft": "Dear Ada"}'


@pytest.mark.parametrize(
    ("value", "more"),
    [
        ({"kind": "approval", "prompt": "Really?"}, {}),
        ({"prompt": "Really?"}, {"response_schema": {"type": "boolean"}}),
    ],
)
def test_object_may_ask_for_a_yes_or_a_no(value: Any, more: Json) -> None:
    question = asked(value, **more)

    assert (question.prompt, question.kind, question.options) == (
        "Really?",
        InputKind.APPROVAL,
        ("approve", "deny"),
    )


@pytest.mark.parametrize(
    "value",
    [
        {"action_requests": [{"name": "delete", "args": {"path": "a"}}]},
        [{"action_request": {"action": "delete", "args": {"path": "a"}}}],
    ],
)
def test_action_to_be_allowed_is_named(value: Any) -> None:
    question = asked(value)

    assert (question.prompt, question.kind, question.name, question.arguments) == (
        'May I use delete with {"path": "a"}?',
        InputKind.APPROVAL,
        "delete",
        {"path": "a"},
    )


def test_several_actions_are_asked_about_at_once() -> None:
    value = {"action_requests": [{"name": "a", "args": {}}, {"name": "b", "args": {}}]}
    question = asked(value)

    assert (question.prompt, question.name, question.arguments) == (
        "May I use a with {}?\nMay I use b with {}?",
        None,
        value,
    )


def test_interrupt_that_is_told_in_several_ways_is_one_question() -> None:
    interrupt = {"value": "How many?", "id": "i"}
    events = fed(
        state({}, interrupts=[interrupt]),
        finished("tools", 1, interrupts=[interrupt]),
        {"type": "updates", "ns": [], "data": {"__interrupt__": [interrupt]}},
        [["a:1"], "values", {"__interrupt__": [interrupt]}],
        {
            "event": "on_chain_stream",
            "parent_ids": [],
            "data": {"chunk": {"__interrupt__": [interrupt]}},
        },
    )

    assert [event.prompt for event in events if isinstance(event, InputRequired)] == ["How many?"]


# Odd input.


@pytest.mark.parametrize("name", sorted(TABLE.rules))
def test_event_without_data_says_nothing(name: str) -> None:
    kind = "event" if name.startswith("on_") else "type"
    events = [event for event in fed({kind: name}) if not isinstance(event, StepStarted)]

    assert events == []


def test_task_of_astream_events_without_its_place_is_no_step() -> None:
    event = {"event": "on_chain_start", "tags": ["graph:step:1"], "metadata": {}, "data": {}}

    assert fed(event, {**event, "event": "on_chain_end"}) == []


@pytest.mark.parametrize(
    "event", [{"type": "custom", "data": 1}, ("custom", 1), (), {"event": "on_custom_event"}]
)
def test_event_of_the_graphs_own_is_raw(event: Any) -> None:
    assert [type(each) for each in fed(event)] == [Raw]


# Graphs.


@dataclass
class Graph:
    """Yields the same events for every input."""

    events: Sequence[Any]
    checkpointer: Any = None
    name: str = "Fake"
    config: Any = None
    given: list[tuple[Any, Any]] = field(default_factory=list)

    async def aget_state(self, config: Any) -> Any:
        """That of a thread which nothing has been said in."""
        return SimpleNamespace(next=())

    async def astream(self, given: Any, config: Any, **_: Any) -> AsyncIterator[Any]:
        self.given.append((given, config))
        for event in self.events:
            yield event


async def test_each_task_is_a_thread_and_its_message_the_input() -> None:
    graph = Graph([message(chunk("Hello."))], checkpointer=True)

    events = await events_of(from_langgraph(graph), request_of("Hi"))

    assert events == [TextDelta("Hello.", "m"), RunFinished()]
    assert graph.given == [
        (
            {"messages": [{"role": "user", "content": "Hi"}]},
            {"configurable": {"thread_id": "task"}, "recursion_limit": 100},
        )
    ]


async def test_input_and_thread_are_made_as_told() -> None:
    graph = Graph([state({"days": 4})])
    agent = from_langgraph(
        graph,
        input_of=lambda request: {"place": request.text},
        thread_of=lambda request: request.context_id,
    )

    events = await events_of(agent, request_of("Rome"))

    assert events == [data({"days": 4}), RunFinished()]
    ((given, config),) = graph.given
    assert given == {"place": "Rome"}
    assert config["configurable"] == {"thread_id": "context"}


async def test_limit_of_steps_that_a_graph_names_stays_its_own() -> None:
    graph = Graph([], config={"recursion_limit": 7})

    await events_of(from_langgraph(graph), request_of("Hi"))

    ((_, config),) = graph.given
    assert config == {"configurable": {"thread_id": "task"}}


async def test_graph_that_asks_without_a_checkpointer_fails() -> None:
    graph = Graph([state({}, interrupts=[{"value": "How many?", "id": "i"}])])

    with pytest.raises(ValueError, match="needs a checkpointer"):
        await events_of(from_langgraph(graph), request_of("Hi"))


async def test_decision_about_another_question_asks_again_and_starts_nothing() -> None:
    graph = Graph([])
    interrupt: Json = {"value": {"kind": "approval"}, "id": "i"}
    decision = DataPart({"requestId": "another", "decision": "approve"})
    request = request_of("", decision, resume={"interrupt": interrupt})

    events = await events_of(from_langgraph(graph), request)

    assert [type(event) for event in events] == [InputRequired]
    assert graph.given == []


async def test_answer_to_a_question_that_the_checkpointer_has_lost_starts_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setitem(sys.modules, "langgraph.types", SimpleNamespace(Command=dict))
    graph = Graph([message(chunk("Hello."))], checkpointer=True)
    request = request_of("Ada", resume={"interrupt": {"value": "Who?", "id": "i"}})

    with pytest.raises(LookupError, match="does not have the question any more"):
        await events_of(from_langgraph(graph), request)

    assert graph.given == []

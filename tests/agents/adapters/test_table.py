from collections.abc import Iterator, Sequence
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest

from a2a_agent.agents.adapters.fields import view
from a2a_agent.agents.adapters.table import (
    ENDED_WITHOUT_RESULT,
    IGNORED,
    EventTable,
    Rule,
    Translation,
    all_of,
    does,
    emits,
)
from a2a_agent.domain.agent_events import (
    AgentEvent,
    InputRequired,
    Raw,
    ReasoningDelta,
    RunFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolResult,
    Usage,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import TaskState


def table(rules: dict[str, Rule[Any]], **more: Any) -> EventTable[Any]:
    return EventTable("test", rules, **more)


def translated(rule: Rule[Any], event: Any) -> list[AgentEvent]:
    return list(rule.translate(None, event))


# One rule


def test_field_is_read_at_its_path() -> None:
    rule = emits(ToolCall, call_id="call.id", name="call.function.name", arguments="call.input")
    event = {"call": SimpleNamespace(id="1", function={"name": "add"}, input={"a": 1})}

    assert translated(rule, event) == [ToolCall(call_id="1", name="add", arguments={"a": 1})]


def test_field_that_no_client_could_read_as_json_is_its_text() -> None:
    rule = emits(ToolResult, call_id="id", name="tool", output="result")

    assert translated(rule, {"id": "1", "tool": "power", "result": 2**70}) == [
        ToolResult(call_id="1", name="power", output="1180591620717411303424")
    ]


def test_field_is_made_by_its_function() -> None:
    assert translated(emits(TextDelta, text=lambda event: event["a"] + "!"), {"a": "Hi"}) == [
        TextDelta("Hi!")
    ]


def test_field_is_the_value_itself_where_that_is_no_path() -> None:
    rule = emits(ToolResult, call_id="id", name="tool", error="why", denied=True)

    assert translated(rule, {"id": "1", "tool": "t", "why": "no"}) == [
        ToolResult(call_id="1", name="t", error="no", denied=True)
    ]
    failed = emits(RunFinished, state=TaskState.FAILED, reason="why")
    assert translated(failed, {"why": "x"}) == [RunFinished(state=TaskState.FAILED, reason="x")]


def test_what_is_not_there_keeps_its_default() -> None:
    rule = emits(Usage, input_tokens="usage.in", output_tokens="usage.out", model="model")

    assert translated(rule, {"usage": {"in": 3, "out": None}}) == [Usage(input_tokens=3)]


@pytest.mark.parametrize("event", [{}, {"text": None}, SimpleNamespace()])
@pytest.mark.parametrize("kind", [TextDelta, ReasoningDelta])
def test_piece_without_a_text_is_none(kind: type[Any], event: Any) -> None:
    assert translated(emits(kind, text="text"), event) == []


def test_event_without_what_it_needs_is_told_of() -> None:
    rule = emits(ToolCall, call_id="id", name="name", arguments="input")

    with pytest.raises(IllegalEvent, match="an event of the framework has no call_id, name"):
        translated(rule, {"input": 1})


def test_text_is_made_of_what_is_none_and_json_of_what_is_a_value() -> None:
    class Colour(Enum):
        RED = "red"

    rule = emits(ToolResult, call_id="id", name="name", output="output")

    event = {"id": 7, "name": Colour.RED, "output": {"set": {1}, "when": SimpleNamespace(a=1)}}
    assert translated(rule, event) == [
        ToolResult(call_id="7", name="red", output={"set": [1], "when": "namespace(a=1)"})
    ]


@pytest.mark.parametrize(
    ("kind", "fields", "said"),
    [
        (TextDelta, {"text": "a", "words": "b"}, "TextDelta has these fields: text, .*no field 'w"),
        (ToolCall, {"call_id": "a"}, "ToolCall has these fields: call_id, .*; name"),
    ],
)
def test_rule_for_fields_that_an_event_has_not_is_refused(
    kind: type[Any], fields: dict[str, Any], said: str
) -> None:
    with pytest.raises(TypeError, match=said):
        emits(kind, **fields)


def test_rules_can_follow_each_other() -> None:
    rule = all_of(emits(ReasoningDelta, text="thought"), emits(TextDelta, text="text"), IGNORED)

    assert rule.becomes == (ReasoningDelta, TextDelta)
    assert translated(rule, {"thought": "hm", "text": "ah"}) == [
        ReasoningDelta("hm"),
        TextDelta("ah"),
    ]


# A run


TABLE = table(
    {
        "token": emits(TextDelta, text="text"),
        "done": emits(RunFinished, text="answer"),
        "ping": IGNORED,
    }
)


def fed(translation: Translation[Any], *events: Any) -> list[Sequence[AgentEvent]]:
    return [translation.feed(event) for event in events]


def test_run_ends_with_the_event_that_says_so_and_all_later_ones_are_ignored() -> None:
    translation = Translation(TABLE)

    events = fed(
        translation,
        {"type": "token", "text": "a"},
        {"type": "ping"},
        {"type": "done", "answer": "ab"},
        {"type": "token", "text": "c"},
        {"type": "done", "answer": "d"},
    )

    assert [list(event) for event in events] == [[TextDelta("a")], [], [], [], []]
    assert [translation.end, *translation.finish()] == [RunFinished(text="ab")] * 2


def test_nothing_comes_of_an_event_after_the_end_that_it_says() -> None:
    def both(_: Any, event: Any) -> Iterator[AgentEvent]:
        yield TextDelta("a")
        yield RunFinished()
        yield TextDelta("b")

    translation = Translation(table({"last": does(both, TextDelta, RunFinished)}))

    assert list(translation.feed({"type": "last"})) == [TextDelta("a")]
    assert translation.end == RunFinished()


def test_run_without_its_last_event_has_failed() -> None:
    assert list(Translation(TABLE).finish()) == [ENDED_WITHOUT_RESULT]


def test_run_of_a_framework_without_a_last_event_has_completed() -> None:
    plain = table({"token": emits(TextDelta, text="text")})

    assert list(Translation(plain).finish()) == [RunFinished()]


def test_end_of_a_run_can_be_made_of_what_was_remembered() -> None:
    def remember(seen: list[str], event: Any) -> Iterator[AgentEvent]:
        seen.append(event["text"])
        yield StepStarted(step=len(seen))

    def all_said(seen: list[str], _: None) -> Iterator[AgentEvent]:
        yield RunFinished(text="".join(seen))

    remembering: EventTable[list[str]] = EventTable(
        "test",
        {"text": does(remember, StepStarted)},
        new_run=list,
        at_end=does(all_said, RunFinished),
    )
    one, other = Translation(remembering), Translation(remembering)

    fed(one, {"type": "text", "text": "a"}, {"type": "text", "text": "b"})

    assert [*one.finish(), *other.finish()] == [RunFinished(text="ab"), RunFinished(text="")]


def test_question_may_be_the_last_that_is_said_of_a_run() -> None:
    def say(_: Any, __: None) -> Iterator[AgentEvent]:
        yield TextDelta("One thing: ")
        yield InputRequired(prompt="which?")
        yield TextDelta("never said")

    asking = table({"token": emits(TextDelta, text="text")}, at_end=does(say, InputRequired))

    assert list(Translation(asking).finish()) == [
        TextDelta("One thing: "),
        InputRequired(prompt="which?"),
    ]


def test_call_that_is_told_at_the_end_has_an_id_of_its_own_too() -> None:
    def last(_: Any, __: None) -> Iterator[AgentEvent]:
        yield ToolCall(call_id="a", name="add")
        yield ToolResult(call_id="a", name="add", output=2)
        yield RunFinished()

    calls = emits(ToolCall, call_id="id", name="name")
    results = emits(ToolResult, call_id="id", name="name")
    calling = table({"call": calls, "result": results}, at_end=does(last))
    translation = Translation(calling)
    fed(translation, *({"type": kind, "id": "a", "name": "add"} for kind in ("call", "result")))

    assert list(translation.finish()) == [
        ToolCall(call_id="a-2", name="add"),
        ToolResult(call_id="a-2", name="add", output=2),
        RunFinished(),
    ]


def test_event_that_the_table_does_not_name_is_shown_as_it_is() -> None:
    assert Translation(TABLE).feed({"type": "new", "a": 1}) == (
        Raw(source="test", data={"type": "new", "a": 1}),
    )


@pytest.mark.parametrize("given", [1, [2], {"a": {}}, "text", None, object()])
def test_event_that_its_rule_cannot_read_is_shown_as_it_is(
    given: Any, caplog: pytest.LogCaptureFixture
) -> None:
    def calls(_: Any, event: Any) -> Iterator[AgentEvent]:
        yield TextDelta("a")
        yield ToolCall(call_id=event["calls"][0]["id"], name="add")

    translation = Translation(table({"calls": does(calls, TextDelta, ToolCall)}))
    event = {"type": "calls", "calls": given}

    assert list(translation.feed(event)) == [
        TextDelta("a"),
        Raw(source="test", data=view(event)),
    ]
    assert [record.message for record in caplog.records] == [
        "an event of test is not what it should be: calls"
    ]
    assert list(translation.feed({"type": "calls", "calls": [{"id": "1"}]})) == [
        TextDelta("a"),
        ToolCall(call_id="1", name="add"),
    ]


def test_plain_text_is_a_piece_of_the_answer_unless_there_is_a_rule_for_it() -> None:
    assert list(Translation(TABLE).feed("Hi")) == [TextDelta("Hi")]
    shouting = table({"str": emits(TextDelta, text=lambda text: text.upper())})
    assert list(Translation(shouting).feed("Hi")) == [TextDelta("HI")]


def test_name_of_an_event_is_where_the_table_says() -> None:
    by_path = table({"a": emits(TextDelta, text="text")}, name="event.kind")
    by_function = table({"dict": emits(TextDelta, text="text")}, name=lambda e: type(e).__name__)

    assert list(Translation(by_path).feed({"event": {"kind": "a"}, "text": "Hi"})) == [
        TextDelta("Hi")
    ]
    assert list(Translation(by_function).feed({"text": "Hi"})) == [TextDelta("Hi")]

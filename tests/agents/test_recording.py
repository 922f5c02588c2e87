import asyncio
import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from a2a_agent.agents.echo import echo
from a2a_agent.agents.recording import event_from_json, event_to_json, recorded
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputKind,
    InputRequired,
    Raw,
    ReasoningDelta,
    Reply,
    RunFinished,
    RunStarted,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolProgress,
    ToolResult,
    Usage,
)
from a2a_agent.domain.model import DataPart, FilePart, Message, Part, Role, TaskState, TextPart
from a2a_agent.runtime.agent import Events, RunRequest, describe
from tests.agents.runs import events_of, request_of

words = st.text(max_size=8)
maybe = st.none() | words
numbers = st.integers(0, 2**40)
json_values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | words | st.floats(allow_nan=False),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=5,
)
json_objects = st.none() | st.dictionaries(words, json_values, max_size=3)
parts: st.SearchStrategy[tuple[Part, ...]] = st.lists(
    st.builds(TextPart, words, maybe, maybe, json_objects)
    | st.builds(FilePart, raw=st.binary(), media_type=maybe, filename=maybe, metadata=json_objects)
    | st.builds(FilePart, url=words, media_type=maybe)
    | st.builds(DataPart, json_values, maybe, maybe, json_objects),
    max_size=3,
).map(tuple)
places: dict[str, Any] = {"step": st.none() | numbers, "scope": maybe}
events: st.SearchStrategy[AgentEvent] = st.one_of(
    st.builds(RunStarted, model=maybe, agent=maybe, **places),
    st.builds(StepStarted, step=numbers, name=maybe, scope=maybe),
    st.builds(StepFinished, step=numbers, name=maybe, scope=maybe),
    st.builds(TextDelta, words, message_id=maybe, **places),
    st.builds(ReasoningDelta, words, **places),
    st.builds(ToolCallDelta, call_id=words, arguments=words, name=maybe, **places),
    st.builds(ToolCall, call_id=words, name=words, arguments=json_values, **places),
    st.builds(ToolProgress, call_id=words, data=json_values, name=maybe, **places),
    st.builds(
        ToolResult,
        call_id=words,
        name=words,
        output=json_values,
        error=maybe,
        denied=st.booleans(),
        **places,
    ),
    st.builds(
        InputRequired,
        prompt=words,
        kind=st.sampled_from(InputKind),
        options=st.lists(words, max_size=3).map(tuple),
        schema=json_objects,
        call_id=maybe,
        name=maybe,
        arguments=json_values,
        request_id=maybe,
        resume=json_values,
        **places,
    ),
    st.builds(
        Artifact,
        parts=parts,
        artifact_id=maybe,
        name=maybe,
        description=maybe,
        append=st.booleans(),
        last=st.none() | st.booleans(),
        metadata=json_objects,
        **places,
    ),
    st.builds(Reply, parts, json_objects),
    st.builds(
        Usage,
        input_tokens=numbers,
        output_tokens=numbers,
        cached_input_tokens=numbers,
        reasoning_tokens=numbers,
        model=maybe,
        **places,
    ),
    st.builds(
        RunFinished,
        state=st.sampled_from([state for state in TaskState if state.is_terminal]),
        text=maybe,
        message=maybe,
        error=maybe,
        reason=maybe,
    ),
    st.builds(Raw, source=words, data=json_values),
)


@settings(deadline=None)
@given(events)
def test_an_event_survives_the_way_to_json_and_back(event: AgentEvent) -> None:
    written = json.dumps(event_to_json(event))

    assert event_from_json(json.loads(written)) == event


@pytest.mark.parametrize(
    ("event", "data"),
    [
        (TextDelta("Hi"), {"type": "TextDelta", "text": "Hi"}),
        (RunFinished(), {"type": "RunFinished"}),
        (
            RunFinished(state=TaskState.FAILED, reason="r"),
            {"type": "RunFinished", "state": "failed", "reason": "r"},
        ),
        (
            InputRequired(prompt="?", kind=InputKind.APPROVAL, options=("yes", "no")),
            {
                "type": "InputRequired",
                "prompt": "?",
                "kind": "approval",
                "options": ["yes", "no"],
            },
        ),
        (
            Artifact(
                parts=(
                    TextPart("a"),
                    FilePart(raw=b"\x00\xff", filename="b"),
                    DataPart(MappingProxyType({"c": (1, 2)})),
                )
            ),
            {
                "type": "Artifact",
                "parts": [
                    {"kind": "text", "text": "a"},
                    {"kind": "file", "raw": "AP8=", "filename": "b"},
                    {"kind": "data", "data": {"c": [1, 2]}},
                ],
            },
        ),
    ],
)
def test_an_event_is_its_class_name_and_what_differs_from_the_defaults(
    event: AgentEvent, data: dict[str, Any]
) -> None:
    assert event_to_json(event) == data


@pytest.mark.parametrize(
    ("data", "complaint"),
    [
        ({}, "None is no agent event; there are Artifact, InputRequired,"),
        ({"type": "Nonsense"}, "'Nonsense' is no agent event"),
        ({"type": ["TextDelta"]}, r"\['TextDelta'\] is no agent event"),
        ({"type": "TextDelta"}, "this is no TextDelta"),
        ({"type": "TextDelta", "text": "a", "more": 1}, "this is no TextDelta"),
        ({"type": "RunFinished", "state": "working"}, "this is no RunFinished"),
        ({"type": "RunFinished", "state": "nonsense"}, "this is no RunFinished"),
        ({"type": "Reply", "parts": [{"kind": "nonsense"}]}, "this is no Reply"),
        ({"type": "Reply", "parts": [{"kind": "file", "raw": "!"}]}, "this is no Reply"),
        ({"type": "Reply", "parts": 1}, "this is no Reply: its field parts holds 1"),
        ({"type": "TextDelta", "text": 7}, "this is no TextDelta: its field text holds 7"),
        ({"type": "TextDelta", "text": None}, "its field text holds None"),
        ({"type": "TextDelta", "text": "a", "scope": ["a"]}, r"its field scope holds \['a'\]"),
        ({"type": "StepStarted", "step": "1"}, "its field step holds '1'"),
        ({"type": "StepStarted", "step": True}, "its field step holds True"),
        ({"type": "StepStarted", "step": 1.5}, "its field step holds 1.5"),
        ({"type": "Artifact", "parts": [], "append": 1}, "its field append holds 1"),
        ({"type": "Artifact", "parts": [], "metadata": []}, r"its field metadata holds \[\]"),
        ({"type": "InputRequired", "prompt": "?", "options": "ab"}, "its field options holds 'ab'"),
        ({"type": "InputRequired", "prompt": "?", "options": [1]}, "its field options holds"),
        ({"type": "InputRequired", "prompt": "?", "kind": 7}, "its field kind: 7 is not a valid"),
        (
            {"type": "Reply", "parts": [{"kind": "text", "text": 1}]},
            "parts: its field text holds 1",
        ),
        ({"type": "Reply", "parts": [{"kind": []}]}, "this is no Reply: its field parts: "),
        ({"type": "Reply", "parts": [7]}, "this is no Reply: its field parts: "),
    ],
)
def test_other_json_is_refused(data: dict[str, Any], complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        event_from_json(data)


@dataclass
class Clock:
    """Goes on by `tick` seconds whenever it is read."""

    tick: float
    now: float = 100.0

    def __call__(self) -> float:
        self.now += self.tick
        return self.now


def lines_of(path: Path) -> list[Any]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def names_in(directory: Path) -> list[str]:
    return sorted(path.name for path in directory.iterdir())


async def test_a_run_is_written_as_json_lines_and_passed_on(tmp_path: Path) -> None:
    async def agent(_: RunRequest) -> Events:
        yield RunStarted()
        yield "Hi"

    seen = await events_of(recorded(agent, tmp_path, clock=Clock(0.5)), request_of())

    assert seen == [RunStarted(), "Hi"]
    assert lines_of(tmp_path / "task-1.jsonl") == [
        {"t": 0.5, "event": {"type": "RunStarted"}},
        {"t": 1.0, "event": {"type": "TextDelta", "text": "Hi"}},
    ]


async def test_each_run_of_a_task_has_a_file_of_its_own(tmp_path: Path) -> None:
    agent = recorded(echo, tmp_path / "new" / "folder")

    await events_of(agent, request_of("one"))
    await events_of(agent, request_of("two"))

    folder = tmp_path / "new" / "folder"
    assert names_in(folder) == ["task-1.jsonl", "task-2.jsonl"]
    assert lines_of(folder / "task-2.jsonl")[1]["event"] == {"type": "TextDelta", "text": "two"}


async def test_many_events_are_written_together(tmp_path: Path) -> None:
    async def agent(_: RunRequest) -> Events:
        for number in range(200):
            yield str(number)

    await events_of(recorded(agent, tmp_path, clock=Clock(0.0)), request_of())

    written = [line["event"]["text"] for line in lines_of(tmp_path / "task-1.jsonl")]
    assert written == [str(number) for number in range(200)]


async def test_a_canceled_run_is_written_to_the_end(tmp_path: Path) -> None:
    waiting, closed = asyncio.Event(), asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        try:
            yield "before"
            waiting.set()
            await asyncio.Event().wait()
        finally:
            closed.set()

    run = asyncio.create_task(events_of(recorded(agent, tmp_path, clock=Clock(0.0)), request_of()))
    await asyncio.wait_for(waiting.wait(), 5)
    run.cancel()

    with pytest.raises(asyncio.CancelledError):
        await asyncio.wait_for(run, 5)
    assert closed.is_set()
    assert [line["event"] for line in lines_of(tmp_path / "task-1.jsonl")] == [
        {"type": "TextDelta", "text": "before"},
        {"type": "RunFinished", "state": "canceled"},
    ]


async def test_a_run_that_raises_is_written_as_one_that_failed(tmp_path: Path) -> None:
    async def agent(_: RunRequest) -> Events:
        yield "before"
        raise RuntimeError("password=secret")

    with pytest.raises(RuntimeError):
        await events_of(recorded(agent, tmp_path), request_of())

    assert [line["event"] for line in lines_of(tmp_path / "task-1.jsonl")] == [
        {"type": "TextDelta", "text": "before"},
        {"type": "RunFinished", "state": "failed", "reason": "agent-error"},
    ]


async def test_a_question_in_the_middle_of_a_run_is_written_where_it_was_asked(
    tmp_path: Path,
) -> None:
    answer = Message(message_id="a", role=Role.USER, parts=(TextPart("blue"),))

    async def agent(request: RunRequest) -> Events:
        yield "Let me see. "
        yield (await request.ask(InputRequired(prompt="Which?"))).text

    async def ask(_: InputRequired) -> Message:
        return answer

    await events_of(recorded(agent, tmp_path), replace(request_of(), ask=ask))

    assert [line["event"]["type"] for line in lines_of(tmp_path / "task-1.jsonl")] == [
        "TextDelta",
        "InputRequired",
        "TextDelta",
    ]


async def test_a_run_left_early_is_closed_with_its_agent(tmp_path: Path) -> None:
    closed = asyncio.Event()

    async def agent(_: RunRequest) -> Events:
        try:
            yield "before"
            yield "after"
        finally:
            closed.set()

    run = recorded(agent, tmp_path).run(request_of())
    async for _ in run:
        break
    await run.aclose()  # type: ignore[attr-defined]  # a generator, by the caller's knowledge

    assert closed.is_set()
    assert [line["event"]["text"] for line in lines_of(tmp_path / "task-1.jsonl")] == ["before"]


async def test_an_agent_that_is_no_generator_is_recorded_too(tmp_path: Path) -> None:
    class Twice:
        def __init__(self) -> None:
            self._texts: Iterator[str] = iter(("one", "two"))

        def __aiter__(self) -> AsyncIterator[AgentEvent | str]:
            return self

        async def __anext__(self) -> AgentEvent | str:
            try:
                return next(self._texts)
            except StopIteration:
                raise StopAsyncIteration from None

    def agent(_: RunRequest) -> Events:
        return Twice()

    assert await events_of(recorded(agent, tmp_path), request_of()) == ["one", "two"]


async def test_a_task_id_never_leaves_the_directory(tmp_path: Path) -> None:
    directory = tmp_path / "records"
    request = request_of("Hi")
    object.__setattr__(request, "task_id", "../../etc/passwd")

    await events_of(recorded(echo, directory), request)

    assert names_in(directory) == ["______etc_passwd-1.jsonl"]
    assert names_in(tmp_path) == ["records"]


async def test_a_disk_that_fails_ends_the_recording_and_not_the_run(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    class FullDisk(type(tmp_path)):  # type: ignore[misc]  # the platform's own kind of path
        def mkdir(self, *_: Any, **__: Any) -> None:
            raise OSError("no space left")

    agent = recorded(echo, FullDisk(tmp_path), clock=Clock(1.0))
    seen = await events_of(agent, request_of("a b"))

    assert seen == await events_of(echo, request_of("a b"))
    assert [record.message for record in caplog.records] == ["a run is not recorded any further"]


def test_the_description_is_the_agents_own(tmp_path: Path) -> None:
    assert describe(recorded(echo, tmp_path)) == describe(echo)


class Shop:
    """Opens and closes."""

    def __init__(self) -> None:
        self.log: list[str] = []

    async def __aenter__(self) -> "Shop":
        self.log.append("opened")
        return self

    async def __aexit__(self, *_: object) -> None:
        self.log.append("closed")

    async def run(self, request: RunRequest, /) -> Events:
        """Serves."""
        yield "served"


async def test_an_agent_is_opened_and_closed_with_its_recording(tmp_path: Path) -> None:
    shop = Shop()

    async with recorded(shop, tmp_path) as agent:
        assert shop.log == ["opened"]
        assert await events_of(agent, request_of("Hello")) == ["served"]

    assert shop.log == ["opened", "closed"]


async def test_the_recording_of_an_agent_that_needs_no_opening_opens_too(tmp_path: Path) -> None:
    async with recorded(echo, tmp_path) as agent:
        events = await events_of(agent, request_of("Hello"))

    assert events == await events_of(echo, request_of("Hello"))

"""What a graph's models and tools say in messages: text, thinking, calls, results, costs.

A message comes in chunks while a model writes it, and as a whole when a node of the graph returns
it; what was said in chunks is not said again.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from dataclasses import field as member
from typing import Any

from a2a_agent.agents.adapters.fields import class_name, field, parsed, readable
from a2a_agent.agents.outputs import text_of
from a2a_agent.domain.agent_events import (
    AgentEvent,
    ReasoningDelta,
    TextDelta,
    ToolCall,
    ToolCallDelta,
    ToolResult,
    Usage,
)

SAID = (TextDelta, ReasoningDelta, Usage, ToolCallDelta, ToolCall, ToolResult)
"""What becomes of messages."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where in the graph something happens."""

    path: tuple[str, ...]
    """The tasks, as `node:id`, from the outermost to the innermost."""
    scope: str | None
    step: int | None
    is_in_tool: bool


@dataclass(slots=True)
class Run:
    """What is remembered of a run."""

    steps: dict[str, int] = member(default_factory=dict)
    """The tasks' numbers."""
    tool_tasks: set[str] = member(default_factory=set)
    """The tasks that run tools."""
    heard: set[str] = member(default_factory=set)
    """The ids of the models' messages that have been passed on."""
    written: dict[tuple[str, str, Any], dict[str, Any]] = member(default_factory=dict)
    """Calls that are being written: by their task, their message and their number in it."""
    called: set[tuple[str | None, str]] = member(default_factory=set)
    answered: set[tuple[str | None, str]] = member(default_factory=set)
    """Calls and results that have been passed on: by scope and id."""
    interrupts: dict[str, Any] = member(default_factory=dict)
    state: Any = None
    """The graph's, as it was last."""
    has_answered: bool = False

    def place(self, path: Iterable[str]) -> Place:
        tasks = tuple(path)
        scope = "/".join(task.partition(":")[0] for task in tasks[:-1])
        return Place(
            tasks,
            scope or None,
            self.steps.get(tasks[-1]) if tasks else None,
            not self.tool_tasks.isdisjoint(tasks),
        )


def whole_messages(run: Run, found: Any, place: Place) -> Iterator[AgentEvent]:
    """The messages in an update of the state, which may be in one command or several."""
    if isinstance(found, list | tuple):
        for each in found:
            yield from whole_messages(run, each, place)
    elif field(found, "type") in ("ai", "tool"):
        yield from said(run, found, place, None)
    elif class_name(found) == "Command":
        yield from whole_messages(run, field(found, "update"), place)
    elif isinstance(found, Mapping):
        yield from whole_messages(run, found.get("messages"), place)


def said(run: Run, message: Any, place: Place, model: str | None) -> Iterator[AgentEvent]:
    match field(message, "type"):
        case "tool":
            yield from calls_made(run, place)
            yield from _tool_result(run, message, place)
        case "AIMessageChunk":
            run.heard.add(field(message, "id"))
            yield from _spoken(run, message, place, model)
            yield from _calls_written(run, message, place)
            if field(message, "chunk_position") == "last":
                yield from calls_made(run, place, field(message, "id"))
        case "ai":
            yield from calls_made(run, place)
            message_id = field(message, "id")
            if message_id is None or message_id not in run.heard:
                run.heard.add(message_id)
                yield from _spoken(run, message, place, model)
                for call in field(message, "tool_calls", ()):
                    yield from _call(run, call, place)


def _spoken(run: Run, message: Any, place: Place, model: str | None) -> Iterator[AgentEvent]:
    message_id = field(message, "id")
    for is_answer, text in _texts(message):
        if place.is_in_tool or not text:
            continue
        if is_answer:
            run.has_answered = True
            yield TextDelta(text, message_id, place.step, place.scope)
        else:
            yield ReasoningDelta(text, place.step, place.scope)
    usage = field(message, "usage_metadata")
    if usage is not None:
        yield Usage(
            input_tokens=field(usage, "input_tokens", 0),
            output_tokens=field(usage, "output_tokens", 0),
            cached_input_tokens=field(usage, "input_token_details.cache_read", 0),
            reasoning_tokens=field(usage, "output_token_details.reasoning", 0),
            model=model,
            step=place.step,
            scope=place.scope,
        )


def _texts(message: Any) -> Iterator[tuple[bool, str]]:
    """What a message says; with each piece, whether it is answer or thinking."""
    yield False, field(message, "additional_kwargs.reasoning_content", "")
    content = field(message, "content", ())
    if isinstance(content, str):
        yield True, content
        return
    for block in content:
        match field(block, "type"):
            case "text":
                yield True, field(block, "text", "")
            case "reasoning":
                yield False, field(block, "reasoning", "")
                for part in field(block, "summary", ()):
                    yield False, field(part, "text", "")
            case "thinking":
                yield False, field(block, "thinking", "")
            case None if isinstance(block, str):
                yield True, block


def _calls_written(run: Run, message: Any, place: Place) -> Iterator[AgentEvent]:
    for piece in field(message, "tool_call_chunks", ()):
        number = field(piece, "index")
        key = ("".join(place.path), field(message, "id", ""), field(piece, "id", number))
        if number is not None:
            key = (*key[:2], number)
        call = run.written.setdefault(key, {"id": None, "name": None, "args": ""})
        call["id"] = call["id"] or field(piece, "id")
        call["name"] = call["name"] or field(piece, "name")
        call["args"] += field(piece, "args", "")
        if call["id"] and call["args"]:
            yield ToolCallDelta(
                call_id=call["id"],
                arguments=call["args"],
                name=call["name"],
                step=place.step,
                scope=place.scope,
            )


def calls_made(run: Run, place: Place, message_id: str | None = None) -> Iterator[AgentEvent]:
    """The calls that have been written in a task, or in one message of it."""
    task = "".join(place.path)
    for key in list(run.written):
        if key[0] == task and message_id in (None, key[1]):
            yield from _call(run, run.written.pop(key), place)


def _call(run: Run, call: Any, place: Place) -> Iterator[AgentEvent]:
    call_id = field(call, "id")
    key = (place.scope, call_id)
    if call_id is not None and (key not in run.called or key in run.answered):
        run.called.add(key)
        run.answered.discard(key)  # some models use one id for all of their calls
        yield ToolCall(
            call_id=call_id,
            name=field(call, "name", "tool"),
            arguments=readable(parsed(field(call, "args", ""))),
            step=place.step,
            scope=place.scope,
        )


def _tool_result(run: Run, message: Any, place: Place) -> Iterator[AgentEvent]:
    call_id = field(message, "tool_call_id")
    if call_id is None or (place.scope, call_id) in run.answered:
        return
    run.answered.add((place.scope, call_id))
    content = readable(field(message, "content", ""))
    has_failed = field(message, "status") == "error"
    yield ToolResult(
        call_id=call_id,
        name=field(message, "name", "tool"),
        output=None if has_failed else content,
        error=text_of(content) if has_failed else None,
        step=place.step,
        scope=place.scope,
    )

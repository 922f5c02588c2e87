"""Graphs of LangGraph (1), by the modes of `astream`; the table reads `astream_events` as well.

One graph may serve many runs at once. What its models write is the answer, except for models that
work inside a tool; those that carry LangGraph's tag `nostream` are not heard while they write.
"""

from collections.abc import AsyncGenerator, Callable, Iterable, Iterator, Mapping
from contextlib import aclosing
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.fields import field, json_in
from a2a_agent.agents.adapters.history import chat_messages
from a2a_agent.agents.adapters.langgraph_messages import (
    SAID,
    Place,
    Run,
    calls_made,
    said,
    whole_messages,
)
from a2a_agent.agents.adapters.langgraph_questions import AboutAnotherQuestion, answer, question
from a2a_agent.agents.adapters.table import IGNORED, EventTable, does
from a2a_agent.agents.openai.failures import failed
from a2a_agent.domain.agent_events import (
    AgentEvent,
    Artifact,
    InputRequired,
    StepFinished,
    StepStarted,
    TextDelta,
    ToolCall,
    ToolResult,
)
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, DataPart
from a2a_agent.runtime.agent import RunRequest, described_as

_MOST_STEPS = 100
"""Of a graph that does not say how many it may take; LangGraph would let it go on for hours."""
_MODES = ("messages", "tasks", "values", "custom")
_INTERRUPT = "__interrupt__"


def from_langgraph(
    graph: Any,
    *,
    input_of: Callable[[RunRequest], Any] | None = None,
    thread_of: Callable[[RunRequest], str] | None = None,
) -> Adapted:
    """A compiled graph as an agent.

    `input_of` makes its input from a request; without it, the state has `messages`. A graph with
    a checkpointer has a thread for each task, and is given the context's earlier messages with
    the task's first one; where `thread_of` names other threads, such as one for each context,
    they remember, and the graph is given the new message alone.
    """

    def input_for(request: RunRequest) -> Any:
        if input_of is not None:
            return input_of(request)
        messages = chat_messages(request)
        is_remembered = thread_of is not None and graph.checkpointer
        return {"messages": messages[-1:] if is_remembered else messages}

    async def start(request: RunRequest) -> AsyncGenerator[Any, None]:
        asked = field(request.resume, "interrupt")
        try:
            given = input_for(request) if asked is None else _resumption(asked, request)
        except AboutAnotherQuestion:
            yield {"type": "updates", "ns": (), "data": {_INTERRUPT: [asked]}}
            return
        thread = request.task_id if thread_of is None else thread_of(request)
        config: dict[str, Any] = {"configurable": {"thread_id": thread}}
        if "recursion_limit" not in (graph.config or {}):
            config["recursion_limit"] = _MOST_STEPS
        if asked is not None and not (await graph.aget_state(config)).next:
            # It would begin anew, with nothing of what was said.
            raise LookupError("the graph's checkpointer does not have the question any more")
        events = graph.astream(given, config, stream_mode=_MODES, subgraphs=True, version="v2")
        async with aclosing(events):
            async for event in events:
                if event.get("interrupts") and not graph.checkpointer:
                    raise ValueError("a graph that asks needs a checkpointer, to go on from there")
                yield event

    name = str(graph.name)
    return from_events(
        start, TABLE, described_as(name, f"The LangGraph graph {name}.", "langgraph")
    )


def _resumption(asked: Mapping[str, Any], request: RunRequest) -> Any:
    # By its id, because several may be open.
    answers = {asked["id"]: answer(asked, request.message)}
    return import_module("langgraph.types").Command(resume=answers)


def _part(event: Any) -> tuple[tuple[str, ...], Any]:
    """The namespace and the data of an event of `astream`, which has three shapes of them."""
    if not isinstance(event, list | tuple):
        return tuple(field(event, "ns", ())), field(event, "data")
    return (tuple(event[0]) if len(event) == 3 else ()), event[-1]


def _name(event: Any) -> Any:
    if isinstance(event, list | tuple):
        return event[-2] if len(event) > 1 else None
    return field(event, "type") or field(event, "event")


def _path(metadata: Any) -> list[str]:
    namespace = field(metadata, "langgraph_checkpoint_ns", "")
    return namespace.split("|") if namespace else []


# What `astream` yields.


def _message(run: Run, event: Any) -> Iterator[AgentEvent]:
    _, data = _part(event)
    message, metadata = field(data, "0"), field(data, "1")
    yield from said(run, message, run.place(_path(metadata)), field(metadata, "ls_model_name"))


def _task(run: Run, event: Any) -> Iterator[AgentEvent]:
    namespace, data = _part(event)
    path = [*namespace, f"{field(data, 'name')}:{field(data, 'id')}"]
    if not (isinstance(data, Mapping) and "result" in data):
        yield from _task_started(run, path, field(data, "input"))
        return
    _interrupted(run, field(data, "interrupts", ()))
    yield from _task_finished(run, path)


def _task_started(run: Run, path: list[str], given: Any) -> Iterator[AgentEvent]:
    task = path[-1]
    run.steps[task] = len(run.steps) + 1
    if _are_calls(given):
        run.tool_tasks.add(task)
    place = run.place(path)
    yield StepStarted(step=run.steps[task], name=task.partition(":")[0], scope=place.scope)


def _task_finished(run: Run, path: list[str]) -> Iterator[AgentEvent]:
    place = run.place(path)
    yield from calls_made(run, place)
    if place.step is not None:
        name = path[-1].partition(":")[0]
        yield StepFinished(step=place.step, name=name, scope=place.scope)


def _are_calls(given: Any) -> bool:
    """Whether a task is to run tools: it is given calls, or a state whose last message has some."""
    if isinstance(given, list | tuple):
        return bool(given) and field(given[-1], "type") == "tool_call"
    if field(given, "tool_call") is not None:
        return True
    messages = field(given, "messages")
    return isinstance(messages, list) and bool(messages) and bool(field(messages[-1], "tool_calls"))


def _values(run: Run, event: Any) -> Iterator[AgentEvent]:
    namespace, data = _part(event)
    interrupts = () if isinstance(event, list | tuple) else field(event, "interrupts", ())
    _interrupted(run, field(data, _INTERRUPT) or interrupts)
    if not namespace:
        run.state = data
    return iter(())


def _updates(run: Run, event: Any) -> Iterator[AgentEvent]:
    namespace, data = _part(event)
    yield from _updated(run, data, run.place([*namespace, ""]))


def _updated(run: Run, data: Any, place: Place) -> Iterator[AgentEvent]:
    if not isinstance(data, Mapping):
        return
    _interrupted(run, field(data, _INTERRUPT, ()))
    for node, update in data.items():
        if node != _INTERRUPT:
            yield from whole_messages(run, update, place)


def _interrupted(run: Run, interrupts: Iterable[Any]) -> None:
    for interrupt in interrupts:
        run.interrupts[field(interrupt, "id")] = interrupt


# What `astream_events` yields beside.


def _model_stream(run: Run, event: Any) -> Iterator[AgentEvent]:
    return _model_said(run, event, field(event, "data.chunk"))


def _model_end(run: Run, event: Any) -> Iterator[AgentEvent]:
    return _model_said(run, event, field(event, "data.output"))


def _model_said(run: Run, event: Any, message: Any) -> Iterator[AgentEvent]:
    metadata = field(event, "metadata")
    if "nostream" not in field(event, "tags", ()):
        place = run.place(_path(metadata))
        yield from said(run, message, place, field(metadata, "ls_model_name"))


def _tool_end(run: Run, event: Any) -> Iterator[AgentEvent]:
    place = run.place(_path(field(event, "metadata")))
    return whole_messages(run, [field(event, "data.output")], place)


def _chain_start(run: Run, event: Any) -> Iterator[AgentEvent]:
    path = _path(field(event, "metadata"))
    if _is_task(event) and path:
        yield from _task_started(run, path, field(event, "data.input"))


def _chain_stream(run: Run, event: Any) -> Iterator[AgentEvent]:
    if not field(event, "parent_ids"):
        _interrupted(run, field(event, f"data.chunk.{_INTERRUPT}", ()))
    return iter(())


def _chain_end(run: Run, event: Any) -> Iterator[AgentEvent]:
    output = field(event, "data.output")
    if _is_task(event):
        path = _path(field(event, "metadata"))
        yield from whole_messages(run, output, run.place(path))
        yield from _task_finished(run, path)
    elif not field(event, "parent_ids"):
        run.state = output


def _is_task(event: Any) -> bool:
    return any(str(tag).startswith("graph:step:") for tag in field(event, "tags", ()))


# The end.


def _left(run: Run, _: None) -> Iterator[AgentEvent]:
    """The first open question; else what the state has for an answer that was not said."""
    for interrupt in run.interrupts.values():
        yield question(interrupt)
        return
    # A node may return a message as a mere pair or mapping, which is one in the state only.
    messages = field(run.state, "messages")
    if isinstance(messages, list | tuple):
        yield from whole_messages(run, messages[-1:], run.place(()))
    answer = field(run.state, "structured_response")
    if answer is None and not run.has_answered:
        answer = run.state
        if isinstance(answer, Mapping):
            answer = {name: value for name, value in answer.items() if name != "messages"}
    if isinstance(answer, str):
        yield TextDelta(answer)
    elif answer is not None and answer != {}:
        try:
            part = DataPart(json_in(answer), media_type="application/json")
        except (IllegalEvent, ValueError):
            return  # a state that only the graph can read
        yield Artifact(artifact_id=ANSWER_ARTIFACT_ID, name=ANSWER_ARTIFACT_ID, parts=(part,))


TABLE: EventTable[Run] = EventTable(
    "langgraph",
    {
        "messages": does(_message, *SAID),
        "tasks": does(_task, StepStarted, ToolCall, StepFinished),
        "values": does(_values),
        "updates": does(_updates, *SAID),
        "on_chat_model_stream": does(_model_stream, *SAID),
        "on_chat_model_end": does(_model_end, *SAID),
        "on_tool_end": does(_tool_end, ToolResult),
        "on_chain_start": does(_chain_start, StepStarted),
        "on_chain_stream": does(_chain_stream),
        "on_chain_end": does(_chain_end, *SAID, StepFinished),
        **dict.fromkeys(
            (
                "checkpoints",
                "debug",
                "on_chat_model_start",
                "on_llm_start",
                "on_llm_stream",
                "on_llm_end",
                "on_prompt_start",
                "on_prompt_end",
                "on_parser_start",
                "on_parser_stream",
                "on_parser_end",
                "on_retriever_start",
                "on_retriever_end",
                "on_tool_start",
                "on_tool_error",  # a tool message follows, or the run fails
            ),
            IGNORED,
        ),
    },
    name=_name,
    new_run=Run,
    at_end=does(_left, InputRequired, *SAID, Artifact),
    raises={"GraphRecursionError": failed("max-steps")},
)

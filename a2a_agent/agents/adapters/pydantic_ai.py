"""Agents of pydantic-ai (2), by the events of `run_stream_events`.

One agent may serve many runs at once. A tool call that needs an approval, or that is carried out
elsewhere, ends the run with a question; the messages so far travel with it, so that the client's
answer finds its way on even after a restart.
"""

import json
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping
from importlib import import_module
from typing import Any

from a2a_agent.agents.adapters.adapted import Adapted, from_events
from a2a_agent.agents.adapters.fields import field
from a2a_agent.agents.adapters.history import earlier_turns, new_text
from a2a_agent.agents.adapters.pydantic_ai_events import CALLED, TABLE, WAITING, request_id
from a2a_agent.agents.approvals import decision
from a2a_agent.agents.openai.conversation import Answer, Result, Said, Turn
from a2a_agent.agents.openai.media import text_in
from a2a_agent.domain.agent_events import InputKind
from a2a_agent.domain.model import DataPart, JsonValue, Message
from a2a_agent.runtime.agent import RunRequest, described_as

Json = dict[str, Any]


def from_pydantic_ai(agent: Any, *, deps: Callable[[RunRequest], Any] | None = None) -> Adapted:
    """A `pydantic_ai.Agent` as an agent. The context's earlier messages go to its model.

    `deps` makes the dependencies of a run, for an agent that has some.
    """

    async def start(request: RunRequest) -> AsyncGenerator[Any, None]:
        options: Json = {} if deps is None else {"deps": deps(request)}
        prompt: str | None = None
        known: frozenset[str] = frozenset()
        if isinstance(request.resume, Mapping):
            left = _decided(dict(request.resume), request.message)
            if left["waiting"]:
                yield {"event_kind": WAITING, **left}
                return
            known = frozenset(left["answers"])
            options["message_history"] = _messages(left["messages"])
            options["deferred_tool_results"] = _results(left["answers"])
        else:
            prompt = new_text(request)
            options["message_history"] = _messages(list(_history(earlier_turns(request))))
        # Our history has no system prompt in it, and the agent's is for runs without history.
        options["capabilities"] = [import_module("pydantic_ai.capabilities").ReinjectSystemPrompt()]
        options["infer_name"] = False
        async with agent.run_stream_events(prompt, **options) as events:
            async for event in events:
                # Calls that were asked about have been shown before the question.
                is_call = field(event, "event_kind") == CALLED
                if not (is_call and field(event, "part.tool_call_id") in known):
                    yield event

    name = str(agent.name or "agent")
    said = f"The pydantic-ai agent {name}."
    return from_events(start, TABLE, described_as(name, said, "pydantic-ai"))


def _messages(written: Any) -> Any:
    adapter = import_module("pydantic_ai.messages").ModelMessagesTypeAdapter
    return adapter.validate_json(json.dumps(written))


def _history(turns: list[Turn]) -> Iterator[Json]:
    """The turns as pydantic-ai writes its messages."""
    names: dict[str, str] = {}
    for turn in turns:
        match turn:
            case Said():
                said = "\n".join(filter(None, map(text_in, turn.parts)))
                yield _request({"part_kind": "user-prompt", "content": said})
            case Answer():
                texts = [{"part_kind": "text", "content": turn.text}] if turn.text else []
                calls = [
                    {
                        "part_kind": "tool-call",
                        "tool_name": call.name,
                        "tool_call_id": call.call_id,
                        "args": call.arguments,
                    }
                    for call in turn.calls
                ]
                names |= {call.call_id: call.name for call in turn.calls}
                yield {"kind": "response", "parts": [*texts, *calls]}
            case Result():
                yield _request(
                    {
                        "part_kind": "tool-return",
                        "tool_name": names[turn.call_id],
                        "tool_call_id": turn.call_id,
                        "content": turn.text,
                    }
                )


def _request(part: Json) -> Json:
    return {"kind": "request", "parts": [part]}


def _decided(left: Json, answer: Message) -> Json:
    """What is left when the client has answered about the first call that waits."""
    first, *others = left["waiting"]
    value: JsonValue = _value(answer)
    if first["kind"] == InputKind.APPROVAL:
        decided = decision(answer, request_id(left))
        if decided is None:
            return left
        value = True if decided.is_yes else decided.words
    answers = {**left["answers"], first["id"]: {"kind": first["kind"], "value": value}}
    return {**left, "waiting": others, "answers": answers}


def _value(answer: Message) -> JsonValue:
    """What a call gives that the client has carried out: its data, else its words."""
    data = [part.data for part in answer.parts if isinstance(part, DataPart)]
    return data[0] if len(data) == 1 else answer.text


def _results(answers: Mapping[str, Json]) -> Any:
    tools = import_module("pydantic_ai.tools")
    results = tools.DeferredToolResults()
    for call_id, answer in answers.items():
        value = answer["value"]
        if answer["kind"] != InputKind.APPROVAL:
            results.calls[call_id] = value
        elif value is True:
            results.approvals[call_id] = tools.ToolApproved()
        else:
            results.approvals[call_id] = tools.ToolDenied(*([value] if value else ()))
    return results

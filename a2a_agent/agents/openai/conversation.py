"""A conversation with a model, in no API's words: who said what, which tools were called.

`turns_of` reads it from the messages of a context; `to_json` and `from_json` carry it over a
question to the client, and over a restart of the server.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias, assert_never

from a2a_agent.agents.openai.media import text_in
from a2a_agent.agents.outputs import text_of
from a2a_agent.agents.recording import part_from_json, plain
from a2a_agent.domain.agent_events import InputKind
from a2a_agent.domain.model import (
    DataPart,
    JsonObject,
    JsonValue,
    Message,
    Part,
    Role,
    TextPart,
)
from a2a_agent.runtime.conversations import ANSWER_ID


@dataclass(frozen=True, slots=True)
class Said:
    """What the client said."""

    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Call:
    """A tool that the model calls, with its arguments as the model wrote them."""

    call_id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Answer:
    """What the model said. `reasoning` holds items that the Responses API wants back."""

    text: str
    calls: tuple[Call, ...] = ()
    reasoning: tuple[JsonObject, ...] = ()


@dataclass(frozen=True, slots=True)
class Result:
    """What the model is told of a call."""

    call_id: str
    text: str


Turn: TypeAlias = Said | Answer | Result

_FILE_SIZE = 4_000
"""What an image or a document counts for in characters: about a thousand tokens."""


def turns_of(history: Iterable[Message]) -> list[Turn]:
    """The messages of a context as turns; a call without a result was never made, for a model."""
    turns: list[Turn] = []
    # Tasks whose next message decides about a call: the call's result tells of that.
    undecided: set[str | None] = set()
    for message in history:
        if message.role is Role.USER:
            if message.task_id in undecided:
                undecided.remove(message.task_id)
            else:
                turns.append(Said(message.parts))
            continue
        data = {} if message.message_id.endswith(ANSWER_ID) else _data(message)
        if data.get("kind") == InputKind.APPROVAL and "requestId" in data:
            undecided.add(message.task_id)
        elif "callId" in data and "requestId" not in data:
            turns.extend(_tool_turn(data))
        elif data.keys() != {"reason"} and (text := _text(message.parts)):
            turns.append(Answer(text))  # what a task failed with is none of the model's words
    return _paired(turns)


def bounded(turns: Sequence[Turn], *, messages: int, characters: int) -> list[Turn]:
    """The latest of the turns within both bounds, beginning with something that the client said."""
    kept = len(turns)
    size = 0
    for place in range(len(turns) - 1, -1, -1):
        size += _size(turns[place])
        if size > characters or len(turns) - place > messages:
            break
        if isinstance(turns[place], Said):
            kept = place
    return list(turns[kept:])


def to_json(turns: Iterable[Turn]) -> list[JsonValue]:
    """The turns as JSON."""
    return [_turn_to_json(turn) for turn in turns]


def from_json(written: Any) -> list[Turn]:
    """The turns that `to_json` wrote."""
    return [_turn_from_json(turn) for turn in written]


def _turn_to_json(turn: Turn) -> dict[str, Any]:
    match turn:
        case Said():
            return {"said": plain(turn.parts)}
        case Answer():
            calls = [[call.call_id, call.name, call.arguments] for call in turn.calls]
            return {"answer": turn.text, "calls": calls, "reasoning": list(turn.reasoning)}
        case Result():
            return {"result": turn.text, "callId": turn.call_id}
        case _:
            assert_never(turn)


def _turn_from_json(written: Mapping[str, Any]) -> Turn:
    if "said" in written:
        return Said(tuple(part_from_json(part) for part in written["said"]))
    if "answer" in written:
        calls = tuple(Call(*call) for call in written["calls"])
        return Answer(written["answer"], calls, tuple(written["reasoning"]))
    return Result(written["callId"], written["result"])


def _data(message: Message) -> Mapping[str, JsonValue]:
    for part in message.parts:
        if isinstance(part, DataPart) and isinstance(part.data, Mapping):
            return part.data
    return {}


def _tool_turn(data: Mapping[str, JsonValue]) -> list[Turn]:
    call_id = str(data["callId"])
    if "arguments" in data:
        return [Answer("", (Call(call_id, str(data.get("name")), text_of(data["arguments"])),))]
    if "error" in data:
        return [Result(call_id, f"error: {data['error']}")]
    if "output" in data:
        return [Result(call_id, text_of(data["output"]))]
    return []  # news of a tool at work


def _paired(turns: Sequence[Turn]) -> list[Turn]:
    """Calls and results next to each other, as models want them; what has no pair is left out."""
    paired: list[Turn] = []
    for place, turn in enumerate(turns):
        if isinstance(turn, Answer) and turn.calls:
            result = _result_of(turn.calls[0], turns[place + 1 :])
            if result is not None:
                paired += [turn, result]
        elif not isinstance(turn, Result):
            paired.append(turn)
    return paired


def _result_of(call: Call, later: Sequence[Turn]) -> Result | None:
    for turn in later:
        if isinstance(turn, Result) and turn.call_id == call.call_id:
            return turn
        if isinstance(turn, Answer) and call.call_id in [again.call_id for again in turn.calls]:
            return None  # another call of the same id, in another task
    return None


def _text(parts: Sequence[Part]) -> str:
    """The text of the parts, and their data as JSON; files are left out."""
    said = [
        part.text if isinstance(part, TextPart) else text_of(part.data)
        for part in parts
        if isinstance(part, TextPart | DataPart)
    ]
    return "\n".join(said)


def _size(turn: Turn) -> int:
    match turn:
        case Said():
            texts = [text_in(part) for part in turn.parts]
            return sum(_FILE_SIZE if text is None else len(text) for text in texts)
        case Answer():
            return len(turn.text) + sum(len(call.name) + len(call.arguments) for call in turn.calls)
        case Result():
            return len(turn.text)
        case _:
            assert_never(turn)

"""What random agents yield, as Hypothesis strategies: events with sane values, or with any.

The values come from pools of telling ones: every draw costs, and a script has hundreds.
"""

from collections.abc import Sequence
from enum import Enum
from http import HTTPStatus
from typing import Any, TypeVar

from hypothesis import strategies as st

from a2a_agent.domain.agent_events import (
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
from a2a_agent.domain.mapping import SENTENCES
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, TERMINAL, DataPart, FilePart, TextPart

Value = TypeVar("Value")
Strategy = st.SearchStrategy


class Shouting(str, Enum):  # noqa: UP042  # its str() is not its value, unlike StrEnum's
    """Strings that are more than strings."""

    A = "a"


def _nested(depth: int) -> Any:
    return [_nested(depth - 1)] if depth else "down"


_circular: dict[str, Any] = {}
_circular["itself"] = _circular

HALVES = ["\ud800", "\udfff", "a\udc00b", "\ud83d\ude00", "\udc00\ud800"]
"""What Python can hold and UTF-8 cannot."""
TEXTS = ["", "a", "Hello", " world", "\n", "\x00", "é", "\u2028", "😀", "\ufeff", "x" * 300]
OBJECTS: list[Any] = [{}, {"a": 1}, {"usage": [None]}, {"b": {"c": [True, 1.5, "é"]}}]
NUMBERS = [0, 2**64 - 1, -(2**63), 1e300, HTTPStatus.OK]
VALUES = [*OBJECTS, *NUMBERS, None, False, "", "text", "😀", [], [[{}]], (1,)]
ODD_VALUES = [*HALVES, {"\ud800": 1, Shouting.A: Shouting.A}]
ARTIFACT_IDS = ["a", "artifact-1", "artifact-2", ANSWER_ARTIFACT_ID]
WRONG_TYPES = [None, 5, b"bytes", object(), ["a"], {}, 1.5, True]
NO_JSON = [
    2**64,
    -(2**63) - 1,
    float("nan"),
    float("inf"),
    b"bytes",
    {1, 2},
    object(),
    {1: "a number for a name"},
    [[object()]],
    {"deep": {"down": float("-inf")}},
    _nested(101),
    _circular,
]


def mostly(common: Sequence[Any], rare: Sequence[Any], one_in: int = 8) -> Strategy[Any]:
    """One of the common values, now and then a rare one."""
    copies = max(1, round(len(rare) * (one_in - 1) / len(common)))
    return st.sampled_from([*list(common) * copies, *rare])


@st.composite
def rarely(
    draw: st.DrawFn, rare: Strategy[Value], common: Strategy[Value], one_in: int = 8
) -> Value:
    """The rare strategy now and then: `one_of` would draw both alike."""
    return draw(rare if draw(st.integers(1, one_in)) == one_in else common)


class Behaviour:
    """The events of an agent. A sane one gives values of the right types at least."""

    def __init__(self, *, is_sane: bool) -> None:
        wrong, no_json = ([], []) if is_sane else (WRONG_TYPES, NO_JSON)
        texts = [*TEXTS * 3, *HALVES, Shouting.A]
        self.text = mostly(texts, wrong, 16)
        self.name = mostly([None] * len(texts) + texts, wrong, 16)
        self.delta = mostly(["", "Hello", " world", "!"] * 6 + texts, wrong, 30)
        self.call_id = mostly(["call-1", "call-2"] * 9 + HALVES, wrong, 16)
        self.artifact_id = mostly([None, *ARTIFACT_IDS * 4, *HALVES[:2]], wrong, 16)
        self.value = mostly([*VALUES * 2, *ODD_VALUES], no_json)
        self.object = mostly([None] * 12 + OBJECTS, [5, "a", *no_json] if wrong else [], 16)
        self.url = mostly(["", "https://example.com/é", "\ud800"], [5, b"url"] if wrong else [])
        self.raw = mostly([b"", b"\xff\x00", b"text"], ["text", 5] if wrong else [])
        self.tokens = mostly([0, 1, 1000], [*wrong, *no_json[:4]], 3)
        self.step = st.sampled_from([None, 0, 3])
        self.parts = st.lists(self._part(), min_size=1, max_size=2)

    def _part(self) -> Strategy[Any]:
        more = {"media_type": self.name, "filename": self.name, "metadata": self.object}
        return (
            st.builds(TextPart, self.delta)
            | st.builds(TextPart, self.text, **more)
            | st.builds(DataPart, self.value, **more)
            | st.builds(FilePart, url=self.url, **more)
            | st.builds(FilePart, raw=self.raw, **more)
        )

    def text_event(self) -> Strategy[Any]:
        message_id = mostly([None], ["message-1", "message-2"], 4)
        return self.delta | st.builds(TextDelta, self.delta, message_id)

    def artifact(self) -> Strategy[Artifact]:
        return st.builds(
            Artifact,
            parts=self.parts,
            artifact_id=self.artifact_id,
            name=self.name,
            description=self.name,
            last=st.none() | st.booleans(),
            metadata=self.object,
        )

    def further_piece(self, artifact_id: str) -> Strategy[Artifact]:
        return st.builds(
            Artifact,
            parts=self.parts,
            artifact_id=st.just(artifact_id),
            append=st.just(True),
            name=self.name,
            metadata=self.object,
        )

    def tool_event(self) -> Strategy[Any]:
        call = {"call_id": self.call_id, "name": self.text, "step": self.step}
        return (
            st.builds(ToolCall, arguments=self.value, **call)
            | st.builds(
                ToolResult,
                output=self.value,
                error=self.name,
                denied=st.booleans(),
                scope=self.name,
                **call,
            )
            | st.builds(ToolProgress, data=self.value, **call)
        )

    def side_event(self) -> Strategy[Any]:
        return (
            st.builds(RunStarted, model=self.name, agent=self.name)
            | st.builds(StepStarted, step=self.step, name=self.name)
            | st.builds(StepFinished, step=self.step, scope=self.name)
            | st.builds(ReasoningDelta, self.text, self.step)
            | st.builds(ToolCallDelta, call_id=self.call_id, arguments=self.text, name=self.name)
            | st.builds(Raw, source=self.text, data=self.value)
            | st.builds(Usage, input_tokens=self.tokens, output_tokens=self.tokens, model=self.name)
        )

    def question(self) -> Strategy[InputRequired]:
        return st.builds(
            InputRequired,
            prompt=self.text,
            kind=st.sampled_from(InputKind),
            options=st.just(()) | st.tuples(self.text),
            schema=self.object,
            call_id=self.name,
            name=self.name,
            arguments=self.value,
            request_id=self.name,
            resume=self.value,
        )

    def reply(self) -> Strategy[Reply]:
        return st.builds(Reply, self.parts, self.object)

    def end(self) -> Strategy[RunFinished]:
        return st.builds(
            RunFinished,
            state=st.sampled_from(sorted(TERMINAL)),
            text=st.none() | self.delta,
            message=self.name,
            error=self.name,
            reason=rarely(self.text, st.sampled_from([None, *SENTENCES])),
        )

"""Random scripts, as Hypothesis strategies: of sane agents and of ones that break every rule."""

from collections.abc import Sequence
from enum import Enum
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
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.mapping import SENTENCES
from a2a_agent.domain.model import (
    ANSWER_ARTIFACT_ID,
    TERMINAL,
    DataPart,
    FilePart,
    Message,
    Role,
    TaskState,
    TextPart,
)
from tests.properties.scripts import (
    Asked,
    Died,
    Move,
    Raised,
    Script,
    Stopped,
    Stored,
    TaskShown,
    Yielded,
)
from tests.properties.values import CONTEXT_ID, TASK_ID

Value = TypeVar("Value")
Strategy = st.SearchStrategy


# Pools of telling values: every draw costs, and a script has hundreds.

TEXTS = ["", "a", "Hello", " world", "\n", "\x00", "é", "\u2028", "😀", "\ufeff", "x" * 300]
HALVES = ["\ud800", "\udfff", "a\udc00b", "\ud83d\ude00", "\udc00\ud800"]
"""What Python can hold and UTF-8 cannot."""
OBJECTS: list[Any] = [{}, {"a": 1}, {"usage": [None]}, {"b": {"c": [True, 1.5, "é"]}}]
VALUES = [*OBJECTS, None, False, 0, 2**64 - 1, -(2**63), 1e300, "", "text", "😀", [], [[{}]], (1,)]
WRONG_TYPES = [None, 5, b"bytes", object(), ["a"], {}, 1.5, True]


class Shouting(str, Enum):  # noqa: UP042  # its str() is not its value, unlike StrEnum's
    """Strings that are more than strings."""

    A = "a"


def _nested(depth: int) -> Any:
    return [_nested(depth - 1)] if depth else "down"


_circular: dict[str, Any] = {}
_circular["itself"] = _circular
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
ARTIFACT_IDS = ["a", "artifact-1", "artifact-2", ANSWER_ARTIFACT_ID]
NO_EVENTS = [None, 5, b"bytes", object(), {"event": "TextDelta"}]
NO_PARTS: list[Any] = [[], None, 5, ["no part"], [None]]


def mostly(common: Sequence[Any], rare: Sequence[Any], one_in: int = 8) -> Strategy[Any]:
    """One of the common values, now and then a rare one."""
    copies = max(1, round(len(rare) * (one_in - 1) / len(common)))
    return st.sampled_from([*list(common) * copies, *rare])


MESSAGES = [
    Message(
        message_id=f"message-{number}",
        role=Role.USER,
        parts=parts,
        context_id=CONTEXT_ID,
        task_id=TASK_ID,
        metadata=metadata,
    )
    for number, (parts, metadata) in enumerate(
        [
            ((TextPart("Hello"),), None),
            ((DataPart({"yes": True}), FilePart(url="https://example.com/a")), {"a": None}),
        ]
    )
]


@st.composite
def rarely(
    draw: st.DrawFn, rare: Strategy[Value], common: Strategy[Value], one_in: int = 8
) -> Value:
    """The rare strategy now and then: `one_of` would draw both alike."""
    return draw(rare if draw(st.integers(1, one_in)) == one_in else common)


class Behaviour:
    """What an agent may yield: `is_sane` says if its values are of the right types at least."""

    def __init__(self, *, is_sane: bool) -> None:
        wrong = [] if is_sane else WRONG_TYPES
        texts = [*TEXTS * 3, *HALVES, Shouting.A]
        self.text = mostly(texts, wrong, 16)
        self.name = mostly([None] * len(texts) + texts, wrong, 16)
        self.delta = mostly(["", "Hello", " world", "!"] * 6 + texts, wrong, 30)
        self.call_id = mostly(["call-1", "call-2"] * 9 + HALVES, wrong, 16)
        self.value = mostly(
            [*VALUES * 2, *HALVES, {"\ud800": 1, Shouting.A: Shouting.A}],
            [] if is_sane else NO_JSON,
        )
        self.object = mostly([None] * 12 + OBJECTS, [] if is_sane else [5, "a", *NO_JSON], 16)
        self.url = mostly(["", "https://example.com/é", "\ud800"], [] if is_sane else [5, b"url"])
        self.raw = mostly([b"", b"\xff\x00", b"text"], [] if is_sane else ["text", 5])
        self.tokens = mostly([0, 1, 1000], [] if is_sane else [*WRONG_TYPES, *NO_JSON[:4]], 3)
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

    def end(self) -> Strategy[RunFinished]:
        return st.builds(
            RunFinished,
            state=st.sampled_from(sorted(TERMINAL)),
            text=st.none() | self.delta,
            message=self.name,
            error=self.name,
            reason=rarely(self.text, st.sampled_from([None, *SENTENCES])),
        )

    def reply(self) -> Strategy[Reply]:
        return st.builds(Reply, self.parts, self.object)

    def text_event(self) -> Strategy[Any]:
        return self.delta | st.builds(
            TextDelta, self.delta, mostly([None], ["message-1", "message-2"], 4)
        )

    def artifact(self) -> Strategy[Artifact]:
        return st.builds(
            Artifact,
            parts=self.parts,
            artifact_id=st.sampled_from([None, *ARTIFACT_IDS]),
            name=self.name,
            description=self.name,
            last=st.none() | st.booleans(),
            metadata=self.object,
        )

    @st.composite
    @staticmethod
    def _chunks(draw: st.DrawFn, behaviour: "Behaviour") -> list[Any]:
        artifact_id = draw(st.sampled_from(ARTIFACT_IDS))
        first = Artifact(parts=draw(behaviour.parts), artifact_id=artifact_id, last=False)
        further = draw(
            st.lists(
                st.builds(
                    Artifact,
                    parts=behaviour.parts,
                    artifact_id=st.just(artifact_id),
                    append=st.just(True),
                    name=behaviour.name,
                    metadata=behaviour.object,
                ),
                max_size=3,
            )
        )
        return [first, *further]

    def chunks(self) -> Strategy[list[Any]]:
        """An artifact in several pieces."""
        return Behaviour._chunks(self)

    def tool_event(self) -> Strategy[Any]:
        return (
            st.builds(
                ToolCall,
                call_id=self.call_id,
                name=self.text,
                arguments=self.value,
                step=self.step,
            )
            | st.builds(
                ToolResult,
                call_id=self.call_id,
                name=self.text,
                output=self.value,
                error=self.name,
                denied=st.booleans(),
                scope=self.name,
            )
            | st.builds(ToolProgress, call_id=self.call_id, data=self.value, name=self.name)
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

    def question_move(self) -> Strategy[Move]:
        answer = mostly(MESSAGES, [None])
        return st.builds(Asked, self.question(), answer, st.booleans())

    def step_moves(self) -> Strategy[list[Move]]:
        """What an agent does on its way, in one go."""
        events = (
            st.lists(self.text_event(), min_size=1, max_size=3)
            | self.chunks()
            | st.lists(self.artifact(), min_size=1, max_size=1)
            | st.lists(self.tool_event(), min_size=1, max_size=2)
            | st.lists(self.side_event(), min_size=1, max_size=2)
        )
        yielded: Strategy[list[Move]] = events.map(lambda all: [Yielded(one) for one in all])
        other: Strategy[Move] = rarely(self.question_move(), st.sampled_from([Stored]), 3)
        return rarely(other.map(lambda move: [move]), yielded, 4)

    def last_move(self) -> Strategy[Move]:
        """What ends a run."""
        return rarely(
            _ends_from_outside,
            st.builds(Yielded, self.end() | self.question()),
            4,
        )

    @st.composite
    @staticmethod
    def _moves(draw: st.DrawFn, behaviour: "Behaviour", wild: Strategy[Move]) -> tuple[Move, ...]:
        first = draw(rarely(st.builds(Yielded, behaviour.reply()).map(lambda m: [m]), st.just([])))
        steps = draw(st.lists(behaviour.step_moves(), max_size=9))
        last = draw(st.lists(behaviour.last_move(), max_size=1))
        moves: list[Move] = [*first, *(move for step in steps for move in step), *last]
        for move in draw(st.lists(wild, max_size=2)):
            moves.insert(draw(st.integers(0, len(moves))), move)
        return tuple(moves)

    def moves(self, wild: Strategy[Move]) -> Strategy[tuple[Move, ...]]:
        """What an agent does in one run, with some wild moves in between."""
        return Behaviour._moves(self, wild)


_ends_from_outside: Strategy[Move] = st.sampled_from(
    [
        Died,
        Raised(RuntimeError("secret")),
        Raised(IllegalEvent("an event of its own")),
        Stopped(RunFinished(state=TaskState.CANCELED)),
        Stopped(RunFinished(state=TaskState.FAILED, reason="idle-timeout")),
        Stopped(RunFinished(state=TaskState.FAILED, reason="server-stopped")),
    ]
)
_sane, _insane = Behaviour(is_sane=True), Behaviour(is_sane=False)
_wild_moves: Strategy[Move] = (
    st.builds(Yielded, st.sampled_from(NO_EVENTS))
    | st.builds(Yielded, st.builds(Reply, st.sampled_from(NO_PARTS)))
    | st.builds(
        Yielded,
        st.builds(
            Artifact, parts=st.sampled_from(NO_PARTS), artifact_id=st.sampled_from(ARTIFACT_IDS)
        ),
    )
    | st.builds(
        Yielded,
        st.builds(
            Artifact,
            parts=_insane.parts,
            artifact_id=st.sampled_from([*WRONG_TYPES, *ARTIFACT_IDS]),
            append=st.booleans(),
            last=st.booleans(),
        ),
    )
    | st.builds(Yielded, _insane.reply() | _insane.end() | _insane.question())
    | _ends_from_outside
)
_sane_moves = _sane.moves(st.sampled_from([TaskShown, Stored]))
_insane_moves = _insane.moves(_wild_moves)

scripts: Strategy[Script] = st.builds(
    Script,
    runs=st.lists(
        st.tuples(st.sampled_from(MESSAGES), _sane_moves | _insane_moves), min_size=1, max_size=3
    ).map(tuple),
    most_events=rarely(st.integers(1, 8), st.just(1000)),
    is_canceled_at_last=st.booleans(),
)

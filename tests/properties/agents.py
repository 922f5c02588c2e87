"""Random scripts, as Hypothesis strategies: of sane agents and of ones that break every rule."""

from itertools import chain
from typing import Any

from hypothesis import strategies as st

from a2a_agent.domain.agent_events import Artifact, Reply, RunFinished
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.model import DataPart, FilePart, Message, Role, TaskState, TextPart
from tests.properties.behaviours import (
    ARTIFACT_IDS,
    WRONG_TYPES,
    Behaviour,
    Strategy,
    mostly,
    rarely,
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
SANE, INSANE = Behaviour(is_sane=True), Behaviour(is_sane=False)
NO_EVENTS: list[Any] = [None, 5, b"bytes", object(), {"event": "TextDelta"}]
NO_PARTS: list[Any] = [[], None, 5, ["no part"], [None]]

from_outside: Strategy[Move] = st.sampled_from(
    [
        Died,
        Raised(RuntimeError("secret")),
        Raised(IllegalEvent("an event of its own")),
        Stopped(RunFinished(state=TaskState.CANCELED)),
        Stopped(RunFinished(state=TaskState.FAILED, reason="idle-timeout")),
        Stopped(RunFinished(state=TaskState.FAILED, reason="server-stopped")),
    ]
)
harmless: Strategy[Move] = st.sampled_from([TaskShown, Stored])
wild: Strategy[Move] = from_outside | st.builds(
    Yielded,
    st.sampled_from(NO_EVENTS)
    | st.builds(Reply, st.sampled_from(NO_PARTS))
    | st.builds(Artifact, parts=st.sampled_from(NO_PARTS), artifact_id=st.just("a"))
    | st.builds(
        Artifact,
        parts=INSANE.parts,
        artifact_id=st.sampled_from([*WRONG_TYPES, *ARTIFACT_IDS]),
        append=st.booleans(),
        last=st.booleans(),
    )
    | INSANE.reply()
    | INSANE.end()
    | INSANE.question(),
)


def in_pieces(behaviour: Behaviour, artifact_id: str) -> Strategy[list[Any]]:
    """An artifact that comes in several events."""
    first = st.builds(
        Artifact, parts=behaviour.parts, artifact_id=st.just(artifact_id), last=st.just(False)
    )
    further = st.lists(behaviour.further_piece(artifact_id), max_size=3)
    return st.builds(lambda first, further: [first, *further], first, further)


def steps(behaviour: Behaviour) -> Strategy[list[Move]]:
    """What an agent does in one go, on its way."""
    events = (
        st.lists(behaviour.text_event(), min_size=1, max_size=3)
        | st.one_of([in_pieces(behaviour, artifact_id) for artifact_id in ARTIFACT_IDS])
        | st.lists(behaviour.artifact(), min_size=1, max_size=1)
        | st.lists(behaviour.tool_event(), min_size=1, max_size=2)
        | st.lists(behaviour.side_event(), min_size=1, max_size=2)
    )
    yielded: Strategy[list[Move]] = events.map(lambda step: [Yielded(event) for event in step])
    asked: Strategy[Move] = st.builds(
        Asked, behaviour.question(), mostly(MESSAGES, [None]), st.booleans()
    )
    other: Strategy[Move] = rarely(asked, st.sampled_from([Stored]), 3)
    return rarely(other.map(lambda move: [move]), yielded, 4)


def runs(behaviour: Behaviour, between: Strategy[Move]) -> Strategy[tuple[Move, ...]]:
    """What an agent does from beginning to end, with some other moves in between."""
    reply: Strategy[Move] = st.builds(Yielded, behaviour.reply())
    end: Strategy[Move] = st.builds(Yielded, behaviour.end() | behaviour.question())
    first = rarely(st.lists(reply, min_size=1, max_size=1), st.just([]))
    way = st.lists(steps(behaviour), max_size=9)
    last = st.lists(rarely(from_outside, end, 4), max_size=1)
    others = st.lists(between, max_size=2)

    @st.composite
    def run(draw: st.DrawFn) -> tuple[Move, ...]:
        moves = [*draw(first), *chain.from_iterable(draw(way)), *draw(last)]
        for move in draw(others):
            moves.insert(draw(st.integers(0, len(moves))), move)
        return tuple(moves)

    return run()


scripts: Strategy[Script] = st.builds(
    Script,
    runs=st.lists(
        st.tuples(st.sampled_from(MESSAGES), runs(SANE, harmless) | runs(INSANE, wild)),
        min_size=1,
        max_size=3,
    ).map(tuple),
    most_events=rarely(st.integers(1, 8), st.just(1000)),
    is_canceled_at_last=st.booleans(),
)

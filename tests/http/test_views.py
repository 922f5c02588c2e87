"""How much a stream shows: modes and gathered text, chosen by the stream extension."""

from typing import Any

import pytest

from a2a_agent import (
    Artifact,
    Raw,
    ReasoningDelta,
    RunFinished,
    RunRequest,
    RunStarted,
    StepStarted,
    TextDelta,
    TextPart,
    ToolCall,
    ToolResult,
)
from tests.support.dialects import Dialect, Json
from tests.support.endpoint import Endpoint, Frame, serving_agent
from tests.support.gates import Gate

URI = "urn:a2a-agent:stream:v1"


async def works(_: RunRequest) -> Any:
    yield RunStarted()
    yield StepStarted(step=1)
    yield ReasoningDelta("hmm")
    yield TextDelta("Let me ")
    yield TextDelta("see.")
    yield ToolCall(call_id="c1", name="look", arguments={"at": "it"})
    yield ToolResult(call_id="c1", name="look", output=7)
    yield Raw(source="test", data=[1])
    yield TextDelta("It is ")
    yield TextDelta("seven.")
    yield Artifact(artifact_id="extra", parts=(TextPart("more"),))
    yield RunFinished()


OUTPUT = [
    (1, ("task", "submitted")),
    (13, ("artifact", "response", "It is seven.", "whole")),
    (14, ("status", "completed", "")),
]
CHUNK = [
    (1, ("task", "submitted")),
    (5, ("artifact", "response", "Let me ", "first")),
    (6, ("artifact", "response", "see.", "more")),
    (10, ("artifact", "response", "It is ", "first")),
    (11, ("artifact", "response", "seven.", "more")),
    (13, ("artifact", "response", "", "last")),
    (14, ("status", "completed", "")),
]
CORE = sorted(
    [
        *CHUNK,
        (2, ("status", "working", "")),
        (7, ("status", "working", "")),
        (8, ("status", "working", "")),
        (12, ("artifact", "extra", "more", "whole")),
    ]
)
ALL = sorted([*CORE, *((n, ("status", "working", "")) for n in (3, 4, 9))])
MODES = {"output": OUTPUT, "chunk": CHUNK, "core": CORE, "all": ALL}


def in_short(dialect: Dialect, frames: list[Frame]) -> list[tuple[int | None, Any]]:
    return [(frame.id, dialect.gist(frame.result)) for frame in frames]


def wishing(dialect: Dialect, message: Json, wish: Any) -> Json:
    return {"message": message, "metadata": {URI: wish}}


@pytest.mark.parametrize("mode", MODES)
def test_mode_chooses_what_a_stream_shows(endpoint: Endpoint, dialect: Dialect, mode: str) -> None:
    message = dialect.message(endpoint.stage.plays(works))
    params = wishing(dialect, message, {"mode": mode})

    shown = endpoint.frames(dialect, dialect.stream, params, A2A_Extensions=URI)

    assert in_short(dialect, shown) == MODES[mode]


@pytest.mark.parametrize("mode", MODES)
def test_mode_chooses_what_a_subscription_shows(
    endpoint: Endpoint, dialect: Dialect, mode: str
) -> None:
    task = endpoint.task(dialect, endpoint.stage.plays(works))
    params = {"id": task["id"], "metadata": {URI: {"mode": mode}}}
    headers = {"A2A_Extensions": URI, "Last_Event_ID": "1"}

    shown = endpoint.frames(dialect, dialect.subscribe, params, **headers)

    assert in_short(dialect, shown) == MODES[mode]


def test_mode_is_core_unless_chosen(endpoint: Endpoint, dialect: Dialect) -> None:
    message = dialect.message(endpoint.stage.plays(works))

    for params in ({"message": message}, wishing(dialect, message, {})):
        shown = endpoint.frames(dialect, dialect.stream, params, A2A_Extensions=URI)

        assert in_short(dialect, shown) == CORE


@pytest.mark.parametrize("wish", [{"mode": "all"}, {"mode": "nonsense"}, "nonsense"], ids=repr)
def test_wishes_count_only_when_the_extension_is_activated(
    endpoint: Endpoint, dialect: Dialect, wish: Any
) -> None:
    message = dialect.message(endpoint.stage.plays(works))

    shown = endpoint.frames(dialect, dialect.stream, wishing(dialect, message, wish))

    assert in_short(dialect, shown) == CORE


def test_notes_are_in_the_metadata_of_mode_all(endpoint: Endpoint, dialect: Dialect) -> None:
    message = dialect.message(endpoint.stage.plays(works))
    params = wishing(dialect, message, {"mode": "all"})

    shown = endpoint.frames(dialect, dialect.stream, params, A2A_Extensions=URI)

    updates = [frame.result for frame in shown]
    if not dialect.is_old:
        updates = [update for result in updates for update in result.values()]
    assert [update["metadata"] for update in updates if "metadata" in update] == [
        {URI: {"kind": "stepStarted", "step": 1}},
        {URI: {"kind": "reasoning", "text": "hmm"}},
        {URI: {"kind": "raw", "source": "test", "data": [1]}},
    ]


@pytest.mark.parametrize(
    ("wish", "field", "said"),
    [
        ("all", "", "must be an object"),
        (["all"], "", "must be an object"),
        ({"mode": "ALL"}, ".mode", "must be one of output, chunk, core, all"),
        ({"mode": None}, ".mode", "must be one of output, chunk, core, all"),
        ({"mode": ["all"]}, ".mode", "must be one of output, chunk, core, all"),
        ({"coalesceMs": -1}, ".coalesceMs", "must be 0 to 1000"),
        ({"coalesceMs": 1001}, ".coalesceMs", "must be 0 to 1000"),
        ({"coalesceMs": "5"}, ".coalesceMs", "must be 0 to 1000"),
        ({"coalesceMs": True}, ".coalesceMs", "must be 0 to 1000"),
        ({"coalesceMs": 1.5}, ".coalesceMs", "must be 0 to 1000"),
    ],
    ids=repr,
)
def test_wish_that_cannot_be_met_is_refused(
    endpoint: Endpoint, dialect: Dialect, wish: Any, field: str, said: str
) -> None:
    name = f"metadata.{URI}{field}"
    error = {
        "code": -32602,
        "message": f"{name}: {said}",
        "data": dialect.violations((name, said)),
    }
    ended = endpoint.task(dialect)["id"]

    for method, params in (
        (dialect.stream, wishing(dialect, dialect.message(), wish)),
        (dialect.subscribe, {"id": ended, "metadata": {URI: wish}}),
    ):
        assert endpoint.error(dialect, method, params, A2A_Extensions=URI) == error


def test_gathered_text_comes_in_one_frame(endpoint: Endpoint, dialect: Dialect) -> None:
    seen = Gate()

    async def act(_: RunRequest) -> Any:
        yield "one "
        await seen.passed()
        yield "two "
        yield "three "
        yield "four"

    message = dialect.message(endpoint.stage.plays(act))
    params = wishing(dialect, message, {"coalesceMs": 1000})
    with endpoint.streaming(dialect, dialect.stream, params, A2A_Extensions=URI) as frames:
        shown = [next(frames) for _ in range(3)]
        seen.open()
        shown += frames

    assert in_short(dialect, shown) == [
        (1, ("task", "submitted")),
        (2, ("status", "working", "")),
        (3, ("artifact", "response", "one ", "first")),
        (6, ("artifact", "response", "two three four", "last")),
        (7, ("status", "completed", "")),
    ]


@pytest.mark.parametrize("coalesce_ms", [1, 1.0], ids=repr)
def test_reader_may_resume_after_gathered_text(
    endpoint: Endpoint, dialect: Dialect, coalesce_ms: float
) -> None:
    task = endpoint.task(dialect, endpoint.stage.plays(works))
    params = {"id": task["id"], "metadata": {URI: {"coalesceMs": coalesce_ms}}}

    whole = endpoint.frames(
        dialect, dialect.subscribe, params, A2A_Extensions=URI, Last_Event_ID="1"
    )
    rest = endpoint.frames(
        dialect, dialect.subscribe, params, A2A_Extensions=URI, Last_Event_ID="6"
    )

    assert [frame.id for frame in whole] == [1, 2, 6, 7, 8, 11, 12, 13, 14]
    assert rest[1:] == whole[3:]


def test_extension_is_not_there_where_nothing_streams(dialect: Dialect) -> None:
    with serving_agent(streaming=False) as endpoint:
        body = {"jsonrpc": "2.0", "id": 1, "method": dialect.list}
        response = endpoint.post(body, dialect, headers={"A2A-Extensions": URI})

    assert "a2a-extensions" not in response.headers

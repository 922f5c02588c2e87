"""Legal streams have no breach, and whatever is done to one is the breach of its rule."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, TypeAlias

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from conformance import watch
from conformance.dialects import DIALECTS, RESTING, V0_3, V1_0, Dialect, Frame
from conformance.folding import folded, whole
from conformance.watch import Watch

IDS = {"taskId": "t", "contextId": "c"}
NAMES = ("a", "b")

Frames: TypeAlias = list[Frame]
dialects = pytest.mark.parametrize("dialect", DIALECTS.values(), ids=list(DIALECTS))


def task(state: str = "submitted", *artifacts: Any) -> Frame:
    listed = {"artifacts": list(artifacts)} if artifacts else {}
    return Frame(kind="task", body={"id": "t", "contextId": "c", **listed}, state=state)


def status(dialect: Dialect, state: str, second: int = 5) -> Frame:
    is_final = state in RESTING if dialect.is_old else None
    told = {"timestamp": f"2026-05-05T05:05:{second:02}.000Z"}
    body = {**IDS, "status": told}
    return Frame(kind="status", body=body, state=state, is_final=is_final)


def chunk(name: str, text: str = "x", **members: bool) -> Frame:
    artifact = {"artifactId": name, "parts": [{"text": text}]}
    return Frame(kind="artifact", body={**IDS, "artifact": artifact, **members})


MESSAGE = Frame(kind="message", body={"messageId": "m"})


@st.composite
def legal_streams(draw: st.DrawFn, dialect: Dialect) -> Frames:
    """The frames of a task that works on artifacts, and then rests."""
    frames = [task(draw(st.sampled_from(["submitted", "working"]))), status(dialect, "working")]
    is_open = dict.fromkeys(NAMES, False)
    for name in draw(st.lists(st.sampled_from([*NAMES, ""]), max_size=8)):
        if not name:
            frames.append(status(dialect, "working"))
            continue
        is_last = draw(st.booleans())
        appends = is_open[name] and draw(st.booleans())
        frames.append(chunk(name, append=appends, lastChunk=is_last))
        is_open[name] = not is_last
    return [*frames, status(dialect, draw(st.sampled_from(sorted(RESTING))))]


def breaches(
    dialect: Dialect, frames: Sequence[Frame], *, in_good_order: bool = True
) -> tuple[set[str], set[str]]:
    """The rules that are broken, and those that something happened for."""
    seen = Watch(dialect)
    found = [breach for frame in frames for breach in seen.see(frame)]
    found += seen.close(in_good_order=in_good_order)
    return {breach.rule for breach in found}, seen.exercised


def before_the_end(*more: Frame) -> Callable[[Frames, Dialect], Frames]:
    return lambda frames, _: [*frames[:-1], *more, frames[-1]]


def in_the_second(**members: str) -> Callable[[Frames, Dialect], Frames]:
    def changed(frames: Frames, _: Dialect) -> Frames:
        first, second, *others = frames
        return [first, replace(second, body={**second.body, **members}), *others]

    return changed


MUTATIONS: dict[str, tuple[str, Callable[[Frames, Dialect], Frames]]] = {
    "begins with a status": (watch.FIRST, lambda frames, d: [status(d, "submitted"), *frames]),
    "has a message": (watch.ALONE, before_the_end(MESSAGE)),
    "begins with a message": (watch.ALONE, lambda frames, _: [MESSAGE, frames[0]]),
    "tells of another task": (watch.ONE_TASK, in_the_second(taskId="other")),
    "tells of another context": (watch.ONE_CONTEXT, in_the_second(contextId="other")),
    "goes back": (
        watch.STATES,
        lambda frames, d: before_the_end(status(d, "submitted"))(frames, d),
    ),
    "goes back in time": (
        watch.TIMES,
        lambda frames, d: before_the_end(status(d, "working", second=3))(frames, d),
    ),
    "appends to nothing": (watch.OPENED, before_the_end(chunk("other", append=True))),
    "appends after the last chunk": (
        watch.CLOSED,
        before_the_end(chunk("other", lastChunk=True), chunk("other", append=True)),
    ),
    "goes on after its end": (watch.NOTHING_AFTER, lambda frames, _: [*frames, chunk("other")]),
    "stops before its end": (watch.REACHES_END, lambda frames, _: frames[:-1]),
}


@dialects
@given(data=st.data())
def test_legal_stream_has_no_breach(dialect: Dialect, data: st.DataObject) -> None:
    assert breaches(dialect, data.draw(legal_streams(dialect)))[0] == set()


@dialects
@pytest.mark.parametrize("name", MUTATIONS)
@settings(max_examples=25)
@given(data=st.data())
def test_each_mutation_of_a_legal_stream_breaches_its_rule_alone(
    dialect: Dialect, name: str, data: st.DataObject
) -> None:
    rule, mutated = MUTATIONS[name]
    frames = data.draw(legal_streams(dialect))

    broken, exercised = breaches(dialect, mutated(frames, dialect))

    assert broken == {rule}
    assert rule in exercised


@dialects
@given(data=st.data())
def test_stream_that_does_not_close_in_good_order_is_a_breach(
    dialect: Dialect, data: st.DataObject
) -> None:
    frames = data.draw(legal_streams(dialect))
    assert breaches(dialect, frames, in_good_order=False)[0] == {watch.CLOSES}


@given(frames=legal_streams(V0_3), final=st.sampled_from([False, None]))
def test_last_status_of_0_3_that_is_not_final_is_a_breach(
    frames: Frames, final: bool | None
) -> None:
    frames[-1] = replace(frames[-1], is_final=final)
    assert breaches(V0_3, frames)[0] == {watch.FINAL}


@given(frames=legal_streams(V0_3))
def test_final_status_of_0_3_of_a_task_at_work_is_a_breach(frames: Frames) -> None:
    frames[1] = replace(frames[1], is_final=True)
    assert breaches(V0_3, frames)[0] == {watch.FINAL_ONLY}


@dialects
def test_message_alone_is_no_breach_and_exercises_what_it_shows(dialect: Dialect) -> None:
    assert breaches(dialect, [MESSAGE]) == (
        set(),
        {watch.FIRST, watch.ALONE, watch.CLOSES, watch.NOTHING_AFTER, watch.REACHES_END},
    )


@dialects
def test_whole_stream_exercises_all_rules(dialect: Dialect) -> None:
    frames = [task(), status(dialect, "working"), chunk("a"), status(dialect, "completed")]
    old_only = {watch.FINAL, watch.FINAL_ONLY}
    expected = watch.RULES if dialect.is_old else watch.RULES - old_only
    assert breaches(dialect, frames) == (set(), set(expected))


def test_stream_without_frames_exercises_nothing() -> None:
    assert breaches(V1_0, []) == (set(), set())


@dialects
def test_task_that_waits_may_be_moved_on_by_the_answer(dialect: Dialect) -> None:
    frames = [task("input-required"), status(dialect, "working"), status(dialect, "completed")]
    assert breaches(dialect, frames)[0] == set()


@dialects
def test_clocks_of_one_endpoint_may_differ_by_a_second(dialect: Dialect) -> None:
    statuses = [status(dialect, "working"), status(dialect, "completed", second=4)]
    assert breaches(dialect, [task(), *statuses])[0] == set()


@pytest.mark.parametrize("odd", [None, 5, "yesterday", {"a": 1}, "2026-13-01T00:00:00Z"])
def test_odd_time_is_left_to_the_schemas(odd: Any) -> None:
    assert watch.time_of({"status": {"timestamp": odd}}) is None


def test_time_without_a_zone_is_taken_for_utc() -> None:
    times = [{"status": {"timestamp": f"2026-05-05T05:05:05{zone}"}} for zone in ("", "Z")]
    assert watch.time_of(times[0]) == watch.time_of(times[1])


@dialects
def test_task_that_has_ended_is_not_followed_by_anything(dialect: Dialect) -> None:
    frames = [task("completed"), chunk("a")]
    assert breaches(dialect, frames)[0] == {watch.NOTHING_AFTER}


@dialects
def test_artifact_of_the_first_task_may_be_appended_to(dialect: Dialect) -> None:
    first = task("working", {"artifactId": "a", "parts": []})
    frames = [first, chunk("a", append=True), status(dialect, "completed")]
    assert breaches(dialect, frames)[0] == set()


def test_artifact_is_open_again_after_a_new_first_chunk() -> None:
    chunks = [chunk("a", lastChunk=True), chunk("a"), chunk("a", append=True)]
    frames = [task("working"), *chunks, status(V1_0, "completed")]
    assert breaches(V1_0, frames)[0] == set()


def test_frame_of_no_kind_is_left_to_the_schemas() -> None:
    odd = Frame(kind=None, body={})
    frames = [task(), odd, status(V1_0, "completed")]
    assert breaches(V1_0, frames)[0] == set()


WORDS = (
    *("task", "message", "statusUpdate", "artifactUpdate", "kind", "id", "taskId", "contextId"),
    *("status", "state", "artifact", "artifactId", "artifacts", "parts", "text"),
    *("append", "lastChunk", "final"),
)

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(WORDS),
            inner
            | st.sampled_from(["task", "message", "status-update", "artifact-update", "working"]),
            max_size=5,
        )
    ),
    max_leaves=12,
)


@dialects
@given(results=st.lists(json_values, max_size=4))
def test_no_json_upsets_the_watch(dialect: Dialect, results: list[Any]) -> None:
    frames = [dialect.frame(result) for result in results]

    breaches(dialect, frames)
    for result in results:
        whole(result)

    assert folded(frames) is None or frames[0].kind == "task"


@dialects
def test_chunk_of_a_stream_without_its_task_may_go_on_with_what_came_before(
    dialect: Dialect,
) -> None:
    frames = [chunk("a", append=True), chunk("a", append=True), status(dialect, "completed")]
    assert breaches(dialect, frames)[0] == {watch.FIRST}

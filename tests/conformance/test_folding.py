"""Tasks are compared by what they say, however it is cut."""

from typing import Any

import pytest

from conformance.dialects import V1_0, Frame
from conformance.folding import folded, joined, whole
from tests.conformance.test_watch import MESSAGE, chunk, status, task


def test_frames_add_up_to_the_task() -> None:
    first = task("working", {"artifactId": "a", "parts": [{"text": "0"}]})
    frames = [
        first,
        chunk("a", "1", append=True),
        chunk("b", "2"),
        chunk("b", "3"),
        chunk("b", "4", append=True),
        status(V1_0, "completed"),
    ]
    artifacts = {"a": [{"text": "01"}], "b": [{"text": "34"}]}
    assert folded(frames) == {"state": "completed", "artifacts": artifacts}


def test_message_adds_up_to_no_task() -> None:
    assert (folded([]), folded([MESSAGE])) == (None, None)


def test_neighbouring_texts_that_are_alike_are_joined() -> None:
    data = {"data": 1}
    named = {"text": "d", "filename": "f"}
    parts = [{"text": ""}, {"text": "a"}, {"kind": "text", "text": "b"}, data, {"text": "c"}, named]
    assert joined(parts) == [{"text": "ab"}, data, {"text": "c"}, named]


@pytest.mark.parametrize("beside", [{"mediaType": "text/plain"}, {"metadata": {"a": 1}}, {}])
def test_texts_of_one_kind_are_joined_with_what_they_are(beside: dict[str, Any]) -> None:
    parts = [{"text": "a", **beside}, {"text": "b", **beside, "filename": ""}]
    assert joined([*parts, {"text": "", **beside}]) == [{"text": "ab", **beside}]


def test_empty_members_of_parts_say_nothing() -> None:
    empty: list[Any] = [{"kind": "text", "text": ""}, {"text": "", "metadata": {}}]
    assert joined([*empty, {"text": "a", "metadata": {}}, *empty]) == [{"text": "a"}]


def test_task_is_the_same_with_another_history_and_other_cuts() -> None:
    status = {"state": "completed", "message": {"messageId": "m", "parts": [{"text": "a"}]}}
    cut = [{"text": "b"}, {"text": "c"}]
    one = {"id": "t", "contextId": "c", "status": status, "history": []}
    other = {**one, "metadata": {"a": 1}, "history": [{}]}
    listed = [{"artifactId": "a", "parts": cut}]
    assert whole({**one, "artifacts": listed}) == {
        "id": "t",
        "contextId": "c",
        "state": "completed",
        "message": {"messageId": "m", "parts": [{"text": "a"}]},
        "artifacts": [{"artifactId": "a", "parts": [{"text": "bc"}]}],
    }
    assert whole({**other, "artifacts": []}) == whole(one)
    assert whole(one, "id") == {"id": "t"}


@pytest.mark.parametrize("odd", [None, 5, "task", {}, {"artifacts": [5, "a"]}])
def test_odd_task_is_left_as_it_is(odd: Any) -> None:
    assert whole(odd) == odd


def test_task_of_a_stream_is_the_first_frame() -> None:
    assert folded([Frame(kind="task", body={})]) == {"state": None, "artifacts": {}}

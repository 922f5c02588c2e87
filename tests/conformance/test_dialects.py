"""What comes in the wrong form is read for what it is: that the form is wrong, the schemas tell."""

from typing import Any

import pytest

from conformance.dialects import V0_3, V1_0, Dialect

IDS = {"taskId": "t", "contextId": "c"}
STATUS = {"status": {"state": "working"}}
TASK = {"id": "t", "contextId": "c", **STATUS}
BODIES: dict[str, tuple[str, dict[str, Any]]] = {
    "task": ("task", TASK),
    "message": ("message", {"messageId": "m", "parts": [], "taskId": "t"}),
    "status": ("statusUpdate", {**IDS, **STATUS}),
    "artifact": ("artifactUpdate", {**IDS, "artifact": {"artifactId": "a", "parts": []}}),
}


@pytest.mark.parametrize("kind", BODIES)
def test_object_without_its_kind_is_known_by_its_members(kind: str) -> None:
    _, body = BODIES[kind]
    frame = V0_3.frame(body)
    assert (frame.kind, frame.body) == (kind, body)


@pytest.mark.parametrize("kind", BODIES)
def test_object_that_is_wrapped_as_in_the_other_version_is_unwrapped(kind: str) -> None:
    member, body = BODIES[kind]
    frame = V0_3.frame({member: body})
    assert (frame.kind, frame.body) == (kind, body)


def test_task_of_a_reply_is_unwrapped_too() -> None:
    assert V0_3.task({"task": TASK}) == V0_3.task(TASK) == TASK


@pytest.mark.parametrize("dialect", [V0_3, V1_0], ids=lambda one: one.version)
@pytest.mark.parametrize("written", ["input-required", "TASK_STATE_INPUT_REQUIRED"])
def test_state_is_known_as_either_version_writes_it(dialect: Dialect, written: str) -> None:
    assert dialect.read_state({"status": {"state": written}}) == "input-required"


@pytest.mark.parametrize("odd", [{}, {"task": 5}, {"x": TASK}, {"kind": ["task"]}])
def test_what_is_no_such_object_has_no_kind(odd: dict[str, Any]) -> None:
    assert (V0_3.frame(odd).kind, V0_3.task(odd)) == (None, None)

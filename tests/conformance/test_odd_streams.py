"""Streams whose objects are not what they should be: the schemas tell, and nothing breaks off."""

from typing import Any

import pytest

from conformance.dialects import V0_3
from conformance.folding import folded
from conformance.watch import Watch

ODD: list[Any] = [7, "text", {"a": 1}, [7, None, "text"], [{"artifactId": ["a"], "parts": 7}]]


def _task(artifacts: Any) -> Any:
    status = {"state": "completed"}
    return {"kind": "task", "id": "t", "contextId": "c", "status": status, "artifacts": artifacts}


@pytest.mark.parametrize("odd", ODD)
def test_task_with_odd_artifacts_is_seen(odd: Any) -> None:
    watch = Watch(V0_3)
    assert list(watch.see(V0_3.frame(_task(odd)))) == []
    whole = folded(watch.frames)
    assert whole is not None
    assert whole["state"] == "completed"


@pytest.mark.parametrize("odd", ODD)
def test_odd_artifact_of_an_update_has_no_parts(odd: Any) -> None:
    update = {"kind": "artifact-update", "taskId": "t", "contextId": "c", "artifact": odd}
    frames = [V0_3.frame(_task([])), V0_3.frame(update)]
    watch = Watch(V0_3)
    for frame in frames:
        list(watch.see(frame))
    assert folded(frames) == {"state": "completed", "artifacts": {None: []}}

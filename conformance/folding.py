"""Tasks as they can be compared: what a stream adds up to, and what an endpoint gives.

How texts are cut means nothing, nor do members that are empty.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from conformance.dialects import Frame


def folded(frames: Sequence[Frame]) -> dict[str, Any] | None:
    """The task that a client has at the end: its state, and the parts of its artifacts.

    None where there is no Task to begin with.
    """
    if not frames or frames[0].kind != "task":
        return None
    artifacts: dict[str | None, list[Any]] = {}
    for artifact in items(frames[0].body, "artifacts"):
        artifacts[artifact_id(artifact)] = items(artifact, "parts")
    state = frames[0].state
    for frame in frames[1:]:
        state = frame.state or state
        if frame.kind == "artifact":
            chunk = frame.body.get("artifact")
            parts = items(chunk, "parts")
            if frame.body.get("append") is True:
                parts = artifacts.get(artifact_id(chunk), []) + parts
            artifacts[artifact_id(chunk)] = parts
    return {"state": state, "artifacts": {key: joined(parts) for key, parts in artifacts.items()}}


def whole(task: Any, *names: str) -> Any:
    """A task with all that it is to be the same with, wherever it is given; or these alone.

    Its history may be cut, its metadata may be about the request, and its time may be written in
    another way.
    """
    if not isinstance(task, dict):
        return task
    status = task.get("status")
    status = status if isinstance(status, dict) else {}
    found = {
        "id": task.get("id"),
        "contextId": task.get("contextId"),
        "state": status.get("state"),
        "message": _with_joined_parts(status.get("message")),
        "artifacts": [_with_joined_parts(one) for one in items(task, "artifacts")],
    }
    return without_empty({name: found[name] for name in names or found})


def joined(parts: Sequence[Any]) -> list[Any]:
    """The parts, neighbouring texts that differ in nothing else as one."""
    found: list[Any] = []
    for part in parts:
        text = part.get("text") if isinstance(part, dict) else None
        if not isinstance(text, str):
            found.append(without_empty(part))
        elif text:
            kept = without_empty({**part, "kind": None})
            last: Any = found[-1] if found else None
            if _beside_text(last) == _beside_text(kept):
                found[-1] = {**last, "text": last["text"] + text}
            else:
                found.append(kept)
    return found


def without_empty(value: Any) -> Any:
    """The value without members that are empty, as they say nothing."""
    if isinstance(value, list):
        return [without_empty(item) for item in value]
    if isinstance(value, dict):
        kept = {name: without_empty(item) for name, item in value.items()}
        return {name: item for name, item in kept.items() if item not in (None, "", [], {})}
    return value


def items(value: Any, name: str) -> list[Any]:
    """What is listed in a member; nothing where that is no list."""
    found = value.get(name) if isinstance(value, Mapping) else None
    return found if isinstance(found, list) else []


def artifact_id(artifact: Any) -> str | None:
    """The id of an artifact; None where it has none."""
    found = artifact.get("artifactId") if isinstance(artifact, dict) else None
    return found if isinstance(found, str) else None


def _with_joined_parts(value: Any) -> Any:
    return {**value, "parts": joined(items(value, "parts"))} if isinstance(value, dict) else value


def _beside_text(part: Any) -> Mapping[str, Any] | None:
    """What a text is beside its content; None where it is none."""
    if not isinstance(part, dict) or "text" not in part:
        return None
    return {name: item for name, item in part.items() if name != "text"}

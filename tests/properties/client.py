"""A client of a stream: what it makes of the frames, by nothing but the frames' own JSON.

Knows the wire forms of both versions and shares no code with `domain.assembly`.
"""

from collections.abc import Iterable
from typing import Any, TypeAlias

Json: TypeAlias = dict[str, Any]

_MEMBERS = {
    "task": "task",
    "message": "message",
    "statusUpdate": "status-update",
    "artifactUpdate": "artifact-update",
}
_WAITING = {
    "input-required",
    "auth-required",
    "TASK_STATE_INPUT_REQUIRED",
    "TASK_STATE_AUTH_REQUIRED",
}


class Client:
    """Holds the task as the frames so far describe it.

    `said` are the messages that the client itself sends on later: no frame repeats them.
    """

    def __init__(self, snapshot: Json, said: Iterable[Json], *, details_key: str) -> None:
        kind, self.task = opened(snapshot)
        assert kind == "task"
        self._said = list(said)
        self._details_key = details_key

    def see(self, frame: Json) -> None:
        """Takes the next frame."""
        kind, update = opened(frame)
        assert update["taskId"] == self.task["id"]
        assert update["contextId"] == self.task["contextId"]
        if kind == "status-update":
            self._see_status(update)
        else:
            assert kind == "artifact-update"
            self._see_artifact(update)

    def _see_status(self, update: Json) -> None:
        task, before, now = self.task, self.task["status"], update["status"]
        if "message" in before:
            task.setdefault("history", []).append(before["message"])
        if before["state"] in _WAITING and now["state"] in ("working", "TASK_STATE_WORKING"):
            task.setdefault("history", []).append(self._said.pop(0))
        task["status"] = now
        for name, value in update.get("metadata", {}).items():
            if name != self._details_key:
                task.setdefault("metadata", {})[name] = value

    def _see_artifact(self, update: Json) -> None:
        chunk = update["artifact"]
        artifacts = self.task.setdefault("artifacts", [])
        ids = [artifact["artifactId"] for artifact in artifacts]
        if not update["append"]:
            if chunk["artifactId"] in ids:
                artifacts[ids.index(chunk["artifactId"])] = chunk
            else:
                artifacts.append(chunk)
            return
        artifact = artifacts[ids.index(chunk["artifactId"])]
        for part in chunk["parts"]:
            _add_part(artifact["parts"], part)
        if chunk.get("metadata"):
            artifact["metadata"] = {**artifact.get("metadata", {}), **chunk["metadata"]}


def opened(frame: Json) -> tuple[str, Json]:
    """What kind of frame this is, by the words of 0.3, and what it holds."""
    if "kind" in frame:
        return frame["kind"], frame
    ((member, held),) = frame.items()
    return _MEMBERS[member], held


def _add_part(parts: list[Json], part: Json) -> None:
    if not _is_plain_text(part):
        parts.append(part)
    elif parts and _is_plain_text(parts[-1]):
        parts[-1] = {**parts[-1], "text": parts[-1]["text"] + part["text"]}
    elif part["text"]:
        parts.append(part)


def _is_plain_text(part: Json) -> bool:
    return part.keys() - {"kind"} == {"text"}

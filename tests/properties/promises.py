"""What holds for every agent whatsoever, as checks of one log."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import Any

import orjson
from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from a2a_agent.domain.assembly import assemble, reply_message
from a2a_agent.domain.model import Message, Task
from a2a_agent.domain.task_events import Entry, MessageAccepted, Replied
from a2a_agent.domain.views import STREAM_EXTENSION_URI, StreamMode, merge_chunks, select
from a2a_agent.wire import v0_3, v1_0
from a2a_agent.wire.version import WireVersion
from schemas import load
from tests.properties.client import Client
from tests.properties.judge import complaints
from tests.properties.values import CONTEXT_ID, TASK_ID

SPECIFICATIONS = Path(__file__).parents[3] / "shared" / "specs"
OFFICIAL_0_3 = SPECIFICATIONS / "a2a-v0.3.0.schema.json"
"""The official schema of 0.3.0: not part of this repository."""

WIRE_VERSIONS: tuple[WireVersion, ...] = (v0_3, v1_0)


@cache
def validator(version: str, name: str) -> Validator:
    """Our schema of that name."""
    return Draft202012Validator(load(version, name))


@cache
def official_schema() -> dict[str, Any]:
    """All that the official schema of 0.3 says, which must be at hand."""
    schema: dict[str, Any] = json.loads(OFFICIAL_0_3.read_text("utf-8"))
    return schema


@cache
def official_validator(name: str) -> Validator | None:
    """The official schema of 0.3 of that name, where it is at hand."""
    if not OFFICIAL_0_3.exists():
        return None
    return Draft7Validator({**official_schema(), "$ref": f"#/definitions/{name}"})


def check_legal(entries: Sequence[Entry]) -> None:
    """The log is one that A2A allows."""
    assert complaints(entries) == []


def check_valid(entries: Sequence[Entry]) -> int:
    """Every frame and every result of both versions has its shape; gives their number."""
    task = assemble(TASK_ID, entries)
    last = entries[-1].event
    count = 0
    for wire in WIRE_VERSIONS:
        result: Task | Message = task
        if isinstance(last, Replied):
            result = reply_message(task, last)
        _check_shape(wire, "stream", wire.encode_result(result))
        _check_shape(wire, "task", wire.encode_task(task))
        for entry in entries:
            if not isinstance(entry.event, Replied):
                _check_shape(wire, "stream", wire.encode_entry(entry, TASK_ID, CONTEXT_ID))
                count += 1
    return count


def check_streams(entries: Sequence[Entry], start: int, batch: int) -> int:
    """What a client makes of the frames after entry `start` is the task; gives their streams.

    `batch` is how many entries are merged at once for a client that renders slowly.
    """
    if isinstance(entries[-1].event, Replied):
        return 0
    core = select(entries[start:], StreamMode.CORE)
    merged = [
        entry
        for first in range(0, len(core), batch)
        for entry in merge_chunks(core[first : first + batch])
    ]
    modes = (core, merged, select(entries[start:], StreamMode.ALL))
    for wire in WIRE_VERSIONS:
        whole = orjson.loads(wire.encode_task(assemble(TASK_ID, entries)))
        for shown in modes:
            assert _seen(wire, entries, start, shown) == whole
    return len(modes) * len(WIRE_VERSIONS)


def _seen(wire: WireVersion, entries: Sequence[Entry], start: int, shown: Sequence[Entry]) -> Any:
    said = [e.event.message for e in entries[start:] if isinstance(e.event, MessageAccepted)]
    client = Client(
        orjson.loads(wire.encode_result(assemble(TASK_ID, entries[:start]))),
        [_message(wire, message) for message in said],
        details_key=STREAM_EXTENSION_URI,
    )
    for entry in shown:
        client.see(orjson.loads(wire.encode_entry(entry, TASK_ID, CONTEXT_ID)))
    return client.task


def _message(wire: WireVersion, message: Message) -> Any:
    encoded = orjson.loads(wire.encode_result(message))
    return encoded if wire.VERSION == "0.3" else encoded["message"]


def _check_shape(wire: WireVersion, what: str, encoded: bytes) -> None:
    value = orjson.loads(encoded)
    validator(wire.VERSION, _SHAPES[wire.VERSION, what]).validate(value)
    if wire.VERSION == "0.3" and (official := official_validator(_official_name(value))):
        official.validate(value)


_SHAPES = {
    ("0.3", "stream"): "StreamResult",
    ("0.3", "task"): "Task",
    ("1.0", "stream"): "StreamResponse",
    ("1.0", "task"): "Task",
}


def _official_name(value: Any) -> str:
    return {
        "task": "Task",
        "message": "Message",
        "status-update": "TaskStatusUpdateEvent",
        "artifact-update": "TaskArtifactUpdateEvent",
    }[value["kind"]]

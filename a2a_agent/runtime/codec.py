"""The log's own JSON form: what stores keep of entries, the same for every store.

Short names, no wire version in it; what an entry's task already says is left out. A field with
its default value is not written, so old logs stay readable when a field is added.
"""

from base64 import b64decode, b64encode
from collections.abc import Sequence
from typing import Any, assert_never

import orjson

from a2a_agent.domain.assembly import is_plain_text
from a2a_agent.domain.model import (
    DataPart,
    FilePart,
    Message,
    Part,
    Role,
    TaskState,
    TextPart,
)
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
    TaskEvent,
)


def encode_entries(entries: Sequence[Entry]) -> bytes:
    """The entries of one task as JSON: `[[sequence, timestamp_ms, event], …]`."""
    encoded = orjson.dumps(
        [[entry.sequence, entry.timestamp_ms, _event(entry.event)] for entry in entries]
    )
    # orjson gives back all the room it started with, which is much for what is kept.
    return bytes(memoryview(encoded))


def decode_entries(stored: bytes, task_id: str) -> list[Entry]:
    """The entries that `encode_entries` made `stored` of."""
    return [
        Entry(sequence, timestamp_ms, _decoded_event(event, task_id))
        for sequence, timestamp_ms, event in orjson.loads(stored)
    ]


def encode_message(message: Message) -> bytes:
    """The message as JSON: equal messages give equal bytes, so it serves as a fingerprint."""
    return orjson.dumps(_message(message), option=orjson.OPT_SORT_KEYS)


def _event(event: TaskEvent) -> list[Any]:
    match event:
        case ArtifactChunk():
            return _chunk(event)
        case StatusChanged():
            if not event.parts and event.metadata is None and event.resume is None:
                return ["s", event.state]
            more = _without_nones(p=_parts(event.parts) or None, m=event.metadata, r=event.resume)
            return ["s", event.state, more]
        case MessageAccepted():
            return ["m", event.message.context_id, _message(event.message)]
        case Noted():
            return ["n", event.note]
        case Replied():
            return ["r", _parts(event.parts), event.metadata]
        case _:
            assert_never(event)


def _chunk(chunk: ArtifactChunk) -> list[Any]:
    """A piece of text that is appended, most of any log, is written shorter than all else."""
    parts = chunk.parts
    if (
        chunk.append
        and chunk.name is None
        and chunk.description is None
        and chunk.metadata is None
        and len(parts) == 1
        and is_plain_text(text := parts[0])
    ):
        return ["t", chunk.artifact_id, text.text, int(chunk.last)]
    more: dict[str, Any] = {}
    if chunk.name is not None:
        more["n"] = chunk.name
    if chunk.description is not None:
        more["d"] = chunk.description
    if chunk.metadata is not None:
        more["m"] = chunk.metadata
    if chunk.append:
        more["a"] = 1
    if chunk.last:
        more["l"] = 1
    return ["a", chunk.artifact_id, _parts(parts), more]


def _decoded_event(stored: list[Any], task_id: str) -> TaskEvent:
    match stored:
        case ["t", artifact_id, text, last]:
            return ArtifactChunk(artifact_id, (TextPart(text),), True, bool(last))
        case ["a", artifact_id, parts, more]:
            return ArtifactChunk(
                artifact_id,
                _decoded_parts(parts),
                bool(more.get("a")),
                bool(more.get("l")),
                more.get("n"),
                more.get("d"),
                more.get("m"),
            )
        case ["s", state]:
            return StatusChanged(TaskState(state))
        case ["s", state, more]:
            parts = _decoded_parts(more.get("p", ()))
            return StatusChanged(TaskState(state), parts, more.get("m"), more.get("r"))
        case ["n", note]:
            return Noted(note)
        case ["m", context_id, message]:
            return MessageAccepted(_decoded_message(message, task_id, context_id))
        case ["r", parts, metadata]:
            return Replied(_decoded_parts(parts), metadata)
        case _:
            raise ValueError(f"this is no entry of a log: {stored[:1]!r}")


def _message(message: Message) -> dict[str, Any]:
    stored: dict[str, Any] = {"i": message.message_id, "p": _parts(message.parts)}
    if message.role is not Role.USER:
        stored["u"] = message.role
    if message.metadata is not None:
        stored["m"] = message.metadata
    if message.extensions:
        stored["e"] = list(message.extensions)
    if message.reference_task_ids:
        stored["f"] = list(message.reference_task_ids)
    return stored


def _decoded_message(stored: dict[str, Any], task_id: str, context_id: str) -> Message:
    return Message(
        message_id=stored["i"],
        role=Role(stored.get("u", "user")),
        parts=_decoded_parts(stored["p"]),
        context_id=context_id,
        task_id=task_id,
        metadata=stored.get("m"),
        extensions=tuple(stored.get("e", ())),
        reference_task_ids=tuple(stored.get("f", ())),
    )


def _parts(parts: Sequence[Part]) -> list[Any]:
    return [part.text if is_plain_text(part) else _part(part) for part in parts]


def _part(part: Part) -> Any:
    """An object named by its content; a plain text is a string, and not made here."""
    match part:
        case TextPart():
            content: dict[str, Any] = {"t": part.text}
        case FilePart(raw=None):
            content = {"u": part.url}
        case FilePart():
            content = {"b": b64encode(part.raw or b"").decode()}
        case DataPart():
            content = {"d": part.data}
        case _:
            assert_never(part)
    return content | _without_nones(y=part.media_type, f=part.filename, m=part.metadata)


def _decoded_parts(stored: Sequence[Any]) -> tuple[Part, ...]:
    return tuple(_decoded_part(part) for part in stored)


def _decoded_part(stored: Any) -> Part:
    if isinstance(stored, str):
        return TextPart(stored)
    more = (stored.get("y"), stored.get("f"), stored.get("m"))
    if "t" in stored:
        return TextPart(stored["t"], *more)
    if "d" in stored:
        return DataPart(stored["d"], *more)
    raw = b64decode(stored["b"]) if "b" in stored else None
    media_type, filename, metadata = more
    return FilePart(
        raw=raw, url=stored.get("u"), media_type=media_type, filename=filename, metadata=metadata
    )


def _without_nones(**values: Any) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}

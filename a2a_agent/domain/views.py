"""How much of a log a stream shows: the modes of the stream extension, and merged text.

A view filters a reader, never the log. docs/events.md has the table of modes.
"""

from collections.abc import Iterable, Sequence
from enum import StrEnum

from a2a_agent.domain.assembly import is_plain_text
from a2a_agent.domain.model import ANSWER_ARTIFACT_ID, Task, TextPart
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    Noted,
    StatusChanged,
    TaskEvent,
)

STREAM_EXTENSION_URI = "urn:a2a-agent:stream:v1"
"""The extension by which a client chooses a mode; also the metadata key of its frames."""

MAX_COALESCE_MS = 1000


class StreamMode(StrEnum):
    """What a stream shows, each more than the one before."""

    OUTPUT = "output"
    CHUNK = "chunk"
    CORE = "core"
    ALL = "all"


def select(entries: Sequence[Entry], mode: StreamMode) -> Sequence[Entry]:
    """Those of the entries that the mode shows as frames of their own."""
    if mode is StreamMode.ALL:
        return entries
    if mode is StreamMode.CORE:
        return [entry for entry in entries if type(entry.event) is not Noted]
    return [entry for entry in entries if _is_output(entry.event, mode)]


def _is_output(event: TaskEvent, mode: StreamMode) -> bool:
    if isinstance(event, ArtifactChunk):
        return mode is StreamMode.CHUNK and event.artifact_id == ANSWER_ARTIFACT_ID
    return isinstance(event, StatusChanged) and event.state.is_resting


def is_answer(entry: Entry) -> bool:
    """Whether the entry is a piece of the answer."""
    event = entry.event
    return isinstance(event, ArtifactChunk) and event.artifact_id == ANSWER_ARTIFACT_ID


def whole_answer(task: Task, before: Entry) -> Entry | None:
    """The finished answer as one chunk, as mode `output` shows it before the final status.

    It has the number of the entry before the status, so that a reader may resume between them.
    """
    for artifact in task.artifacts:
        if artifact.artifact_id == ANSWER_ARTIFACT_ID:
            chunk = ArtifactChunk(artifact.artifact_id, artifact.parts, False, True, artifact.name)
            return Entry(before.sequence - 1, before.timestamp_ms, chunk)
    return None


def merge_chunks(entries: Iterable[Entry]) -> list[Entry]:
    """The entries with neighbouring text chunks of one artifact merged, numbered as the last."""
    merged: list[Entry] = []
    run: list[Entry] = []
    for entry in entries:
        if run and not _continues(run[-1], entry):
            merged.append(_merged(run))
            run = []
        if _is_text(entry):
            run.append(entry)
        else:
            merged.append(entry)
    if run:
        merged.append(_merged(run))
    return merged


def _is_text(entry: Entry) -> bool:
    event = entry.event
    return (
        isinstance(event, ArtifactChunk)
        and event.metadata is None
        and len(event.parts) == 1
        and is_plain_text(event.parts[0])
    )


def _continues(last: Entry, entry: Entry) -> bool:
    first, second = last.event, entry.event
    return (
        isinstance(first, ArtifactChunk)
        and isinstance(second, ArtifactChunk)
        and second.append
        and first.artifact_id == second.artifact_id
        and _is_text(entry)
    )


def _merged(run: list[Entry]) -> Entry:
    if len(run) == 1:
        return run[0]
    chunks = [entry.event for entry in run if isinstance(entry.event, ArtifactChunk)]
    text = "".join(
        part.text for chunk in chunks for part in chunk.parts if isinstance(part, TextPart)
    )
    first, last = chunks[0], chunks[-1]
    chunk = ArtifactChunk(
        first.artifact_id,
        (TextPart(text),),
        first.append,
        last.last,
        first.name,
        first.description,
    )
    return Entry(run[-1].sequence, run[-1].timestamp_ms, chunk)

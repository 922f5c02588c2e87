"""Random values of the domain, as Hypothesis strategies."""

from typing import Any

from hypothesis import strategies as st

from a2a_agent.domain.model import DataPart, FilePart, Message, Part, Role, TaskState, TextPart
from a2a_agent.domain.task_events import (
    ArtifactChunk,
    Entry,
    MessageAccepted,
    Noted,
    Replied,
    StatusChanged,
)

TASK_ID = "task-1"
CONTEXT_ID = "context-1"

texts = st.text(max_size=6)
names = st.none() | texts
integers = st.integers(-(2**63), 2**64 - 1)
scalars = (
    st.none() | st.booleans() | integers | st.floats(allow_nan=False, allow_infinity=False) | texts
)
json_values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=5,
)
json_objects = st.dictionaries(texts, json_values, max_size=3)
metadata = st.none() | json_objects

text_parts = st.builds(TextPart, texts) | st.builds(TextPart, texts, names, names, metadata)
file_parts = st.builds(
    FilePart, raw=st.binary(max_size=6), media_type=names, filename=names, metadata=metadata
) | st.builds(FilePart, url=texts, media_type=names, filename=names, metadata=metadata)
data_parts = st.builds(DataPart, json_values, names, names, metadata)
parts: st.SearchStrategy[Part] = text_parts | file_parts | data_parts
some_parts = st.lists(parts, min_size=1, max_size=3).map(tuple)


messages = st.builds(
    Message,
    message_id=texts,
    role=st.sampled_from(Role),
    parts=some_parts,
    context_id=names,
    task_id=st.just(TASK_ID),
    metadata=metadata,
    extensions=st.lists(texts, max_size=2).map(tuple),
    reference_task_ids=st.lists(texts, max_size=2).map(tuple),
)


task_events = (
    st.builds(MessageAccepted, messages)
    | st.builds(
        StatusChanged,
        st.sampled_from(TaskState),
        st.just(()) | some_parts,
        metadata,
        json_values,
    )
    | st.builds(
        ArtifactChunk, texts, some_parts, st.booleans(), st.booleans(), names, names, metadata
    )
    | st.builds(Noted, json_objects)
    | st.builds(Replied, some_parts, metadata)
)
entries = st.builds(Entry, st.integers(1, 2**53), st.integers(0, 2**53), task_events)
"""Entries of any log, in no order that would make sense."""

"""The log's own JSON form: what is stored comes back as it was."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

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
from a2a_agent.runtime.codec import decode_entries, encode_entries, encode_message
from tests.properties.agents import scripts
from tests.properties.scripts import Script, perform
from tests.properties.values import TASK_ID, entries, messages

MESSAGE = Message(
    message_id="m", role=Role.USER, parts=(TextPart("Hi"),), context_id="c", task_id=TASK_ID
)
X = (TextPart("x"),)


def stored(event: TaskEvent) -> Any:
    """The JSON of an event as it is kept, without its number and its time."""
    ((sequence, timestamp_ms, kept),) = orjson.loads(encode_entries([Entry(2, 5, event)]))
    assert (sequence, timestamp_ms) == (2, 5)
    return kept


def again(log: Sequence[Entry]) -> list[Entry]:
    """The entries, stored and read."""
    return decode_entries(encode_entries(log), TASK_ID)


@given(st.lists(entries, max_size=4))
def test_any_entries_come_back_as_they_were(log: list[Entry]) -> None:
    assert again(log) == log
    assert encode_entries(again(log)) == encode_entries(log)


@settings(max_examples=50)
@given(scripts)
def test_log_of_any_agent_comes_back_as_it_was(script: Script) -> None:
    log = perform(script)

    assert again(log) == log


EVENTS: list[tuple[TaskEvent, Any]] = [
    (ArtifactChunk("a", X), ["a", "a", ["x"], {}]),
    (ArtifactChunk("a", X, append=True), ["t", "a", "x", 0]),
    (ArtifactChunk("a", X, append=True, last=True), ["t", "a", "x", 1]),
    (
        ArtifactChunk("a", X, False, True, "n", "d", {"k": 1}),
        ["a", "a", ["x"], {"n": "n", "d": "d", "m": {"k": 1}, "l": 1}],
    ),
    (ArtifactChunk("a", X, True, name="n"), ["a", "a", ["x"], {"n": "n", "a": 1}]),
    (ArtifactChunk("a", X, True, description="d"), ["a", "a", ["x"], {"d": "d", "a": 1}]),
    (ArtifactChunk("a", X, True, metadata={}), ["a", "a", ["x"], {"m": {}, "a": 1}]),
    (ArtifactChunk("a", X * 2, True), ["a", "a", ["x", "x"], {"a": 1}]),
    (ArtifactChunk("a", (DataPart(1),), True), ["a", "a", [{"d": 1}], {"a": 1}]),
    (StatusChanged(TaskState.WORKING), ["s", "working"]),
    (
        StatusChanged(TaskState.INPUT_REQUIRED, X, {"k": 1}, [2]),
        ["s", "input-required", {"p": ["x"], "m": {"k": 1}, "r": [2]}],
    ),
    (Noted({"kind": "raw"}), ["n", {"kind": "raw"}]),
    (Replied(X), ["r", ["x"], None]),
    (Replied(X, {"k": 1}), ["r", ["x"], {"k": 1}]),
    (MessageAccepted(MESSAGE), ["m", "c", {"i": "m", "p": ["Hi"]}]),
    (
        MessageAccepted(
            replace(
                MESSAGE,
                role=Role.AGENT,
                metadata={"k": 1},
                extensions=("urn:x",),
                reference_task_ids=("t-0",),
            )
        ),
        [
            "m",
            "c",
            {"i": "m", "p": ["Hi"], "u": "agent", "m": {"k": 1}, "e": ["urn:x"], "f": ["t-0"]},
        ],
    ),
]


@pytest.mark.parametrize(("event", "kept"), EVENTS)
def test_event_is_kept_short(event: TaskEvent, kept: Any) -> None:
    assert stored(event) == kept


@pytest.mark.parametrize(("event", "kept"), EVENTS)
def test_event_is_read_from_what_was_kept(event: TaskEvent, kept: Any) -> None:
    assert decode_entries(orjson.dumps([[2, 5, kept]]), TASK_ID) == [Entry(2, 5, event)]


def test_status_is_read_with_any_of_its_members() -> None:
    kept = ["s", "working", {}]

    assert decode_entries(orjson.dumps([[1, 0, kept]]), TASK_ID) == [
        Entry(1, 0, StatusChanged(TaskState.WORKING))
    ]


@pytest.mark.parametrize(
    ("part", "kept"),
    [
        (TextPart("x"), "x"),
        (TextPart("x", metadata={}), {"t": "x", "m": {}}),
        (
            TextPart("x", "text/x", "f", {"k": 1}),
            {"t": "x", "y": "text/x", "f": "f", "m": {"k": 1}},
        ),
        (FilePart(raw=b"ab"), {"b": "YWI="}),
        (FilePart(raw=b""), {"b": ""}),
        (FilePart(url="u", media_type="m", filename="f"), {"u": "u", "y": "m", "f": "f"}),
        (DataPart({"t": 1}), {"d": {"t": 1}}),
        (DataPart(None), {"d": None}),
        (DataPart("x", metadata={"k": 1}), {"d": "x", "m": {"k": 1}}),
    ],
)
def test_part_is_named_by_its_content(part: Part, kept: Any) -> None:
    assert stored(Replied((part,))) == ["r", [kept], None]
    assert again([Entry(1, 0, Replied((part,)))]) == [Entry(1, 0, Replied((part,)))]


def test_message_is_read_into_its_task() -> None:
    (entry,) = decode_entries(encode_entries([Entry(1, 0, MessageAccepted(MESSAGE))]), "another")

    assert entry.event == MessageAccepted(replace(MESSAGE, task_id="another"))


@pytest.mark.parametrize("kept", [["x"], ["t", "a"], ["s"], []])
def test_what_is_no_entry_is_refused(kept: list[str]) -> None:
    with pytest.raises(ValueError, match="^this is no entry of a log: "):
        decode_entries(orjson.dumps([[1, 0, kept]]), TASK_ID)


def mirrored(value: Any) -> Any:
    """The value with the members of its objects in the opposite order."""
    if isinstance(value, dict):
        return {name: mirrored(value[name]) for name in reversed(value)}
    return [mirrored(item) for item in value] if isinstance(value, list) else value


def rebuilt(message: Message) -> Message:
    """An equal message that shares nothing with the first."""
    return replace(
        message,
        metadata=mirrored(message.metadata),
        parts=tuple(
            replace(part, data=mirrored(part.data), metadata=mirrored(part.metadata))
            if isinstance(part, DataPart)
            else replace(part, metadata=mirrored(part.metadata))
            for part in message.parts
        ),
    )


@given(messages)
def test_equal_messages_have_equal_fingerprints(message: Message) -> None:
    assert rebuilt(message) == message
    assert encode_message(rebuilt(message)) == encode_message(message)


@pytest.mark.parametrize(
    "change",
    [
        {"message_id": "other"},
        {"role": Role.AGENT},
        {"parts": (TextPart("Hi", metadata={}),)},
        {"parts": (DataPart("Hi"),)},
        {"parts": (TextPart("Hi"), TextPart(""))},
        {"metadata": {}},
        {"extensions": ("urn:x",)},
        {"reference_task_ids": ("t",)},
    ],
)
def test_every_change_of_a_message_changes_its_fingerprint(change: dict[str, Any]) -> None:
    assert encode_message(replace(MESSAGE, **change)) != encode_message(MESSAGE)


@pytest.mark.parametrize("change", [{"context_id": "other"}, {"task_id": None}])
def test_fingerprint_is_of_the_content_not_of_the_place(change: dict[str, Any]) -> None:
    assert encode_message(replace(MESSAGE, **change)) == encode_message(MESSAGE)

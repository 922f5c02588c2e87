"""Files and data, to the agent and from it (1.0 §4.1; 0.3 §6)."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType
from typing import Any

from conformance.cases.arranging import task_at_rest
from conformance.cases.case import Case
from conformance.dialects import Operation
from conformance.expect import (
    CONTENT_TYPE_NOT_SUPPORTED,
    MISSING,
    Broken,
    NotExercised,
    Reply,
    expect,
)
from conformance.folding import items
from conformance.session import Session

_NOTHING = "application/x-nothing"
"""A media type that nobody has."""


async def files_and_data(session: Session) -> None:
    dialect = session.dialect
    url = "https://example.com/hello.txt"
    by_url = (
        {"kind": "file", "file": {"uri": url, "mimeType": "text/plain"}}
        if dialect.is_old
        else {"url": url, "mediaType": "text/plain"}
    )
    for part in (
        dialect.data_part({"greeting": ["Hello", 1, None, {}]}),
        dialect.file_part(b"Hello", "text/plain", "hello.txt"),
        by_url,
    ):
        _must_be_served_or_refused(await _reply(session, dialect.text_part("Hello"), part))


async def data_of_any_kind(session: Session) -> None:
    for data in (["Hello", 1], 1.5, "Hello", False, None):
        part = session.dialect.data_part(data)
        _must_be_served_or_refused(await _reply(session, session.dialect.text_part("Hello"), part))


async def unknown_media_type(session: Session) -> None:
    part = session.dialect.file_part(b"\x00\x01", _NOTHING, "nothing.bin")
    _must_be_served_or_refused(await _reply(session, session.dialect.text_part("Hello"), part))


async def unknown_output_mode(session: Session) -> None:
    params = {
        "message": session.message("Hello"),
        "configuration": {"acceptedOutputModes": [_NOTHING]},
    }
    reply = await session.call(Operation.SEND, params)
    if reply.error is None and _gives_all(session):
        raise NotExercised("the card says that all media types are given")
    reply.must_be_error(CONTENT_TYPE_NOT_SUPPORTED)


async def files_of_the_agent(session: Session) -> None:
    parts, reply = await _given(session, "file")
    content = ("file",) if session.dialect.is_old else ("raw", "url")
    found = any(part.keys() & set(content) for part in parts)
    expect(found, f"a part with {' or '.join(content)}", reply.gist, reply.exchange)


async def data_of_the_agent(session: Session) -> None:
    parts, reply = await _given(session, "data")
    found = any("data" in part for part in parts)
    expect(found, "a part with data", reply.gist, reply.exchange)


async def _reply(session: Session, *parts: Mapping[str, Any]) -> Reply:
    return await session.call(Operation.SEND, {"message": session.message("", *parts)})


def _must_be_served_or_refused(reply: Reply) -> None:
    if reply.code == CONTENT_TYPE_NOT_SUPPORTED:
        return
    if not isinstance(reply.value, dict) or reply.value.get("result", MISSING) is MISSING:
        expected = f"a result, or error {CONTENT_TYPE_NOT_SUPPORTED} (ContentTypeNotSupportedError)"
        raise Broken(expected, reply.gist, reply.exchange)


def _gives_all(session: Session) -> bool:
    """Whether the card says that the agent gives media of any type."""
    modes = list(items(session.card, "defaultOutputModes"))
    for skill in items(session.card, "skills"):
        modes += items(skill, "outputModes")
    return any(mode in ("*/*", "*", "application/*") for mode in modes)


async def _given(session: Session, behaviour: str) -> tuple[Sequence[dict[str, Any]], Reply]:
    """The parts of all artifacts of a task that has what is asked for."""
    task = await task_at_rest(session, behaviour)
    reply = await session.call(Operation.GET, {"id": task["id"]})
    artifacts = items(reply.result, "artifacts")
    parts = [part for one in artifacts for part in items(one, "parts")]
    return [part for part in parts if isinstance(part, dict)], reply


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "send.parts-are-served-or-refused-as-content": files_and_data,
        "send.data-are-any-json": data_of_any_kind,
        "send.unknown-media-type-is-served-or-refused": unknown_media_type,
        "send.unknown-output-mode-is-refused": unknown_output_mode,
        "send.files-are-file-parts": files_of_the_agent,
        "send.data-are-data-parts": data_of_the_agent,
    }
)

"""A message from what was typed: text, data, files."""

import json
import mimetypes
import sys
from collections.abc import Sequence
from pathlib import Path
from uuid import uuid4

from a2a_agent.cli.errors import UsageError
from a2a_agent.domain.model import DataPart, FilePart, Message, Part, Role, TextPart


def draft(
    text: str | None,
    *,
    data: str | None = None,
    files: Sequence[Path] = (),
    task_id: str | None = None,
    context_id: str | None = None,
) -> Message:
    """The message. Text `-`, or none where something is piped in, is read from stdin.

    Raises UsageError for data that is no JSON, a file that cannot be read, and nothing at all.
    """
    has_more = data is not None or bool(files)
    parts: list[Part] = []
    if text == "-" or (text is None and not has_more and not sys.stdin.isatty()):
        text = _piped()
    if text:
        parts.append(TextPart(text))
    if data is not None:
        parts.append(_data_part(data))
    parts += map(_file_part, files)
    if not parts:
        raise UsageError("there is nothing to send; give a text, --data or --file")
    return Message(
        message_id=str(uuid4()),
        role=Role.USER,
        parts=tuple(parts),
        task_id=task_id,
        context_id=context_id,
    )


def _piped() -> str:
    try:
        return sys.stdin.read().removesuffix("\n")
    except UnicodeDecodeError as error:
        raise UsageError("stdin is no text; send other content with --file") from error


def _data_part(data: str) -> DataPart:
    try:
        return DataPart(json.loads(data, parse_constant=_refuse_constant))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"--data is no JSON: {error}") from error


def _refuse_constant(name: str) -> object:
    raise ValueError(f"{name} is not allowed in JSON")


def _file_part(path: Path) -> FilePart:
    try:
        content = path.read_bytes()
    except OSError as error:
        raise UsageError(f"cannot read {path}: {error.strerror}") from error
    media_type, _ = mimetypes.guess_type(path.name)
    media_type = media_type or "application/octet-stream"
    return FilePart(raw=content, media_type=media_type, filename=path.name)

"""Mutants that take or give messages whose members, or parts, are wrong."""

from collections.abc import Callable, Sequence
from typing import Any

from conformance.dialects import Operation
from conformance.expect import INTERNAL_ERROR, INVALID_PARAMS
from tests.conformance.mutants.altering import Alteration, asks_of
from tests.conformance.mutants.changes import asks_configuration, asks_message, objects, without
from tests.conformance.mutants.messages import Asked, error
from tests.conformance.mutants.mutant import NEW, OLD, TEXTS_ONLY, Mutant


def _refused_if(is_meant: Callable[[Any], bool], code: int) -> Alteration:
    """Refuses messages that have such a part."""

    def ask(asked: Asked) -> Any:
        message = asked.params.get("message")
        parts = message.get("parts") if isinstance(message, dict) else None
        is_so = isinstance(parts, list) and any(isinstance(p, dict) and is_meant(p) for p in parts)
        return error(code, asked) if is_so else None

    return asks_of(ask, Operation.SEND)


def _as_text(part: dict[str, Any]) -> Any:
    if not part.keys() & {"file", "raw", "data"}:
        return part
    return {"text": "…", **({"kind": "text"} if "kind" in part else {})}


def _filled(**members: Any) -> Alteration:
    """Gives messages what they miss."""
    return asks_message(lambda message: {**members, **message}, Operation.SEND)


def _some_part(message: dict[str, Any]) -> Any:
    part = {"text": "…", **({"kind": "text"} if "kind" in message else {})}
    parts = message.get("parts")
    if not isinstance(parts, list):
        return message
    is_empty = not parts or parts[0].keys() <= {"kind", "metadata"}
    return {**message, "parts": [part]} if is_empty else message


def _first_content(message: dict[str, Any]) -> Any:
    parts = message.get("parts")
    if not isinstance(parts, list):
        return message
    return {**message, "parts": [without(p, "url") if "text" in p else p for p in parts]}


def _known_role(message: dict[str, Any]) -> Any:
    return {**message, "role": "user" if "kind" in message else "ROLE_USER"}


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "missing message as an internal error",
        asks_of(
            lambda asked: None if "message" in asked.params else error(INTERNAL_ERROR, asked),
            Operation.SEND,
        ),
        ("send.message-is-required",),
    ),
    Mutant(
        "messageId made where it is missing",
        _filled(messageId="made-by-the-server"),
        ("send.message-id-is-required",),
    ),
    Mutant(
        "missing parts accepted",
        asks_message(lambda m: m if "parts" in m else _some_part({**m, "parts": []})),
        ("send.parts-are-required",),
    ),
    Mutant(
        "missing role accepted",
        asks_message(lambda message: message if "role" in message else _known_role(message)),
        ("send.role-is-required",),
    ),
    Mutant(
        "unknown role accepted",
        asks_message(lambda message: _known_role(message) if "role" in message else message),
        ("send.role-is-known",),
    ),
    Mutant(
        "empty parts accepted",
        asks_message(_some_part),
        ("send.no-parts-are-invalid", "send.part-has-content"),
        NEW,
    ),
    Mutant(
        "empty parts accepted in the old version",
        asks_message(_some_part),
        ("send.no-parts-are-refused", "send.part-has-content"),
        OLD,
    ),
    Mutant(
        "text taken of parts with a URL too",
        asks_message(_first_content),
        ("send.part-has-one-content",),
        NEW,
    ),
    Mutant(
        "numbers taken for texts",
        asks_message(lambda m: {**m, "messageId": str(m["messageId"])} if "messageId" in m else m),
        ("send.types-are-checked",),
    ),
    Mutant(
        "files as an internal error",
        _refused_if(lambda part: bool(part.keys() & {"file", "raw", "url"}), INTERNAL_ERROR),
        ("send.parts-are-served-or-refused-as-content",),
    ),
    Mutant(
        "data as invalid params",
        _refused_if(lambda part: "data" in part, INVALID_PARAMS),
        ("send.parts-are-served-or-refused-as-content",),
    ),
    Mutant(
        "data must be an object",
        _refused_if(lambda p: not isinstance(p.get("data", {}), dict), INVALID_PARAMS),
        ("send.data-are-any-json",),
        NEW,
    ),
    Mutant(
        "unknown media type as invalid params",
        _refused_if(lambda part: "application/x-" in str(part), INVALID_PARAMS),
        ("send.unknown-media-type-is-served-or-refused",),
    ),
    Mutant(
        "output modes passed over",
        asks_configuration(lambda given: without(given, "acceptedOutputModes")),
        ("send.unknown-output-mode-is-refused",),
        setup=TEXTS_ONLY,
    ),
    Mutant(
        "files and data as text",
        objects(_as_text),
        ("send.files-are-file-parts", "send.data-are-data-parts"),
    ),
)

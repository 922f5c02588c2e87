"""Mutants whose objects have not the shape that their version gives them."""

from collections.abc import Callable, Sequence
from typing import Any

from a2a_agent.domain.agent_events import Artifact, RunFinished
from a2a_agent.domain.model import FilePart
from tests.conformance.mutants.altering import Alteration, responses
from tests.conformance.mutants.changes import objects, without
from tests.conformance.mutants.mutant import NEW, OLD, Mutant, Plays, Setup

_FILE = FilePart(raw=b"Some bytes", media_type="text/plain", filename="bytes.txt")
_GIVING_FILES = Setup(
    name="that gives files", agent=Plays((Artifact(parts=(_FILE,)), RunFinished()))
)


def _where(member: str, change: Callable[[dict[str, Any]], Any]) -> Alteration:
    """Changes the objects that have the member."""
    return objects(lambda item: change(item) if member in item else item)


def _each(member: str, change: Callable[[Any], Any]) -> Alteration:
    """Changes the member of all objects that have it."""
    return _where(member, lambda item: {**item, member: change(item[member])})


def _renamed(member: str, name: str) -> Alteration:
    return _where(member, lambda item: {**without(item, member), name: item[member]})


def _bare(response: Any, _: Any) -> Any:
    """1.0, with the result as 0.3 has it: not named."""
    result = response.get("result")
    if not isinstance(result, dict) or len(result) != 1:
        return response
    return {**response, "result": next(iter(result.values()))}


def _two_named(response: Any, _: Any) -> Any:
    result = response.get("result")
    is_named = isinstance(result, dict) and len(result) == 1
    return {**response, "result": {**result, "message": {}}} if is_named else response


def _upper(word: str) -> str:
    return word.upper().replace("-", "_")


MUTANTS: Sequence[Mutant] = (
    *(
        Mutant(f"{member} missing", _where(member, change), ("shapes.required-members",))
        for member, change in (
            ("artifactId", lambda item: without(item, "artifactId")),
            ("state", lambda item: without(item, "state")),
            ("messageId", lambda item: without(item, "messageId")),
            ("parts", lambda item: without(item, "parts")),
            ("taskId", lambda item: without(item, "taskId")),
            ("status", lambda item: without(item, "status")),
        )
    ),
    Mutant(
        "contextId missing in updates",
        _where("taskId", lambda item: without(item, "contextId")),
        ("shapes.required-members",),
    ),
    Mutant(
        "contextId missing in tasks",
        _where("history", lambda item: without(item, "contextId")),
        ("shapes.required-members",),
        OLD,
    ),
    Mutant(
        "final missing",
        _where("final", lambda o: without(o, "final")),
        ("shapes.required-members",),
        OLD,
    ),
    Mutant("text that is a number", _each("text", lambda _: 7), ("shapes.types",)),
    Mutant("ids that are numbers", _each("messageId", lambda _: 7), ("shapes.types",)),
    Mutant("append that is a text", _each("append", lambda _: "false"), ("shapes.types",)),
    Mutant("one artifact instead of a list", _each("artifacts", lambda a: a[0]), ("shapes.types",)),
    Mutant(
        "metadata null where there are none",
        _where("parts", lambda item: {"metadata": None, **item}),
        ("shapes.no-nulls",),
    ),
    Mutant(
        "message null in statuses without one",
        _where("timestamp", lambda item: {"message": None, **item}),
        ("shapes.no-nulls",),
    ),
    Mutant(
        "artifacts null in tasks without any",
        _where("history", lambda item: {"artifacts": None, **item}),
        ("shapes.no-nulls",),
    ),
    *(
        Mutant(f"{name} for {member}", _renamed(member, name), ("shapes.camel-case",))
        for member, name in (
            ("artifactId", "artifact_id"),
            ("contextId", "context_id"),
            ("messageId", "message_id"),
            ("lastChunk", "last_chunk"),
        )
    ),
    Mutant(
        "snake_case of members of messages", _renamed("taskId", "task_id"), ("shapes.camel-case",)
    ),
    Mutant(
        "states as 1.0 writes them",
        _each("state", lambda s: f"TASK_STATE_{_upper(s)}"),
        ("shapes.values",),
        OLD,
    ),
    Mutant("states in capitals", _each("state", _upper), ("shapes.values",), OLD),
    Mutant(
        "states as 0.3 writes them",
        _each("state", lambda state: state.removeprefix("TASK_STATE_").lower()),
        ("shapes.values",),
        NEW,
    ),
    Mutant("states that are numbers", _each("state", lambda _: 3), ("shapes.values",), NEW),
    Mutant(
        "state with another spelling", _each("state", lambda _: "cancelled"), ("shapes.values",)
    ),
    Mutant(
        "roles as 1.0 writes them",
        _each("role", lambda r: f"ROLE_{_upper(r)}"),
        ("shapes.values",),
        OLD,
    ),
    Mutant("roles as 0.3 writes them", _each("role", lambda _: "user"), ("shapes.values",), NEW),
    Mutant(
        "timestamps without a zone",
        _each("timestamp", lambda t: t.rstrip("Z")),
        ("shapes.formats",),
    ),
    Mutant(
        "timestamps of another zone",
        _each("timestamp", lambda t: t.replace("Z", "+02:00")),
        ("shapes.formats",),
    ),
    Mutant(
        "timestamps as words",
        _each("timestamp", lambda _: "Fri Nov 20 18:00:00 2026"),
        ("shapes.formats",),
    ),
    Mutant(
        "bytes that are no base64",
        _each("bytes", lambda _: "Some bytes!"),
        ("shapes.formats",),
        OLD,
        setup=_GIVING_FILES,
    ),
    Mutant(
        "bytes that are no base64",
        _each("raw", lambda _: "Some bytes!"),
        ("shapes.formats",),
        NEW,
        setup=_GIVING_FILES,
    ),
    Mutant(
        "file with both bytes and URI",
        _where("bytes", lambda item: {**item, "uri": "https://example.com/bytes.txt"}),
        ("shapes.one-of",),
        OLD,
        setup=_GIVING_FILES,
    ),
    Mutant(
        "file with neither bytes nor URI",
        _where("bytes", lambda item: without(item, "bytes")),
        ("shapes.one-of",),
        OLD,
        setup=_GIVING_FILES,
    ),
    Mutant(
        "part with both text and data",
        _where("text", lambda item: {**item, "data": {}}),
        ("shapes.one-of",),
        NEW,
    ),
    Mutant(
        "part with nothing in it",
        _where("text", lambda o: without(o, "text")),
        ("shapes.one-of",),
        NEW,
    ),
    Mutant("results that do not say what they are", responses(_bare), ("shapes.one-of",), NEW),
    Mutant("results that say two things", responses(_two_named), ("shapes.one-of",), NEW),
    Mutant(
        "kind missing", _where("kind", lambda item: without(item, "kind")), ("shapes.kind",), OLD
    ),
    Mutant(
        "kind missing in parts",
        _where("text", lambda item: without(item, "kind")),
        ("shapes.kind",),
        OLD,
    ),
    Mutant(
        "kind of another name",
        _each("kind", lambda kind: kind.replace("-", "_")),
        ("shapes.kind",),
        OLD,
    ),
    Mutant(
        "kind in 1.0",
        _where("status", lambda item: {"kind": "task", **item}),
        ("shapes.kind",),
        NEW,
    ),
    Mutant(
        "kind in parts of 1.0",
        _where("text", lambda item: {"kind": "text", **item}),
        ("shapes.kind",),
        NEW,
    ),
)

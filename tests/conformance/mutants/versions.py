"""Mutants that take one version for another."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

from starlette.types import ASGIApp

from conformance.dialects import V0_3, V1_0, Operation
from conformance.expect import METHOD_NOT_FOUND, TASK_NOT_FOUND, VERSION_NOT_SUPPORTED
from tests.conformance.mutants.altering import Alteration, asks, asks_of, replies
from tests.conformance.mutants.messages import Asked, error
from tests.conformance.mutants.mutant import NEW, OLD, Mutant

_HEADER = "a2a-version"


def _taken_for(change: Callable[[str, Asked], str]) -> Alteration:
    """Takes the version of each request, "" where it says none, for another one."""

    def ask(asked: Asked) -> Asked:
        said = asked.headers.get(_HEADER, "")
        return asked.with_headers(a2a_version=change(said, asked)) if asked.is_rpc else asked

    return asks(ask)


def _unheard_of_taken_for_1_0(*operations: Operation) -> Alteration:
    def change(said: str, asked: Asked) -> str:
        is_meant = said not in ("", "0.3") and asked.operation in operations
        return "1.0" if is_meant else said

    return _taken_for(change)


def _by_method(said: str, asked: Asked) -> str:
    method = asked.members.get("method")
    for dialect in (V0_3, V1_0):
        if method in dialect.methods.values():
            return dialect.version
    return said


def _by_method_of(*operations: Operation) -> Alteration:
    return _taken_for(lambda said, a: _by_method(said, a) if a.operation in operations else said)


def _is_old(asked: Asked) -> bool:
    return asked.is_rpc and not asked.headers.get(_HEADER) and "A2A-Version" not in asked.query


def _refused_without_params(reply: Any, asked: Asked) -> Any:
    if asked.members.get("params") != {} or "error" not in reply:
        return reply
    return {**reply, "error": {**reply["error"], "code": METHOD_NOT_FOUND}}


def _with_tasks_of_its_own(app: ASGIApp) -> ASGIApp:
    """1.0 knows only the tasks that were made under it, and so does 0.3."""
    made: dict[str, str] = {}

    def remember(reply: Any, asked: Asked) -> Any:
        version, result = asked.dialect.version, reply.get("result")
        task = result.get("task", result) if isinstance(result, dict) else None
        if isinstance(task, dict) and made.setdefault(str(task.get("id")), version) != version:
            return error(TASK_NOT_FOUND, asked).value
        return reply

    return replies(remember)(app)


MUTANTS: Sequence[Mutant] = (
    Mutant(
        "known methods not found",
        replies(_refused_without_params),
        ("versions.methods-are-there",),
    ),
    Mutant(
        "version told by the method's name",
        _taken_for(_by_method),
        ("versions.methods-of-the-other",),
    ),
    Mutant(
        "version of streams told by the method's name",
        _by_method_of(Operation.STREAM, Operation.SUBSCRIBE),
        ("versions.methods-of-the-other",),
    ),
    Mutant(
        "version of subscriptions told by the method's name",
        _by_method_of(Operation.SUBSCRIBE),
        ("versions.methods-of-the-other",),
    ),
    Mutant(
        "version of lists told by the method's name",
        _by_method_of(Operation.LIST),
        ("versions.methods-of-the-other",),
    ),
    Mutant(
        "request without a version refused",
        asks(lambda a: error(VERSION_NOT_SUPPORTED, a) if _is_old(a) else None),
        ("versions.no-header-is-0-3", "versions.empty-header-is-0-3"),
        OLD,
    ),
    Mutant(
        "request without a version taken for 1.0",
        _taken_for(lambda said, _: said or "1.0"),
        ("versions.no-header-is-0-3", "versions.empty-header-is-0-3"),
        NEW,
    ),
    Mutant(
        "empty version refused",
        asks(lambda a: error(VERSION_NOT_SUPPORTED, a) if a.headers.get(_HEADER) == "" else None),
        ("versions.empty-header-is-0-3",),
        OLD,
    ),
    Mutant(
        "0.3 refused where it is said",
        asks(
            lambda a: error(VERSION_NOT_SUPPORTED, a) if a.headers.get(_HEADER) == "0.3" else None
        ),
        ("versions.header-of-0-3",),
        OLD,
    ),
    Mutant(
        "messages of 0.3 refused where it is said",
        asks_of(
            lambda a: error(VERSION_NOT_SUPPORTED, a) if a.headers.get(_HEADER) == "0.3" else None,
            Operation.SEND,
        ),
        ("versions.header-of-0-3",),
        OLD,
    ),
    Mutant(
        "streams of 0.3 refused where it is said",
        asks_of(
            lambda a: error(VERSION_NOT_SUPPORTED, a) if a.headers.get(_HEADER) == "0.3" else None,
            Operation.STREAM,
        ),
        ("versions.header-of-0-3",),
        OLD,
    ),
    Mutant(
        "unknown version of messages taken for 1.0",
        _unheard_of_taken_for_1_0(Operation.SEND),
        ("versions.unsupported", "versions.unsupported-minor"),
        NEW,
    ),
    Mutant(
        "unknown version of streams taken for 1.0",
        _unheard_of_taken_for_1_0(Operation.STREAM),
        ("versions.unsupported", "versions.unsupported-minor"),
        NEW,
    ),
    Mutant(
        "unknown version of lists taken for 1.0",
        _unheard_of_taken_for_1_0(Operation.LIST),
        ("versions.unsupported", "versions.unsupported-minor"),
        NEW,
    ),
    Mutant(
        "unknown version taken for 1.0",
        _taken_for(lambda said, _: "1.0" if said not in ("", "0.3") else said),
        ("versions.unsupported", "versions.unsupported-minor"),
        NEW,
    ),
    Mutant(
        "unknown version taken for 0.3",
        _taken_for(lambda said, _: said if said.startswith("1.0") else "0.3"),
        ("versions.unsupported", "versions.unsupported-minor"),
        NEW,
    ),
    Mutant(
        "unknown minor version taken for the major one",
        _taken_for(lambda said, _: "1.0" if said.startswith("1.") else said),
        ("versions.unsupported-minor",),
        NEW,
    ),
    Mutant(
        "version in the query passed over",
        asks(lambda asked: replace(asked, query="")),
        ("versions.in-the-query", "versions.unsupported-in-the-query"),
        NEW,
    ),
    Mutant(
        "patch number refused",
        asks(
            lambda a: error(VERSION_NOT_SUPPORTED, a) if a.headers.get(_HEADER) == "1.0.7" else None
        ),
        ("versions.patch-number-ignored",),
        NEW,
    ),
    Mutant(
        "tasks of one version not there in the other",
        _with_tasks_of_its_own,
        ("versions.same-tasks",),
    ),
)

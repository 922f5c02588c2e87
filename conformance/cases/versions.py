"""Which version a request is in, and what that decides (1.0 §3.6)."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from urllib.parse import urlsplit, urlunsplit
from uuid import uuid4

from conformance.cases.case import Case
from conformance.cases.given import in_the_other_version
from conformance.dialects import V0_3, Operation, other_than
from conformance.expect import (
    METHOD_NOT_FOUND,
    TASK_NOT_FOUND,
    VERSION_NOT_SUPPORTED,
    Broken,
    NotExercised,
    Reply,
    expect,
    expect_equal,
)
from conformance.session import Session

_UNHEARD_OF = ("9.9", "latest")
_UNHEARD_OF_MINORS = ("1.7", "0.1")
_OF_BOTH = (Operation.SEND, Operation.GET, Operation.CANCEL)
_STREAMS = (Operation.STREAM, Operation.SUBSCRIBE)
_OF_WEBHOOKS = (
    Operation.PUSH_CREATE,
    Operation.PUSH_GET,
    Operation.PUSH_LIST,
    Operation.PUSH_DELETE,
)


async def methods_are_there(session: Session) -> None:
    for operation in (*_OF_BOTH, *(() if session.dialect.is_old else (Operation.LIST,))):
        reply = await session.call(operation, {})
        is_found = reply.exchange.status is not None and reply.code != METHOD_NOT_FOUND
        expected = f"the method {session.dialect.methods[operation]}"
        expect(is_found, expected, reply.gist, reply.exchange)


async def no_header(session: Session) -> None:
    _expect_0_3(session, await _unversioned(session, {}))


async def empty_header(session: Session) -> None:
    _expect_0_3(session, await _unversioned(session, {"A2A-Version": ""}))


async def header_of_0_3(session: Session) -> None:
    headers = {"A2A-Version": session.dialect.version}
    reply = await session.call(Operation.GET, {"id": str(uuid4())}, headers=headers)
    reply.must_be_error(TASK_NOT_FOUND)
    said = {"message": session.message("Hello")}
    for operation in (Operation.SEND, *_declared(session, "streaming", Operation.STREAM)):
        reply = await session.call(operation, said, headers=headers)
        is_served = reply.code not in (METHOD_NOT_FOUND, VERSION_NOT_SUPPORTED)
        expect(is_served, "what 0.3 answers", reply.gist, reply.exchange)


def _declared(session: Session, capability: str, *operations: Operation) -> tuple[Operation, ...]:
    """The operations, where the card says that the endpoint is capable of them."""
    return operations if session.declares(capability) else ()


async def _unversioned(session: Session, headers: Mapping[str, str]) -> Reply:
    request = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    return await session.beside(V0_3).post(request, headers=headers)


def _expect_0_3(session: Session, reply: Reply) -> None:
    """A method of 0.3 is there, and one of 1.0 is not, or 0.3 is no version that is served."""
    if session.dialect.is_old:
        reply.must_be_error(TASK_NOT_FOUND)
    else:
        reply.must_be_error(METHOD_NOT_FOUND, VERSION_NOT_SUPPORTED)


async def unsupported(session: Session) -> None:
    await _expect_unsupported(session, _UNHEARD_OF)


async def unsupported_minor(session: Session) -> None:
    await _expect_unsupported(session, _UNHEARD_OF_MINORS)


async def _expect_unsupported(session: Session, versions: Sequence[str]) -> None:
    said = {"message": session.message("Hello")}
    asked = {Operation.GET: {"id": str(uuid4())}, Operation.LIST: {}, Operation.SEND: said}
    asked |= dict.fromkeys(_declared(session, "streaming", Operation.STREAM), said)
    for operation, params in asked.items():
        for version in versions:
            reply = await session.call(operation, params, headers={"A2A-Version": version})
            reply.must_be_error(VERSION_NOT_SUPPORTED)


async def in_the_query(session: Session) -> None:
    reply = await _asked_in_query(session, session.dialect.version)
    reply.must_be_error(TASK_NOT_FOUND)


async def unsupported_in_the_query(session: Session) -> None:
    reply = await _asked_in_query(session, _UNHEARD_OF[0])
    reply.must_be_error(VERSION_NOT_SUPPORTED)


async def _asked_in_query(session: Session, version: str) -> Reply:
    parts = urlsplit(session.url)
    query = "&".join(filter(None, (parts.query, f"A2A-Version={version}")))
    url = urlunsplit(parts._replace(query=query))
    request = session.request(Operation.GET, {"id": str(uuid4())}, 1)
    return await session.beside(V0_3, url).post(request)


async def patch_number_ignored(session: Session) -> None:
    headers = {"A2A-Version": f"{session.dialect.version}.7"}
    reply = await session.call(Operation.GET, {"id": str(uuid4())}, headers=headers)
    reply.must_be_error(TASK_NOT_FOUND)


async def methods_of_the_other(session: Session) -> None:
    for operation in (
        *_OF_BOTH,
        Operation.LIST,
        *_declared(session, "streaming", *_STREAMS),
        *_declared(session, "pushNotifications", *_OF_WEBHOOKS),
    ):
        reply = await _other_method(session, operation)
        reply.must_be_error(METHOD_NOT_FOUND)


async def says_which_header(session: Session) -> None:
    in_the_other_version(session)  # or there is nothing to say
    reply = await _other_method(session, Operation.GET)
    if "A2A-Version" not in str(reply.error):
        raise NotExercised("not offered: the error does not speak of A2A-Version")


async def _other_method(session: Session, operation: Operation) -> Reply:
    mixed = replace(session.dialect, methods=other_than(session.dialect).methods)
    return await session.beside(mixed).call(operation, {})


async def same_tasks(session: Session) -> None:
    there = in_the_other_version(session)
    task = await session.sent(session.knowledge.need("completes"))
    reply = await there.call(Operation.GET, {"id": task["id"]})
    if not isinstance(reply.result, dict):
        raise Broken("the task", reply.gist, reply.exchange)
    expect_equal("the id", task["id"], reply.result.get("id"), reply.exchange)
    state = session.dialect.read_state(task)
    expect_equal("the state", state, there.dialect.read_state(reply.result), reply.exchange)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "versions.methods-are-there": methods_are_there,
        "versions.no-header-is-0-3": no_header,
        "versions.empty-header-is-0-3": empty_header,
        "versions.header-of-0-3": header_of_0_3,
        "versions.unsupported": unsupported,
        "versions.unsupported-minor": unsupported_minor,
        "versions.in-the-query": in_the_query,
        "versions.unsupported-in-the-query": unsupported_in_the_query,
        "versions.patch-number-ignored": patch_number_ignored,
        "versions.methods-of-the-other": methods_of_the_other,
        "versions.says-which-header": says_which_header,
        "versions.same-tasks": same_tasks,
    }
)

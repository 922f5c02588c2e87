"""Messages that are not what the version says a message is: each is refused with -32602."""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from conformance.cases.case import Case
from conformance.dialects import Dialect, Operation
from conformance.expect import INVALID_PARAMS
from conformance.session import Session


def _refused(change: Callable[[Dialect, dict[str, Any]], Any]) -> Case:
    """The case for what is made of good parameters."""

    async def case(session: Session) -> None:
        params = change(session.dialect, {"message": session.message("Hello")})
        reply = await session.call(Operation.SEND, params)
        reply.must_be_error(INVALID_PARAMS)

    return case


def _without(member: str) -> Case:
    return _refused(
        lambda _, params: {
            "message": {name: v for name, v in params["message"].items() if name != member}
        }
    )


def _with(**members: Any) -> Case:
    return _refused(lambda _, params: {"message": {**params["message"], **members}})


def _with_an_empty_part(dialect: Dialect, params: dict[str, Any]) -> Any:
    empty: dict[str, Any] = {"kind": "text"} if dialect.is_old else {"metadata": {}}
    return {"message": {**params["message"], "parts": [empty]}}


def _with_a_part_of_two(dialect: Dialect, params: dict[str, Any]) -> Any:
    part = {**dialect.text_part("Hello"), "url": "https://example.com/hello.txt"}
    return {"message": {**params["message"], "parts": [part]}}


async def wrong_types(session: Session) -> None:
    for message in (
        "Hello",
        {**session.message("Hello"), "messageId": 5},
        {**session.message("Hello"), "parts": "Hello"},
    ):
        reply = await session.call(Operation.SEND, {"message": message})
        reply.must_be_error(INVALID_PARAMS)


CASES: Mapping[str, Case] = MappingProxyType(
    {
        "send.message-is-required": _refused(lambda _, params: {"metadata": {}}),
        "send.message-id-is-required": _without("messageId"),
        "send.parts-are-required": _without("parts"),
        "send.role-is-required": _without("role"),
        "send.role-is-known": _with(role="robot"),
        "send.no-parts-are-invalid": _with(parts=[]),
        "send.no-parts-are-refused": _with(parts=[]),
        "send.part-has-content": _refused(_with_an_empty_part),
        "send.part-has-one-content": _refused(_with_a_part_of_two),
        "send.types-are-checked": wrong_types,
    }
)

"""What cases expect of replies, each with its words for "expected … / got …"."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from conformance.exchange import Exchange


class Broken(Exception):
    """The endpoint does something else than the requirement of the case says."""

    def __init__(self, expected: str, got: str, exchange: Exchange | None = None) -> None:
        super().__init__(f"expected {expected}; got {got}")
        self.expected = expected
        self.got = got
        self.exchange = exchange


class NotExercised(Exception):
    """The case cannot be tried on this endpoint, or has not met what it is about."""

    def __init__(self, reason: str, how: str = "") -> None:
        super().__init__(reason)
        self.reason = reason
        self.how = how


MISSING: Any = object()
"""Stands for a member that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What came back for a JSON-RPC request; `value` is its JSON, MISSING where there is none."""

    exchange: Exchange
    value: Any = MISSING

    @property
    def result(self) -> Any:
        """The result. Raises Broken where there is none."""
        found = self._member("result")
        if found is MISSING:
            raise Broken("a result", self.gist, self.exchange)
        return found

    @property
    def object(self) -> dict[str, Any]:
        """The result, which is an object. Raises Broken where it is none."""
        if not isinstance(self.result, dict):
            raise Broken("a result that is an object", self.gist, self.exchange)
        return self.result

    @property
    def error(self) -> Any:
        """The error object, None where there is none."""
        found = self._member("error")
        return found if isinstance(found, dict) else None

    @property
    def code(self) -> Any:
        """The code of the error, None where there is none."""
        return self.error.get("code") if self.error is not None else None

    @property
    def gist(self) -> str:
        """What it is: the error, the result, or all that came."""
        if self.error is not None:
            return f"error {self.code}: {self.error.get('message')}"
        if self._member("result") is not MISSING:
            return f"a result: {self._member('result')}"
        return self.exchange.answer

    def must_be_error(self, *codes: int) -> None:
        """Raises Broken unless it is an error with one of the codes."""
        if self.code not in codes:
            wanted = " or ".join(f"{code} ({NAMES[code]})" for code in codes)
            raise Broken(f"error {wanted}", self.gist, self.exchange)

    def _member(self, name: str) -> Any:
        return self.value.get(name, MISSING) if isinstance(self.value, dict) else MISSING


def read_json(body: bytes) -> Any:
    """The JSON in a body; MISSING where there is none."""
    try:
        return json.loads(body)
    except (ValueError, RecursionError):
        return MISSING


def is_id(response: Mapping[str, Any], id: Any) -> bool:
    """Whether the response has that id, of the same type."""
    got = response.get("id", MISSING)
    return type(got) is type(id) and bool(got == id)


def shown_id(response: Mapping[str, Any]) -> str:
    """The id of a response, for people."""
    return repr(response["id"]) if "id" in response else "no id"


PARSE_ERROR = -32700
INVALID_REQUEST = -32600
METHOD_NOT_FOUND = -32601
INVALID_PARAMS = -32602
INTERNAL_ERROR = -32603
TASK_NOT_FOUND = -32001
TASK_NOT_CANCELABLE = -32002
PUSH_NOT_SUPPORTED = -32003
UNSUPPORTED_OPERATION = -32004
CONTENT_TYPE_NOT_SUPPORTED = -32005
INVALID_AGENT_RESPONSE = -32006
NO_EXTENDED_CARD = -32007
EXTENSION_REQUIRED = -32008
VERSION_NOT_SUPPORTED = -32009

NAMES = {
    PARSE_ERROR: "parse error",
    INVALID_REQUEST: "invalid request",
    METHOD_NOT_FOUND: "method not found",
    INVALID_PARAMS: "invalid params",
    INTERNAL_ERROR: "internal error",
    TASK_NOT_FOUND: "TaskNotFoundError",
    TASK_NOT_CANCELABLE: "TaskNotCancelableError",
    PUSH_NOT_SUPPORTED: "PushNotificationNotSupportedError",
    UNSUPPORTED_OPERATION: "UnsupportedOperationError",
    CONTENT_TYPE_NOT_SUPPORTED: "ContentTypeNotSupportedError",
    INVALID_AGENT_RESPONSE: "InvalidAgentResponseError",
    NO_EXTENDED_CARD: "ExtendedAgentCardNotConfiguredError",
    EXTENSION_REQUIRED: "ExtensionSupportRequiredError",
    VERSION_NOT_SUPPORTED: "VersionNotSupportedError",
}


def expect(condition: bool, expected: str, got: object, exchange: Exchange | None = None) -> None:
    """Raises Broken unless the condition holds."""
    if not condition:
        text = got if isinstance(got, str) else repr(got)
        raise Broken(expected, text, exchange)


def expect_equal(
    what: str, expected: object, got: object, exchange: Exchange | None = None
) -> None:
    """Raises Broken unless both are the same."""
    expect(expected == got, f"{what} {expected!r}", got, exchange)

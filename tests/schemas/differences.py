"""How our schemas of 0.3 differ from the official ones, and shall."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from functools import reduce
from itertools import pairwise
from typing import Any

from jsonschema import ValidationError

from tests.schemas.pairs import (
    CONFIG,
    NOT_OFFICIAL,
    OPERATIONS,
    OURS,
    ours,
    theirs,
)
from tests.schemas.probes import snake
from tests.schemas.samples import AT


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """Something that one side accepts and the other refuses, and shall.

    `places` are those of members or of whole objects, in the schema of the side that refuses;
    there it refuses those things that are `such`. In `pair` they accept `plain`, and only one
    of them accepts each of `odd`.
    """

    name: str
    reason: str
    source: str
    is_ours_wider: bool = False
    places: Collection[str]
    such: Callable[[Any], bool]
    pair: str
    plain: Any
    odd: list[Any]

    def __str__(self) -> str:
        return self.name


_TIMESTAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", re.ASCII)
_BASE64 = re.compile(r"[\w+/-]*={0,2}", re.ASCII)
_MESSAGE = {"kind": "message", "messageId": "m", "role": "user", "parts": []}
_RESPONSE = {"jsonrpc": "2.0", "id": 1}
_CONFIG_REQUEST = {**_RESPONSE, "method": "tasks/pushNotificationConfig/get"}
_CARD_REQUEST = {**_RESPONSE, "method": "agent/getAuthenticatedExtendedCard"}

DIFFERENCES = [
    Difference(
        name="timestamps are in UTC, with Z",
        reason="officially any text, which is said to be ISO 8601; 1.0 says which of its forms",
        source="0.3 §6.2; 1.0 §5.6",
        places={"Timestamp", "TaskStatus.timestamp"},
        such=lambda text: _TIMESTAMP.fullmatch(text) is None,
        pair="TaskStatus",
        plain={"state": "working", "timestamp": AT},
        odd=[
            {"state": "working", "timestamp": text}
            for text in ["", "2025-10-28T10:30:00", "2025-10-28T11:30:00+01:00", f"{AT}\n"]
        ],
    ),
    Difference(
        name="bytes are base64",
        reason="officially any text, which is said to be base64",
        source="0.3 §6.6",
        places={"Base64", "File.bytes"},
        such=lambda text: _BASE64.fullmatch(text) is None,
        pair="File",
        plain={"bytes": "YQ=="},
        odd=[{"bytes": "not base64"}, {"bytes": "YQ==\n"}],
    ),
    Difference(
        name="a file is given by bytes or by its URI",
        reason="the types of 0.3 forbid the one beside the other, which its JSON Schema leaves out",
        source="0.3 §6.6",
        places={"File"},
        such=lambda file: {"bytes", "uri"} <= file.keys(),
        pair="FilePart",
        plain={"kind": "file", "file": {"uri": "https://x"}},
        odd=[{"kind": "file", "file": {"uri": "https://x", "bytes": "YQ=="}}],
    ),
    Difference(
        name="the length of a history is not negative",
        reason="officially any integer, which is said to be a number of messages",
        source="0.3 §7.3.1",
        places={"TaskQueryParams.historyLength", "MessageSendConfiguration.historyLength"},
        such=lambda length: length < 0,
        pair="TaskQueryParams",
        plain={"id": "t", "historyLength": 0},
        odd=[{"id": "t", "historyLength": -1}],
    ),
    Difference(
        name="members are not in snake_case",
        reason="JSON has camelCase; officially the other name is one without a meaning",
        source="0.3 §6; 1.0 §5.5",
        places={
            f"{name}.{snake(member)}"
            for name, schema in OURS.items()
            for member in schema.get("properties", ())
            if snake(member) != member and name not in NOT_OFFICIAL
        },
        such=lambda name: True,
        pair="Message",
        plain={**_MESSAGE, "taskId": "t", "trace_id": "x", "metadata": {"task_id": "t"}},
        odd=[{**_MESSAGE, "task_id": "t"}, {**_MESSAGE, "taskId": "t", "task_id": "t"}],
    ),
    Difference(
        name="a response has a result or an error",
        reason="the one is forbidden beside the other; officially it has no meaning there",
        source="JSON-RPC 2.0 §5",
        places={"Response"},
        such=lambda response: {"result", "error"} <= response.keys(),
        pair="Response",
        plain={**_RESPONSE, "result": None},
        odd=[{**_RESPONSE, "result": None, "error": {"code": 1, "message": "m"}}],
    ),
    Difference(
        name="the id of a push configuration is a text",
        reason="officially another passes as a member without a meaning beside the id of the task",
        source="0.3 §7.6",
        places={f"Get{CONFIG}Params.pushNotificationConfigId"},
        such=lambda id: not isinstance(id, str),
        pair=f"Get{CONFIG}Request",
        plain={**_CONFIG_REQUEST, "params": {"id": "t", "pushNotificationConfigId": "p"}},
        odd=[{**_CONFIG_REQUEST, "params": {"id": "t", "pushNotificationConfigId": 1}}],
    ),
    Difference(
        name="params are an object, also of the method that has none",
        reason="there are no other named params; officially they have no meaning there",
        source="JSON-RPC 2.0 §4.2",
        places={"Request.params"},
        such=lambda params: not isinstance(params, dict),
        pair="GetAuthenticatedExtendedCardRequest",
        plain={**_CARD_REQUEST, "params": {}},
        odd=[{**_CARD_REQUEST, "params": None}, {**_CARD_REQUEST, "params": []}],
    ),
    Difference(
        name="an id may have a fraction",
        reason="any number is allowed there, and what a client sends has to come back",
        source="JSON-RPC 2.0 §4",
        is_ours_wider=True,
        places={
            *("Id", "JSONRPCRequest.id", "JSONRPCErrorResponse.id", "JSONRPCSuccessResponse.id"),
            *(f"{name}Request.id" for name in OPERATIONS),
            *(f"{name}SuccessResponse.id" for name, (_, _, result) in OPERATIONS.items() if result),
        },
        such=lambda id: isinstance(id, float) and not id.is_integer(),
        pair="Response",
        plain={**_RESPONSE, "id": 2.0, "result": {}},
        odd=[{**_RESPONSE, "id": 1.5, "result": {}}],
    ),
]


def differences(pair: str, value: Any) -> list[tuple[str, Difference | None]]:
    """Where one schema of the pair finds what, in a value that only the other accepts.

    None stands for what is found in that place and is not among the differences.
    """
    is_ours_wider = ours(pair).is_valid(value)
    found = []
    refusing = theirs(pair) if is_ours_wider else ours(pair)
    for error in refusing.iter_errors(value):
        for leaf in _leaves(error):
            place = _place(pair, refusing.schema, leaf)
            found.append((place, _difference(place, leaf.instance, is_ours_wider)))
    return found


def _difference(place: str, thing: Any, is_ours_wider: bool) -> Difference | None:
    for one in DIFFERENCES:
        if place in one.places and one.is_ours_wider is is_ours_wider and one.such(thing):
            return one
    return None


def _leaves(error: ValidationError) -> list[ValidationError]:
    """What is wrong; of alternatives with the one that the value is nearest to."""
    if error.validator != "anyOf" or not error.context:
        return [error]
    branches: dict[Any, list[ValidationError]] = {}
    for inner in error.context:
        branches.setdefault(inner.schema_path[0], []).extend(_leaves(inner))
    return min(branches.values(), key=len)


def _place(pair: str, schema: Any, error: ValidationError) -> str:
    """The name of the schema that speaks of the place, and of the member if it is one's value."""
    whole, name, member = schema, pair, ""
    steps = [*error.absolute_schema_path]
    for last, step in pairwise(["", *steps]):
        while isinstance(schema, dict) and step not in schema:
            _, *keys = schema["$ref"].split("/")
            schema = reduce(lambda inner, key: inner[key], keys, whole)
            if "properties" in schema:
                name, member = keys[-1], ""
        schema = schema[step]
        if last == "properties":
            member = str(step)
    if "propertyNames" in steps:
        member = str(error.instance)
    return f"{name}.{member}" if member else name

"""Which of our schemas stands for which of the official ones of 0.3."""

from dataclasses import dataclass
from functools import cache

from jsonschema import Draft7Validator, Draft202012Validator
from jsonschema.protocols import Validator

from schemas import load
from tests.properties.promises import official_schema
from tests.schemas.probes import Json

OURS: Json = load("jsonrpc", "Id")["$defs"] | load("0.3", "Part")["$defs"]
NOT_OFFICIAL = {"BatchResponse", "ListTasksParams", "ListTasksResult"}
"""Ours alone: batches are of JSON-RPC 2.0, and tasks are listed since a later 0.3."""
ELSEWHERE = {
    "AnyObject": "DataPart/properties/data",
    "Base64": "FileWithBytes/properties/bytes",
    "Error": "JSONRPCError",
    "File": "FilePart/properties/file",
    "Id": "JSONRPCErrorResponse/properties/id",
    "ListTaskPushNotificationConfigResult": (
        "ListTaskPushNotificationConfigSuccessResponse/properties/result"
    ),
    "Request": "JSONRPCRequest",
    "Role": "Message/properties/role",
    "SecurityRequirement": "AgentCard/properties/security/items",
    "SendMessageResult": "SendMessageSuccessResponse/properties/result",
    "StreamResult": "SendStreamingMessageSuccessResponse/properties/result",
    "StringMap": "ImplicitOAuthFlow/properties/scopes",
    "Strings": "AgentSkill/properties/tags",
    "Timestamp": "TaskStatus/properties/timestamp",
}
"""Where the official schema has what we have under another name."""
NULL = "null"
CONFIG = "TaskPushNotificationConfig"
OPERATIONS = {
    "SendMessage": ("message/send", "MessageSendParams", "SendMessageResult"),
    "SendStreamingMessage": ("message/stream", "MessageSendParams", "StreamResult"),
    "GetTask": ("tasks/get", "TaskQueryParams", "Task"),
    "CancelTask": ("tasks/cancel", "TaskIdParams", "Task"),
    "TaskResubscription": ("tasks/resubscribe", "TaskIdParams", None),
    f"Set{CONFIG}": ("tasks/pushNotificationConfig/set", CONFIG, CONFIG),
    f"Get{CONFIG}": ("tasks/pushNotificationConfig/get", f"Get{CONFIG}Params", CONFIG),
    f"List{CONFIG}": (
        "tasks/pushNotificationConfig/list",
        f"List{CONFIG}Params",
        f"List{CONFIG}Result",
    ),
    f"Delete{CONFIG}": ("tasks/pushNotificationConfig/delete", f"Delete{CONFIG}Params", NULL),
    "GetAuthenticatedExtendedCard": ("agent/getAuthenticatedExtendedCard", None, "AgentCard"),
}
"""The method of each operation, and our schemas of its params and its result, where it has any."""
UNCOMPARED = {
    "A2AError": "any of the errors, which are compared one by one in JSONRPCErrorResponse",
    "A2ARequest": "any of the requests, which are compared one by one",
    "JSONRPCResponse": "any of the responses, which are compared one by one",
    **{
        f"{name}Response": "its success or an error, which are compared one by one"
        for name, (_, _, result) in OPERATIONS.items()
        if result is not None
    },
    "JSONRPCMessage": "what requests and responses have in common",
    "FileBase": "what both files have in common",
    "PartBase": "what all parts have in common",
    "SecuritySchemeBase": "what all security schemes have in common",
    "TransportProtocol": "names of transports; the members that hold one are plain strings",
}
"""Official definitions that nothing refers to, or that are made of others alone."""


@dataclass(frozen=True, slots=True)
class Pair:
    """Two schemas of one thing, and how many objects within each other are tried."""

    name: str
    official: Json
    ours: Json
    depth: int = 3

    def __str__(self) -> str:
        return self.name


def _pairs() -> dict[str, Pair]:
    pairs = [
        Pair(name, _official(ELSEWHERE.get(name, name)), {"$ref": f"#/$defs/{name}"})
        for name in OURS
        if name not in {*NOT_OFFICIAL, "Response"}
    ]
    either = [_official("JSONRPCErrorResponse"), _official("JSONRPCSuccessResponse")]
    pairs.append(Pair("Response", {"anyOf": either}, {"$ref": "#/$defs/Response"}))
    for name, (method, params, result) in OPERATIONS.items():
        members = {"id": {"type": ["string", "number"]}, "method": {"const": method}}
        pairs.append(_envelope(f"{name}Request", "Request", {**members, **_any("params", params)}))
        if result is not None:
            pairs.append(_envelope(f"{name}SuccessResponse", "Response", _any("result", result)))
    return {pair.name: pair for pair in pairs}


def _official(place: str) -> Json:
    return {"$ref": f"#/definitions/{place}"}


def _envelope(name: str, general: str, members: Json) -> Pair:
    whole = {"allOf": [{"$ref": f"#/$defs/{general}"}], "required": [*members]}
    return Pair(name, _official(name), {**whole, "properties": members}, depth=2)


def _any(member: str, schema: str | None) -> Json:
    if schema is None:
        return {}
    return {member: {"type": "null"} if schema == NULL else {"$ref": f"#/$defs/{schema}"}}


PAIRS = _pairs()


@cache
def theirs(pair: str) -> Validator:
    """The official schema of that pair, which must be at hand."""
    return Draft7Validator({**official_schema(), **PAIRS[pair].official})


@cache
def ours(pair: str) -> Validator:
    """Our schema of that pair."""
    return Draft202012Validator({**PAIRS[pair].ours, "$defs": OURS})

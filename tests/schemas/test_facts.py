"""Our schemas of 1.0 say what the facts of that version say, and what is listed as more."""

import json
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from schemas import load
from tests.properties.promises import SPECIFICATIONS
from tests.schemas.probes import Json, snake
from tests.schemas.samples import A2A_ERRORS

FACTS = SPECIFICATIONS / "a2a-v1.0.fields.json"
OURS: Json = load("1.0", "Task")["$defs"]
VALUES: Json = {
    "AnyObject": {"type": "object"},
    "Empty": {"type": "object"},
    "Int32": {"type": "integer", "minimum": -(2**31), "maximum": 2**31 - 1},
    "StringMap": {"type": "object", "additionalProperties": {"type": "string"}},
    "Strings": {"type": "array", "items": {"type": "string"}},
    # As in 0.3, where they stand beside the official ones.
    **{name: load("0.3", name)["$defs"][name] for name in ("Base64", "Timestamp")},
}
"""What the members are made of."""
ERRORS = {
    *("Error", "ErrorObject", "ErrorDetail", "ErrorInfo", "BadRequest", "FieldViolation"),
    *("A2AError", *(f"{name}Error" for name, _, _ in A2A_ERRORS)),
}
"""What the facts tell nothing of: they are of messages."""
NAMED = {
    "string": {"type": "string"},
    "boolean": {"type": "boolean"},
    "int32": {"$ref": "#/$defs/Int32"},
    "base64 string": {"$ref": "#/$defs/Base64"},
    "timestamp string, ISO 8601 UTC, e.g. 2025-10-28T10:30:00.000Z": {"$ref": "#/$defs/Timestamp"},
    "object (any JSON object)": {"$ref": "#/$defs/AnyObject"},
    "any JSON value": True,
    "map<string, string>": {"$ref": "#/$defs/StringMap"},
}


class Addition(NamedTuple):
    """What we say of a member, where the type alone would say too little or too much."""

    reason: str
    schema: Json
    plain: list[Any]
    odd: list[Any]


PART = {"text": "a"}
INTERFACE = {"url": "https://x", "protocolBinding": "JSONRPC", "protocolVersion": "1.0"}
INT32 = {"$ref": "#/$defs/Int32"}
NOT_NEGATIVE = Addition("a number of things", {**INT32, "minimum": 0}, [0, 2**31 - 1], [-1, 2**31])
PARTS = Addition(
    "content consists of one part or more",
    {"type": "array", "items": {"$ref": "#/$defs/Part"}, "minItems": 1},
    plain=[[PART]],
    odd=[[], [{}], PART],
)
ADDITIONS = {
    ("AgentCard", "supportedInterfaces"): Addition(
        "the first is the preferred one: there is a first",
        {"type": "array", "items": {"$ref": "#/$defs/AgentInterface"}, "minItems": 1},
        plain=[[INTERFACE]],
        odd=[[], INTERFACE],
    ),
    ("APIKeySecurityScheme", "location"): Addition(
        "OpenAPI 3 knows these three places of a key",
        {"enum": ["query", "header", "cookie"]},
        plain=["query", "header", "cookie"],
        odd=["body", "", None],
    ),
    ("Artifact", "parts"): PARTS,
    ("GetTaskRequest", "historyLength"): NOT_NEGATIVE,
    ("ListTaskPushNotificationConfigsRequest", "pageSize"): NOT_NEGATIVE,
    ("ListTasksRequest", "historyLength"): NOT_NEGATIVE,
    ("ListTasksRequest", "pageSize"): Addition(
        "a page has 1 to 100 tasks (§3.1.4)",
        {**INT32, "minimum": 1, "maximum": 100},
        plain=[1, 100],
        odd=[0, 101],
    ),
    ("ListTasksRequest", "status"): Addition(
        "a filter may be unset, which the first word of the enum stands for",
        {"anyOf": [{"$ref": "#/$defs/TaskState"}, {"const": "TASK_STATE_UNSPECIFIED"}]},
        plain=["TASK_STATE_UNSPECIFIED", "TASK_STATE_WORKING"],
        odd=["", "working", None],
    ),
    ("ListTasksResponse", "pageSize"): NOT_NEGATIVE,
    ("ListTasksResponse", "totalSize"): NOT_NEGATIVE,
    ("Message", "parts"): PARTS,
    ("SendMessageConfiguration", "historyLength"): NOT_NEGATIVE,
}
facts_at_hand = pytest.mark.skipif(
    not FACTS.exists(),
    reason="the facts of 1.0 are not part of this repository, and not beside it",
)


@facts_at_hand
def test_messages_have_the_members_types_and_alternatives_of_the_facts() -> None:
    messages = _facts()["messages"]

    assert {name: _sorted(OURS[name]) for name in messages} == {
        name: _sorted(_message(name, fields)) for name, fields in messages.items()
    }


@facts_at_hand
def test_additions_are_to_members_that_the_facts_tell_of() -> None:
    messages = _facts()["messages"]

    for message, member in ADDITIONS:
        assert ADDITIONS[message, member].schema != _type(messages[message][member])


@facts_at_hand
def test_words_are_those_of_the_facts_but_for_the_one_that_says_nothing() -> None:
    for name, (unspecified, *words) in _facts()["enums"].items():
        assert unspecified.endswith("_UNSPECIFIED")
        assert OURS[name] == {"enum": words}


@facts_at_hand
def test_there_is_nothing_that_the_facts_do_not_tell_of() -> None:
    facts = _facts()
    exchanged = {one[side] for one in facts["operations"] for side in ("request", "response")}

    assert OURS.keys() == {*facts["messages"], *facts["enums"], *VALUES, *ERRORS}
    assert exchanged <= OURS.keys() - ERRORS


def test_values_are_what_members_are_made_of() -> None:
    assert {name: OURS[name] for name in VALUES} == VALUES


@pytest.mark.parametrize(("message", "member"), ADDITIONS)
def test_addition_to_the_facts_is_ours(message: str, member: str) -> None:
    addition = ADDITIONS[message, member]
    schema = OURS[message]["properties"][member]
    validator = Draft202012Validator({**schema, "$defs": OURS})

    assert [value for value in addition.plain if not validator.is_valid(value)] == []
    assert [value for value in addition.odd if validator.is_valid(value)] == []


def _facts() -> Json:
    facts: Json = json.loads(FACTS.read_text("utf-8"))
    return facts


def _message(name: str, fields: Json) -> Json:
    message: Json = {
        "type": "object",
        "properties": {
            field: addition.schema if (addition := ADDITIONS.get((name, field))) else _type(fact)
            for field, fact in fields.items()
        },
        "required": [field for field, fact in fields.items() if fact.get("required")],
        "oneOf": [{"required": [field]} for field, fact in fields.items() if fact.get("oneof")],
    }
    if other_names := [snake(field) for field in fields if snake(field) != field]:
        message["propertyNames"] = {"not": {"enum": other_names}}
    return {keyword: said for keyword, said in message.items() if said != []}


def _type(fact: Json) -> Any:
    name = fact["type"]
    if fact.get("repeated") and name == "string":
        return {"$ref": "#/$defs/Strings"}
    if name in NAMED:
        one = NAMED[name]
    elif name.startswith("map<string, "):
        values = {"$ref": f"#/$defs/{name.removeprefix('map<string, ').removesuffix('>')}"}
        one = {"type": "object", "additionalProperties": values}
    else:
        one = {"$ref": f"#/$defs/{name}"}
    return {"type": "array", "items": one} if fact.get("repeated") else one


def _sorted(schema: Any) -> Any:
    """The schema with its lists in an order of their own."""
    if isinstance(schema, dict):
        return {key: _sorted(value) for key, value in schema.items()}
    if isinstance(schema, list):
        return sorted(map(_sorted, schema), key=repr)
    return schema

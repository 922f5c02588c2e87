import json

import pytest

from a2a_agent.agents.openai.structured import output, request_for, wanted_schema, wants_json
from a2a_agent.domain.model import JsonObject, JsonValue, Message, Role
from a2a_agent.runtime.agent import RunRequest

TOWN: JsonObject = {"type": "object", "properties": {"name": {"type": "string"}}}


def request(
    metadata: JsonObject | None = None, of_message: JsonObject | None = None, *modes: str
) -> RunRequest:
    message = Message(message_id="m", role=Role.USER, parts=(), metadata=of_message)
    return RunRequest(
        message=message,
        task_id="t",
        context_id="c",
        metadata=metadata or {},
        accepted_output_modes=modes,
    )


@pytest.mark.parametrize(
    ("asked", "schema"),
    [
        (request(), None),
        (request({"outputSchema": TOWN}), TOWN),
        (request(None, {"outputSchema": TOWN}), TOWN),
        (request({"outputSchema": TOWN}, {"outputSchema": {}}), TOWN),
        (request({"outputSchema": {}}), {}),
        (request(None, None, "application/json"), {}),
        (request({"outputSchema": TOWN}, None, "application/json"), TOWN),
        (request(None, None, "text/plain", "application/json"), None),
    ],
)
async def test_a_schema_is_in_the_metadata_or_any_object_is_wanted(
    asked: RunRequest, schema: JsonObject | None
) -> None:
    assert await wanted_schema(asked) == schema


@pytest.mark.parametrize(
    ("schema", "said"),
    [
        ([], "metadata.outputSchema must be a JSON Schema, an object."),
        (True, "metadata.outputSchema must be a JSON Schema, an object."),
        ({"type": 7}, "metadata.outputSchema is no JSON Schema: type is not right."),
        (
            {"properties": {"a": {"minimum": "1"}}},
            "metadata.outputSchema is no JSON Schema: properties/a/minimum is not right.",
        ),
        ({"$ref": 1}, r"metadata.outputSchema is no JSON Schema: \$ref is not right."),
        (
            {"const": "a" * 32_768},
            "metadata.outputSchema must have 32768 characters at most.",
        ),
    ],
)
async def test_what_is_no_schema_is_refused_with_a_sentence(schema: JsonValue, said: str) -> None:
    with pytest.raises(ValueError, match=f"^{said}$"):
        await wanted_schema(request({"outputSchema": schema}))


@pytest.mark.parametrize(
    ("modes", "expected"),
    [
        ((), False),
        (("application/json",), True),
        (("Application/JSON; charset=utf-8", "application/json"), True),
        (("application/json", "image/png"), True),
        (("application/json", "text/plain"), False),
        (("application/json", "text/*"), False),
        (("*/*", "application/json"), False),
        (("image/png",), False),
    ],
)
def test_json_is_wanted_by_who_takes_it_and_no_text(modes: tuple[str, ...], expected: bool) -> None:
    assert wants_json(modes) is expected


@pytest.mark.parametrize(
    ("text", "schema", "value"),
    [
        ('{"name": "Rome"}', TOWN, {"name": "Rome"}),
        ('```json\n{"name": "Rome"}\n```', TOWN, {"name": "Rome"}),
        ('\n```\n{"name": "Rome"}\n```\n', {}, {"name": "Rome"}),
        ("[1, 2]", {"type": "array"}, [1, 2]),
        ("7", {"$ref": "#/$defs/n", "$defs": {"n": {"type": "integer"}}}, 7),
    ],
)
def test_json_is_found_in_the_text(text: str, schema: JsonObject, value: JsonValue) -> None:
    assert output(text, schema) == value


@pytest.mark.parametrize(
    ("text", "schema", "said"),
    [
        ("Rome", TOWN, "the body is no valid JSON in UTF-8: "),
        ("", TOWN, "the body is no valid JSON in UTF-8: "),
        ("``````", {}, "the body is no valid JSON in UTF-8: "),
        ('"\ud800"', {}, "surrogates not allowed"),
        ("[" * 101 + "]" * 101, {"type": "array"}, "the answer is nested more than 100 levels"),
        ("[1]", {}, "^the answer must be a JSON object$"),
        ("7", TOWN, "^the answer: 7 is not of type 'object'$"),
        ('{"name": 7}', TOWN, "^name: 7 is not of type 'string'$"),
        ("1", {"$ref": "https://example.com/s"}, "^the schema refers to what is no schema in it$"),
        ("1", {"$ref": "#/$defs/none"}, "^the schema refers to what is no schema in it$"),
        ("1", {"$ref": "#/enum/0", "enum": [5]}, "^the schema refers to what is no schema in it$"),
        ("1", {"$ref": "#"}, "^the schema refers to what is no schema in it$"),
    ],
)
def test_what_is_not_the_json_that_was_asked_for_is_told(
    text: str, schema: JsonObject, said: str
) -> None:
    with pytest.raises(ValueError, match=said):
        output(text, schema)


@pytest.mark.parametrize(
    ("value", "schema"),
    [
        (f"{'a' * 40}!", {"pattern": "^(a+)+$"}),
        ({f"{'a' * 40}!": 1}, {"patternProperties": {"^(a+)+$": False}}),
        (
            {f"{'a' * 40}!": 1},
            {"patternProperties": {"^(a+)+$": {}}, "additionalProperties": False},
        ),
        (
            {f"{'a' * 40}!": 1},
            {"patternProperties": {"^(a+)+$": {}}, "unevaluatedProperties": False},
        ),
    ],
)
def test_a_clients_regular_expressions_are_not_run(value: JsonValue, schema: JsonObject) -> None:
    assert output(json.dumps(value), schema) == value


def test_other_properties_can_be_forbidden_where_there_are_no_regular_expressions() -> None:
    with pytest.raises(ValueError, match="^the answer: Additional properties are not allowed"):
        output('{"name": "Rome", "size": 1}', {**TOWN, "additionalProperties": False})


@pytest.mark.parametrize("keyword", ["$ref", "$dynamicRef"])
def test_references_that_fan_out_are_not_followed_for_ever(keyword: str) -> None:
    levels: dict[str, JsonValue] = {
        f"level{number}": {"allOf": [{keyword: f"#/$defs/level{number + 1}"}] * 2}
        for number in range(40)
    }

    with pytest.raises(ValueError, match="^the schema asks for more than this server looks at$"):
        output("{}", {keyword: "#/$defs/level0", "$defs": {**levels, "level40": {}}})


def test_a_schema_that_multiplies_the_values_is_not_followed_for_ever() -> None:
    many: list[JsonValue] = [{"type": "integer"}] * 1_000

    with pytest.raises(ValueError, match="^the schema asks for more than this server looks at$"):
        output(json.dumps([0] * 1_000), {"items": {"allOf": many}})


@pytest.mark.parametrize("count", [1_000, 1_001])
def test_items_are_compared_with_each_other_unless_there_are_too_many(count: int) -> None:
    twice = json.dumps([*range(count - 1), 0])

    if count > 1_000:
        assert output(twice, {"uniqueItems": True}) == [*range(count - 1), 0]
    else:
        with pytest.raises(ValueError, match="^the answer: "):
            output(twice, {"uniqueItems": True})


def test_a_schema_of_a_tree_is_followed_to_its_leaves() -> None:
    tree: JsonObject = {
        "$defs": {"node": {"type": "array", "items": {"$ref": "#/$defs/node"}}},
        "$ref": "#/$defs/node",
    }

    assert output("[[[], []], [[[]]]]", tree) == [[[], []], [[[]]]]
    with pytest.raises(ValueError, match="^0/1: 7 is not of type 'array'$"):
        output("[[[], 7]]", tree)


def test_the_model_is_told_what_it_is_to_answer() -> None:
    assert request_for({}) == "Answer with a JSON object, and nothing else."
    assert request_for({"type": "array"}) == (
        'Answer with JSON that has this schema, and nothing else: {"type": "array"}'
    )

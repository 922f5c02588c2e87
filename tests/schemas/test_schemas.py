"""Our schemas: strict where the protocol speaks, open where it does not."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple

import pytest
from jsonschema import Draft202012Validator

from schemas import load
from tests.properties.promises import validator
from tests.schemas.probes import Json, snake
from tests.schemas.samples import A2A_ERRORS, FREE, SAMPLES

NAMED = [(version, name) for version, samples in SAMPLES.items() for name in samples]
OURS = {version: load(version, "Error")["$defs"] for version in SAMPLES}
"""All schemas by version and name."""


class Spot(NamedTuple):
    """An object somewhere in a sample, with the schema that it must keep to."""

    version: str
    sample: str
    place: tuple[str | int, ...]
    schema: str

    def __str__(self) -> str:
        return f"{self.version} {self.schema} in {self.sample}"

    def altered(self, members: Json | None = None, *, without: str = "") -> Any:
        """The sample with the object's members changed."""
        whole = deepcopy(SAMPLES[self.version][self.sample])
        found = whole
        for key in self.place:
            found = found[key]
        found.pop(without, None)
        found.update(members or {})
        return whole

    @property
    def definition(self) -> Json:
        found: Json = OURS[self.version][self.schema]
        return found

    @property
    def value(self) -> Json:
        found = SAMPLES[self.version][self.sample]
        for key in self.place:
            found = found[key]
        return dict(found)

    def is_valid(self, value: Any) -> bool:
        return validator(self.version, self.sample).is_valid(value)


def spots(version: str, sample: str) -> Iterator[Spot]:
    """Every object of the sample that has a schema, found by following the references."""

    def follow(value: Any, schema: Any, place: tuple[str | int, ...]) -> Iterator[Spot]:
        if schema is True:
            return
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            if "properties" in OURS[version][name]:
                yield Spot(version, sample, place, name)
            yield from follow(value, OURS[version][name], place)
        for one in schema.get("allOf", ()):
            if "if" not in one:
                yield from follow(value, one, place)
            elif Draft202012Validator(one["if"]).is_valid(value):
                yield from follow(value, one["then"], place)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                yield from follow(value[name], inner, (*place, name))
        if "items" in schema:
            for index, item in enumerate(value):
                yield from follow(item, schema["items"], (*place, index))
        if "additionalProperties" in schema:
            for name, item in value.items():
                yield from follow(item, schema["additionalProperties"], (*place, name))

    yield from follow(SAMPLES[version][sample], {"$ref": f"/{sample}"}, ())


ALL_SPOTS = [spot for version, name in NAMED for spot in spots(version, name)]
SPOTS = list({(spot.version, spot.schema): spot for spot in reversed(ALL_SPOTS)}.values())
"""One place for each schema."""
at_every_spot = pytest.mark.parametrize("spot", SPOTS, ids=str)


@pytest.mark.parametrize("version", SAMPLES)
def test_every_schema_is_well_formed_and_refers_to_others_that_are_there(version: str) -> None:
    references = set(re.findall(r'"\$ref": "([^"]*)"', json.dumps(OURS[version])))

    assert references <= {f"#/$defs/{name}" for name in OURS[version]}
    Draft202012Validator.check_schema(load(version, "Error"))


@pytest.mark.parametrize(("version", "name"), [("1.0", "Tusk"), ("2.0", "Task")])
def test_unknown_schema_is_an_error(version: str, name: str) -> None:
    with pytest.raises(KeyError):
        load(version, name)


@pytest.mark.parametrize(("version", "name"), NAMED)
def test_sample_is_valid(version: str, name: str) -> None:
    validator(version, name).validate(SAMPLES[version][name])


@pytest.mark.parametrize("version", SAMPLES)
def test_samples_have_every_member_of_every_schema(version: str) -> None:
    shown = {(s.schema, name) for s in ALL_SPOTS if s.version == version for name in s.value}
    members = {
        (name, member)
        for name, schema in OURS[version].items()
        for member in schema.get("properties", ())
        if {"required": [member]} not in schema.get("oneOf", ())
    }

    assert members - shown == set()


@at_every_spot
def test_unknown_member_is_allowed(spot: Spot) -> None:
    assert spot.is_valid(spot.altered({"laterMember": None}))


@at_every_spot
def test_required_member_is_required(spot: Spot) -> None:
    for name in spot.definition.get("required", ()):
        assert not spot.is_valid(spot.altered(without=name)), name


@at_every_spot
def test_member_is_neither_null_nor_of_another_type(spot: Spot) -> None:
    for name, value in spot.value.items():
        if (spot.schema, name) in ANY_TYPE:
            continue
        for wrong in OF_EACH_TYPE:
            if type(wrong) is not type(value):
                assert not spot.is_valid(spot.altered({name: wrong})), name


OF_EACH_TYPE: list[Any] = [None, 1.5, "text", [[]], {}]
ANY_TYPE = {
    ("Error", "data"),
    ("Part", "data"),
    ("Request", "id"),
    ("Response", "id"),
    ("Response", "result"),
}


@pytest.mark.parametrize("version", SAMPLES)
def test_names_of_members_are_refused_in_snake_case_and_no_others(version: str) -> None:
    refused = {
        name: {*schema["propertyNames"]["not"]["enum"]}
        for name, schema in OURS[version].items()
        if "propertyNames" in schema
    }
    other_names = {
        name: {snake(member) for member in schema.get("properties", ())} - {*schema["properties"]}
        for name, schema in OURS[version].items()
        if "properties" in schema
    }

    assert refused == {name: names for name, names in other_names.items() if names}


@at_every_spot
def test_of_alternatives_exactly_one_is_there(spot: Spot) -> None:
    names = [one["required"][0] for one in spot.definition.get("oneOf", ())]
    given = [name for name in names if name in spot.value]
    others = {name: spot.value[given[0]] for name in names if name not in given}

    assert len(given) == bool(names)
    for name in given:
        assert not spot.is_valid(spot.altered(without=name))
        assert not spot.is_valid(spot.altered(others))


@pytest.mark.parametrize("version", ["0.3", "1.0"])
@pytest.mark.parametrize(
    ("text", "is_valid"),
    [
        ("2025-10-28T10:30:00Z", True),
        ("2025-10-28T10:30:00.000Z", True),
        ("2025-10-28T10:30:00.123456Z", True),
        ("2025-10-28T10:30:00", False),
        ("2025-10-28T10:30:00+00:00", False),
        ("2025-10-28 10:30:00Z", False),
        ("2025-10-28", False),
        ("2025-10-28T10:30:00Z\n", False),
        ("", False),
    ],
)
def test_timestamp_is_iso_8601_in_utc_with_z(version: str, text: str, is_valid: bool) -> None:
    assert validator(version, "Timestamp").is_valid(text) is is_valid


@pytest.mark.parametrize(
    ("version", "name", "values"),
    [
        ("1.0", "TaskState", ["TASK_STATE_UNSPECIFIED", "working", ""]),
        ("1.0", "Role", ["ROLE_UNSPECIFIED", "user"]),
        ("1.0", "Part", [{"raw": "not base64"}, {"raw": "YQ==\n"}]),
        ("0.3", "TaskState", ["TASK_STATE_WORKING", "cancelled"]),
        ("0.3", "Role", ["ROLE_USER", "system"]),
        ("0.3", "Part", [{"kind": "image", "text": "a"}, {"kind": "data", "data": [1]}]),
        ("0.3", "StreamResult", [SAMPLES["0.3"]["Message"] | {"kind": "task"}]),
        ("0.3", "SendMessageResult", [SAMPLES["0.3"]["TaskStatusUpdateEvent"]]),
        ("jsonrpc", "Request", [{"jsonrpc": "2.0", "method": "m", "params": [FREE]}]),
        ("jsonrpc", "Response", [{"jsonrpc": "1.0", "id": 1, "result": 1}]),
        ("jsonrpc", "BatchResponse", [[]]),
    ],
)
def test_value_that_the_protocol_does_not_know_is_refused(
    version: str, name: str, values: list[Any]
) -> None:
    assert [value for value in values if validator(version, name).is_valid(value)] == []


@pytest.mark.parametrize(("version", "name"), [("0.3", "StreamResult"), ("1.0", "StreamResponse")])
@pytest.mark.parametrize(
    ("kind", "member"),
    [
        ("Task", "task"),
        ("Message", "message"),
        ("TaskStatusUpdateEvent", "statusUpdate"),
        ("TaskArtifactUpdateEvent", "artifactUpdate"),
    ],
)
def test_frame_of_a_stream_is_any_of_four(version: str, name: str, kind: str, member: str) -> None:
    value = SAMPLES[version][kind]

    validator(version, name).validate(value if version == "0.3" else {member: value})


@pytest.mark.parametrize(("name", "code", "reason"), A2A_ERRORS)
def test_error_of_1_0_carries_the_reason_of_its_code(name: str, code: int, reason: str) -> None:
    error = SAMPLES["1.0"][f"{name}Error"]
    (info,) = error["data"]
    general = validator("1.0", "Error")

    assert general.is_valid(error)
    assert not general.is_valid({"code": code, "message": "m"})
    assert not general.is_valid(error | {"data": []})
    assert not general.is_valid(error | {"data": [info | {"reason": "ANOTHER"}]})
    assert not general.is_valid(error | {"data": [info | {"domain": "example.com"}]})
    assert not general.is_valid(error | {"data": [info | {"@type": "another"}]})


def test_error_of_json_rpc_needs_no_data_in_1_0() -> None:
    assert validator("1.0", "Error").is_valid({"code": -32601, "message": "m"})


def test_unknown_schema_is_refused_by_name() -> None:
    with pytest.raises(KeyError, match="has no schema 'Nonsense'"):
        load("1.0", "Nonsense")

"""Our schemas: strict where the protocol speaks, open where it does not."""

import json
import re
from collections.abc import Iterator
from copy import deepcopy
from typing import Any, NamedTuple, TypeAlias

import pytest
from jsonschema import Draft202012Validator

from schemas import load
from tests.properties.promises import OFFICIAL_0_3, SPECIFICATIONS, official_validator, validator
from tests.schemas.samples import SAMPLES

Json: TypeAlias = dict[str, Any]

FIELDS_1_0 = SPECIFICATIONS / "a2a-v1.0.fields.json"
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

    def altered(self, *, without: str = "", **members: Any) -> Any:
        """The sample with the object's members changed."""
        whole = deepcopy(SAMPLES[self.version][self.sample])
        found = whole
        for key in self.place:
            found = found[key]
        found.pop(without, None)
        found.update(members)
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

    def is_valid(self, value: object) -> bool:
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
    for name in OURS[version]:
        Draft202012Validator.check_schema(load(version, name))


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
    alternatives = {
        (name, one["required"][0])
        for name, schema in OURS[version].items()
        for one in schema.get("oneOf", ())
        if name.startswith(("Send", "Stream", "Response"))
    }
    inherited = {
        (name, member)
        for name, schema in OURS[version].items()
        for member in schema.get("properties", ())
        if name.endswith("Error") and name not in ("Error", "TaskNotFoundError")
    }

    assert {
        (name, member)
        for name, schema in OURS[version].items()
        for member in schema.get("properties", ())
    } - shown - alternatives - inherited == set()


@at_every_spot
def test_unknown_member_is_allowed(spot: Spot) -> None:
    assert spot.is_valid(spot.altered(laterMember=None))


@at_every_spot
def test_required_member_is_required(spot: Spot) -> None:
    for name in spot.definition.get("required", ()):
        assert not spot.is_valid(spot.altered(without=name)), name


@at_every_spot
def test_member_is_never_null_and_never_of_a_type_it_cannot_have(spot: Spot) -> None:
    for name, schema in spot.definition["properties"].items():
        if schema is True or name not in spot.value or "items" in str(schema.keys()) is True:
            continue
        for wrong in (None, 1.5, [[]], {"a": 5}):
            fits = isinstance(wrong, dict) and "AnyObject" in str(schema)
            nullable = "Id" in str(schema) or schema == {"type": ["object", "array"]}
            assert fits or nullable or not spot.is_valid(spot.altered(**{name: wrong})), name


@at_every_spot
def test_member_in_snake_case_is_refused(spot: Spot) -> None:
    for name in spot.definition["properties"]:
        snake = re.sub("[A-Z]", lambda capital: f"_{capital[0].lower()}", name)
        if snake != name:
            assert not spot.is_valid(spot.altered(**{snake: spot.value.get(name, "x")})), snake


@at_every_spot
def test_of_alternatives_exactly_one_is_there(spot: Spot) -> None:
    names = [one["required"][0] for one in spot.definition.get("oneOf", ())]
    given = [name for name in names if name in spot.value]
    others = {name: spot.value[given[0]] for name in names if name not in given}

    assert len(given) == bool(names)
    for name in given:
        assert not spot.is_valid(spot.altered(without=name))
        assert not spot.is_valid(spot.altered(**others))

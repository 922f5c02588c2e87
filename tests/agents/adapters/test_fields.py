import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.agents.adapters.fields import class_name, json_in, parsed, readable, text_at, view
from a2a_agent.agents.adapters.fields import field as at
from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import checked


class Colour(Enum):
    RED = "red"


@dataclass
class Thing:
    """An event of a framework."""

    name: str = "it"
    colour: Colour = Colour.RED
    parts: list[Any] = field(default_factory=list)
    _secret: str = "password"


@pytest.mark.parametrize(
    ("value", "path", "found"),
    [
        ({"a": {"b": 1}}, "a.b", 1),
        (SimpleNamespace(a=SimpleNamespace(b=1)), "a.b", 1),
        ({"a": SimpleNamespace(b={"c": 1})}, "a.b.c", 1),
        ({"a": [{"b": 1}, {"b": 2}]}, "a.1.b", 2),
        ({"a": ({"b": 1},)}, "a.0.b", 1),
        ({"a": []}, "a.0", None),
        ({"a": [1]}, "a.b", None),
        ({"a": "text"}, "a.title", None),
        ("text", "count", None),
        ({"a": 1}, "a.real", None),
        ({"a": Colour.RED}, "a.value", "red"),
        ({"a": None}, "a.b.c", None),
        ({}, "a", None),
        (None, "a", None),
        ({"a": 0}, "a", 0),
        ({"a": ""}, "a", ""),
    ],
)
def test_value_is_found_at_its_path_or_there_is_none(value: Any, path: str, found: Any) -> None:
    assert at(value, path) == found


def test_default_stands_for_what_is_not_there() -> None:
    assert at({"a": None}, "a", "default") == "default"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("Hi", "Hi"),
        ({"sum": 4}, '{"sum": 4}'),
        (Colour.RED, "red"),
        (7, "7"),
        (False, "false"),
        ("", ""),
        (None, ""),
    ],
)
def test_what_lies_at_a_path_can_be_had_as_text(value: Any, text: str) -> None:
    assert text_at({"a": {"b": value}}, "a.b") == text


@pytest.mark.parametrize(
    ("value", "name"),
    [
        ({"$class": "package.module.Thing"}, "Thing"),
        ({"$class": "Thing"}, "Thing"),
        ({}, "dict"),
        (Thing(), "Thing"),
        ("text", "str"),
    ],
)
def test_class_of_a_value_is_that_which_was_recorded_or_its_own(value: Any, name: str) -> None:
    assert class_name(value) == name


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ('{"a": 1}', {"a": 1}),
        ("", {}),
        ("{", "{"),
        ("[" * 100_000, "[" * 100_000),
        ({"a": 1}, {"a": 1}),
        (None, None),
    ],
)
def test_json_in_a_text_is_read_where_there_is_some(text: Any, value: Any) -> None:
    assert parsed(text) == value


def test_output_is_the_json_that_it_stands_for() -> None:
    recorded = {"$class": "my.City", "name": "London", "parts": [{"$class": "my.Part", "id": 1}]}

    assert json_in(recorded) == {"name": "London", "parts": [{"id": 1}]}


def test_number_that_json_does_not_have_is_none() -> None:
    assert json_in({"ratio": float("nan")}) == {"ratio": None}


@pytest.mark.parametrize("thing", [object(), 2**70])
def test_output_that_stands_for_no_json_is_refused(thing: object) -> None:
    with pytest.raises((IllegalEvent, ValueError)):
        json_in({"thing": thing})


def test_view_of_an_object_is_its_public_fields() -> None:
    assert view(Thing(parts=[{"a": Thing}, (1, 2.5), b"bytes"])) == {
        "$class": "Thing",
        "name": "it",
        "colour": "red",
        "parts": [{"a": "<type>"}, [1, 2.5], "<bytes>"],
    }


def nested(depth: int) -> list[Any]:
    return [nested(depth - 1)] if depth else []


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ({"a": [1, "b", None]}, {"a": [1, "b", None]}),
        ({"a": 2**70}, '{"a": 1180591620717411303424}'),
        (nested(150), "[" * 151 + "]" * 151),
    ],
)
def test_value_is_readable_as_json_or_else_as_its_text(value: Any, told: Any) -> None:
    assert readable(value) == told


def test_value_that_has_no_end_is_readable_as_its_class() -> None:
    endless: list[Any] = []
    endless.append(endless)

    assert readable(endless) == "<list>"


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "OPENAI_API_KEY",
        "x-api-key",
        "password",
        "passwd",
        "client_secret",
        "private_key",
        "_x",
        "headers",
        "extra_headers",
        "cookies",
        "auth_token",
        "refreshToken",
    ],
)
def test_view_leaves_out_what_may_be_a_secret(name: str) -> None:
    assert view({"a": SimpleNamespace(**{name: "sk-1", "b": 1})}) == {
        "a": {"$class": "SimpleNamespace", "b": 1}
    }


def test_view_is_cut_where_it_gets_deep_long_or_broad() -> None:
    deep: Any = {}
    deep["self"] = deep

    assert json.dumps(view(deep)).count("self") == 6
    assert len(str(view("x" * 10_000))) == 2_001
    assert len(view(list(range(1_000)))) == 100  # type: ignore[arg-type]  # a list, by its input
    assert len(view({str(n): n for n in range(1_000)})) == 100  # type: ignore[arg-type]  # an object


def test_view_of_what_leads_to_all_of_a_program_is_bounded() -> None:
    things = [SimpleNamespace() for _ in range(12)]
    for thing in things:
        thing.__dict__.update({f"to{n}": other for n, other in enumerate(things)})

    assert len(json.dumps(view(things))) < 200_000


anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text()
    | st.binary()
    | st.just(Thing()),
    lambda inner: (
        st.lists(inner)
        | st.dictionaries(st.text() | st.integers(), inner)
        | st.builds(SimpleNamespace, a=inner)
        | st.sets(st.integers())
    ),
    max_leaves=10,
)


@given(anything)
def test_view_of_anything_is_json(value: Any) -> None:
    assert isinstance(checked(view(value), "view"), object)


@given(st.dictionaries(st.text(alphabet="ab", min_size=1), anything), st.text(alphabet="ab.0"))
def test_no_path_into_anything_raises(value: Mapping[str, Any], path: str) -> None:
    assert at(value, path, "default") is not None

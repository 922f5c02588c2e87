"""What of an agent's Python values may leave as JSON."""

from collections import OrderedDict
from enum import Enum, IntEnum, StrEnum
from types import MappingProxyType
from typing import Any

import orjson
import pytest
from hypothesis import given

from a2a_agent.domain.errors import IllegalEvent
from a2a_agent.domain.json_values import checked, checked_text, clean_text
from tests.properties.values import json_values


class Plain(str, Enum):  # noqa: UP042  # its str() is not its value, unlike StrEnum's
    """Strings that are more than strings."""

    A = "a"


class Fancy(StrEnum):
    """The same with the other str()."""

    A = "a"


class Number(IntEnum):
    """A number that is more than a number."""

    ONE = 1


class Half(float):
    """A float that is more than a float."""


def nested(depth: int) -> Any:
    value: Any = "down"
    for level in range(depth):
        value = {"a": value} if level % 2 else [value]
    return value


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("", ""),
        ("ascii", "ascii"),
        ("äöü €", "äöü €"),
        ("😀", "😀"),
        ("\x00", "\x00"),
        ("\ud83d\ude00", "😀"),
        ("\ud800", "\ufffd"),
        ("a\udfffb", "a\ufffdb"),
        ("\ude00\ud83d", "\ufffd\ufffd"),
        ("é\ud800😀", "é\ufffd😀"),
    ],
)
def test_text_is_made_clean_for_utf_8(text: str, clean: str) -> None:
    assert clean_text(text) == clean
    assert clean.encode().decode() == clean


@given(json_values)
def test_json_is_kept_as_it_is(value: Any) -> None:
    assert orjson.dumps(checked(value, "it")) == orjson.dumps(value)


@pytest.mark.parametrize(
    ("value", "kept"),
    [
        ((1, (2,)), [1, [2]]),
        ({"a": ("b",)}, {"a": ["b"]}),
        (OrderedDict(a=1), {"a": 1}),
        (MappingProxyType({"a": 1}), {"a": 1}),
        ({"\ud800": "\udfff"}, {"\ufffd": "\ufffd"}),
        (Plain.A, "a"),
        (Fancy.A, "a"),
        ({Plain.A: Fancy.A}, {"a": "a"}),
        (Number.ONE, 1),
        (Half(0.5), 0.5),
        (True, True),
        (-(2**63), -(2**63)),
        (2**64 - 1, 2**64 - 1),
        (nested(100), nested(100)),
    ],
)
def test_value_is_kept_as_json_would_give_it_back(value: Any, kept: Any) -> None:
    found = checked(value, "it")

    assert found == kept
    assert orjson.loads(orjson.dumps(found)) == kept


@pytest.mark.parametrize(
    "value", [Plain.A, Fancy.A, Number.ONE, Half(0.5), {Plain.A: 1}, OrderedDict(a=1)]
)
def test_nothing_but_plain_types_is_kept(value: Any) -> None:
    found = checked(value, "it")

    kept = [found, *found] if isinstance(found, dict) else [found]
    assert all(type(one) in (str, int, float, dict) for one in kept)


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (2**64, "it holds an integer of more than 64 bits"),
        (-(2**63) - 1, "it holds an integer of more than 64 bits"),
        (float("nan"), "it holds nan, which JSON has no number for"),
        (float("-inf"), "it holds -inf, which JSON has no number for"),
        (b"bytes", "it holds a bytes, which is no JSON"),
        ({1, 2}, "it holds a set, which is no JSON"),
        (object(), "it holds a object, which is no JSON"),
        ([{"a": object()}], "it holds a object, which is no JSON"),
        ({1: "a"}, "it holds an object with a name that is no string"),
        ({None: "a"}, "it holds an object with a name that is no string"),
        (nested(101), "it is nested more than 100 levels deep"),
    ],
)
def test_value_that_is_no_json_is_illegal(value: Any, said: str) -> None:
    with pytest.raises(IllegalEvent) as refusal:
        checked(value, "it")

    assert str(refusal.value) == said


def test_value_that_holds_itself_is_illegal() -> None:
    value: dict[str, Any] = {}
    value["itself"] = value

    with pytest.raises(IllegalEvent, match="^it is nested more than 100 levels deep$"):
        checked(value, "it")


def test_text_is_checked_and_made_clean() -> None:
    assert checked_text("a\ud800", "it") == "a\ufffd"


@pytest.mark.parametrize("value", [None, 5, b"bytes", ["a"]])
def test_what_is_no_text_is_illegal(value: Any) -> None:
    with pytest.raises(IllegalEvent) as refusal:
        checked_text(value, "it")

    assert str(refusal.value) == f"it holds a {type(value).__name__} where text is needed"

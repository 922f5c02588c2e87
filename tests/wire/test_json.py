"""JSON from anybody."""

import json
from typing import Any

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from a2a_agent.wire.json import check_size, dumps, loads
from tests.properties.values import json_values


@given(json_values)
def test_json_is_read_as_it_was_written(value: Any) -> None:
    assert dumps(loads(dumps(value))) == dumps(value)


def test_json_is_written_without_spaces() -> None:
    assert dumps({"a": [1, "é", None]}) == '{"a":[1,"é",null]}'.encode()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b'{"a":1,}',
        b"{'a':1}",
        b"[NaN]",
        b"[Infinity]",
        b"[1] [2]",
        b"\xff",
        b'"\xed\xa0\x80"',
        rb'"\ud800"',
        b"\xef\xbb\xbf{}",
        b"[01]",
    ],
)
def test_what_is_no_json_in_utf_8_is_refused(body: bytes) -> None:
    with pytest.raises(ValueError, match=r"^the body is no valid JSON in UTF-8: "):
        loads(body)


@pytest.mark.parametrize(
    "number",
    [0, 10**18, 2**63 - 1, 2**63, 2**64 - 1, -(2**63)],
)
def test_whole_number_of_64_bits_keeps_its_digits(number: int) -> None:
    assert loads(b'{"a":[%d]}' % number) == {"a": [number]}


@pytest.mark.parametrize(
    "digits",
    [b"%d" % (2**64), b"%d" % (-(2**63) - 1), b"1" + b"0" * 20, b"-1" + b"0" * 30],
    ids=len,
)
def test_whole_number_of_more_bits_is_refused(digits: bytes) -> None:
    with pytest.raises(ValueError, match="^a number has more than 64 bits$"):
        loads(b'{"a":[1, %b ]}' % digits)


numbers = st.integers(-(2**70), 2**70) | st.floats(allow_nan=False, allow_infinity=False)
documents: st.SearchStrategy[Any] = st.recursive(
    numbers | st.text('\\"9, ', max_size=30),
    lambda inner: st.lists(inner) | st.dictionaries(st.text('\\"9'), inner),
    max_leaves=10,
)


@given(documents)
def test_document_is_refused_only_for_whole_numbers_that_are_too_long(document: Any) -> None:
    found: list[int] = []
    body = json.dumps(document).encode()
    json.loads(body, parse_int=lambda digits: found.append(int(digits)))

    if all(-(2**63) <= number < 2**64 for number in found):
        assert loads(body) == document
    else:
        with pytest.raises(ValueError, match="^a number has more than 64 bits$"):
            loads(body)


@pytest.mark.parametrize(
    "body",
    [
        b'"12345678901234567890123"',
        rb'"\"12345678901234567890123"',
        rb'{"12345678901234567890123\\":"99999999999999999999999"}',
        b"0.12345678901234567890123",
        b"12345678901234567890123.5",
        b"12345678901234567890123e-5",
        b"[1.5e-9, 0.00000000000000000000001]",
    ],
)
def test_many_digits_are_fine_in_strings_and_fractions(body: bytes) -> None:
    assert loads(body) == orjson.loads(body)


def test_long_number_is_found_however_deep_it_is() -> None:
    deep = b"[" * 1000 + b"%d" + b"]" * 1000

    found = loads(deep % (2**64 - 1))
    while isinstance(found, list):
        (found,) = found

    assert found == 2**64 - 1
    with pytest.raises(ValueError, match="^a number has more than 64 bits$"):
        loads(deep % 2**64)


def nested(depth: int, innermost: Any = 1) -> Any:
    value = innermost
    for level in range(depth):
        value = [value] if level % 2 else {"a": value}
    return value


def checked(value: Any) -> None:
    """Checks the value against 5 levels, strings of 10 and 60 values."""
    check_size(value, dumps(value), max_depth=5, max_string=10, max_values=60)


@pytest.mark.parametrize(
    "value",
    [
        {},
        1,
        "x" * 8,
        nested(5),
        [[]] * 20,
        {"x" * 10: "y" * 10},
        {"a": ["b" * 10] * 50},
    ],
)
def test_value_within_the_limits_is_taken(value: Any) -> None:
    checked(value)


@pytest.mark.parametrize("value", [nested(6), nested(7), nested(100), [nested(5)]])
def test_value_that_is_nested_too_deep_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="^the body is nested more than 5 levels deep$"):
        checked(value)


@pytest.mark.parametrize(
    "value",
    ["x" * 11, {"x" * 11: 1}, [{"a": ["x" * 11]}], nested(5, "x" * 11), nested(4, {"x" * 11: 1})],
)
def test_string_that_is_too_long_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="^a string is longer than 10 characters$"):
        checked(value)


@pytest.mark.parametrize("value", [[1] * 59, [[1, 2, 3]] * 14, {str(n): n for n in range(59)}])
def test_as_many_values_as_are_allowed_are_taken(value: Any) -> None:
    checked(value)


@pytest.mark.parametrize("value", [[1] * 60, [[1, 2, 3]] * 15, {str(n): n for n in range(60)}])
def test_more_values_are_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="^the body holds more than 60 values$"):
        checked(value)


def test_commas_and_braces_in_strings_do_not_count() -> None:
    checked(["," * 10] * 20 + ["{" * 10] * 20)

"""The kinds of fields that both versions share."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from a2a_agent.wire.fields import Base64Bytes, Count, Id, Name, OptionalId, optional_strings

BASE64: TypeAdapter[bytes] = TypeAdapter(Base64Bytes)


@given(st.binary(), st.sampled_from([b64encode, urlsafe_b64encode]), st.booleans())
def test_base64_is_read_in_each_of_its_forms(
    raw: bytes, encode: Callable[[bytes], bytes], is_padded: bool
) -> None:
    text = encode(raw).decode()

    assert BASE64.validate_python(text if is_padded else text.rstrip("=")) == raw


@pytest.mark.parametrize("text", ["?", "a", "YQ==YQ==", "Y Q=", "YQ\n==", "é", "😀", "YQ==x"])
def test_what_is_no_base64_is_refused(text: str) -> None:
    with pytest.raises(ValidationError, match="is no valid base64"):
        BASE64.validate_python(text)


@pytest.mark.parametrize("value", [b"YQ==", 5, None, ["YQ=="]])
def test_base64_is_a_string(value: object) -> None:
    with pytest.raises(ValidationError, match="must be a base64 string"):
        BASE64.validate_python(value)


LONGEST = "x" * 256
FITTING: list[tuple[object, object]] = [
    (Name, "x"),
    (Name, LONGEST * 10),
    (Id, "x"),
    (Id, LONGEST),
    (OptionalId, ""),
    (OptionalId, LONGEST),
    (Count, 0),
    (Count, 2**31 - 1),
]
UNFITTING: list[tuple[object, list[object]]] = [
    (Name, ["", 5, None]),
    (Id, ["", LONGEST + "x", 5, None]),
    (OptionalId, [LONGEST + "x", 5, None]),
    (Count, [-1, 2**31, 1.0, "1", True, None]),
]


@pytest.mark.parametrize(("kind", "value"), FITTING)
def test_value_that_fits_the_field_is_kept(kind: Any, value: object) -> None:
    assert TypeAdapter(kind).validate_python(value) == value


@pytest.mark.parametrize(
    ("kind", "value"), [(kind, value) for kind, values in UNFITTING for value in values]
)
def test_value_that_does_not_fit_the_field_is_refused(kind: Any, value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(kind).validate_python(value)


@pytest.mark.parametrize(("values", "kept"), [(None, ()), ([], ()), (["a", "b"], ("a", "b"))])
def test_absent_strings_are_none_at_all(values: list[str] | None, kept: tuple[str, ...]) -> None:
    assert optional_strings(values) == kept

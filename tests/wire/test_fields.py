"""The kinds of fields that both versions share."""

from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from a2a_agent.wire.fields import Base64Bytes, Count, Name, optional_strings

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


@pytest.mark.parametrize("value", ["", 5, None])
def test_name_is_a_string_with_something_in_it(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Name).validate_python(value)


@pytest.mark.parametrize("value", [-1, 2**31, 1.0, "1", True])
def test_count_is_a_whole_number_of_31_bits(value: object) -> None:
    with pytest.raises(ValidationError):
        TypeAdapter(Count).validate_python(value)


@pytest.mark.parametrize(("values", "kept"), [(None, ()), ([], ()), (["a", "b"], ("a", "b"))])
def test_absent_strings_are_none_at_all(values: list[str] | None, kept: tuple[str, ...]) -> None:
    assert optional_strings(values) == kept

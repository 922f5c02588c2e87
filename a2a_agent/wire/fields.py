"""Kinds of fields that both versions have in their requests."""

from base64 import b64decode
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, StrictInt, StrictStr


def _decoded(text: object) -> bytes:
    """The bytes of standard or URL-safe base64, padded or not (ProtoJSON takes all four)."""
    if not isinstance(text, str):
        raise ValueError("must be a base64 string")
    standard = text.translate(_TO_STANDARD).rstrip("=")
    try:
        return b64decode(standard + "=" * (-len(standard) % 4), validate=True)
    except ValueError:
        raise ValueError("is no valid base64") from None


_TO_STANDARD = str.maketrans("-_", "+/")

Base64Bytes = Annotated[bytes, BeforeValidator(_decoded)]
MAX_ID_LENGTH = 256
"""Ids come back in every frame, so they may not be long."""
Id = Annotated[StrictStr, Field(min_length=1, max_length=MAX_ID_LENGTH)]
OptionalId = Annotated[StrictStr, Field(max_length=MAX_ID_LENGTH)]
"""As protobuf has it: empty means absent."""
Name = Annotated[StrictStr, Field(min_length=1)]
"""A URI: never empty."""
Count = Annotated[StrictInt, Field(ge=0, le=2**31 - 1)]
Metadata = dict[str, Any]
Strings = list[StrictStr]


def optional_strings(values: Strings | None) -> tuple[str, ...]:
    """The strings as the domain holds them."""
    return tuple(values or ())

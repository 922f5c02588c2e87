"""What both versions write alike: names are camelCase, what is absent is left out."""

from typing import Any


def present(**members: Any) -> dict[str, Any]:
    """The members that have a value: optional ones without are left out, never null."""
    return {name: value for name, value in members.items() if value is not None}

"""What both versions write alike: names are camelCase, what is absent is left out."""

from collections.abc import Mapping
from typing import Any


def present(**members: Any) -> dict[str, Any]:
    """The members that have a value: optional ones without are left out, never null."""
    return {name: value for name, value in members.items() if value is not None}


def merged(*objects: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """The objects as one, None if there is nothing in them."""
    members: dict[str, Any] = {}
    for one in objects:
        members.update(one or {})
    return members or None

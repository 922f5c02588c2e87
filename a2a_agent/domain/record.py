"""Values that are made by the thousand: frozen to the type checker, and not at run time.

A frozen dataclass takes three times as long to make, because each field goes through
`object.__setattr__`.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform(frozen_default=True, field_specifiers=(field,))
def record(*, kw_only: bool = False) -> Callable[[type[T]], type[T]]:
    """A slotted dataclass whose fields nobody assigns to, which the type checker sees to."""
    return dataclass(slots=True, kw_only=kw_only, unsafe_hash=True)

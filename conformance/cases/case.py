"""What a case is: a coroutine function that tries one requirement on a session.

It returns where the requirement is kept, raises `Broken` where it is not, and `NotExercised` where
it cannot be tried.
"""

from collections.abc import Awaitable, Callable
from typing import TypeAlias

from conformance.session import Session

Case: TypeAlias = Callable[[Session], Awaitable[None]]

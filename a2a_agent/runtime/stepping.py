"""Awaiting, for those who act on whether there is something to wait for."""

import types
from collections.abc import Awaitable, Callable, Generator
from typing import Any, TypeVar

T = TypeVar("T")


@types.coroutine
def awaited(awaitable: Awaitable[T], waits: Callable[[], None]) -> Generator[Any, Any, T]:
    """The awaitable's value, as `await` gives it; `waits` is called if it does not come at once.

    That is, before control goes to the event loop for the first time (PEP 380, PEP 492).
    """
    steps: Any = awaitable.__await__()
    try:
        pending = steps.send(None)
    except StopIteration as finished:
        at_once: T = finished.value
        return at_once
    waits()
    while True:
        step: Callable[[Any], Any] = steps.send
        try:
            value = yield pending
        except BaseException as error:  # for the awaitable, such as a cancellation
            step, value = steps.throw, error
        try:
            pending = step(value)
        except StopIteration as finished:
            result: T = finished.value
            return result

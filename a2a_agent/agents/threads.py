"""Synchronous functions off the event loop: each in a thread of its own.

One that hangs holds up nothing else, not even the end of the program.
"""

import asyncio
import threading
from collections.abc import Callable
from contextlib import suppress
from contextvars import copy_context
from typing import TypeVar, cast

T = TypeVar("T")


async def in_thread(function: Callable[[], T]) -> T:
    """The result of the function, from a thread that nobody waits for but the caller."""
    loop = asyncio.get_running_loop()
    future: asyncio.Future[T] = loop.create_future()

    def settle(result: T | None, failure: Exception | None) -> None:
        if future.done():  # whoever waited has left
            return
        if failure is None:
            future.set_result(cast(T, result))
        else:
            future.set_exception(failure)

    def work() -> None:
        result, failure = None, None
        try:
            result = function()
        except BaseException as raised:
            failure = _portable(raised)
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, result, failure)

    threading.Thread(target=copy_context().run, args=(work,), name="tool", daemon=True).start()
    return await future


def _portable(raised: BaseException) -> Exception:
    """What was raised in a thread as a future can carry it, without ending task or program.

    Of a StopIteration in a future, nobody would ever hear.
    """
    if isinstance(raised, Exception) and not isinstance(raised, StopIteration):
        return raised
    failure = RuntimeError(f"the function raised {type(raised).__name__}")
    failure.__cause__ = raised
    return failure

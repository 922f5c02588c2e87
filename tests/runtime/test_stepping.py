"""Awaiting what may come at once, or not."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from typing import Any

import pytest

from a2a_agent.runtime.stepping import awaited


class Waits:
    """Counts how often it was told that there is something to wait for."""

    def __init__(self) -> None:
        self.told = 0

    def __call__(self) -> None:
        self.told += 1


async def at_once(value: int) -> int:
    return value


async def after(future: "asyncio.Future[int]", again: "asyncio.Future[int]") -> int:
    return await future + await again


async def test_value_that_comes_at_once_is_not_waited_for() -> None:
    waits = Waits()

    assert await awaited(at_once(7), waits) == 7
    assert waits.told == 0


async def test_value_that_has_to_be_waited_for_is_told_of_once_and_before() -> None:
    loop = asyncio.get_running_loop()
    one, two = loop.create_future(), loop.create_future()
    told: list[bool] = []

    def waits() -> None:
        told.append(one.done())
        loop.call_soon(one.set_result, 1)
        loop.call_soon(loop.call_soon, two.set_result, 2)

    assert await awaited(after(one, two), waits) == 3
    assert told == [False]


async def fails(_: Any) -> int:
    raise KeyError("a fault")


async def fails_later(future: "asyncio.Future[None]") -> int:
    await future
    raise KeyError("a fault")


@pytest.mark.parametrize("fault", [fails, fails_later])
async def test_error_is_raised_as_it_is(fault: Any) -> None:
    future = asyncio.get_running_loop().create_future()

    with pytest.raises(KeyError, match="a fault"):
        await awaited(fault(future), lambda: future.set_result(None))


async def test_end_of_an_iteration_is_raised_as_it_is() -> None:
    async def one() -> AsyncIterator[int]:
        yield 1

    items = one()
    waits = Waits()

    assert await awaited(anext(items), waits) == 1
    with pytest.raises(StopAsyncIteration):
        await awaited(anext(items), waits)
    assert waits.told == 0


async def test_cancellation_reaches_what_is_waited_for() -> None:
    ends: list[str] = []

    async def stubborn() -> int:
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            ends.append("cancelled")
            await asyncio.sleep(0)
            raise
        return 0

    waiting: Awaitable[int] = stubborn()
    task = asyncio.ensure_future(awaited(waiting, lambda: None))
    await asyncio.sleep(0)
    task.cancel()

    with pytest.raises(asyncio.CancelledError):
        await task
    assert ends == ["cancelled"]

"""What a chunk costs does not depend on how many came before it."""

import asyncio
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
import pytest

from a2a_agent import RunRequest, Settings, Task
from a2a_agent.domain.requests import SubscribeToTask, View
from a2a_agent.http.rpc import RpcEndpoint
from a2a_agent.runtime.agent import Events
from a2a_agent.runtime.codec import encode_entries
from a2a_agent.runtime.store import Change, MemoryTaskStore
from tests.support.dialects import DIALECTS, Dialect
from tests.support.services import SCOPE, asking, drained, serving, soon
from tests.support.stores import StagedStore

SHORT, LONG = 100, 3_000


async def counts(request: RunRequest) -> Events:
    """Says as many words as it is told to, each at a time of its own."""
    for _ in range(int(request.text)):
        yield "word "
        await asyncio.sleep(0)


@dataclass(frozen=True, slots=True)
class Costs:
    """What one stream has cost: what was stored in which appends, what was read and sent."""

    appends: Sequence[Sequence[Change]]
    reads: int
    sent: bytes

    @property
    def bytes_stored(self) -> list[int]:
        """The size of each append."""
        return [
            sum(len(encode_entries(change.entries)) for change in batch) for batch in self.appends
        ]


async def costs_of(chunks: int, dialect: Dialect) -> Costs:
    """What a stream of so many chunks costs, from the request to the last byte."""
    store = StagedStore()
    async with serving(counts, store) as service:
        endpoint = RpcEndpoint(service, Settings(), frozenset())
        sent = await answered(endpoint, dialect, dialect.message(str(chunks)))
    return Costs(store.appends, store.reads, sent)


async def answered(endpoint: RpcEndpoint, dialect: Dialect, message: Any) -> bytes:
    """The body that the endpoint sends for a streaming request."""
    request = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": dialect.stream,
        "params": {"message": message},
    }
    received = [{"type": "http.request", "body": orjson.dumps(request)}]
    sent: list[bytes] = []

    async def receive() -> Any:
        if received:
            return received.pop()
        return await asyncio.Event().wait()

    async def send(event: Any) -> None:
        sent.append(event.get("body", b""))

    headers = [(name.lower().encode(), value.encode()) for name, value in dialect.headers.items()]
    await endpoint({"type": "http", "headers": headers}, receive, send)
    return b"".join(sent)


@pytest.fixture(params=DIALECTS, ids=str)
def dialect(request: pytest.FixtureRequest) -> Dialect:
    dialect: Dialect = request.param
    return dialect


async def test_chunk_costs_the_same_however_many_came_before(dialect: Dialect) -> None:
    short, long = await costs_of(SHORT, dialect), await costs_of(LONG, dialect)

    # One append for the message, one for the end.
    assert len(short.appends) <= SHORT + 2
    assert len(long.appends) <= LONG + 2
    # Only the numbers of the entries get longer.
    assert max(long.bytes_stored) <= max(short.bytes_stored) + 10
    assert sum(long.bytes_stored) / LONG <= 1.1 * sum(short.bytes_stored) / SHORT
    assert len(long.sent) / LONG <= 1.1 * len(short.sent) / SHORT


async def test_reading_an_ended_stream_again_costs_the_same_per_chunk() -> None:
    """By calls of Python functions, which are the same on any machine."""
    calls = {}
    for chunks in (SHORT, LONG):
        async with serving(counts, MemoryTaskStore()) as service:
            task = await soon(service.send(SCOPE, asking(str(chunks))))
            assert isinstance(task, Task)
            request = SubscribeToTask(task_id=task.id)
            stream = await service.subscribe(SCOPE, request, 1, View())
            with counted_calls() as count:
                await drained(stream)
            calls[chunks] = count[0]

    assert calls[LONG] / LONG <= 2 * calls[SHORT] / SHORT


@contextmanager
def counted_calls() -> Iterator[list[int]]:
    """How many Python functions are called in the block."""
    count = [0]

    def see(frame: object, event: str, argument: object) -> None:
        count[0] += event == "call"

    before = sys.getprofile()
    sys.setprofile(see)
    try:
        yield count
    finally:
        sys.setprofile(before)


async def test_stream_that_keeps_up_reads_nothing_from_the_store(dialect: Dialect) -> None:
    assert (await costs_of(LONG, dialect)).reads == 0

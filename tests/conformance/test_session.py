"""What a session knows of its endpoint."""

import asyncio
import json
from itertools import count

from conformance.dialects import V1_0
from conformance.knowledge import Knowledge
from conformance.session import Session
from tests.conformance.endpoints import Answer, answering, http, listening
from tests.conformance.runs import a_peer


def with_giant_tasks() -> Answer:
    """A server whose tasks are others each time, of 2 MB."""
    ids = count()

    async def answer(head: bytes, body: bytes, writer: asyncio.StreamWriter) -> None:
        status, padding = {"state": "TASK_STATE_COMPLETED"}, {"padding": "x" * 2_000_000}
        task = {"id": f"t{next(ids)}", "status": status, "metadata": padding}
        writer.write(http(json.dumps({"jsonrpc": "2.0", "id": 1, "result": task}).encode()))

    return answering(answer)


async def test_tasks_that_ended_are_remembered_while_they_take_little_room() -> None:
    with listening(with_giant_tasks()) as url:
        async with a_peer() as peer:
            session = Session(
                peer=peer, url=url, dialect=V1_0, card={}, knowledge=Knowledge(), records={}
            )
            for _ in range(5):
                await session.task("t")

    assert [*session.ended] == ["t0", "t1", "t2"]

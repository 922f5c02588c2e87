"""Errors that show a server's insides are known by them, whatever it is written in."""

import httpx
import pytest

from conformance.dialects import V1_0, Operation
from conformance.knowledge import Knowledge
from conformance.peer import Limits, Peer
from conformance.requirements import requirements
from conformance.session import NO_INSIDES, Session
from conformance.verdict import Record
from tests.conformance.endpoints import failing, listening

INSIDES = (
    'Traceback (most recent call last):\n  File "/srv/agent.py", line 3, in run',
    "ValueError: invalid literal for int()",
    "[Errno 2] No such file or directory: 'prices.csv'",
    "cannot read /srv/data/prices.csv",
    "'utf-8' codec can't decode byte 0xff in position 58: invalid start byte",
    "'NoneType' object has no attribute 'id'",
    "ENOENT: no such file or directory, open 'prices.csv'",
    "Cannot read properties of undefined (reading 'messageId')",
    "taskId.trim is not a function",
    "open node_modules/express/index.js",
)
HARMLESS = (
    "Task not found: 5",
    "see https://example.com/app/errors/5 or https://example.com/tmp/x",
    "the type application/x-nothing is not served",
    "ERROR: no such task",
    "historyLength is not an integer",
)


async def told_of(message: str) -> bool:
    """Whether an error with the message is one that shows insides."""
    record = Record(requirements()[NO_INSIDES], "1.0")
    with listening(failing(-32603, message)) as url:
        async with httpx.AsyncClient(trust_env=False) as http:
            session = Session(
                peer=Peer(http, limits=Limits(), headers={}),
                url=url,
                dialect=V1_0,
                card={},
                knowledge=Knowledge(),
                records={NO_INSIDES: record},
            )
            await session.call(Operation.GET, {"id": "t"})
    return bool(record.findings)


@pytest.mark.parametrize("message", INSIDES)
async def test_insides_of_a_server_are_told_of(message: str) -> None:
    assert await told_of(message)


@pytest.mark.parametrize("message", HARMLESS)
async def test_what_a_client_may_know_is_not(message: str) -> None:
    assert not await told_of(message)

"""The stores that the contract holds for."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from a2a_agent.backends.sql.store import open_store
from a2a_agent.runtime.store import MemoryTaskStore, TaskStore


@pytest.fixture(params=["memory", "sqlite"])
async def store(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[TaskStore]:
    if request.param == "memory":
        yield MemoryTaskStore()
    else:
        async with open_store(f"sqlite:///{tmp_path}/tasks.db") as store:
            yield store

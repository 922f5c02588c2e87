"""A SQL store, and what is under it."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from a2a_agent.backends.sql.checkpoints import Checkpoints
from a2a_agent.backends.sql.engine import Database, open_database
from a2a_agent.backends.sql.store import SqlTaskStore


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "tasks.db"


@pytest.fixture
async def database(file: Path) -> AsyncIterator[Database]:
    async with open_database(f"sqlite:///{file}", synchronous="normal") as database:
        yield database


@pytest.fixture
async def store(database: Database) -> AsyncIterator[SqlTaskStore]:
    checkpoints = Checkpoints(database.checkpoint)
    async with checkpoints.kept_up():
        yield SqlTaskStore(database, checkpoints)

"""What is the memory store's own; what all stores have in common is in tests/contracts."""

import pytest

from a2a_agent.domain.model import TaskState
from a2a_agent.domain.task_events import Entry
from a2a_agent.runtime.store import Change, Head, MemoryTaskStore
from tests.support.services import COMPLETED, SCOPE, answer

LENGTH = 600
"""More than two segments of a log that is packed."""


@pytest.mark.parametrize("limit", [1, 255, 256, 257, 1000, None])
@pytest.mark.parametrize("after", [0, 1, 255, 256, 257, 511, 512, 599, 600, 700])
async def test_any_part_of_an_ended_log_can_be_read(after: int, limit: int | None) -> None:
    store = MemoryTaskStore()
    entries = [Entry(n, 7, answer(f"{n}", append=True)) for n in range(1, LENGTH)]
    entries.append(Entry(LENGTH, 7, COMPLETED))
    head = Head(
        task_id="task",
        scope=SCOPE,
        context_id="context",
        state=TaskState.COMPLETED,
        sequence=LENGTH,
        updated_ms=7,
    )
    await store.append([Change(head=head, entries=entries, creates=True)])

    read = await store.read("task", after=after, limit=limit)

    assert read == entries[after : None if limit is None else after + limit]

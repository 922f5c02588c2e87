"""Every TaskStore does the same as the simplest model of one, whatever is done to it."""

import asyncio
from collections.abc import Coroutine
from contextlib import AsyncExitStack
from dataclasses import replace
from tempfile import TemporaryDirectory
from typing import TypeAlias, TypedDict, TypeVar

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, rule

from a2a_agent.backends.sql.store import open_store
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.task_events import ArtifactChunk, Entry, TaskEvent
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    MemoryTaskStore,
    Query,
    Scope,
    TaskStore,
)
from tests.support.changes import ASKING, COMPLETED, REPLIED, WORKING, chunk, following, opening

T = TypeVar("T")
Outcome: TypeAlias = Duplicate | Conflict | None

SCOPES = [Scope("alice"), Scope("alice", "tenant"), Scope("bob")]
CONTEXTS = ["one", "two"]
TASKS = [f"task-{n}" for n in range(5)]
KEYS = [b"a", b"b", b"c"]
WHAT_HAPPENS: list[tuple[TaskEvent, ...]] = [
    (WORKING,),
    (chunk("a"),),
    (chunk("b"), chunk("c"), chunk("d")),
    (chunk("e"), ASKING),
    (chunk("f"), COMPLETED),
    (REPLIED,),
]
TIMES = st.integers(min_value=1, max_value=4)


class Step(TypedDict):
    """What one writer does: whether it is right to do so depends on the log."""

    creates: bool
    scope: Scope
    context_id: str
    events: tuple[TaskEvent, ...]
    at_ms: int
    message_key: bytes | None
    behind: int


STEPS: st.SearchStrategy[Step] = st.builds(
    Step,
    creates=st.booleans(),
    scope=st.sampled_from(SCOPES),
    context_id=st.sampled_from(CONTEXTS),
    events=st.sampled_from(WHAT_HAPPENS),
    at_ms=TIMES,
    message_key=st.none() | st.sampled_from(KEYS),
    behind=st.sampled_from([0, 0, 0, 1, 2]),
)


class Model:
    """Heads, logs and messages in dictionaries."""

    def __init__(self) -> None:
        self.heads: dict[str, Head] = {}
        self.logs: dict[str, list[Entry]] = {}
        self.messages: dict[bytes, Duplicate] = {}

    def change(self, task_id: str, step: Step) -> Change:
        """What the step does to the task; nothing ever follows the end of a log."""
        head = self.heads.get(task_id)
        at_ms, key = step["at_ms"], step["message_key"]
        if head is None or step["creates"] or (head.state.is_terminal and not step["behind"]):
            return opening(
                task_id,
                *step["events"],
                scope=step["scope"],
                context_id=step["context_id"],
                at_ms=at_ms,
                message_key=key,
            )
        seen = replace(head, sequence=max(1, head.sequence - step["behind"]))
        return following(seen, *step["events"], at_ms=at_ms, message_key=key)

    def take(self, change: Change) -> Outcome:
        task_id, key = change.head.task_id, change.message_key
        if key is not None and key in self.messages:
            return self.messages[key]
        length = len(self.logs.get(task_id, ()))
        if change.creates != (length == 0) or change.expected_sequence != length:
            return Conflict()
        self.heads[task_id] = change.head
        self.logs.setdefault(task_id, []).extend(change.entries)
        if key is not None:
            self.messages[key] = Duplicate(task_id, change.head.sequence)
        return None

    def find(self, query: Query) -> list[Head]:
        found = [
            head
            for head in self.heads.values()
            if not head.is_replied
            and query.scope in (None, head.scope)
            and query.context_id in (None, head.context_id)
            and (query.states is None or head.state in query.states)
            and head.updated_ms >= (query.updated_after_ms or 0)
        ]
        return sorted(found, key=lambda head: (-head.updated_ms, head.task_id))

    def prune(self, updated_before_ms: int) -> int:
        old = [
            task_id
            for task_id, head in self.heads.items()
            if head.state.is_terminal and head.updated_ms < updated_before_ms
        ]
        for task_id in old:
            del self.heads[task_id], self.logs[task_id]
        self.messages = {k: m for k, m in self.messages.items() if m.task_id not in old}
        return len(old)


class Stores(RuleBasedStateMachine):
    """A model and the stores, to which the same happens."""

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.runner = asyncio.Runner()
        self.stack = AsyncExitStack()
        self.stores: list[TaskStore] = [MemoryTaskStore(), self.run(self.open())]

    async def open(self) -> TaskStore:
        folder = self.stack.enter_context(TemporaryDirectory())
        return await self.stack.enter_async_context(open_store(f"sqlite:///{folder}/tasks.db"))

    def run(self, work: Coroutine[None, None, T]) -> T:
        return self.runner.run(work)

    def teardown(self) -> None:
        self.run(self.stack.aclose())
        self.runner.close()

    @rule(steps=st.dictionaries(st.sampled_from(TASKS), STEPS, min_size=1))
    def append(self, steps: dict[str, Step]) -> None:
        changes = [self.model.change(task_id, step) for task_id, step in steps.items()]
        expected = [self.model.take(change) for change in changes]
        for store in self.stores:
            assert list(self.run(store.append(changes))) == expected

    @rule(task_id=st.sampled_from(TASKS), after=st.integers(0, 12), limit=st.integers(1, 5))
    def read(self, task_id: str, after: int, limit: int) -> None:
        log = self.model.logs.get(task_id, [])[after:]
        rest = [entry for entry in log if not isinstance(entry.event, ArtifactChunk)]
        for store in self.stores:
            assert list(self.run(store.read(task_id, after=after))) == log
            some = list(self.run(store.read(task_id, after=after, limit=limit)))
            assert len(some) >= min(limit, len(log)) and some == log[: len(some)]
            found = self.run(store.read(task_id, after=after, chunks=False))
            assert [e for e in found if not isinstance(e.event, ArtifactChunk)] == rest

    @rule(task_id=st.sampled_from(TASKS), scope=st.sampled_from(SCOPES))
    def head(self, task_id: str, scope: Scope) -> None:
        head = self.model.heads.get(task_id)
        is_shown = head is not None and head.scope == scope and not head.is_replied
        for store in self.stores:
            assert self.run(store.head(scope, task_id)) == (head if is_shown else None)

    @rule(key=st.sampled_from(KEYS))
    def accepted(self, key: bytes) -> None:
        for store in self.stores:
            assert self.run(store.accepted(key)) == self.model.messages.get(key)

    @rule(
        query=st.builds(
            Query,
            scope=st.none() | st.sampled_from(SCOPES),
            context_id=st.none() | st.sampled_from(CONTEXTS),
            states=st.none() | st.frozensets(st.sampled_from(TaskState)),
            updated_after_ms=st.none() | TIMES,
            limit=st.integers(1, 3),
        )
    )
    def find(self, query: Query) -> None:
        expected = self.model.find(query)
        for store in self.stores:
            found: list[Head] = []
            token: str | None = None
            while token != "":
                page = self.run(store.find(replace(query, page_token=token)))
                assert page.total == len(expected)
                found += page.heads
                token = page.next_token
            assert found == expected

    @rule(updated_before_ms=TIMES)
    def prune(self, updated_before_ms: int) -> None:
        removed = self.model.prune(updated_before_ms)
        for store in self.stores:
            assert self.run(store.prune(updated_before_ms)) == removed


TestStores = Stores.TestCase
TestStores.settings = settings(max_examples=20, stateful_step_count=30, deadline=None)

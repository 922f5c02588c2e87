"""What the store does with the database, in plain blocking calls.

Each function here is one transaction and runs as a whole on the thread of its connection, so
that a transaction costs one change of threads and cannot be cancelled half-way.
"""

import sqlite3
from collections.abc import Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from typing import Any

from a2a_agent.backends.sql.statements import Statements, listing
from a2a_agent.domain.model import TaskState
from a2a_agent.domain.task_events import ArtifactChunk, Entry
from a2a_agent.runtime.codec import decode_entries, encode_entries
from a2a_agent.runtime.store import (
    Change,
    Conflict,
    Duplicate,
    Head,
    Page,
    Query,
    Scope,
    page_token,
)

MAX_TASKS_PRUNED_AT_ONCE = 100
MAX_ENTRIES_PRUNED_AT_ONCE = 5_000
"""More only where they are of one task. The appends in between wait for a few milliseconds."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What became of each change, and the size of what was written in bytes."""

    verdicts: Sequence[Duplicate | Conflict | None]
    size: int


def take(connection: sqlite3.Connection, sql: Statements, changes: Sequence[Change]) -> Taken:
    """Writes the changes that fit and says why the others do not."""
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        with suppress(sqlite3.IntegrityError):  # a message that was taken before
            if (size := _write(connection, sql, changes)) is not None:
                return Taken([None] * len(changes), size)
        connection.rollback()
        connection.execute("BEGIN IMMEDIATE")
        return _take_one_by_one(connection, sql, changes)


def _take_one_by_one(
    connection: sqlite3.Connection, sql: Statements, changes: Sequence[Change]
) -> Taken:
    verdicts: list[Duplicate | Conflict | None] = []
    written = 0
    for change in changes:
        key = change.message_key
        known = None if key is None else accepted(connection, sql, key)
        size = None if known else _write(connection, sql, [change])
        verdicts.append(known or (Conflict() if size is None else None))
        written += size or 0
    return Taken(verdicts, written)


def _write(
    connection: sqlite3.Connection, sql: Statements, changes: Sequence[Change]
) -> int | None:
    """The number of bytes written; None where a change does not fit its log.

    Nothing is left of a single change that does not fit, but maybe something of several.
    """
    creations, updates, advances, segments = [], [], [], []
    size = 0
    for change in changes:
        segment = _segment(change)
        if change.creates:
            creations.append(_creation(change))
        elif segment["has_more_than_chunks"]:
            updates.append(_update(change))
        else:
            advances.append(_update(change))
        segments.append(segment)
        size += len(segment["payload"])
    written = 0
    for statement, rows in (
        (sql.create, creations),
        (sql.update, updates),
        (sql.advance, advances),
    ):
        if rows:
            written += connection.executemany(statement, rows).rowcount
    if written < len(changes):
        return None
    connection.executemany(sql.add_segment, segments)
    return size


def _creation(change: Change) -> dict[str, Any]:
    head = change.head
    return {
        "task_id": head.task_id,
        "owner": head.scope.owner,
        "tenant": head.scope.tenant,
        "context_id": head.context_id,
        "state": head.state.value,
        "sequence": head.sequence,
        "updated_ms": head.updated_ms,
        "created_ms": change.entries[0].timestamp_ms,
        "is_replied": head.is_replied,
    }


def _update(change: Change) -> dict[str, Any]:
    head = change.head
    return {
        "of_task": head.task_id,
        "expected_sequence": change.expected_sequence,
        "state": head.state.value,
        "sequence": head.sequence,
        "updated_ms": head.updated_ms,
        "is_replied": head.is_replied,
    }


def _segment(change: Change) -> dict[str, Any]:
    entries = change.entries
    return {
        "task_id": change.head.task_id,
        "first": entries[0].sequence,
        "has_more_than_chunks": not all(isinstance(e.event, ArtifactChunk) for e in entries),
        "last": entries[-1].sequence,
        "message_key": change.message_key,
        "payload": encode_entries(entries),
    }


def accepted(
    connection: sqlite3.Connection, sql: Statements, message_key: bytes
) -> Duplicate | None:
    """Which task took this message, if any did."""
    row = connection.execute(sql.accepted, {"message_key": message_key}).fetchone()
    return None if row is None else Duplicate(*row)


def head(
    connection: sqlite3.Connection, sql: Statements, scope: Scope, task_id: str
) -> Head | None:
    """The head of the scope's task, if it has such a task."""
    values = {"owner": scope.owner, "tenant": scope.tenant, "task_id": task_id}
    row = connection.execute(sql.head, values).fetchone()
    return None if row is None else _head(row)


def read(
    connection: sqlite3.Connection,
    sql: Statements,
    task_id: str,
    after: int,
    limit: int | None,
    chunks: bool,
) -> Sequence[Entry]:
    """The entries above `after`; without chunks, segments of nothing else are left out."""
    statement = sql.read if chunks else sql.read_without_chunks
    entries: list[Entry] = []
    with closing(connection.execute(statement, {"task_id": task_id, "next": after + 1})) as rows:
        for first, payload in rows:
            entries += decode_entries(payload, task_id)[max(after + 1 - first, 0) :]
            if limit is not None and len(entries) >= limit:
                break
    return entries[:limit]


def find(connection: sqlite3.Connection, query: Query, position: tuple[int, str] | None) -> Page:
    """A page of heads: the first, or the one after the position."""
    statements = listing(
        of_scope=query.scope is not None,
        of_context=query.context_id is not None,
        states=None if query.states is None else len(query.states),
        updated_after=query.updated_after_ms is not None,
        goes_on=position is not None,
        includes_replied=query.includes_replied,
    )
    values = _filters(query)
    if position is not None:
        values |= {"position_ms": -position[0], "position_task_id": position[1]}
    connection.execute("BEGIN")
    with connection:
        rows = connection.execute(statements.page, values).fetchall()
        heads = [_head(row) for row in rows[: query.limit]]
        has_more = len(rows) > len(heads)
        if position is None and not has_more:
            return Page(heads, "", len(heads))
        (total,) = connection.execute(statements.total, values).fetchone()
    return Page(heads, page_token(heads[-1]) if has_more else "", total)


def _filters(query: Query) -> dict[str, Any]:
    values: dict[str, Any] = {
        "context_id": query.context_id,
        "updated_after_ms": query.updated_after_ms,
        "limit": query.limit + 1,
    }
    if query.scope is not None:
        values |= {"owner": query.scope.owner, "tenant": query.scope.tenant}
    states = sorted(query.states or ())
    return values | {f"state_{i}": state.value for i, state in enumerate(states)}


def prune_some(connection: sqlite3.Connection, sql: Statements, updated_before_ms: int) -> int:
    """Removes some of the ended tasks that are older; 0 when there are none left."""
    values = {"updated_before_ms": updated_before_ms, "limit": MAX_TASKS_PRUNED_AT_ONCE}
    connection.execute("BEGIN IMMEDIATE")
    with connection:
        old: list[dict[str, str]] = []
        entries = 0
        for task_id, sequence in connection.execute(sql.old_tasks, values).fetchall():
            entries += sequence
            if old and entries > MAX_ENTRIES_PRUNED_AT_ONCE:
                break
            old.append({"task_id": task_id})
        connection.executemany(sql.forget_segments, old)
        connection.executemany(sql.forget_task, old)
    return len(old)


def _head(row: tuple[str, str, str, str, str, int, int, int]) -> Head:
    task_id, owner, tenant, context_id, state, sequence, updated_ms, is_replied = row
    return Head(
        task_id=task_id,
        scope=Scope(owner, tenant),
        context_id=context_id,
        state=TaskState(state),
        sequence=sequence,
        updated_ms=updated_ms,
        is_replied=bool(is_replied),
    )

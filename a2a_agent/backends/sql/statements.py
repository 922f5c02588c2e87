"""The SQL of the store, written with SQLAlchemy and compiled once.

Compiled beforehand because `transactions` hands it to the driver itself. All values are bound
by name; the names are those of the columns unless said otherwise.
"""

from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import (
    BigInteger,
    ColumnElement,
    Select,
    Text,
    and_,
    bindparam,
    delete,
    false,
    func,
    literal_column,
    or_,
    select,
    update,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.sql.elements import ClauseElement

from a2a_agent.backends.sql.tables import segments, tasks
from a2a_agent.domain.model import TERMINAL

_CREATED = tuple(c.name for c in tasks.c if not c.name.startswith("lease_"))


class Statements:
    """SQL text for SQLite."""

    def __init__(self) -> None:
        is_expected = and_(
            tasks.c.task_id == bindparam("of_task"),
            tasks.c.sequence == bindparam("expected_sequence"),
        )
        self.create = _sql(sqlite.insert(tasks).on_conflict_do_nothing(), *_CREATED)
        self.update = _sql(
            update(tasks).where(is_expected), "state", "sequence", "updated_ms", "is_replied"
        )
        # Where only chunks are added the status stays, and setting it would rewrite three indices.
        self.advance = _sql(update(tasks).where(is_expected), "sequence")
        self.add_segment = _sql(sqlite.insert(segments), *segments.c.keys())

        is_key = segments.c.message_key == bindparam("message_key")
        self.accepted = _sql(select(segments.c.task_id, segments.c.last).where(is_key))
        self.head = _sql(_heads().where(_equals(tasks.c.task_id), _is_of_scope(), _is_listed()))
        self.read = _sql(_read())
        self.read_without_chunks = _sql(_read().where(segments.c.has_more_than_chunks))

        self.old_tasks = _sql(_old_tasks())
        self.forget_segments = _sql(delete(segments).where(_equals(segments.c.task_id)))
        self.forget_task = _sql(delete(tasks).where(_equals(tasks.c.task_id)))


@dataclass(frozen=True, slots=True)
class Listing:
    """How to find heads by one choice of filters: a page of them, and how many there are.

    Bound besides columns: `state_0` and so on, `updated_after_ms`, `limit`, and where the
    listing goes on, `position_ms` and `position_task_id`.
    """

    page: str
    total: str


@cache
def listing(
    *,
    of_scope: bool,
    of_context: bool,
    states: int | None,
    updated_after: bool,
    goes_on: bool,
    includes_replied: bool = False,
) -> Listing:
    """The statements for a choice of filters, of which there are few."""
    conditions = [] if includes_replied else [_is_listed()]
    if of_scope:
        conditions.append(_is_of_scope())
    if of_context:
        conditions.append(_equals(tasks.c.context_id))
    if states is not None:
        is_one = (tasks.c.state == bindparam(f"state_{i}") for i in range(states))
        conditions.append(or_(false(), *is_one))
    if updated_after:
        conditions.append(tasks.c.updated_ms >= bindparam("updated_after_ms"))
    total = select(func.count()).select_from(tasks).where(*conditions)
    page = _heads().where(*conditions)
    if goes_on:
        page = page.where(_is_after_position())
    page = page.order_by(tasks.c.updated_ms.desc(), tasks.c.task_id)
    return Listing(_sql(_limited(page)), _sql(total))


def _sql(statement: ClauseElement, *set_columns: str) -> str:
    dialect = sqlite.dialect(paramstyle="named")
    return str(statement.compile(dialect=dialect, column_keys=set_columns or None))


def _equals(column: ColumnElement[str]) -> ColumnElement[bool]:
    return column == bindparam(column.key)


def _limited(statement: Select[Any]) -> Select[Any]:
    # SQLAlchemy adds an offset for SQLite, with a value of its own unless it is told one.
    limit = bindparam("limit", type_=BigInteger())
    return statement.limit(limit).offset(literal_column("0"))


def _heads() -> Select[tuple[str, str, str, str, str, int, int, bool]]:
    return select(
        tasks.c.task_id,
        tasks.c.owner,
        tasks.c.tenant,
        tasks.c.context_id,
        tasks.c.state,
        tasks.c.sequence,
        tasks.c.updated_ms,
        tasks.c.is_replied,
    )


def _is_listed() -> ColumnElement[bool]:
    return tasks.c.is_replied.is_(false())


def _is_of_scope() -> ColumnElement[bool]:
    return and_(_equals(tasks.c.owner), _equals(tasks.c.tenant))


def _is_after_position() -> ColumnElement[bool]:
    ms = bindparam("position_ms", type_=BigInteger())
    task_id = bindparam("position_task_id", type_=Text())
    # The first condition says nothing that the second does not, but an index can serve it.
    return and_(tasks.c.updated_ms <= ms, or_(tasks.c.updated_ms < ms, tasks.c.task_id > task_id))


def _read() -> Select[tuple[int, bytes]]:
    """The segments from the entry `next` on.

    A log has no gaps, so `next` is in the last segment that starts there or before.
    """
    of_task = _equals(segments.c.task_id)
    next_ = bindparam("next", type_=BigInteger())
    start = (
        select(func.max(segments.c.first))
        .where(of_task, segments.c.first <= next_)
        .scalar_subquery()
    )
    return (
        select(segments.c.first, segments.c.payload)
        .where(of_task, segments.c.first >= start)
        .order_by(segments.c.first)
    )


def _old_tasks() -> Select[tuple[str, int]]:
    ended = [literal_column(f"'{state.value}'", Text) for state in sorted(TERMINAL)]
    return _limited(
        select(tasks.c.task_id, tasks.c.sequence).where(
            tasks.c.state.in_(ended), tasks.c.updated_ms < bindparam("updated_before_ms")
        )
    )

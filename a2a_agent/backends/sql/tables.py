"""The tables of the store, as the latest migration leaves them.

Both have a row number of the database's own underneath (no WITHOUT ROWID): rows of random size
are then appended to one end, wherever their keys fall. The figures are in docs/decisions.
"""

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Index,
    LargeBinary,
    MetaData,
    Table,
    Text,
    false,
)

metadata = MetaData()

tasks = Table(
    "tasks",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("owner", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("context_id", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("sequence", BigInteger, nullable=False),
    Column("updated_ms", BigInteger, nullable=False),
    Column("created_ms", BigInteger, nullable=False),
    Column("is_replied", Boolean, nullable=False),
    # For replicas that share a database: who runs the task, and until when nobody else may.
    Column("lease_holder", Text),
    Column("lease_until_ms", BigInteger),
)
"""The heads."""

segments = Table(
    "segments",
    metadata,
    Column("task_id", Text, primary_key=True),
    Column("first", BigInteger, primary_key=True),
    # Part of the key so that the key's index alone tells which segments can be left out.
    Column("has_more_than_chunks", Boolean, primary_key=True),
    Column("last", BigInteger, nullable=False),
    Column("message_key", LargeBinary),
    Column("payload", LargeBinary, nullable=False),
)
"""The logs: a row holds the entries of one change, numbered `first` to `last`.

`message_key` names the message that caused the change; it goes when the log goes.
"""

_is_listed = tasks.c.is_replied.is_(false())
_newest_first = (tasks.c.updated_ms.desc(), tasks.c.task_id)

Index(
    "tasks_by_owner",
    tasks.c.owner,
    tasks.c.tenant,
    *_newest_first,
    sqlite_where=_is_listed,
    postgresql_where=_is_listed,
)
Index(
    "tasks_by_context",
    tasks.c.context_id,
    tasks.c.owner,
    tasks.c.tenant,
    *_newest_first,
)
# For what looks at all owners: which tasks are unfinished, which are old.
Index("tasks_by_state", tasks.c.state, tasks.c.updated_ms)

_has_key = segments.c.message_key.is_not(None)
Index(
    "segments_by_message",
    segments.c.message_key,
    unique=True,
    sqlite_where=_has_key,
    postgresql_where=_has_key,
)

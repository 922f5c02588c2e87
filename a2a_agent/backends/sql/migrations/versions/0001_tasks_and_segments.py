"""Tasks and their logs."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tasks",
        sa.Column("task_id", sa.Text, primary_key=True),
        sa.Column("owner", sa.Text, nullable=False),
        sa.Column("tenant", sa.Text, nullable=False),
        sa.Column("context_id", sa.Text, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.Column("sequence", sa.BigInteger, nullable=False),
        sa.Column("updated_ms", sa.BigInteger, nullable=False),
        sa.Column("created_ms", sa.BigInteger, nullable=False),
        sa.Column("is_replied", sa.Boolean, nullable=False),
        sa.Column("lease_holder", sa.Text),
        sa.Column("lease_until_ms", sa.BigInteger),
    )
    is_listed = sa.column("is_replied").is_(sa.false())
    newest_first = (sa.text("updated_ms DESC"), "task_id")
    op.create_index(
        "tasks_by_owner",
        "tasks",
        ("owner", "tenant", *newest_first),
        sqlite_where=is_listed,
        postgresql_where=is_listed,
    )
    op.create_index("tasks_by_context", "tasks", ("context_id", "owner", "tenant", *newest_first))
    op.create_index("tasks_by_state", "tasks", ["state", "updated_ms"])
    op.create_table(
        "segments",
        sa.Column("task_id", sa.Text, primary_key=True),
        sa.Column("first", sa.BigInteger, primary_key=True),
        sa.Column("has_more_than_chunks", sa.Boolean, primary_key=True),
        sa.Column("last", sa.BigInteger, nullable=False),
        sa.Column("message_key", sa.LargeBinary),
        sa.Column("payload", sa.LargeBinary, nullable=False),
    )
    has_key = sa.column("message_key").is_not(None)
    op.create_index(
        "segments_by_message",
        "segments",
        ["message_key"],
        unique=True,
        sqlite_where=has_key,
        postgresql_where=has_key,
    )

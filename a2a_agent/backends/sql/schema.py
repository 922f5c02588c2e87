"""Brings a database to the tables that this version needs.

The migrations are Alembic's; they run in this process when a store is opened.
"""

from threading import Lock

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, inspect

_alembic = Lock()
"""Alembic tells a migration its connection by globals: one upgrade at a time in a process."""


class NotOurs(Exception):
    """The database belongs to another program, or to a newer version of this one."""


def upgrade(connection: Connection) -> None:
    """Runs the migrations that are missing, all or none. Raises NotOurs."""
    # By hand, because the driver would not begin a transaction for statements that make tables.
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    config = Config()
    config.set_main_option("script_location", "a2a_agent.backends.sql:migrations")
    config.attributes["connection"] = connection
    scripts = ScriptDirectory.from_config(config)
    current = MigrationContext.configure(connection).get_current_revision()
    if current == scripts.get_current_head():
        return
    if current is None and inspect(connection).get_table_names():
        raise NotOurs("has tables of another program; name a file of its own for the store")
    if current is not None and current not in (
        known.revision for known in scripts.walk_revisions()
    ):
        raise NotOurs("was written by a newer version of a2a-agent; use that version, or newer")
    with _alembic:
        command.upgrade(config, "head")

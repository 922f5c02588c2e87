"""What Alembic runs: brings the database of the connection it is handed to a revision.

The connection comes from `engine.py`; there is no alembic.ini and no command line here.
"""

from alembic import context

from a2a_agent.backends.sql.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()

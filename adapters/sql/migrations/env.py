"""How alembic runs the revisions: in the transaction of the connection it was given (`adapters/sql/migrate.py`)."""

from alembic import context

from adapters.sql.tables import metadata

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=metadata,
    render_as_batch=True,  # SQLite changes a table by replacing it
    transactional_ddl=True,
)
with context.begin_transaction():
    context.run_migrations()

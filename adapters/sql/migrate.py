"""Bring the schema of a database up to date."""

from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.sql.database import SqlDatabase
from adapters.sql.errors import SchemaAhead

MIGRATIONS = Path(__file__).parent / "migrations"


async def migrate(database: SqlDatabase) -> None:
    """Apply the migrations that are missing, each once, however many processes try at the same time.

    Raise SchemaAhead when a newer Parley has been here, or StorageUnavailable. At the newest schema this is one query.
    """
    async with database.backend.read() as session:
        if await session.run(is_current, slow=False):
            return
    await database.backend.change_schema(upgrade)


def is_current(connection: sa.Connection) -> bool:
    """Whether nothing is to be done. Raise SchemaAhead."""
    scripts = ScriptDirectory.from_config(config(connection))
    found = set(MigrationContext.configure(connection).get_current_heads())
    known = {script.revision for script in scripts.walk_revisions()}
    if found - known:
        raise SchemaAhead(
            f"The database has the schema {', '.join(sorted(found))}, which this version of Parley does not know: "
            "a newer version has migrated it. Run that version, or restore a backup from before"
        )
    return found == set(scripts.get_heads())


def upgrade(connection: sa.Connection) -> None:
    """Run what is missing in the connection's transaction; whoever comes second finds nothing to do."""
    if not is_current(connection):
        command.upgrade(config(connection), "head")


def config(connection: sa.Connection) -> Config:
    """What alembic wants to know; it has no file of its own, and logging stays as the program has set it up."""
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    return config

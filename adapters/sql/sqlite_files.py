"""What is done to a SQLite database as a file: claiming it for one process, and changing its schema."""

import sqlite3
from collections.abc import Callable
from pathlib import Path

import sqlalchemy as sa
from sqlalchemy.pool import NullPool

from adapters.sql.errors import DatabaseInUse

SCHEMA_WAIT_SECONDS = 60


def claim(path: str) -> sqlite3.Connection:
    """Hold the database for this process until the answer is closed, or raise DatabaseInUse.

    The lock is one that SQLite holds on a file beside the database, so it works wherever SQLite does and is gone with
    the process, however it ends. Others may still open the database itself.
    """
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("PRAGMA journal_mode=MEMORY")  # nothing is written, so no journal need lie beside it
        lock.execute("BEGIN EXCLUSIVE")
    except sqlite3.OperationalError as error:
        lock.close()
        if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
            raise
        raise DatabaseInUse(
            f"Another process serves from {path} already. Stop it, or use Postgres, which bears any number of them"
        ) from error
    return lock


def change_schema(path: str, work: Callable[[sa.Connection], None]) -> None:
    """As Backend.change_schema. Foreign keys are off meanwhile, because SQLite changes a table by replacing it."""
    Path(path).parent.mkdir(parents=True, exist_ok=True)
    engine = sa.create_engine(
        sa.URL.create("sqlite", database=path),
        poolclass=NullPool,
        isolation_level="AUTOCOMMIT",
        connect_args={"timeout": SCHEMA_WAIT_SECONDS},
    )
    with engine.connect() as connection:
        connection.exec_driver_sql("PRAGMA journal_mode=WAL")
        connection.exec_driver_sql("PRAGMA foreign_keys=OFF")
        connection.exec_driver_sql("BEGIN IMMEDIATE")
        work(connection)
        if broken := connection.exec_driver_sql("PRAGMA foreign_key_check").all():
            raise RuntimeError(f"The migration broke foreign keys: {broken[:5]}")
        connection.exec_driver_sql("COMMIT")

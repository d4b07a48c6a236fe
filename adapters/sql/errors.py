"""What drivers and SQLAlchemy raise, in the words of the port."""

import sqlite3
from types import TracebackType

import asyncpg
from sqlalchemy.dialects.postgresql.asyncpg import AsyncAdapt_asyncpg_dbapi
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.errors import StorageFull, StorageUnavailable

REFUSED = "The database refuses this server's name, password or database name: check DATABASE_URL"

# SQLSTATE, by code or by class. What is listed was not done and may succeed later; what is not is a bug of ours.
# XX is the server's own trouble: broken data, and what it has no code for, such as a quota of the disk that is used up.
FULL = "53100"
CREDENTIALS = frozenset({"28000", "28P01", "3D000"})
UNAVAILABLE = frozenset({"08", "53", "57", "58", "40001", "40P01", "55P03", "25006", "25P03", "XX"})

SQLITE_FULL = sqlite3.SQLITE_FULL
SQLITE_UNAVAILABLE = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_NOMEM,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_INTERRUPT,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_PROTOCOL,
    }
)


class SchemaAhead(Exception):
    """The database was migrated by a newer Parley; the message is a sentence that is safe to print."""


class DatabaseInUse(Exception):
    """Another process serves from this SQLite file; the message is a sentence that is safe to print."""


class _Translated:
    """`with translated:` raises StorageUnavailable or StorageFull for a database that does not answer or is full.

    Everything else goes through as it is.
    """

    def __init__(self, unanswered: str | None = None) -> None:
        self._unanswered = unanswered

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        if error is None or (refusal := refusal_of(error)) is None:
            return
        if self._unanswered and type(refusal) is StorageUnavailable:
            refusal = StorageUnavailable(self._unanswered)
        raise refusal from error


translated = _Translated()
translated_commit = _Translated("The database did not confirm the change: look whether it is there, then try again")


def refusal_of(error: BaseException) -> StorageUnavailable | None:
    """The refusal that this error amounts to, if it is the database that refuses."""
    if isinstance(error, DBAPIError):
        if error.connection_invalidated:
            return StorageUnavailable()
        error = error.orig or error
    if isinstance(error, sqlite3.Error):
        return _refusal_of_sqlite(getattr(error, "sqlite_errorcode", sqlite3.SQLITE_OK) & 0xFF)
    if state := getattr(error, "sqlstate", None):
        return _refusal_of_state(state)
    if isinstance(error, (OSError, PoolTimeout)) or _is_closed_connection(error):
        return StorageUnavailable()  # TimeoutError and every failure to connect are OSErrors
    return None


def _refusal_of_sqlite(code: int) -> StorageUnavailable | None:
    if code == SQLITE_FULL:
        return StorageFull()
    return StorageUnavailable() if code in SQLITE_UNAVAILABLE else None


def _refusal_of_state(state: str) -> StorageUnavailable | None:
    if state == FULL:
        return StorageFull()
    if state in CREDENTIALS:
        return StorageUnavailable(REFUSED)
    return StorageUnavailable() if state in UNAVAILABLE or state[:2] in UNAVAILABLE else None


def _is_closed_connection(error: BaseException) -> bool:
    """Of asyncpg's InterfaceErrors only this one is the server's; the others are mistakes in a statement of ours.

    An InternalClientError is what asyncpg says between a server's last words and the end of the connection.
    """
    if isinstance(error, AsyncAdapt_asyncpg_dbapi.Error):
        error = error.__cause__ or error
    return isinstance(error, asyncpg.InternalClientError) or (
        isinstance(error, asyncpg.InterfaceError) and "closed" in str(error)
    )

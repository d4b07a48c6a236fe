"""Which errors of a database are refusals, and that no other is swallowed."""

import sqlite3

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError, IntegrityError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from adapters.sql.errors import REFUSED, translated, translated_commit
from domain.errors import StorageFull, StorageUnavailable


def sqlite_error(code: int) -> sqlite3.Error:
    error = sqlite3.OperationalError("whatever it says")
    error.sqlite_errorcode = code
    return error


def postgres_error(code: str) -> asyncpg.PostgresError:
    return asyncpg.PostgresError.new({"C": code, "M": "whatever it says"})


def wrapped(error: Exception) -> DBAPIError:
    return DBAPIError("SELECT 1", {}, error)


UNAVAILABLE = {
    "connection refused": ConnectionRefusedError(),
    "connection reset": ConnectionResetError(),
    "time is up": TimeoutError(),
    "no connection became free": PoolTimeout(),
    "the driver has lost it": asyncpg.InterfaceError("connection is closed"),
    "it was closed in the middle": asyncpg.ConnectionDoesNotExistError("closed in the middle of operation"),
    "shutting down": postgres_error("57P01"),
    "starting up": postgres_error("57P03"),
    "statement cancelled": postgres_error("57014"),
    "lock not available": postgres_error("55P03"),
    "deadlock": postgres_error("40P01"),
    "too many connections": postgres_error("53300"),
    "disk fails": postgres_error("58030"),
    "disk quota": postgres_error("XX000"),
    "a standby": postgres_error("25006"),
    "a transaction left idle for too long": postgres_error("25P03"),
    "busy": sqlite_error(sqlite3.SQLITE_BUSY),
    "busy with a snapshot": sqlite_error(sqlite3.SQLITE_BUSY_SNAPSHOT),
    "interrupted": sqlite_error(sqlite3.SQLITE_INTERRUPT),
    "the disk of the file fails": sqlite_error(sqlite3.SQLITE_IOERR_FSYNC),
    "cannot open": sqlite_error(sqlite3.SQLITE_CANTOPEN),
    "wrapped by SQLAlchemy": wrapped(sqlite_error(sqlite3.SQLITE_BUSY)),
}
FULL = {
    "Postgres": postgres_error("53100"),
    "SQLite": sqlite_error(sqlite3.SQLITE_FULL),
    "wrapped by SQLAlchemy": wrapped(sqlite_error(sqlite3.SQLITE_FULL)),
}
BUGS = {
    "wrong SQL": postgres_error("42601"),
    "unique": postgres_error("23505"),
    "not text": postgres_error("22021"),
    "wrong argument": asyncpg.DataError("invalid input for query argument $1"),
    "two at once": asyncpg.InterfaceError("another operation is in progress"),
    "SQLite's constraint": sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE),
    "SQLite's wrong SQL": sqlite_error(sqlite3.SQLITE_ERROR),
    "wrapped by SQLAlchemy": IntegrityError("INSERT", {}, sqlite_error(sqlite3.SQLITE_CONSTRAINT_UNIQUE)),
    "ours": ZeroDivisionError(),
}


@pytest.mark.parametrize("error", UNAVAILABLE.values(), ids=UNAVAILABLE.keys())
def test_a_database_that_cannot_do_it_now_is_unavailable(error: Exception) -> None:
    with pytest.raises(StorageUnavailable) as refusal, translated:
        raise error
    assert type(refusal.value) is StorageUnavailable
    assert refusal.value.__cause__ is error
    assert "whatever" not in str(refusal.value)
    with pytest.raises(StorageUnavailable, match="did not confirm"), translated_commit:
        raise error


@pytest.mark.parametrize("error", FULL.values(), ids=FULL.keys())
def test_a_full_disk_is_named(error: Exception) -> None:
    for edge in (translated, translated_commit):
        with pytest.raises(StorageFull), edge:
            raise error


@pytest.mark.parametrize("code", ["28P01", "28000", "3D000"])
def test_wrong_credentials_point_to_the_setting(code: str) -> None:
    with pytest.raises(StorageUnavailable) as refusal, translated:
        raise postgres_error(code)
    assert str(refusal.value) == REFUSED


@pytest.mark.parametrize("error", BUGS.values(), ids=BUGS.keys())
def test_everything_else_goes_through_as_it_is(error: Exception) -> None:
    with pytest.raises(type(error)) as raised, translated:
        raise error
    assert raised.value is error

"""What the tests ask of any of Parley's databases, and how they open one."""

from contextlib import AbstractAsyncContextManager
from typing import Protocol

from adapters.memory.database import MemoryDatabase
from application.ports.run_log import RunLog
from application.ports.storage import ReadTransaction, Transaction


class Database(Protocol):
    """The part of MemoryDatabase and SqlDatabase that is the same."""

    @property
    def run_log(self) -> RunLog: ...

    @property
    def checked_out(self) -> int: ...

    def begin(self) -> AbstractAsyncContextManager[Transaction]: ...

    def read(self) -> AbstractAsyncContextManager[ReadTransaction]: ...

    async def ping(self) -> None: ...

    def describe(self) -> str: ...

    async def dispose(self) -> None: ...


async def open_database(url: str) -> Database:
    """The database at `url`, migrated. Dispose of it afterwards."""
    if url.startswith("memory:"):
        return MemoryDatabase()
    from adapters.sql.database import SqlDatabase
    from adapters.sql.migrate import migrate

    database = SqlDatabase.connect(url)
    await migrate(database)
    return database

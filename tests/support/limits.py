"""Counters of limits as a process has them, and takes for them."""

from typing import cast

from adapters.memory.database import MemoryDatabase
from adapters.memory.limit_counters import MemoryLimitCounters
from adapters.sql.database import SqlDatabase
from application.ports.limit_counters import LimitCounters
from tests.support.databases import Database


def counters_of(database: Database, holder: str = "one") -> LimitCounters:
    """Those of a process called `holder`. Close them before the database."""
    if isinstance(database, MemoryDatabase):
        return MemoryLimitCounters()
    return cast(SqlDatabase, database).limit_counters(holder) or MemoryLimitCounters()

"""Expressions that the two databases spell differently."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement

from adapters.sql.columns import UtcDateTime


class ago(FunctionElement[datetime]):  # noqa: N801  # a function, as SQL has it
    """The moment so many seconds ago by the database's clock, which stands still during a transaction on Postgres."""

    inherit_cache = True
    type = UtcDateTime()


class each_of(FunctionElement[int]):  # noqa: N801
    """`column.op("IN")(each_of(ids))`: the ids are one parameter, so their number makes no other statement."""

    inherit_cache = True


NOW = ago(sa.literal_column("0"))


def seconds_ago(name: str) -> ago:
    """So many seconds ago as the parameter `name` says."""
    return ago(sa.bindparam(name, type_=sa.Float))


@compiles(ago, "postgresql")
def _ago_on_postgres(element: ago, compiler: SQLCompiler, **options: Any) -> str:
    return f"(now() - make_interval(secs => {compiler.process(element.clauses, **options)}))"


@compiles(ago, "sqlite")
def _ago_on_sqlite(element: ago, compiler: SQLCompiler, **options: Any) -> str:
    """With 999: the end of SQLite's millisecond, so that what has happened in it is never in the future."""
    seconds = compiler.process(element.clauses, **options)
    return f"strftime('%Y-%m-%d %H:%M:%f999', 'now', '-' || {seconds} || ' seconds')"


@compiles(each_of, "postgresql")
def _each_on_postgres(element: each_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT unnest({compiler.process(element.clauses, **options)}))"


@compiles(each_of, "sqlite")
def _each_on_sqlite(element: each_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"(SELECT value FROM json_each({compiler.process(element.clauses, **options)}))"  # noqa: S608  # a parameter

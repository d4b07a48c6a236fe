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


class day_of(FunctionElement[str]):  # noqa: N801
    """The day of a moment, in UTC, as `YYYY-MM-DD`."""

    inherit_cache = True
    type = sa.Text()


class start_of_day(FunctionElement[datetime]):  # noqa: N801
    """Midnight in UTC before a moment."""

    inherit_cache = True
    type = UtcDateTime()


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


@compiles(day_of, "postgresql")
def _day_on_postgres(element: day_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"to_char({compiler.process(element.clauses, **options)} AT TIME ZONE 'UTC', 'YYYY-MM-DD')"


@compiles(day_of, "sqlite")
def _day_on_sqlite(element: day_of, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10)"  # as UtcDateTime writes it


@compiles(start_of_day, "postgresql")
def _start_of_day_on_postgres(element: start_of_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"date_trunc('day', {compiler.process(element.clauses, **options)}, 'UTC')"


@compiles(start_of_day, "sqlite")
def _start_of_day_on_sqlite(element: start_of_day, compiler: SQLCompiler, **options: Any) -> str:
    return f"substr({compiler.process(element.clauses, **options)}, 1, 10) || ' 00:00:00.000000'"

"""Any number of values as one parameter, so that their number makes no other statement."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.engine import Dialect
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql.compiler import SQLCompiler
from sqlalchemy.sql.functions import FunctionElement
from sqlalchemy.types import TypeDecorator, TypeEngine

from adapters.sql.codec import to_json


class Terms(TypeDecorator[Collection[str]]):
    """Texts as an array, or as JSON where there are none."""

    impl = sa.Text
    cache_ok = True

    def load_dialect_impl(self, dialect: Dialect) -> TypeEngine[Any]:
        return dialect.type_descriptor(sa.Text() if dialect.name == "sqlite" else ARRAY(sa.Text))

    def process_bind_param(self, value: Collection[str] | None, dialect: Dialect) -> Any:
        terms = list(value or ())
        return to_json(terms) if dialect.name == "sqlite" else terms


class each_row(FunctionElement[Any]):  # noqa: N801  # a function, as SQL has it
    """The values of a list as rows."""

    inherit_cache = True


def rows_of(values: sa.BindParameter[Any]) -> sa.TableValuedAlias:
    """The values of a list as a table with the column `value`."""
    # The table has the name of its column, because Postgres calls the column as the table, and SQLite calls it `value`.
    return each_row(values).table_valued("value", name="value")


class ByKeys:
    """A query for the rows of a table whose `key` is in a list, the last column of an index to be looked up by.

    Each database has a way of asking for it that makes it look up every key, and another that may make it read all that
    the index has before the key, which is all that an owner has: SQLite for `IN` a list, Postgres for a join with one.
    """

    def __init__(
        self,
        columns: Sequence[sa.ColumnElement[Any]],
        key: sa.Column[Any],
        values: sa.BindParameter[Any],
        *conditions: sa.ColumnElement[bool],
        grouped: bool = False,
    ) -> None:
        wanted = rows_of(values)
        on_sqlite = sa.and_(*conditions, key == wanted.c.value)
        self.on_sqlite = sa.select(*columns).join_from(wanted, key.table, on_sqlite, isouter=True)
        self.on_postgres = sa.select(*columns).where(*conditions, key == sa.any_(values))
        if grouped:
            self.on_sqlite, self.on_postgres = self.on_sqlite.group_by(key), self.on_postgres.group_by(key)

    def on(self, dialect: Dialect) -> sa.Select[Any]:
        return self.on_sqlite if dialect.name == "sqlite" else self.on_postgres

    def rows(self, connection: sa.Connection, values: Mapping[str, Any]) -> Iterator[Any]:
        """The rows that there are; the first column of none is null."""
        for row in connection.execute(self.on(connection.dialect), values):
            if row[0] is not None:  # from an outer join, a key that was not found
                yield row


class appended(FunctionElement[bytes]):  # noqa: N801
    """The first bytes, then the second."""

    inherit_cache = True
    type = sa.LargeBinary()


@compiles(each_row, "postgresql")
def _each_on_postgres(element: each_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"unnest({compiler.process(element.clauses, **options)})"


@compiles(each_row, "sqlite")
def _each_on_sqlite(element: each_row, compiler: SQLCompiler, **options: Any) -> str:
    return f"json_each({compiler.process(element.clauses, **options)})"


@compiles(appended, "postgresql")
def _appended_on_postgres(element: appended, compiler: SQLCompiler, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"({first} || {second})"


@compiles(appended, "sqlite")
def _appended_on_sqlite(element: appended, compiler: SQLCompiler, **options: Any) -> str:
    first, second = (compiler.process(clause, **options) for clause in element.clauses)
    return f"CAST({first} || {second} AS BLOB)"  # SQLite joins blobs, but calls what comes of it text

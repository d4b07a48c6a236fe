"""Any number of values as one parameter, so that their number makes no other statement."""

from collections.abc import Collection
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
    """The values of a list as a table of one column: `each_row(list).table_valued("value", name="value")`.

    The table has the name of its column, because Postgres calls the column as the table, and SQLite calls it `value`.
    """

    inherit_cache = True


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

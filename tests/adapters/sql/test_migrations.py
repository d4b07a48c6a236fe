"""Migrations: up to date after any number of tries by any number of processes, and equal to what the code expects."""

import asyncio
import re
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from adapters.sql.database import SqlDatabase
from adapters.sql.errors import SchemaAhead
from adapters.sql.migrate import MIGRATIONS, config, migrate
from adapters.sql.tables import metadata
from tests.support.builders import add_conversation, exchange, stored_messages

PROCESS = """
import asyncio, sys
from adapters.sql.database import SqlDatabase
from adapters.sql.migrate import migrate

async def main():
    database = SqlDatabase.connect(sys.argv[1])
    sys.stdin.readline()
    await migrate(database)
    await database.ping()
    await database.dispose()

print("ready", flush=True)
asyncio.run(main())
"""


DEFINITIONS = {
    "sqlite": [
        sa.text(  # a column that was added later stands in the same line
            "SELECT type, name, replace(replace(sql, char(10), ' '), char(9), '') FROM sqlite_master "
            "WHERE name NOT LIKE 'alembic%'"
        )
    ],
    "postgresql": [
        sa.text("SELECT indexdef FROM pg_indexes WHERE schemaname = 'public'"),
        sa.text(
            "SELECT conrelid::regclass::text, pg_get_constraintdef(oid) FROM pg_constraint "
            "WHERE connamespace = 'public'::regnamespace"
        ),
        sa.text(
            "SELECT table_name, ordinal_position, column_name, data_type, is_nullable, column_default, "
            "identity_generation FROM information_schema.columns WHERE table_schema = 'public'"
        ),
    ],
}


@pytest.fixture
async def empty(sql_url: str) -> Any:
    database = SqlDatabase.connect(sql_url)
    yield database
    await database.dispose()


async def look(database: SqlDatabase, work: Callable[[sa.Connection], Any]) -> Any:
    async with database.backend.read() as session:
        return await session.run(work, slow=False)


def tables(connection: sa.Connection) -> set[str]:
    return {name for name in sa.inspect(connection).get_table_names() if not name.startswith("sqlite_")}


def alembic(go: Callable[[Config, str], None], where: str, connection: sa.Connection) -> None:
    go(config(connection), where)


def definitions(connection: sa.Connection) -> set[str]:
    """All that the database itself says of tables, columns, constraints and indexes, in its own words."""
    return {
        " ".join(str([_in_any_order(value) for value in row]).split())
        for query in DEFINITIONS[connection.dialect.name]
        for row in connection.execute(query)
    }


def _in_any_order(value: object) -> object:
    """SQLite keeps the words of a table's definition, in which a column that was added later comes last."""
    if not (isinstance(value, str) and value.startswith("CREATE TABLE")):
        return value
    head, _, rest = value.partition("(")
    body, _, tail = rest.rpartition(")")
    return head, sorted(" ".join(part.split()) for part in re.split(r",(?![^()]*\))", body)), tail


async def test_an_empty_database_gets_the_whole_schema_and_a_second_time_changes_nothing(empty: SqlDatabase) -> None:
    for _ in range(2):
        await migrate(empty)
        assert await look(empty, tables) == {*metadata.tables, "alembic_version"}


async def test_the_migrations_make_exactly_what_the_code_expects(sql: SqlDatabase) -> None:
    migrated = await look(sql, definitions)
    await sql.backend.change_schema(metadata.drop_all)
    await sql.backend.change_schema(metadata.create_all)
    assert migrated == await look(sql, definitions)


async def test_a_generated_migration_would_be_empty(sql: SqlDatabase) -> None:
    def differences(connection: sa.Connection) -> list[Any]:
        return list(compare_metadata(MigrationContext.configure(connection), metadata))

    assert await look(sql, differences) == []


async def test_every_step_can_be_gone_up_down_and_up_again(empty: SqlDatabase) -> None:
    scripts = ScriptDirectory(str(MIGRATIONS)).walk_revisions()
    for revision in reversed([script.revision for script in scripts]):
        for go, where in ((command.upgrade, revision), (command.downgrade, "-1"), (command.upgrade, revision)):
            await empty.backend.change_schema(partial(alembic, go, where))
    await empty.backend.change_schema(partial(alembic, command.downgrade, "base"))
    assert await look(empty, tables) == {"alembic_version"}


async def test_a_migration_that_fails_half_way_leaves_nothing_behind(empty: SqlDatabase) -> None:
    def fail(connection: sa.Connection) -> None:
        command.upgrade(config(connection), "head")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await empty.backend.change_schema(fail)
    assert await look(empty, tables) == set()
    await migrate(empty)


async def test_what_is_stored_outlives_a_migration(sql: SqlDatabase) -> None:
    conversation = await add_conversation(sql)
    await exchange(sql, conversation, "question", "answer")
    await migrate(sql)
    assert [message.text for message in await stored_messages(sql, conversation.id)] == ["question", "answer"]


async def test_a_schema_from_the_future_is_refused_with_a_sentence(sql: SqlDatabase) -> None:
    def into_the_future(connection: sa.Connection) -> None:
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))

    await sql.backend.change_schema(into_the_future)
    with pytest.raises(SchemaAhead, match=r"9999.*newer version.*backup"):
        await migrate(sql)


async def test_four_processes_at_once_all_come_up_on_an_empty_database(sql_url: str) -> None:
    processes = [
        await asyncio.create_subprocess_exec(
            sys.executable, "-c", PROCESS, sql_url, stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE
        )
        for _ in range(4)
    ]
    async with asyncio.timeout(60):
        for process in processes:
            assert process.stdout
            assert await process.stdout.readline() == b"ready\n"
        outcomes = await asyncio.gather(*(process.communicate(b"go\n") for process in processes))
    assert [process.returncode for process in processes] == [0] * 4, outcomes
    database = SqlDatabase.connect(sql_url)
    versions = await look(database, lambda c: c.execute(sa.text("SELECT count(*) FROM alembic_version")).scalar_one())
    assert versions == 1
    await database.dispose()


async def test_the_programs_logging_stays_as_it_was(empty: SqlDatabase, caplog: pytest.LogCaptureFixture) -> None:
    import logging

    before = logging.getLogger().level, list(logging.getLogger().handlers), logging.getLogger("alembic").level
    await migrate(empty)
    assert (logging.getLogger().level, list(logging.getLogger().handlers), logging.getLogger("alembic").level) == before

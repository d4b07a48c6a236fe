"""A turn with one message, which is what nearly every turn is, takes one statement on Postgres."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

import pytest
import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from domain.conversation import Role, Text
from tests.support.builders import add_conversation, opened, said, turn


@contextmanager
def counted() -> Iterator[list[str]]:
    """The statements that any engine sends meanwhile."""
    statements: list[str] = []

    def note(*event: object) -> None:
        statements.append(str(event[2]))

    sa.event.listen(sa.Engine, "before_cursor_execute", note)
    try:
        yield statements
    finally:
        sa.event.remove(sa.Engine, "before_cursor_execute", note)


@pytest.mark.parametrize(("messages", "most"), [(1, 1), (2, 3), (100, 3)])
async def test_the_statements_of_a_turn_do_not_grow_with_its_input(
    postgres: SqlDatabase, messages: int, most: int
) -> None:
    conversation = await add_conversation(postgres)
    input = tuple(said(Role.USER, Text(f"part {n}")) for n in range(messages))
    with counted() as statements:
        await opened(postgres, replace(turn(conversation), input=input))
    assert 0 < len(statements) <= most, statements

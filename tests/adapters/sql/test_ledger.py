"""The usage ledger outlives what was said."""

from typing import Any

import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.tables import usage
from tests.support.builders import ALICE, LATER, add_conversation, ask, ending, exchange


async def ledger(database: SqlDatabase) -> list[Any]:
    line = sa.select(usage.c.run_id, usage.c.owner, usage.c.model, usage.c.input_tokens, usage.c.created_at)
    async with database.backend.read() as session:
        return await session.run(lambda connection: [tuple(row) for row in connection.execute(line)], slow=False)


async def test_a_line_outlives_the_conversation_without_its_run(sql: SqlDatabase) -> None:
    conversation = await add_conversation(sql)
    run = await exchange(sql, conversation, "question", "answer")
    assert await ledger(sql) == [(run.id, ALICE, "demo:parrot", 12, LATER)]
    async with sql.begin() as tx:
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    assert await ledger(sql) == [(None, ALICE, "demo:parrot", 12, LATER)]


async def test_an_ending_written_again_is_paid_for_once_and_one_without_usage_never(sql: SqlDatabase) -> None:
    conversation = await add_conversation(sql)
    paid = ending(await ask(sql, conversation, "question"), "answer")
    for _ in range(3):
        await sql.run_log.write([paid])
    await sql.run_log.write([ending(await ask(sql, conversation, "question"), "answer", usage=None)])
    assert len(await ledger(sql)) == 1

"""What every store promises of titles and of the ledger of calls that are no run's."""

from domain.access import OwnerId
from domain.usage import Usage
from tests.support.builders import ALICE, BOB, NOON, USAGE, new_conversation
from tests.support.databases import Database, ledger


async def test_a_call_that_is_no_runs_has_a_line_once_committed(database: Database) -> None:
    async with database.begin() as tx:
        await tx.ledger.add(Usage(1, 1), owner=ALICE, model="m", at=NOON)
    async with database.begin() as tx:
        await tx.ledger.add(USAGE, owner=ALICE, model="openai:small", at=NOON)
        await tx.commit()

    [line] = await ledger(database)
    assert (line.owner, line.model, line.usage, line.at, line.run_id) == (ALICE, "openai:small", USAGE, NOON, None)
    assert line.usage.raw == USAGE.raw


async def test_a_title_is_replaced_only_while_it_is_the_old_one(database: Database) -> None:
    async with database.begin() as tx:
        first = await tx.conversations.add(new_conversation(title="first words"))
        await tx.commit()

    async def retitle(owner: OwnerId, old: str, new: str) -> str:
        async with database.begin() as tx:
            await tx.conversations.retitle(first.id, owner=owner, old=old, new=new)
            await tx.commit()
        async with database.read() as tx:
            found = await tx.conversations.get(first.id, owner=ALICE)
        assert found.updated_at == first.updated_at
        return found.title

    assert await retitle(BOB, "first words", "stolen") == "first words"
    assert await retitle(ALICE, "first words", "Rivers") == "Rivers"
    assert await retitle(ALICE, "first words", "too late") == "Rivers"

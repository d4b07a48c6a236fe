"""MessageRepository: messages by their ids, in whichever conversations they are."""

from domain.conversation import MessageId
from tests.support.builders import ALICE, BOB, add_conversation, exchange
from tests.support.databases import Database


async def test_messages_are_found_by_their_ids_and_only_by_their_owner(database: Database) -> None:
    first = await exchange(database, await add_conversation(database), "one", "two")
    second = await exchange(database, await add_conversation(database), "three", "four")
    foreign = await exchange(database, await add_conversation(database, owner=BOB), "five", "six")
    odd = [MessageId(id) for id in (0, -1, 999_999, 2**63, 10**30)]
    wanted = [second.answer_id, foreign.answer_id, first.question_id, second.answer_id, *odd]
    async with database.read() as tx:
        found = await tx.messages.find(wanted, owner=ALICE)
        assert {(message.id, message.text) for message in found} == {
            (first.question_id, "one"),
            (second.answer_id, "four"),
        }
        assert len(found) == 2
        assert [message.text for message in await tx.messages.find(wanted, owner=BOB)] == ["six"]
        assert await tx.messages.find([], owner=ALICE) == []
        assert await tx.messages.find(odd, owner=ALICE) == []

"""What a turn costs in memory does not grow with the conversation."""

from time import perf_counter

from adapters.memory.database import MemoryDatabase
from domain.conversation import Conversation
from tests.support.builders import ALICE, add_conversation, ending, turn


async def a_turn(database: MemoryDatabase, conversation: Conversation) -> float:
    """Ask below the head, read the last messages, answer; return the seconds that it took."""
    started = perf_counter()
    async with database.begin() as tx:
        now = await tx.conversations.get(conversation.id, owner=ALICE)
        await tx.messages.branch(now, limit=40)
        run = await tx.runs.open(turn(now, parent_id=now.head_id))
        await tx.commit()
    await database.run_log.write([ending(run, "answer")])
    return perf_counter() - started


async def test_a_turn_in_a_long_conversation_costs_what_it_costs_in_a_short_one() -> None:
    short, long = MemoryDatabase(), MemoryDatabase()
    new, old = await add_conversation(short), await add_conversation(long)
    for _ in range(20):
        await a_turn(short, new)
    for _ in range(4_000):
        await a_turn(long, old)
    quickest_in_short = quickest_in_long = float("inf")
    for _ in range(100):  # in turn, so that what else the machine does weighs on both
        quickest_in_short = min(quickest_in_short, await a_turn(short, new))
        quickest_in_long = min(quickest_in_long, await a_turn(long, old))
    assert quickest_in_long < 10 * quickest_in_short, "200 times as long, and as many times as slow if it grew"

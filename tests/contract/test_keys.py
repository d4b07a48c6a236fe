"""IdempotencyKeys: what was made under a key is found under it, and of twins one is first."""

import pytest

from application.ports.storage import Transaction
from domain.errors import KeyInUse, KeyReused
from domain.idempotency import KEPT_SECONDS, IdempotencyKey, KeyUse, StoredAnswer
from tests.support.builders import (
    ALICE,
    BOB,
    ODD_TEXTS,
    ONE,
    add_conversation,
    ask,
    find_use,
    keep_use,
    key,
    new_conversation,
    turn,
)
from tests.support.databases import Database, date_keys_back

ANSWER = StoredAnswer(200, "application/json", b'{"result": "\x00\xff"}')
AT_WORK = KeyUse(worker_id=ONE)


async def answered(database: Database, key: IdempotencyKey) -> StoredAnswer | None:
    use = await find_use(database, key)
    return use.answer if use else None


async def test_a_new_key_was_used_for_nothing(database: Database) -> None:
    assert await find_use(database, key()) is None


async def test_a_key_finds_the_run_or_the_conversation_that_was_made_under_it(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "question")
    await keep_use(database, key("run"), KeyUse(run_id=run.id))
    await keep_use(database, key("conversation"), KeyUse(conversation_id=conversation.id))
    for _ in range(2):
        assert await find_use(database, key("run")) == KeyUse(run_id=run.id)
        assert await find_use(database, key("conversation")) == KeyUse(conversation_id=conversation.id)
        assert await find_use(database, key("another")) is None


async def test_a_key_finds_the_answer_byte_for_byte(database: Database) -> None:
    await keep_use(database, key(), KeyUse(answer=ANSWER))
    assert await answered(database, key()) == ANSWER


@pytest.mark.parametrize("name", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_any_text_is_a_key(database: Database, name: str) -> None:
    await keep_use(database, key(name, name), KeyUse(answer=ANSWER))
    assert await answered(database, key(name, name)) == ANSWER
    assert await find_use(database, key(name + "x", name)) is None


async def test_the_same_key_with_another_request_is_refused(database: Database) -> None:
    await database.workers.beat(ONE)
    await keep_use(database, key("answered", "one"), KeyUse(answer=ANSWER))
    await keep_use(database, key("at work", "one"), AT_WORK)
    for name in ("answered", "at work"):
        with pytest.raises(KeyReused):
            await find_use(database, key(name, "another"))


async def test_the_key_of_another_is_another_key(database: Database) -> None:
    await keep_use(database, key(owner=ALICE), KeyUse(answer=ANSWER))
    assert await find_use(database, key(owner=BOB)) is None
    assert await find_use(database, key(fingerprint="another", owner=BOB)) is None
    await keep_use(database, key(owner=BOB), KeyUse(answer=StoredAnswer(201, "text/plain", b"")))
    assert await answered(database, key(owner=ALICE)) == ANSWER


async def test_a_key_that_was_dropped_is_new(database: Database) -> None:
    await keep_use(database, key(), KeyUse(answer=ANSWER))
    async with database.begin() as tx:
        await tx.keys.drop(key())
        await tx.commit()
    assert await find_use(database, key(fingerprint="another")) is None
    await keep_use(database, key(fingerprint="another"), KeyUse(answer=ANSWER))


async def test_dropping_what_nobody_kept_is_no_work(database: Database) -> None:
    async with database.begin() as tx:
        await tx.keys.drop(key())
        await tx.commit()


async def test_a_key_is_kept_with_what_was_made_or_not_at_all(database: Database) -> None:
    async def make(tx: Transaction) -> None:
        conversation = await tx.conversations.add(new_conversation())
        run = await tx.runs.open(turn(conversation))
        await tx.keys.keep(key(), KeyUse(run_id=run.id))
        assert await tx.keys.find(key(), lease_seconds=60) == KeyUse(run_id=run.id)

    async with database.begin() as tx:
        await make(tx)
    assert await find_use(database, key()) is None
    async with database.begin() as tx:
        await make(tx)
        await tx.commit()
    assert await find_use(database, key()) is not None


async def test_a_drop_that_is_rolled_back_never_was(database: Database) -> None:
    await keep_use(database, key(), KeyUse(answer=ANSWER))
    async with database.begin() as tx:
        await tx.keys.drop(key())
        assert await tx.keys.find(key(), lease_seconds=60) is None
    assert await answered(database, key()) == ANSWER


async def test_what_was_made_outlives_its_worker(database: Database) -> None:
    await keep_use(database, key(), KeyUse(answer=ANSWER, worker_id=ONE))
    run = await ask(database, await add_conversation(database), "question")
    await keep_use(database, key("run"), KeyUse(run_id=run.id))
    use = await find_use(database, key(), lease_seconds=0)
    assert use
    assert use.answer == ANSWER
    assert await find_use(database, key("run"), lease_seconds=0) == KeyUse(run_id=run.id)


async def test_a_key_is_forgotten_a_day_after_its_first_use(database: Database) -> None:
    await keep_use(database, key(), KeyUse(answer=ANSWER))
    await date_keys_back(database, KEPT_SECONDS - 60)
    assert await answered(database, key()) == ANSWER
    with pytest.raises(KeyInUse):
        await keep_use(database, key(), AT_WORK)
    await date_keys_back(database, KEPT_SECONDS)
    assert await find_use(database, key()) is None
    assert await find_use(database, key(fingerprint="another")) is None
    await keep_use(database, key(fingerprint="another"), KeyUse(answer=StoredAnswer(201, "text/plain", b"")))
    assert await answered(database, key(fingerprint="another")) == StoredAnswer(201, "text/plain", b"")


async def test_the_keys_of_a_deleted_conversation_are_new(database: Database) -> None:
    conversation = await add_conversation(database)
    run = await ask(database, conversation, "question")
    await keep_use(database, key("run"), KeyUse(run_id=run.id))
    await keep_use(database, key("conversation"), KeyUse(conversation_id=conversation.id))
    async with database.begin() as tx:
        await tx.conversations.delete(conversation.id, owner=ALICE)
        await tx.commit()
    for name in ("run", "conversation"):
        assert await find_use(database, key(name)) is None
        await keep_use(database, key(name, "another"), KeyUse(answer=ANSWER))

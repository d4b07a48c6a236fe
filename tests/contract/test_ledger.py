"""UsageLedger: every line as it was written, and sums that are the lines' to the last billionth."""

import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from application.ports.run_log import LogEntry
from domain.access import KeyId, OwnerId, UserId
from domain.run import Run, TextDelta, WorkerId
from domain.usage import (
    EVERYBODY,
    NOTHING_SPENT,
    Account,
    CallOutcome,
    Cost,
    GroupBy,
    LedgerEntry,
    Purpose,
    Spending,
    Usage,
)
from tests.support.builders import ALICE, BOB, NOON, ONE, USAGE, add_conversation, ask, call_of, ending, opened, turn
from tests.support.databases import Database, ledger

DAY = timedelta(days=1)
EVER = {"since": datetime.min.replace(tzinfo=UTC), "before": datetime.max.replace(tzinfo=UTC)}
WHOLE = LedgerEntry(
    owner=ALICE,
    asked="small\x00",
    model="openai:small",
    purpose=Purpose.AGENT_STEP,
    usage=Usage(7, 5, {"a": [1, None, "é"]}, 3, 2, 4),
    at=NOON,
    outcome=CallOutcome.CANCELLED,
    estimated=True,
    cost=Cost(2**62, "USD", "2026-11-20"),
    user_id=UserId(4),
    key_id=KeyId(9),
)
PLAIN = LedgerEntry(owner=BOB, asked="m", model="x:m", purpose=Purpose.EMBEDDING, usage=Usage(1, 0), at=NOON)


async def add(database: Database, *entries: LedgerEntry) -> None:
    async with database.begin() as tx:
        await tx.ledger.add(entries)
        await tx.commit()


async def test_a_line_comes_back_as_it_was_written_once_committed(database: Database) -> None:
    async with database.begin() as tx:
        await tx.ledger.add([WHOLE])
    await add(database, WHOLE, PLAIN)
    await add(database)
    first, second = await ledger(database)
    assert (first.id or 0) < (second.id or 0)
    assert [replace(line, id=None, asked="m") for line in (first, second)] == [replace(WHOLE, asked="m"), PLAIN]
    assert first.usage.raw == WHOLE.usage.raw


async def test_a_line_names_its_run_only_while_that_is_there(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    await add(database, replace(PLAIN, run_id=run.id), replace(PLAIN, run_id=run.id + 1000))
    assert [line.run_id for line in await ledger(database)] == [run.id, None]
    async with database.begin() as tx:
        await tx.conversations.delete(run.conversation_id, owner=ALICE)
        await tx.commit()
    assert [line.run_id for line in await ledger(database)] == [None, None]


async def test_calls_get_their_lines_with_the_events_that_came_of_them_once(database: Database) -> None:
    run = await ask(database, await add_conversation(database), "question")
    other = await ask(database, await add_conversation(database), "question")
    step = LogEntry(run, 1, (TextDelta("a"),), calls=(call_of(run, Usage(1, 1)), call_of(run, Usage(2, 2))))
    for _ in range(2):
        await database.run_log.write([step, LogEntry(other, 1, (TextDelta("b"),))])
    await database.run_log.write([LogEntry(replace(run, fence=7), 2, (TextDelta("x"),), calls=(call_of(run),))])
    await database.run_log.write([ending(run, "b", first=2), ending(other, "c", first=2, usage=None)])
    lines = await ledger(database)
    assert [(line.run_id, line.usage.input_tokens) for line in lines] == [
        (run.id, 1),
        (run.id, 2),
        (run.id, USAGE.input_tokens),
    ]


async def test_pages_go_from_the_newest_to_the_oldest(database: Database) -> None:
    await add(database, *(replace(PLAIN, usage=Usage(n, 0), at=NOON + n * DAY) for n in range(10)), WHOLE)

    async def page(**wanted: object) -> list[int]:
        values = {"of": Account(BOB), **EVER, "below": None, "limit": 4} | wanted
        async with database.read() as tx:
            lines = await tx.ledger.page(values.pop("of"), **values)  # type: ignore[arg-type]
        return [line.usage.input_tokens for line in lines]

    async with database.read() as tx:
        last = (await tx.ledger.page(Account(BOB), **EVER, below=None, limit=4))[-1].id
    assert await page() == [9, 8, 7, 6]
    assert await page(below=last) == [5, 4, 3, 2]
    assert await page(since=NOON + 3 * DAY, before=NOON + 5 * DAY) == [4, 3]
    assert await page(of=Account(key_id=KeyId(9))) == [7]
    assert await page(of=Account(BOB, KeyId(9))) == []


def drawn(chance: random.Random) -> LedgerEntry:
    """A line with more than a few of its possible values the same as others'."""
    user = chance.choice([None, 1, 2])
    cost = Cost(chance.randrange(10**12), chance.choice(["USD", "EUR"]), "v") if chance.random() < 0.8 else None
    return LedgerEntry(
        owner=OwnerId(f"user_{user}") if user else OwnerId("local"),
        asked="m",
        model=f"{chance.choice('abc')}:{chance.choice('xy')}",
        purpose=chance.choice(list(Purpose)),
        usage=Usage(*(chance.randrange(10**6) for _ in range(2)), {}, *(chance.randrange(10**4) for _ in range(3))),
        at=NOON + timedelta(seconds=chance.randrange(-5 * 86_400, 5 * 86_400), microseconds=chance.randrange(10**6)),
        outcome=chance.choice(list(CallOutcome)),
        estimated=chance.random() < 0.2,
        cost=cost,
        user_id=UserId(user) if user else None,
        key_id=chance.choice([None, KeyId(3), KeyId(4)]),
    )


def summed(lines: list[LedgerEntry]) -> Spending:
    return sum((line.spending for line in lines), NOTHING_SPENT)


KEYS = {
    GroupBy.DAY: lambda line: line.at.date().isoformat(),
    GroupBy.MODEL: lambda line: line.model,
    GroupBy.USER: lambda line: line.user_id,
    GroupBy.KEY: lambda line: line.key_id,
}


async def test_sums_are_the_lines_added_up(database: Database) -> None:
    """Of thousands of lines drawn at random, whoever asks and whatever they are told apart by."""
    chance = random.Random(7)
    lines = [drawn(chance) for _ in range(4_000)]
    await add(database, *lines)
    since, before = NOON - 2 * DAY, NOON + 3 * DAY
    accounts = EVERYBODY, Account(OwnerId("user_1")), Account(key_id=KeyId(3)), Account(OwnerId("local"), KeyId(4))
    for account in accounts:
        of = [
            line
            for line in lines
            if account.owner in (None, line.owner) and account.key_id in (None, line.key_id) and line.at >= since
        ]
        async with database.read() as tx:
            assert await tx.ledger.spent(account, since=since) == summed(of)
            for by, key in KEYS.items():
                totals = await tx.ledger.totals(account, by=by, since=since, before=before)
                found = {key(line): [] for line in of if line.at < before}
                for line in of:
                    if line.at < before:
                        found[key(line)].append(line)
                assert dict(totals) == {name: summed(lines) for name, lines in found.items()}
                names = [name for name, _ in totals]
                assert names == sorted(names, key=lambda name: (name is not None, name))


async def test_whose_account_is_deleted_leaves_numbers_that_are_nobodys(database: Database) -> None:
    await add(database, WHOLE, PLAIN)
    async with database.begin() as tx:
        before = await tx.ledger.spent(EVERYBODY, since=NOON - DAY)
        await tx.owned.erase(ALICE)
        await tx.commit()
    first, second = await ledger(database)
    assert (first.owner, first.user_id, first.key_id, first.run_id, first.usage.raw) == ("nobody", None, None, None, {})
    assert first.at == NOON.replace(hour=0, microsecond=0)
    assert (second.owner, second.at) == (BOB, NOON)
    async with database.read() as tx:
        assert await tx.ledger.spent(EVERYBODY, since=NOON - DAY) == before
        assert [record.values["owner"] for record in await tx.owned.page("usage", owner=BOB, skip=0, limit=9)] == [BOB]
        assert await tx.owned.page("usage", owner=ALICE, skip=0, limit=9) == []


async def test_a_claim_tells_what_a_dead_worker_left_from_what_was_handed_over(database: Database) -> None:
    """Who died may have called a provider; who hands over has counted what it called."""
    asked = replace(turn(await add_conversation(database), "question", worker=ONE), user_id=UserId(4), key_id=KeyId(9))
    run = await opened(database, asked)

    async def claimed(by: WorkerId) -> Run:
        claim = await database.workers.claim(by, executing=(), limit=9, lease_seconds=3600)
        [taken] = claim.runs
        return taken

    after_death = await claimed(WorkerId("two"))
    assert (after_death.id, after_death.interrupted) == (run.id, True)
    assert (after_death.user_id, after_death.key_id) == (4, 9)
    await database.workers.release(WorkerId("two"))
    assert not (await claimed(WorkerId("three"))).interrupted

"""Counters of limits that processes share, in Postgres: each process has some in hand and asks when it needs more."""

import asyncio
import time
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field

import asyncpg

import adapters.sql.limit_tables  # noqa: F401  # what is asked for here is part of the schema
from adapters.sql.postgres_connection import OwnConnection
from application.ports.limit_counters import LimitCounters, Take
from domain.errors import StorageUnavailable

DEAD_SECONDS = 60.0
RENEW_SECONDS = 20.0
PART = 8
LARGEST = 2**62
"""A process takes an eighth of what is left at once: few questions while there is much, and exact where little is."""

# One statement, so that of any number of processes each sees what the one before has taken.
TAKE = """
WITH taken AS (
    INSERT INTO limit_counts (counter, amount, granted, until)
    SELECT $1, $7 + part, part, now() + make_interval(secs => $4::float8)
    FROM (SELECT greatest($2::bigint, ($3::bigint - $7::bigint) / $8::bigint) AS part) AS first WHERE $3 > $7
    ON CONFLICT (counter) DO UPDATE SET
        granted = greatest($2, ($3 - limit_counts.amount) / $8),
        amount = limit_counts.amount + greatest($2, ($3 - limit_counts.amount) / $8)
    WHERE limit_counts.amount < $3
    RETURNING amount, granted
), held AS (
    INSERT INTO held_limits (counter, holder, amount, until)
    SELECT $1, $5, granted, now() + make_interval(secs => $6::float8) FROM taken WHERE $9::boolean
    ON CONFLICT (counter, holder) DO UPDATE SET amount = held_limits.amount + excluded.amount, until = excluded.until
)
SELECT amount, granted FROM taken
"""
SETTLE = """
WITH held AS (
    UPDATE held_limits SET amount = greatest(0, amount - $2) WHERE counter = $1 AND holder = $4 RETURNING 1
)
UPDATE limit_counts SET amount = greatest(0, amount + $3 - CASE WHEN EXISTS (SELECT 1 FROM held) THEN $2 ELSE 0 END)
WHERE counter = $1 RETURNING amount
"""
OWE = "UPDATE limit_counts SET amount = amount + $2 WHERE counter = $1 RETURNING amount"
GIVE_BACK = """
WITH held AS (
    UPDATE held_limits SET amount = greatest(0, amount - $2) WHERE counter = $1 AND holder = $3 RETURNING 1
)
UPDATE limit_counts SET amount = greatest(0, amount - $2)
WHERE counter = $1 AND (until IS NOT NULL OR EXISTS (SELECT 1 FROM held)) RETURNING amount
"""
LOOK = "SELECT counter, amount FROM limit_counts WHERE counter = ANY($1) AND coalesce(until > now(), true)"
RENEW = "UPDATE held_limits SET until = now() + make_interval(secs => $2::float8) WHERE holder = $1"
SWEEP_DEAD = """
WITH dead AS (
    DELETE FROM held_limits WHERE until < now() OR amount = 0 RETURNING counter, amount
), theirs AS (
    SELECT counter, sum(amount) AS amount FROM dead GROUP BY counter
)
UPDATE limit_counts SET amount = greatest(0, limit_counts.amount - theirs.amount) FROM theirs
WHERE limit_counts.counter = theirs.counter
"""
SWEEP_PAST = "DELETE FROM limit_counts WHERE until < now()"


@dataclass(slots=True, eq=False)
class Hand:
    """What this process has of a counter: `left` to give out, of `amount` that all had taken when it last asked.

    `out` is what its callers have. `until` is when the counter's window is over; `full_until` is how long a refusal of
    the store is believed.
    """

    most: int
    until: float | None
    left: int = 0
    out: int = 0
    amount: int = 0
    full_until: float = 0.0
    asking: "asyncio.Task[bool] | None" = None

    @property
    def spare(self) -> int:
        """What others could make better use of."""
        return max(0, self.left - max(0, self.most - self.amount) // PART)

    @property
    def is_over(self) -> bool:
        return self.until is not None and self.until <= time.monotonic()

    def is_full(self, take: Take) -> bool:
        """Whether the store has just said so."""
        return take.most <= self.most and self.full_until > time.monotonic()

    @property
    def is_empty(self) -> bool:
        return self.until is None and self.asking is None and self.left == self.out == 0


@dataclass(slots=True, eq=False)
class PostgresLimitCounters(LimitCounters):
    """`holder` is this process among all that share the database. What is in hand and not needed goes back after
    `idle_seconds`; for as long a counter that was full is taken to be full still.
    """

    connect: Callable[[], Awaitable[asyncpg.Connection]]
    holder: str
    idle_seconds: float = 0.25
    _connection: OwnConnection = field(init=False)
    _hands: dict[str, Hand] = field(default_factory=dict)
    _undoing: "set[asyncio.Task[None]]" = field(default_factory=set)
    _returning: "asyncio.Task[None] | None" = None
    _keeping: "asyncio.Task[None] | None" = None

    def __post_init__(self) -> None:
        self._connection = OwnConnection(self.connect)

    async def take(self, takes: Sequence[Take]) -> Take | None:
        taken: list[Take] = []
        try:
            for take in takes:
                if not await self._take(take):
                    self._undo(taken)
                    return take
                taken.append(take)
        except BaseException:
            self._undo(taken)
            raise
        return None

    async def settle(self, take: Take, amount: int = 0) -> None:
        hand = self._hands.get(take.counter)
        if hand is None or hand.is_over:
            return
        if take.reserved:
            settling = asyncio.ensure_future(self._settle(take, hand, amount))
            settling.add_done_callback(lambda done: done.cancelled() or done.exception())
            return await asyncio.shield(settling)
        hand.out -= take.amount - amount
        hand.left += take.amount - amount
        if amount < take.amount:
            hand.full_until = 0.0
        if hand.left < 0:  # more was used than taken: that is told, whether or not there was so much
            owed, hand.left = -hand.left, 0
            await self._connection.fetch(OWE, take.counter, owed)
            hand.amount += owed
        elif hand.spare:
            self._return_soon()

    def used(self, counter: str) -> int:
        hand = self._hands.get(counter)
        return 0 if hand is None or hand.is_over else max(0, hand.amount - hand.left)

    async def look(self, counters: Sequence[str]) -> list[int]:
        rows = await self._connection.fetch(LOOK, list(counters))
        amounts: dict[str, int] = {row["counter"]: row["amount"] for row in rows}
        in_hand = {name: hand.left for name, hand in self._hands.items() if not hand.is_over}
        return [max(0, amounts.get(name, 0) - in_hand.get(name, 0)) for name in counters]

    async def aclose(self) -> None:
        for task in filter(None, (self._keeping, self._returning)):
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)
        await asyncio.gather(*self._undoing, return_exceptions=True)
        with suppress(StorageUnavailable):
            await self._give_back(lambda hand: hand.left)
        self._connection.close()

    async def _take(self, take: Take) -> bool:
        hand = self._hands.get(take.counter)
        if hand is None or hand.is_over:
            until = None if take.seconds is None else time.monotonic() + take.seconds
            hand = self._hands[take.counter] = Hand(take.most, until)
        if take.reserved:
            return await self._reserve(take, hand)
        while hand.left < take.amount:
            if hand.asking is None:
                if hand.is_full(take):
                    return False
                hand.asking = asyncio.ensure_future(self._ask(take, hand))
                hand.asking.add_done_callback(lambda done: done.cancelled() or done.exception())
            # The answer counts for this process whoever still waits for it, so nothing that was granted is lost.
            if not await asyncio.shield(hand.asking):
                return False
        hand.left -= take.amount
        hand.out += take.amount
        return True

    async def _reserve(self, take: Take, hand: Hand) -> bool:
        if hand.is_full(take):
            return False
        asking = asyncio.ensure_future(self._fetch_take(take, hand, take.amount, part=LARGEST))
        asking.add_done_callback(lambda done: done.cancelled() or done.exception())
        try:
            granted = await asyncio.shield(asking)
        except asyncio.CancelledError:
            asking.add_done_callback(lambda done: self._undo_reserved(take, done))
            raise
        hand.out += granted or 0
        return granted is not None

    def _undo_reserved(self, take: Take, asked: "asyncio.Task[int | None]") -> None:
        if not asked.cancelled() and not asked.exception() and asked.result():
            self._hands[take.counter].out += take.amount
            self._undoing.add(undoing := asyncio.ensure_future(self._settle(take, self._hands[take.counter], 0)))
            undoing.add_done_callback(self._undoing.discard)

    async def _settle(self, take: Take, hand: Hand, amount: int) -> None:
        hand.out -= take.amount
        if amount < take.amount:
            hand.full_until = 0.0
        rows = await self._connection.fetch(SETTLE, take.counter, take.amount, amount, self.holder)
        hand.amount = rows[0]["amount"] if rows else 0

    def _undo(self, takes: Sequence[Take]) -> None:
        for take in takes:
            hand = self._hands[take.counter]
            if take.reserved:
                self._undoing.add(undoing := asyncio.ensure_future(self._settle(take, hand, 0)))
                undoing.add_done_callback(self._undoing.discard)
                continue
            hand.left, hand.out = hand.left + take.amount, hand.out - take.amount
        if takes:
            self._return_soon()

    async def _ask(self, take: Take, hand: Hand) -> bool:
        """Whether anything was left."""
        try:
            granted = await self._fetch_take(take, hand, take.amount - hand.left, part=PART)
        finally:
            hand.asking = None
        hand.left += granted or 0
        return granted is not None

    async def _fetch_take(self, take: Take, hand: Hand, needed: int, *, part: int) -> int | None:
        """How much was granted; None when nothing was left."""
        self._keep()
        hand.most = take.most
        is_held = take.reserved or take.seconds is None
        rows = await self._connection.fetch(
            TAKE,
            take.counter,
            needed,
            take.most,
            take.seconds,
            self.holder,
            DEAD_SECONDS,
            take.already,
            part,
            is_held,
        )
        if rows:
            hand.amount = rows[0]["amount"]
            return int(rows[0]["granted"])
        hand.amount = max(hand.amount, take.most)
        hand.full_until = time.monotonic() + self.idle_seconds
        return None

    def _return_soon(self) -> None:
        if self._returning is None or self._returning.done():
            self._returning = asyncio.ensure_future(self._return())

    async def _return(self) -> None:
        await asyncio.sleep(self.idle_seconds)
        with suppress(StorageUnavailable):  # then it is given back with what comes next
            await self._give_back(lambda hand: hand.spare)

    async def _give_back(self, much: Callable[[Hand], int]) -> None:
        for counter, hand in list(self._hands.items()):
            if hand.is_over or hand.is_empty:
                del self._hands[counter]
            elif amount := much(hand):
                hand.left -= amount
                try:
                    rows = await self._connection.fetch(GIVE_BACK, counter, amount, self.holder)
                except BaseException:
                    hand.left += amount
                    raise
                hand.amount = rows[0]["amount"] if rows else 0

    def _keep(self) -> None:
        if self._keeping is None or self._keeping.done():
            self._keeping = asyncio.ensure_future(self._keep_forever())

    async def _keep_forever(self) -> None:
        """Hold what is held; free what the dead hold; forget windows that are over."""
        while True:
            with suppress(StorageUnavailable):
                await self._connection.fetch(RENEW, self.holder, DEAD_SECONDS)
                await self._connection.fetch(SWEEP_DEAD)
                await self._connection.fetch(SWEEP_PAST)
                await self._give_back(lambda hand: hand.spare)
            await asyncio.sleep(RENEW_SECONDS)

"""Reserve what a call of a model may cost before it, and settle with what it did cost after it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from application.limits.limit_book import InForce, LimitBook
from application.limits.spender import Spender, now_spending
from application.ports.clock import Now
from application.ports.limit_counters import LimitCounters, Take
from application.ports.storage import BeginRead
from domain.access import KeyId, OwnerId
from domain.catalogue import Catalogue, Price
from domain.errors import PriceUnknown
from domain.limits import Bound, LimitScope, Measure, Period, billionths, limit_reached
from domain.price import PriceList
from domain.usage import Account, Usage

MOST_KNOWN = 10_000


@dataclass(slots=True)
class Reservation:
    counters: LimitCounters
    price: Price | None
    taken: tuple[tuple[Bound, Take], ...]

    async def settle(self, usage: Usage) -> None:
        """To be called once, however the call ended; nothing used is nothing spent."""
        for bound, take in self.taken:
            await self.counters.settle(take, _amount(bound, usage, self.price))


@dataclass(slots=True, eq=False, kw_only=True)
class Budgets:
    """`output_tokens` are reserved for an answer whose length neither the request nor the catalogue bounds.

    Budgets are in `currency`. What the ledger has of a window is asked for once, when this process first counts in it.
    """

    book: LimitBook
    counters: LimitCounters
    read: BeginRead
    catalogue: Catalogue
    prices: PriceList
    now: Now
    output_tokens: int
    currency: str = "USD"
    _known: dict[str, None] = field(default_factory=dict)

    async def in_force(self) -> tuple[Spender, InForce] | None:
        """Who pays in this task, and by which limits; None when nothing of that is limited."""
        spender = now_spending()
        if spender is None:
            return None
        in_force = await self.book.of(spender)
        return (spender, in_force) if in_force.spending else None

    async def reserve(
        self, payer: tuple[Spender, InForce], model: str, *, input_tokens: int, output_tokens: int | None
    ) -> Reservation:
        """For a call of `model`, by its full name. Raise LimitReached, PriceUnknown, StorageUnavailable."""
        spender, in_force = payer
        at, price = self.now(), self.prices.price_of(model)
        price = price if price and price.currency == self.currency else None
        if price is None and any(bound.measure is Measure.COST for bound in in_force.budgets):
            raise PriceUnknown(model)
        longest = self.catalogue.model(model).max_output_tokens
        bounded = min(filter(None, (output_tokens, longest)), default=self.output_tokens)
        most = Usage(input_tokens, bounded)
        taken = tuple([(bound, await self._take(spender, bound, most, price, at)) for bound in in_force.spending])
        refused = await self.counters.take([take for _, take in taken])
        if refused:
            raise limit_reached(next(bound for bound, take in taken if take == refused), at)
        self._known.update((take.counter, None) for _, take in taken)
        while len(self._known) > MOST_KNOWN:
            del self._known[next(iter(self._known))]
        return Reservation(self.counters, price, taken)

    async def used(self, spender: Spender, bounds: Sequence[Bound], at: datetime) -> list[int]:
        """How much of each is used, everywhere."""
        counted = await self.counters.look([bound.counter(at) for bound in bounds])
        already = [await self._already(spender, bound, at) for bound in bounds]
        return [max(pair) for pair in zip(counted, already, strict=True)]

    async def _take(self, spender: Spender, bound: Bound, most: Usage, price: Price | None, at: datetime) -> Take:
        take = Take(bound.counter(at), bound.most, max(1, _amount(bound, most, price)), bound.seconds_left(at))
        if bound.period is Period.MINUTE:
            return take
        return replace(take, reserved=True, already=await self._already(spender, bound, at))

    async def _already(self, spender: Spender, bound: Bound, at: datetime) -> int:
        if bound.period in (None, Period.MINUTE) or bound.counter(at) in self._known:
            return 0
        async with self.read() as tx:
            spent = await tx.ledger.spent(_account(spender, bound), since=bound.period.start(at))
        return spent.nanos.get(self.currency, 0) if bound.measure is Measure.COST else spent.total_tokens


def _account(spender: Spender, bound: Bound) -> Account:
    owner: OwnerId | None = spender.owner if bound.scope is LimitScope.USER else None
    key_id: KeyId | None = spender.key_id if bound.scope is LimitScope.KEY else None
    return Account(owner, key_id)


def _amount(bound: Bound, usage: Usage, price: Price | None) -> int:
    if bound.measure is Measure.COST:
        return billionths(price.cost_of(usage)) if price else 0
    return usage.total_tokens

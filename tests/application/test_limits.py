"""Limits over a clock that stands still: windows, what is reserved and settled, and what the ledger says."""

from collections.abc import AsyncIterator
from contextlib import aclosing
from decimal import Decimal

import pytest

from adapters.memory.database import MemoryDatabase
from adapters.memory.limit_counters import MemoryLimitCounters
from adapters.memory.own_limits import MemoryOwnLimits
from application.limits.budgets import Budgets
from application.limits.limit_book import LimitBook
from application.limits.limit_gate import LimitGate
from application.limits.limited_model import LimitedModel
from application.limits.spender import Spender, spend_as
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.access import OwnerId
from domain.catalogue import Catalogue, ModelInfo, Price, Rates
from domain.conversation import PromptMessage, Role, Text
from domain.errors import LimitReached, PriceUnknown, ProviderUnavailable
from domain.limits import Limits
from domain.price import PriceList
from domain.run import TextDelta
from domain.usage import Cost, LedgerEntry, Purpose, Usage
from tests.support.clock import Clock

ANN = Spender(OwnerId("ann"))
RATES = Rates(input=Decimal(1_000), output=Decimal(10_000))
PRICES = Catalogue(
    models={"here:dear": ModelInfo(name="here:dear", price=Price(currency="USD", version="1", rates=RATES))}
)
ASKED = ModelRequest(model="dear", messages=(PromptMessage(Role.USER, (Text("x" * 40),)),), max_tokens=100)


class Model(LanguageModel):
    """Says that it used so many tokens, or fails."""

    def __init__(self, *used: Usage | None) -> None:
        self.used = list(used)

    async def stream(self, request: ModelRequest) -> AsyncIterator[list[ModelEvent]]:  # type: ignore[override]
        usage = self.used.pop(0)
        if usage is None:
            raise ProviderUnavailable("here")
        yield [TextDelta("word"), ModelFinished("stop", request.model, usage)]

    def models(self) -> tuple[str, ...]:
        return ("dear",)


class World:
    def __init__(self, limits: Limits) -> None:
        self.clock, self.database, self.counters = Clock(), MemoryDatabase(), MemoryLimitCounters()
        own = MemoryOwnLimits(self.database.read)
        self.book = LimitBook(own=own, now=self.clock, for_user=limits)
        self.gate = LimitGate(book=self.book, counters=self.counters, now=self.clock)
        self.budgets = Budgets(
            book=self.book,
            counters=self.counters,
            read=self.database.read,
            catalogue=PRICES,
            prices=PriceList.of(PRICES),
            now=self.clock,
            output_tokens=1000,
        )

    async def request(self) -> None:
        await self.gate.enter(await self.book.of(ANN), spends=True, stays=False)

    async def ask(self, model: LanguageModel, request: ModelRequest = ASKED) -> None:
        spend_as(ANN)
        async with aclosing(LimitedModel("here", model, self.budgets).stream(request)) as batches:
            async for _ in batches:
                pass

    async def left(self) -> list[int]:
        bounds = (await self.book.of(ANN)).bounds
        used = await self.budgets.used(ANN, bounds, self.clock())
        return [bound.most - amount for bound, amount in zip(bounds, used, strict=True)]


async def test_a_minute_later_there_is_as_much_again() -> None:
    world = World(Limits(requests_per_minute=2))
    world.clock.move(40)
    for _ in range(2):
        await world.request()
    with pytest.raises(LimitReached) as refused:
        await world.request()
    assert refused.value.retry_after_seconds == pytest.approx(20, abs=0.2)
    world.clock.move(19.8)
    with pytest.raises(LimitReached):
        await world.request()
    world.clock.move(0.2)
    await world.request()


async def test_what_a_call_used_is_what_its_provider_says() -> None:
    world = World(Limits(tokens_per_minute=1000, tokens_per_day=2000, cost_per_day=Decimal(1)))
    await world.ask(Model(Usage(20, 5)))
    assert await world.left() == [975, 1975, 10**9 - 70_000_000]
    with pytest.raises(ProviderUnavailable):
        await world.ask(Model(None))
    assert await world.left() == [975, 1975, 10**9 - 70_000_000]
    world.clock.move(60)
    assert await world.left() == [1000, 1975, 10**9 - 70_000_000]
    world.clock.move(86_400)
    assert await world.left() == [1000, 2000, 10**9]


async def test_what_is_in_flight_is_reserved() -> None:
    world = World(Limits(tokens_per_day=150))
    spend_as(ANN)
    async with aclosing(LimitedModel("here", Model(Usage(10, 1)), world.budgets).stream(ASKED)) as first:
        await anext(first)
        async with aclosing(LimitedModel("here", Model(Usage(10, 1)), world.budgets).stream(ASKED)) as second:
            await anext(second)
            with pytest.raises(LimitReached) as refused:
                await world.ask(Model(Usage(1, 1)))
            assert refused.value.limit == "tokens_per_day"
    assert await world.left() == [150 - 22]


async def test_a_budget_begins_with_what_the_ledger_has_of_its_window() -> None:
    world = World(Limits(tokens_per_month=1000, cost_per_month=Decimal("0.5")))
    spent = LedgerEntry(
        owner=ANN.owner,
        asked="dear",
        model="here:dear",
        purpose=Purpose.REPLY,
        usage=Usage(300, 100),
        at=world.clock(),
        cost=Cost(200_000_000, "USD", "1"),
    )
    async with world.database.begin() as tx:
        await tx.ledger.add([spent])
        await tx.commit()
    assert await world.left() == [600, 300_000_000]
    await world.ask(Model(Usage(10, 29)))
    assert await world.left() == [561, 0]
    with pytest.raises(LimitReached) as refused:
        await world.ask(Model(Usage(1, 1)))
    assert refused.value.limit == "cost_per_month"


async def test_what_has_no_price_is_not_bought_from_a_budget() -> None:
    world = World(Limits(cost_per_day=Decimal(1)))
    with pytest.raises(PriceUnknown):
        await world.ask(Model(Usage(1, 1)), ModelRequest(model="unheard-of", messages=ASKED.messages))

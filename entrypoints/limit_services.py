"""What keeps limits, put together: one group, so that the container stays short."""

from dataclasses import dataclass, replace

from adapters.memory.database import MemoryDatabase
from adapters.memory.limit_counters import MemoryLimitCounters
from adapters.memory.own_limits import MemoryOwnLimits
from adapters.sql.database import SqlDatabase
from application.limits.budgets import Budgets
from application.limits.get_limits import GetLimits
from application.limits.give_limits import GiveLimits
from application.limits.limit_book import LimitBook
from application.limits.limit_gate import LimitGate
from application.limits.limited_embedder import LimitedEmbedder
from application.limits.limited_model import LimitedModel
from application.limits.limited_relay import LimitedRelay
from application.limits.spender import spender_of
from application.ports.clock import Now
from application.ports.limit_counters import LimitCounters
from application.ports.own_limits import OwnLimits
from domain.access import Principal
from domain.limits import NO_LIMITS
from domain.price import PriceList
from entrypoints.provider_set import Closing, ProviderSet
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitServices:
    """`are_on` is whether anything can be limited at all: where nobody logs in and none are set, nothing is counted."""

    are_on: bool
    gate: LimitGate
    budgets: Budgets
    counters: LimitCounters
    get: GetLimits
    give: GiveLimits

    async def enter_frame(self, caller: Principal) -> None:
        """Count what a frame of an open socket asks for. Raise LimitReached."""
        if self.are_on:
            in_force = await self.gate.book.of(spender_of(caller))
            await self.gate.enter(in_force, spends=True, stays=False)


def limit_services(
    settings: Settings,
    database: MemoryDatabase | SqlDatabase,
    providers: ProviderSet,
    prices: PriceList,
    now: Now,
    worker_id: str,
    to_close: list[Closing],
) -> LimitServices:
    counters, own = _stores(database, worker_id)
    to_close.append(counters.aclose)
    all_limits = settings.limits_of_key, settings.limits_of_user, settings.limits_of_all
    for_key, for_user, for_all = all_limits
    book = LimitBook(own=own, now=now, for_key=for_key, for_user=for_user, for_all=for_all)
    budgets = Budgets(
        book=book,
        counters=counters,
        read=database.read,
        catalogue=providers.catalogue,
        prices=prices,
        now=now,
        output_tokens=settings.limit_output_tokens,
        currency=settings.limit_currency,
    )
    return LimitServices(
        are_on=settings.auth == "required" or any(limits != NO_LIMITS for limits in all_limits),
        gate=LimitGate(book=book, counters=counters, now=now, for_address=settings.limit_of_address),
        budgets=budgets,
        counters=counters,
        get=GetLimits(book=book, budgets=budgets, now=now),
        give=GiveLimits(own=own, book=book),
    )


def limited_providers(limits: LimitServices, connected: ProviderSet) -> ProviderSet:
    """The same, each asked only while its caller may spend."""
    if not limits.are_on:
        return connected
    budgets = limits.budgets
    return replace(
        connected,
        models={name: LimitedModel(name, model, budgets) for name, model in connected.models.items()},
        relays={name: LimitedRelay(name, relay, budgets) for name, relay in connected.relays.items()},
        embedders={name: LimitedEmbedder(name, embedder, budgets) for name, embedder in connected.embedders.items()},
    )


def _stores(database: MemoryDatabase | SqlDatabase, holder: str) -> tuple[LimitCounters, OwnLimits]:
    """Counted in memory unless other processes count with this one."""
    if isinstance(database, MemoryDatabase):
        return MemoryLimitCounters(), MemoryOwnLimits(database.read)
    return database.limit_counters(holder) or MemoryLimitCounters(), database.own_limits

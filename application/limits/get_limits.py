"""The limits that are in force for the caller, and what is left of each."""

from dataclasses import dataclass

from application.limits.budgets import Budgets
from application.limits.limit_book import LimitBook
from application.limits.spender import spender_of
from application.ports.clock import Now
from domain.access import Principal
from domain.limits import Standing


@dataclass(frozen=True, slots=True, kw_only=True)
class GetLimits:
    book: LimitBook
    budgets: Budgets
    now: Now

    async def __call__(self, principal: Principal) -> list[Standing]:
        """The narrowest scope first; none at all where nothing is limited. Raise StorageUnavailable."""
        at, spender = self.now(), spender_of(principal)
        in_force = await self.book.of(spender)
        used = await self.budgets.used(spender, in_force.bounds, at)
        return [
            Standing(bound, amount, bound.seconds_left(at)) for bound, amount in zip(in_force.bounds, used, strict=True)
        ]

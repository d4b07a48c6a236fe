"""Let requests in, one by one, and keep what they hold while they are open."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

from application.limits.address import network_of
from application.limits.limit_book import InForce, LimitBook
from application.ports.clock import Now
from application.ports.limit_counters import LimitCounters, Take
from domain.limits import Bound, Limits, LimitScope, Standing, bounds_of, limit_reached


@dataclass(slots=True, eq=False)
class Admission:
    """What a request that was let in holds until it is closed."""

    counters: LimitCounters
    held: list[Take] = field(default_factory=list)

    async def aclose(self) -> None:
        """May be called twice."""
        while self.held:
            await self.counters.settle(self.held.pop())


@dataclass(frozen=True, slots=True, kw_only=True)
class LimitGate:
    """`for_address` limits those whose credential is refused, by where they ask from."""

    book: LimitBook
    counters: LimitCounters
    now: Now
    for_address: int | None = None

    async def enter(self, in_force: InForce, *, spends: bool, stays: bool) -> Admission:
        """Count a request that `spends`, and hold a stream for one that `stays` open.

        Raise LimitReached, also when it could spend nothing because its tokens or its budget are used up.
        """
        at = self.now()
        if spends:
            self._check_spending(in_force, at)
        takes = [_take(bound, at) for bound in in_force.streams] if stays else []
        await self._take((*(in_force.streams if stays else ()), *(in_force.requests if spends else ())), at)
        return Admission(self.counters, takes)

    def standings(self, in_force: InForce) -> list[Standing]:
        """How the limits stand, as far as this process knows without asking."""
        at = self.now()
        return [
            Standing(bound, self.counters.used(bound.counter(at)), bound.seconds_left(at)) for bound in in_force.bounds
        ]

    def check_address(self, address: str) -> None:
        """Raise LimitReached for one who was refused too often."""
        if bound := self._bound_of(address):
            at = self.now()
            if self.counters.used(bound.counter(at)) >= bound.most:
                raise limit_reached(bound, at)

    async def was_refused(self, address: str) -> None:
        """Count one who showed no credential, or a bad one. Raise LimitReached."""
        if bound := self._bound_of(address):
            await self._take((bound,), self.now())

    def _bound_of(self, address: str) -> Bound | None:
        if self.for_address is None:
            return None
        limits = Limits(requests_per_minute=self.for_address)
        return bounds_of(LimitScope.ADDRESS, f"address_{network_of(address)}", limits)[0]

    def _check_spending(self, in_force: InForce, at: datetime) -> None:
        for bound in in_force.spending:
            if self.counters.used(bound.counter(at)) >= bound.most:
                raise limit_reached(bound, at)

    async def _take(self, bounds: Sequence[Bound], at: datetime) -> None:
        refused = await self.counters.take([_take(bound, at) for bound in bounds]) if bounds else None
        if refused:
            bound = next(bound for bound in bounds if bound.counter(at) == refused.counter)
            raise limit_reached(bound, at)


def _take(bound: Bound, at: datetime) -> Take:
    return Take(bound.counter(at), bound.most, seconds=bound.seconds_left(at) if bound.period else None)

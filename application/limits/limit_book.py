"""Which limits are in force for whom: the server's, and above them those of the user and of the key."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.limits.spender import Spender
from application.ports.clock import Now
from application.ports.own_limits import OwnLimits
from domain.limits import NO_LIMITS, Bound, Limits, LimitScope, Measure, Period, bounds_of

GOOD_FOR = timedelta(seconds=30)
MOST = 10_000


@dataclass(frozen=True, slots=True, eq=False)
class InForce:
    """The bounds of one spender: the narrowest scope first. `budgets` are those of tokens and cost, a day or longer."""

    bounds: tuple[Bound, ...]
    requests: tuple[Bound, ...]
    streams: tuple[Bound, ...]
    tokens: tuple[Bound, ...]
    budgets: tuple[Bound, ...]

    @classmethod
    def of(cls, bounds: tuple[Bound, ...]) -> "InForce":
        by_minute = [bound for bound in bounds if bound.period is Period.MINUTE]
        return cls(
            bounds,
            tuple(bound for bound in by_minute if bound.measure is Measure.REQUESTS),
            tuple(bound for bound in bounds if bound.period is None),
            tuple(bound for bound in by_minute if bound.measure is Measure.TOKENS),
            tuple(bound for bound in bounds if bound.period not in (None, Period.MINUTE)),
        )

    @property
    def spending(self) -> tuple[Bound, ...]:
        """Those that a call of a model uses up."""
        return (*self.tokens, *self.budgets)


@dataclass(slots=True, eq=False, kw_only=True)
class LimitBook:
    """`for_key`, `for_user` and `for_all` are the server's own; what was found in the store is good for `GOOD_FOR`."""

    own: OwnLimits
    now: Now
    for_key: Limits = NO_LIMITS
    for_user: Limits = NO_LIMITS
    for_all: Limits = NO_LIMITS
    _found: "OrderedDict[Spender, tuple[InForce, datetime]]" = field(default_factory=OrderedDict)

    async def of(self, spender: Spender) -> InForce:
        """Raise StorageUnavailable."""
        found = self._found.get(spender)
        if found is not None and self.now() < found[1]:
            return found[0]
        in_force = InForce.of(await self._look(spender))
        self._found[spender] = in_force, self.now() + GOOD_FOR
        self._found.move_to_end(spender)
        if len(self._found) > MOST:
            self._found.popitem(last=False)
        return in_force

    def forget(self) -> None:
        """Something has changed: look at everything anew."""
        self._found.clear()

    async def _look(self, spender: Spender) -> tuple[Bound, ...]:
        of_key, of_user = None, None
        if spender.key_id is not None:
            of_key = await self.own.of_key(spender.key_id)
        if spender.user_id is not None:
            of_user = await self.own.of_user(spender.user_id)
        bounds = bounds_of(LimitScope.USER, spender.owner, (of_user or NO_LIMITS).over(self.for_user))
        if spender.key_id is not None:
            own = (of_key or NO_LIMITS).over(self.for_key)
            bounds = (*bounds_of(LimitScope.KEY, f"key_{spender.key_id}", own), *bounds)
        return (*bounds, *bounds_of(LimitScope.ALL, "all", self.for_all))

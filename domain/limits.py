"""How much a key, a user and everybody together may use, and what is left of it.

A limit counts within a window of the calendar, in UTC: what is used in one is forgotten when the next begins. Streams
have no window: what is open counts until it is closed.

Something is let in while anything is left, whatever it turns out to need: so that at most one call goes over a limit,
however many come at once.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import UTC, datetime, timedelta
from decimal import Decimal, InvalidOperation
from enum import StrEnum

from domain.errors import InvalidInput, LimitReached

BILLION = 1_000_000_000
LARGEST = 10**15
HELD_SECONDS = 1.0
"""When to come back if what is used up has no window: when somebody closes something, which nobody can foretell."""


class Measure(StrEnum):
    """What is counted. Cost is in billionths of the currency, so that nothing is lost in adding up."""

    REQUESTS = "requests"
    TOKENS = "tokens"
    STREAMS = "streams"
    COST = "cost"


class Period(StrEnum):
    MINUTE = "minute"
    DAY = "day"
    MONTH = "month"

    def start(self, at: datetime) -> datetime:
        """When the window began that `at` is in."""
        at = at.astimezone(UTC).replace(second=0, microsecond=0)
        if self is Period.MINUTE:
            return at
        day = at.replace(hour=0, minute=0)
        return day if self is Period.DAY else day.replace(day=1)

    def end(self, at: datetime) -> datetime:
        """When the next window begins."""
        start = self.start(at)
        if self is Period.MONTH:
            return (start + timedelta(days=32)).replace(day=1)
        return start + (timedelta(minutes=1) if self is Period.MINUTE else timedelta(days=1))


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """None is no limit, and 0 lets nothing in. `cost` is in the currency of the prices."""

    requests_per_minute: int | None = None
    tokens_per_minute: int | None = None
    streams: int | None = None
    tokens_per_day: int | None = None
    tokens_per_month: int | None = None
    cost_per_day: Decimal | None = None
    cost_per_month: Decimal | None = None

    def __post_init__(self) -> None:
        for each in fields(self):
            value = getattr(self, each.name)
            if value is not None and not (Decimal(value).is_finite() and 0 <= value <= LARGEST):
                raise InvalidInput(each.name, f"must be 0 to {LARGEST:,}")

    def over(self, below: "Limits") -> "Limits":
        """These, and where they say nothing those `below`."""
        mine = {each.name: getattr(self, each.name) for each in fields(self)}
        return Limits(**{name: getattr(below, name) if value is None else value for name, value in mine.items()})

    def given(self) -> dict[str, int | Decimal]:
        """Those that there are, by name."""
        return {each.name: value for each in fields(self) if (value := getattr(self, each.name)) is not None}


NO_LIMITS = Limits()
NAMES = tuple(each.name for each in fields(Limits))
RULES: Mapping[str, tuple[Measure, Period | None]] = {
    "requests_per_minute": (Measure.REQUESTS, Period.MINUTE),
    "tokens_per_minute": (Measure.TOKENS, Period.MINUTE),
    "streams": (Measure.STREAMS, None),
    "tokens_per_day": (Measure.TOKENS, Period.DAY),
    "tokens_per_month": (Measure.TOKENS, Period.MONTH),
    "cost_per_day": (Measure.COST, Period.DAY),
    "cost_per_month": (Measure.COST, Period.MONTH),
}


class LimitScope(StrEnum):
    """Whose use is counted together; `address` is of callers who are nobody yet."""

    KEY = "key"
    USER = "user"
    ALL = "all"
    ADDRESS = "address"


WHOSE = {
    LimitScope.KEY: "The limit of this key",
    LimitScope.USER: "Your limit",
    LimitScope.ALL: "The limit of this server for all together",
    LimitScope.ADDRESS: "The limit of your address for what is refused",
}


@dataclass(frozen=True, slots=True)
class Bound:
    """One limit in force for one subject, as in `key_7`. `most` is in whole units of the measure."""

    scope: LimitScope
    subject: str
    name: str
    measure: Measure
    period: Period | None
    most: int

    def counter(self, at: datetime) -> str:
        """What counts for it at this moment: another one in each window."""
        if self.period is None:
            return f"{self.subject}/{self.measure}"
        if self.period is Period.MINUTE:
            return f"{self.subject}/{self.measure}/minute/{int(at.timestamp()) // 60}"
        return f"{self.subject}/{self.measure}/{self.period}/{self.period.start(at):%Y%m%d}"

    def seconds_left(self, at: datetime) -> float:
        """Until the window ends; for what has none, when to try again."""
        return HELD_SECONDS if self.period is None else (self.period.end(at) - at).total_seconds()

    @property
    def window_seconds(self) -> int | None:
        """How long a window is; a month is said to have 30 days."""
        lengths = {Period.MINUTE: 60, Period.DAY: 86_400, Period.MONTH: 30 * 86_400}
        return lengths[self.period] if self.period else None


@dataclass(frozen=True, slots=True)
class Standing:
    """How a limit stands at a moment."""

    bound: Bound
    used: int
    resets_after_seconds: float

    @property
    def left(self) -> int:
        return max(0, self.bound.most - self.used)


def bounds_of(scope: LimitScope, subject: str, limits: Limits) -> tuple[Bound, ...]:
    return tuple(
        Bound(scope, subject, name, *RULES[name], most=billionths(value) if name.startswith("cost") else int(value))
        for name, value in limits.given().items()
    )


def limit_reached(bound: Bound, at: datetime) -> LimitReached:
    """The refusal of what this limit lets in no more."""
    most = f"{Decimal(bound.most) / BILLION:f}" if bound.measure is Measure.COST else f"{bound.most:,}"
    what = f"{most} {bound.measure}" + (f" a {bound.period}" if bound.period else " at once")
    return LimitReached(f"{WHOSE[bound.scope]} is {what}", bound.scope, bound.name, bound.seconds_left(at))


def tightest(standings: Iterable[Standing]) -> Standing | None:
    """The one that has least left of what it gives."""
    return min(standings, key=lambda each: each.left / max(1, each.bound.most), default=None)


def billionths(cost: Decimal | int) -> int:
    """The cost in the unit that it is counted in, rounded up: what costs anything is never nothing."""
    return math.ceil(Decimal(cost) * BILLION)


def limits_of(values: Mapping[str, object]) -> Limits:
    """Limits from their names. Raise InvalidInput naming the one at fault."""
    given: dict[str, int | Decimal | None] = {}
    for name, value in values.items():
        if name not in RULES:
            raise InvalidInput("limits", f"has no {name[:50]!r}; there are {', '.join(NAMES)}")
        given[name] = None if value is None else _number(name, value)
    return Limits(**given)  # type: ignore[arg-type]


def _number(name: str, value: object) -> int | Decimal:
    try:
        number = Decimal(str(value)) if not isinstance(value, bool) else Decimal("NaN")
    except InvalidOperation:
        number = Decimal("NaN")
    is_whole = number.is_finite() and number == number.to_integral_value()
    if not number.is_finite() or not (is_whole or name.startswith("cost")):
        raise InvalidInput(name, "must be a number, 0 or more" if name.startswith("cost") else "must be a whole number")
    return number if name.startswith("cost") else int(number)

"""Limits: their windows, what is in force, and what they are called."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from domain.errors import InvalidInput
from domain.limits import (
    NO_LIMITS,
    Bound,
    Limits,
    LimitScope,
    Period,
    Standing,
    billionths,
    bounds_of,
    limits_of,
    tightest,
)

AT = datetime(2028, 2, 29, 23, 59, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("period", "start", "end"),
    [
        (Period.MINUTE, datetime(2028, 2, 29, 23, 59, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        (Period.DAY, datetime(2028, 2, 29, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
        (Period.MONTH, datetime(2028, 2, 1, tzinfo=UTC), datetime(2028, 3, 1, tzinfo=UTC)),
    ],
)
def test_windows_are_those_of_the_calendar(period: Period, start: datetime, end: datetime) -> None:
    assert (period.start(AT), period.end(AT)) == (start, end)
    assert period.end(datetime(2027, 12, 31, 23, 59, 59, tzinfo=UTC)) == datetime(2028, 1, 1, tzinfo=UTC)


def test_a_counter_is_another_in_each_window_and_the_same_within_one() -> None:
    for name in ("requests_per_minute", "tokens_per_day", "cost_per_month"):
        [bound] = bounds_of(LimitScope.USER, "user_1", limits_of({name: 5}))
        last = bound.period.end(AT) if bound.period else AT
        counters = {bound.counter(AT), bound.counter(AT.replace(second=59)), bound.counter(last)}
        assert len(counters) == 2
        assert bound.seconds_left(AT) == 30.0


def test_what_is_held_has_no_window() -> None:
    [bound] = bounds_of(LimitScope.KEY, "key_7", Limits(streams=3))
    assert (bound.counter(AT), bound.window_seconds, bound.seconds_left(AT)) == ("key_7/streams", None, 1.0)


def test_ones_own_limits_go_over_the_servers() -> None:
    servers, own = Limits(streams=5, tokens_per_day=100), Limits(streams=0, cost_per_day=Decimal("1.5"))
    assert own.over(servers) == Limits(streams=0, tokens_per_day=100, cost_per_day=Decimal("1.5"))
    assert NO_LIMITS.over(servers) == servers
    assert bounds_of(LimitScope.ALL, "all", NO_LIMITS) == ()


def test_costs_are_counted_in_billionths_and_never_for_nothing() -> None:
    assert (billionths(Decimal("1.5")), billionths(0), billionths(Decimal("1e-12"))) == (1_500_000_000, 0, 1)


@pytest.mark.parametrize(
    "values",
    [
        {"streams": -1},
        {"streams": 1.5},
        {"streams": True},
        {"streams": "many"},
        {"streams": 10**16},
        {"cost_per_day": "NaN"},
        {"cost_per_day": "-0.01"},
        {"cost_per_day": "Infinity"},
        {"beers_per_day": 1},
    ],
)
def test_what_is_no_limit_is_refused(values: dict[str, object]) -> None:
    with pytest.raises(InvalidInput):
        limits_of(values)


def test_limits_are_read_back_as_they_were_given() -> None:
    limits = Limits(requests_per_minute=60, cost_per_month=Decimal("12.34"))
    assert limits_of({name: str(value) for name, value in limits.given().items()}) == limits
    assert limits_of({"streams": None}) == NO_LIMITS


def test_the_tightest_is_what_has_least_left_of_what_it_gives() -> None:
    def standing(most: int, used: int) -> Standing:
        return Standing(Bound(LimitScope.USER, "user_1", "streams", *(None, None), most), used, 1)  # type: ignore[arg-type]

    assert tightest([standing(10, 1), standing(100, 95), standing(1000, 20)]) == standing(100, 95)
    assert tightest([]) is None
    assert standing(5, 9).left == 0

"""Prices: exact, with their version, and never a guess."""

from decimal import Decimal

import pytest

from domain.catalogue import Price, Rates
from domain.price import PriceList, amount
from domain.usage import Cost, Usage

PRICE = Price(
    currency="USD",
    version="v1",
    rates=Rates(input=Decimal("0.15"), output=Decimal("0.0006"), cached=Decimal("0.075")),
    long_above=100,
    long=Rates(input=Decimal(1), output=Decimal(2)),
)
PRICES = PriceList({"a:small": PRICE})


@pytest.mark.parametrize(
    ("usage", "nanos"),
    [
        (Usage(0, 0), 0),
        (Usage(10, 0), 1_500),
        (Usage(10, 0, cached_tokens=4), 6 * 150 + 4 * 75),
        (Usage(0, 1), 1),  # 0.6 of a billionth
        (Usage(0, 5), 3),
        (Usage(101, 1), 101 * 1000 + 2000),
    ],
)
def test_a_call_costs_whole_billionths(usage: Usage, nanos: int) -> None:
    assert PRICES.cost_of(usage, model="a:small") == Cost(nanos, "USD", "v1")


def test_a_days_edition_costs_what_the_model_does_and_what_is_not_known_has_no_price() -> None:
    assert PRICES.cost_of(Usage(10, 0), model="a:small-2026-11-20") == Cost(1_500, "USD", "v1")
    assert PRICES.cost_of(Usage(10, 0), model="a:other") is None


@pytest.mark.parametrize(
    ("nanos", "text"),
    [(0, "0"), (1, "0.000000001"), (1_500_000_000, "1.5"), (-20, "-0.00000002"), (10**19, "10000000000")],
)
def test_money_is_told_without_rounding(nanos: int, text: str) -> None:
    assert amount(nanos) == text

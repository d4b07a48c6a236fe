"""What is known of models, and what is not known."""

from collections.abc import Callable
from decimal import Decimal

import pytest

from domain.catalogue import Catalogue, ModelInfo, Price, Provider, ProviderKind, Rates
from domain.errors import InvalidInput
from domain.usage import Usage

RATES = Rates(input=Decimal(2), output=Decimal(10), cached=Decimal("0.2"), cache_write=Decimal("2.5"))
LONG = Rates(input=Decimal(4), output=Decimal(15))
PRICE = Price(currency="USD", version="2026-11-20", rates=RATES, long_above=1_000, long=LONG)
CATALOGUE = Catalogue(
    {"a": Provider(name="a", kind=ProviderKind.OPENAI, key="A_KEY")},
    {"a:one": ModelInfo(name="a:one", tools=False, price=PRICE), "a:two": ModelInfo(name="a:two")},
)


def test_what_is_not_known_is_none_and_never_no_or_nothing() -> None:
    unknown = CATALOGUE.model("a:three")
    assert (unknown.tools, unknown.images, unknown.context_tokens, unknown.price) == (None, None, None, None)
    assert CATALOGUE.model("a:two").price is None
    assert CATALOGUE.model("a:one").tools is False


@pytest.mark.parametrize("edition", ["a:one-20251001", "a:one-2026-01-31", "a:one-latest"])
def test_a_dated_edition_is_the_model_itself(edition: str) -> None:
    assert CATALOGUE.model(edition).price is PRICE
    assert CATALOGUE.model("a:one-mini").price is None


@pytest.mark.parametrize(
    ("usage", "cost"),
    [
        (Usage(1_000, 100), "0.003"),
        (Usage(1_000, 100, cached_tokens=500, cache_write_tokens=100), "0.00215"),
        (Usage(1_001, 100, cached_tokens=1), "0.005504"),
        (Usage(5, 0, cached_tokens=9), "0.0000018"),
        (Usage(0, 0), "0"),
    ],
)
def test_a_call_costs_what_the_vendor_asks_for_it(usage: Usage, cost: str) -> None:
    assert PRICE.cost_of(usage) == Decimal(cost)


def test_the_models_of_a_provider_by_its_own_names() -> None:
    assert CATALOGUE.names_of("a") == ("one", "two")
    assert CATALOGUE.names_of("b") == ()


def test_what_makes_no_sense_is_refused_by_field() -> None:
    cases: list[tuple[str, Callable[[], object]]] = [
        ("name", lambda: Provider(name="A b", kind=ProviderKind.OPENAI, key="K")),
        ("key", lambda: Provider(name="a", kind=ProviderKind.OPENAI)),
        ("cached", lambda: Rates(input=Decimal(1), output=Decimal(1), cached=Decimal(-1))),
        ("output", lambda: Rates(input=Decimal(1), output=Decimal("NaN"))),
        ("context_tokens", lambda: ModelInfo(name="a:one", context_tokens=0)),
    ]
    for field, make in cases:
        with pytest.raises(InvalidInput) as refusal:
            make()
        assert refusal.value.field == field

"""What calls cost: by a list of prices that has a version, exactly, and not at all where nobody knows."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import ROUND_HALF_EVEN, Decimal

from domain.catalogue import Catalogue, Price, undated
from domain.usage import Cost, Usage

NANOS = Decimal(10**9)


@dataclass(frozen=True, slots=True)
class PriceList:
    """By `provider:model`; a dated edition costs what the model does."""

    prices: Mapping[str, Price] = field(default_factory=dict)

    @classmethod
    def of(cls, catalogue: Catalogue) -> "PriceList":
        return cls({name: model.price for name, model in catalogue.models.items() if model.price})

    def price_of(self, model: str) -> Price | None:
        """None when nobody knows, which is not the same as nothing."""
        return self.prices.get(model) or self.prices.get(undated(model))

    def cost_of(self, usage: Usage, *, model: str) -> Cost | None:
        """To the nearest billionth, so that rows add up exactly. None when the price is not known."""
        price = self.price_of(model)
        if price is None:
            return None
        nanos = (price.cost_of(usage) * NANOS).to_integral_value(ROUND_HALF_EVEN)
        return Cost(int(nanos), price.currency, price.version)


def amount(nanos: int) -> str:
    """Billionths as a decimal number without needless zeros: never a float, which would round."""
    sign, rest = ("-" if nanos < 0 else ""), abs(nanos)
    whole, part = divmod(rest, 10**9)
    digits = f"{part:09}".rstrip("0")
    return f"{sign}{whole}.{digits}" if digits else f"{sign}{whole}"

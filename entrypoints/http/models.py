"""The models that are there, and what is known of them."""

from decimal import Decimal
from typing import Self

from fastapi import APIRouter

from domain.catalogue import ModelInfo, Price, Rates
from entrypoints.container import Container
from entrypoints.http.dependencies import Caller, Services
from entrypoints.http.documentation import problems
from entrypoints.http.schemas import Out

router = APIRouter(tags=["models"])


class RatesOut(Out):
    """Money a million tokens, as decimal strings; null is what the vendor does not list apart."""

    input: Decimal
    cached: Decimal | None
    cache_write: Decimal | None
    output: Decimal

    @classmethod
    def of(cls, rates: Rates) -> Self:
        return cls(input=rates.input, cached=rates.cached, cache_write=rates.cache_write, output=rates.output)


class PriceOut(Out):
    """With more input than `long_above` tokens a call is at the `long` rates. `version` says of which day they are."""

    currency: str
    version: str
    rates: RatesOut
    long_above: int | None
    long: RatesOut | None

    @classmethod
    def of(cls, price: Price) -> Self:
        return cls(
            currency=price.currency,
            version=price.version,
            rates=RatesOut.of(price.rates),
            long_above=price.long_above,
            long=RatesOut.of(price.long) if price.long else None,
        )


class ModelOut(Out):
    """Null is unknown, which is neither no nor nothing."""

    id: str
    provider: str
    is_default: bool
    context_tokens: int | None
    max_output_tokens: int | None
    tools: bool | None
    images: bool | None
    reasoning: bool | None
    json_schema: bool | None
    price: PriceOut | None

    @classmethod
    def of(cls, info: ModelInfo, *, name: str, is_default: bool) -> Self:
        return cls(
            id=name,
            provider=name.partition(":")[0],
            is_default=is_default,
            context_tokens=info.context_tokens,
            max_output_tokens=info.max_output_tokens,
            tools=info.tools,
            images=info.images,
            reasoning=info.reasoning,
            json_schema=info.json_schema,
            price=PriceOut.of(info.price) if info.price else None,
        )


class ModelsOut(Out):
    models: list[ModelOut]


@router.get("/models", responses=problems(), summary="List the models")
async def list_models(services: Services, caller: Caller) -> ModelsOut:
    """Those that are configured, the default first. A provider may know more: any name that it takes can be asked
    for."""
    return ModelsOut(models=[_model(services, name) for name in services.model().models()])


def _model(services: Container, name: str) -> ModelOut:
    is_default = name == services.settings().default_model
    return ModelOut.of(services.catalogue().model(name), name=name, is_default=is_default)

"""The ledger and everything that calls of providers pass on their way to it, put together as one group."""

from dataclasses import dataclass

from adapters.catalogue.price_file import BadPrices, read_prices
from application.embedder_router import EmbedderRouter
from application.ports.clock import Now
from application.ports.language_model import LanguageModel
from application.ports.storage import BeginRead, BeginTransaction
from application.provider_names import resolved
from application.usage.count_lost_calls import CountLostCalls
from application.usage.get_usage import GetUsage
from application.usage.list_calls import ListCalls
from application.usage.meter import Meter
from application.usage.metered_embedder import MeteredEmbedder
from application.usage.metered_model import MeteredModel
from application.usage.metered_relay import MeteredRelay
from application.usage.usage_recorder import UsageRecorder
from domain.price import PriceList
from entrypoints.provider_set import CannotStart, ProviderSet
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageServices:
    """`models`, `relays` and `embedder` are the only way to a provider."""

    recorder: UsageRecorder
    models: dict[str, LanguageModel]
    relays: dict[str, MeteredRelay]
    embedder: MeteredEmbedder
    count_lost_calls: CountLostCalls
    get_usage: GetUsage
    list_calls: ListCalls


def usage_services(
    settings: Settings,
    connected: ProviderSet,
    prices: PriceList,
    begin: BeginTransaction,
    read: BeginRead,
    now: Now,
) -> UsageServices:
    recorder = UsageRecorder(begin)
    meter = Meter(prices=prices, now=now, keep=recorder.keep, admit=recorder.admit)
    router = EmbedderRouter(providers=connected.embedders, default_model=settings.default_embedding_model)
    return UsageServices(
        recorder=recorder,
        models={name: MeteredModel(name, model, meter) for name, model in connected.models.items()},
        relays={name: MeteredRelay(name, relay, meter) for name, relay in connected.relays.items()},
        embedder=MeteredEmbedder(router=router, meter=meter),
        count_lost_calls=CountLostCalls(
            begin=begin,
            prices=prices,
            now=now,
            full_name=lambda name: ":".join(resolved(name, connected.models, settings.default_model)),
        ),
        get_usage=GetUsage(read=read, recorder=recorder, now=now),
        list_calls=ListCalls(read=read, recorder=recorder, now=now),
    )


def price_list(settings: Settings, connected: ProviderSet) -> PriceList:
    """The operator's own, or that of the catalogue. Raise CannotStart."""
    if settings.prices is None:
        return PriceList.of(connected.catalogue)
    try:
        return read_prices(settings.prices)
    except BadPrices as error:
        raise CannotStart(f"PARLEY_PRICES: {error}") from error

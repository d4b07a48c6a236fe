"""A meter for tests: what it counts goes where the test can see it."""

from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, field
from datetime import datetime

from application.embedder_router import EmbedderRouter
from application.ports.embedder import Embedder
from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from application.usage.meter import Meter
from application.usage.metered_embedder import MeteredEmbedder
from domain.price import PriceList
from domain.usage import LedgerEntry
from tests.support.builders import NOON


@dataclass
class Counted:
    """The entries of calls that were no run's, in the order in which they ended."""

    prices: PriceList = field(default_factory=PriceList)
    now: Callable[[], datetime] = lambda: NOON
    entries: list[LedgerEntry] = field(default_factory=list)

    @property
    def meter(self) -> Meter:
        return Meter(prices=self.prices, now=self.now, keep=self.entries.append, admit=lambda: None)

    def embedder(self, embedder: Embedder | Mapping[str, Embedder], model: str = "some:model") -> MeteredEmbedder:
        providers = embedder if isinstance(embedder, Mapping) else {model.partition(":")[0]: embedder}
        return MeteredEmbedder(router=EmbedderRouter(providers=providers, default_model=model), meter=self.meter)


@dataclass(frozen=True)
class MeteredByFullName(LanguageModel):
    """As MeteredModel, of a model that no router is in front of: requests have its full name."""

    model: LanguageModel
    meter: Meter

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        with self.meter.call(request.charge, request.model, lambda: 1) as call:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    call.hear(batch)
                    yield batch

    def models(self) -> tuple[str, ...]:
        return self.model.models()

"""The one way to embed texts: on somebody's account, each call of the provider with its line in the ledger."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from application.embedder_router import EmbedderRouter
from application.ports.embedder import Embedder, Embeddings
from application.ports.metering import UNCLAIMED, Charge
from application.usage.meter import Meter
from domain.errors import ProviderAnswerInvalid
from domain.usage import Purpose, estimated_count, total_usage

TEXTS_PER_CALL = 256
EMBEDDING = replace(UNCLAIMED, purpose=Purpose.EMBEDDING)


@dataclass(frozen=True, slots=True, kw_only=True)
class MeteredEmbedder(Embedder):
    router: EmbedderRouter
    meter: Meter

    async def embed(
        self,
        texts: Sequence[str],
        *,
        model: str | None = None,
        dimensions: int | None = None,
        charge: Charge = EMBEDDING,
    ) -> Embeddings:
        """As Embedder; any number of texts, in calls of at most TEXTS_PER_CALL one after the other."""
        made: list[Embeddings] = []
        for start in range(0, max(1, len(texts)), TEXTS_PER_CALL):
            made.append(await self._call(texts[start : start + TEXTS_PER_CALL], charge, model, dimensions))
        if len({each.dimensions for each in made}) > 1:
            raise ProviderAnswerInvalid(made[0].model, "the vectors are not all of one length")
        usage = total_usage([each.usage for each in made if each.usage])
        vectors = [vector for each in made for vector in each.vectors]
        return Embeddings(vectors, made[0].dimensions, made[0].model, usage)

    async def _call(
        self, texts: Sequence[str], charge: Charge, model: str | None, dimensions: int | None
    ) -> Embeddings:
        def sent() -> int:
            return sum(estimated_count(len(text)) for text in texts)

        with self.meter.call(charge, self.router.full_name(model), sent) as call:
            made = await self.router.embed(texts, model=model, dimensions=dimensions)
            call.finish(made.usage)
        return made

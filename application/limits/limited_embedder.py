"""Embedders that are asked only while their caller may spend."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.limits.budgets import Budgets
from application.limits.limited_model import CHARACTERS_OF_TOKEN
from application.ports.embedder import Embedder, Embeddings
from domain.usage import Usage


@dataclass(frozen=True, slots=True)
class LimitedEmbedder(Embedder):
    """Raises LimitReached or PriceUnknown before a provider is asked."""

    provider: str
    embedder: Embedder
    budgets: Budgets

    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        payer = await self.budgets.in_force()
        if payer is None:
            return await self.embedder.embed(texts, model=model, dimensions=dimensions)
        full_name = f"{self.provider}:{model or ''}"
        sent = sum(-(-len(text) // CHARACTERS_OF_TOKEN) for text in texts)
        reservation = await self.budgets.reserve(payer, full_name, input_tokens=sent, output_tokens=1)
        used = Usage(0, 0)
        try:
            embeddings = await self.embedder.embed(texts, model=model, dimensions=dimensions)
            used = embeddings.usage or Usage(sent, 0)
        finally:
            await reservation.settle(used)
        return embeddings

"""Turn texts into vectors; nothing is stored."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.embedder import Embeddings
from application.ports.metering import UNCLAIMED, Charge
from application.usage.metered_embedder import MeteredEmbedder
from domain.conversation import checked_text
from domain.errors import InvalidInput

TEXTS = 256
TEXT_CHARACTERS = 32_000


@dataclass(frozen=True, slots=True, kw_only=True)
class EmbedTexts:
    embedder: MeteredEmbedder

    async def __call__(
        self,
        texts: Sequence[str],
        *,
        model: str | None = None,
        dimensions: int | None = None,
        field: str = "texts",
        most: int = TEXTS,
        charge: Charge = UNCLAIMED,
    ) -> Embeddings:
        """One vector a text, in order; `model` None is the default one, `dimensions` None the model's own length.

        `field` is what the caller calls its texts, `most` how many it may send. Raises InvalidInput naming `field` or
        the one at fault (`texts[3]`), else ProviderFailure. When cancelled, the provider is closed first.
        """
        if not 1 <= len(texts) <= most:
            raise InvalidInput(field, f"must have 1 to {most:,} items, not {len(texts):,}")
        for place, text in enumerate(texts):
            checked_text(text, field=f"{field}[{place}]", longest=TEXT_CHARACTERS)
        return await self.embedder.embed(texts, charge=charge, model=model, dimensions=dimensions)

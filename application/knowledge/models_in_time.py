"""What models say to a search, if they say it in time: a search goes on without them."""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.metering import Charge
from application.ports.reranker import Reranker
from application.ports.vector_index import Generation
from application.usage.metered_embedder import MeteredEmbedder
from domain.errors import SPENDS_NO_MORE, ProviderAnswerInvalid, ProviderFailure, ProviderTimedOut
from domain.run import Problem

RERANKER = "reranker"


@dataclass(frozen=True, slots=True, kw_only=True)
class ModelsInTime:
    """Each method answers within its limit: what was said, or None and the problem.

    The limit is asyncio's: in a cancelled scope of anyio the provider's connection could not be closed in order.
    """

    embedder: MeteredEmbedder | None = None
    reranker: Reranker | None = None
    embedding_seconds: float = 5.0
    reranking_seconds: float = 3.0

    async def vector(
        self, question: str, generation: Generation | None, charge: Charge
    ) -> tuple[Sequence[float] | None, Problem | None]:
        """The question's vector, by the model of the generation; (None, None) when there is none, or no embedder."""
        if self.embedder is None or generation is None:
            return None, None
        provider = generation.model.partition(":")[0]
        try:
            async with asyncio.timeout(self.embedding_seconds):
                embeddings = await self.embedder.embed([question], charge=charge, model=generation.model)
        except TimeoutError:
            return None, Problem.of(ProviderTimedOut(provider))
        except (ProviderFailure, *SPENDS_NO_MORE) as failure:
            return None, Problem.of(failure)
        if embeddings.dimensions != generation.dimensions:
            other = ProviderAnswerInvalid(provider, f"vectors of {embeddings.dimensions} numbers now")
            return None, Problem.of(other)
        return embeddings.vectors[0], None

    async def order(self, question: str, passages: Sequence[str]) -> tuple[list[int] | None, Problem | None]:
        """The places of the passages, best first; (None, None) when there is no reranker."""
        if self.reranker is None or not passages:
            return None, None
        try:
            async with asyncio.timeout(self.reranking_seconds):
                scores = await self.reranker.scores(question, passages)
        except TimeoutError:
            return None, Problem.of(ProviderTimedOut(RERANKER))
        except ProviderFailure as failure:
            return None, Problem.of(failure)
        return sorted(range(len(passages)), key=lambda place: (-scores[place], place)), None

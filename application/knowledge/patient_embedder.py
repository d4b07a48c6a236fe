"""An embedder that is asked again when it is busy or away: a long document is not lost for a short trouble."""

import asyncio
import logging
from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.embedder import Embeddings
from application.ports.metering import Charge
from application.usage.metered_embedder import MeteredEmbedder
from domain.errors import ProviderAnswerInvalid, ProviderCredentialsRefused, ProviderFailure, ProviderRejectedRequest

log = logging.getLogger(__name__)

IN_VAIN = (ProviderCredentialsRefused, ProviderRejectedRequest)
"""Asked again they would say the same."""
LONGEST_PAUSE_SECONDS = 60.0


@dataclass(frozen=True, slots=True, kw_only=True)
class PatientEmbedder:
    """At most `tries` times in all; the pauses double, unless the provider says how long."""

    embedder: MeteredEmbedder
    tries: int = 6
    pause_seconds: float = 1.0

    async def embed(self, texts: Sequence[str], model: str, charge: Charge) -> Embeddings:
        """One vector a text, on this account. Raise ProviderFailure."""
        pause = self.pause_seconds
        for tries in range(1, self.tries + 1):
            try:
                return await self.once(texts, model, charge)
            except IN_VAIN:
                raise
            except ProviderFailure as failure:
                if tries == self.tries:
                    raise
                seconds = min(failure.retry_after_seconds or pause, LONGEST_PAUSE_SECONDS)
                log.warning("texts are embedded again in %g s: %s", seconds, failure)
                await asyncio.sleep(seconds)
                pause *= 2
        raise AssertionError("the last try returns or raises")

    async def once(self, texts: Sequence[str], model: str, charge: Charge) -> Embeddings:
        """Without patience."""
        embeddings = await self.embedder.embed(texts, model=model, charge=charge)
        if len(embeddings.vectors) != len(texts) or not embeddings.dimensions:
            raise ProviderAnswerInvalid(
                model.partition(":")[0], f"{len(embeddings.vectors)} vectors for {len(texts)} texts"
            )
        return embeddings

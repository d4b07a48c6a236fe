"""The port of every model that turns text into vectors."""

from abc import abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from domain.usage import Usage


@dataclass(frozen=True, slots=True)
class Embeddings:
    """One vector a text, in the order of the texts, all of `dimensions` numbers."""

    vectors: list[list[float]]
    dimensions: int
    model: str
    usage: Usage | None = None


class Embedder(Protocol):
    @abstractmethod
    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        """Embed every text, at most as many as the caller was allowed to send. `model` None is the default one.

        With `dimensions` the vectors are of that length: ProviderRejectedRequest or ProviderAnswerInvalid otherwise.
        Raises ProviderFailure. Cancelling closes the provider's connection.
        """

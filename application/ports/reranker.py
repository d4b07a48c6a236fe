"""The port of models that read a question and a passage together, and say how well one answers the other."""

from abc import abstractmethod
from collections.abc import Sequence
from typing import Protocol


class Reranker(Protocol):
    @abstractmethod
    async def scores(self, question: str, passages: Sequence[str]) -> list[float]:
        """One number a passage, in their order; more is better, and only the order of the numbers means anything.

        Raise ProviderFailure. The caller limits the time; cancelling closes the provider's connection.
        """

"""Ask other models when one does not answer."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass, replace

from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from domain.errors import ProviderFailure, ProviderOverloaded, ProviderTimedOut, ProviderUnavailable

RETRYABLE = (ProviderOverloaded, ProviderUnavailable, ProviderTimedOut)
"""Faults of a provider that another would not have. What is wrong with the request would be wrong everywhere."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FallbackModel(LanguageModel):
    """The `fallbacks` are asked in order when the model that was asked fails retryably before its first words.

    When all fail, it is the failure of the model that was asked which is raised.
    """

    model: LanguageModel
    fallbacks: tuple[str, ...] = ()

    def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        return self._stream(request) if self.fallbacks else self.model.stream(request)

    def models(self) -> tuple[str, ...]:
        return self.model.models()

    async def _stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        first_failure: ProviderFailure | None = None
        request = replace(request, charge=replace(request.charge, asked=request.charge.asked or request.model))
        for name in dict.fromkeys((request.model, *self.fallbacks)):
            has_spoken = False
            try:
                async with aclosing(self.model.stream(replace(request, model=name))) as batches:
                    async for batch in batches:
                        has_spoken = True
                        yield batch
                return
            except ProviderFailure as failure:
                if has_spoken or (first_failure is None and not isinstance(failure, RETRYABLE)):
                    raise
                first_failure = first_failure or failure
        if first_failure:
            raise first_failure

"""A provider's models, of which every call is in the ledger."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from application.ports.language_model import LanguageModel, ModelEvent, ModelRequest
from application.usage.meter import Meter
from domain.prompt import estimated_tokens


@dataclass(frozen=True, slots=True)
class MeteredModel(LanguageModel):
    provider: str
    model: LanguageModel
    meter: Meter

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        def sent() -> int:
            return sum(map(estimated_tokens, request.messages))

        with self.meter.call(request.charge, f"{self.provider}:{request.model}", sent) as call:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    call.hear(batch)
                    yield batch

    def models(self) -> tuple[str, ...]:
        return self.model.models()

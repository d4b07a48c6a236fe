"""A provider's models, asked only while their caller may spend."""

from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import dataclass

from application.limits.budgets import Budgets
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.prompt import estimated_tokens
from domain.run import ReasoningDelta, TextDelta
from domain.tool import ToolCallDelta
from domain.usage import Usage

CHARACTERS_OF_TOKEN = 4


@dataclass(frozen=True, slots=True)
class LimitedModel(LanguageModel):
    """Raises LimitReached or PriceUnknown before a provider is asked. What a call used is what its provider says, or
    where that says nothing an estimate from what was sent and heard; of a call that said nothing, nothing.
    """

    provider: str
    model: LanguageModel
    budgets: Budgets

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        payer = await self.budgets.in_force()
        if payer is None:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    yield batch
            return
        sent = sum(map(estimated_tokens, request.messages))
        full_name = f"{self.provider}:{request.model}"
        reservation = await self.budgets.reserve(payer, full_name, input_tokens=sent, output_tokens=request.max_tokens)
        heard, usage = 0, None
        try:
            async with aclosing(self.model.stream(request)) as batches:
                async for batch in batches:
                    heard += sum(map(_length, batch))
                    if isinstance(batch[-1], ModelFinished):
                        usage = batch[-1].usage or estimated(sent, heard)
                    yield batch
        finally:
            await reservation.settle(usage or estimated(sent if heard else 0, heard))

    def models(self) -> tuple[str, ...]:
        return self.model.models()


def estimated(sent_tokens: int, heard_characters: int) -> Usage:
    return Usage(sent_tokens, -(-heard_characters // CHARACTERS_OF_TOKEN))


def _length(event: ModelEvent) -> int:
    match event:
        case TextDelta() | ReasoningDelta():
            return len(event.text)
        case ToolCallDelta():
            return len(event.name) + len(event.arguments)
        case _:
            return 0

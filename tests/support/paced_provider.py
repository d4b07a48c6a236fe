"""A provider that answers word by word in its own time, and remembers what it was asked."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator
from dataclasses import dataclass, field

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.run import TextDelta
from domain.usage import Usage

WORDS = 4


@dataclass
class PacedProvider(LanguageModel):
    """Every question of a test names a model of its own, and every call of it gets an answer of its own."""

    seconds_a_word: float = 0.1
    calls: Counter[str] = field(default_factory=Counter)

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        self.calls[request.model] += 1
        for word in words_of(request.model, self.calls[request.model]):
            await asyncio.sleep(self.seconds_a_word)
            yield [TextDelta(word)]
        yield [ModelFinished("stop", request.model, Usage(1, WORDS))]

    def models(self) -> tuple[str, ...]:
        return ()

    def whole_answers(self, model: str) -> list[str]:
        """What a whole answer of the model may be: that of one call, never of two."""
        return ["".join(words_of(model, call)) for call in range(1, self.calls[model] + 1)]


def words_of(model: str, call: int) -> list[str]:
    return [f"{model}/{call}.{number} " for number in range(1, WORDS + 1)]

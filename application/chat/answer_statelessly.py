"""Answer a list of messages and store nothing: the model's stream in, the reader's stream out."""

from collections.abc import AsyncGenerator, AsyncIterator
from dataclasses import dataclass

from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from domain.errors import ProviderAnswerInvalid


class OpenedAnswer(AsyncIterator[list[ModelEvent]]):
    """An answer whose first batch has arrived. Close it (`aclosing`): that closes the provider's connection.

    Raises ProviderAnswerInvalid at its end when the provider gave no proof that the answer is whole.
    """

    def __init__(self, first: list[ModelEvent], rest: AsyncGenerator[list[ModelEvent], None]) -> None:
        self._next: list[ModelEvent] | None = first
        self._rest = rest
        self._whole = False

    async def __anext__(self) -> list[ModelEvent]:
        batch, self._next = self._next, None
        if batch is None:
            batch = await anext(self._rest, None)
        if batch is None:
            if not self._whole:
                raise ProviderAnswerInvalid("model", "the stream ended before the answer was finished")
            raise StopAsyncIteration
        self._whole = isinstance(batch[-1], ModelFinished)
        return batch

    async def aclose(self) -> None:
        await self._rest.aclose()


@dataclass(frozen=True, slots=True, kw_only=True)
class AnswerStatelessly:
    model: LanguageModel

    async def __call__(self, request: ModelRequest) -> OpenedAnswer:
        """Wait for the first batch, so that every refusal is raised before the first byte is sent.

        Raise ProviderFailure. When cancelled while waiting, the provider's connection is closed.
        """
        batches = self.model.stream(request)
        first = await anext(batches, None)
        if first is None:
            raise ProviderAnswerInvalid("model", "the stream was empty")
        return OpenedAnswer(first, batches)

"""Reading a model's answer to its end."""

import asyncio
from collections.abc import AsyncGenerator, Sequence

import pytest

from application.chat.whole_answer import WholeAnswer, whole_answer
from application.ports.language_model import LanguageModel, ModelEvent, ModelFinished, ModelRequest
from application.runs.execute_run import ANSWER_CHARACTERS
from domain.errors import ProviderAnswerInvalid, ProviderOverloaded
from domain.run import ReasoningDelta, TextDelta

REQUEST = ModelRequest(model="some:model", messages=())
STOP = ModelFinished("stop", "some-model-1")


class Provider(LanguageModel):
    """Says its batches, then fails, waits for ever or ends; and knows whether it was closed."""

    def __init__(self, *batches: list[ModelEvent], then: Exception | None = None, hangs: bool = False) -> None:
        self.batches, self.then, self.hangs = batches, then, hangs
        self.waiting, self.closed = asyncio.Event(), False

    async def stream(self, request: ModelRequest) -> AsyncGenerator[list[ModelEvent], None]:
        try:
            for batch in self.batches:
                yield batch
            if self.then:
                raise self.then
            if self.hangs:
                self.waiting.set()
                await asyncio.Event().wait()
        finally:
            self.closed = True

    def models(self) -> tuple[str, ...]:
        return ()


async def test_text_and_reasoning_are_gathered_apart_and_the_proof_is_handed_on() -> None:
    provider = Provider(
        [ReasoningDelta("Let me ")], [ReasoningDelta("think."), TextDelta("It ")], [TextDelta("is."), STOP]
    )
    assert await whole_answer(provider, REQUEST) == WholeAnswer("It is.", "Let me think.", STOP)
    assert provider.closed


@pytest.mark.parametrize("batches", [(), ([TextDelta("It is")],)])
async def test_a_stream_without_its_end_is_no_answer(batches: Sequence[list[ModelEvent]]) -> None:
    with pytest.raises(ProviderAnswerInvalid, match=r"some:model.*ended before"):
        await whole_answer(Provider(*batches), REQUEST)


async def test_a_providers_failure_is_handed_on() -> None:
    provider = Provider([TextDelta("It ")], then=ProviderOverloaded("some", retry_after_seconds=3))
    with pytest.raises(ProviderOverloaded):
        await whole_answer(provider, REQUEST)


async def test_an_answer_that_never_ends_is_left_and_the_provider_closed() -> None:
    piece: list[ModelEvent] = [TextDelta("x" * (ANSWER_CHARACTERS // 2 + 1))]
    provider = Provider(piece, piece, hangs=True)
    with pytest.raises(ProviderAnswerInvalid, match=r"did not end within"):
        await whole_answer(provider, REQUEST)
    assert provider.closed


async def test_cancelling_closes_the_provider() -> None:
    provider = Provider([TextDelta("It ")], hangs=True)
    reading = asyncio.create_task(whole_answer(provider, REQUEST))
    async with asyncio.timeout(30):
        await provider.waiting.wait()
    reading.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reading
    assert provider.closed

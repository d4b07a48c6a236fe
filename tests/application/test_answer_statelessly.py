"""A stateless answer: the provider is open exactly as long as the reader."""

import asyncio
from contextlib import aclosing

import pytest

from application.chat.answer_statelessly import AnswerStatelessly
from application.ports.language_model import ModelEvent, ModelRequest
from domain.conversation import PromptMessage, Role, Text
from domain.errors import ProviderAnswerInvalid, ProviderOverloaded, ProviderTimedOut
from domain.run import TextDelta
from tests.support.core import until
from tests.support.scripted_model import FINISHED, ScriptedModel, Step, whole, words

REQUEST = ModelRequest(model="scripted:model", messages=(PromptMessage(Role.USER, (Text("Why?"),)),))


def model_saying(*script: Step) -> tuple[ScriptedModel, AnswerStatelessly]:
    model = ScriptedModel(script)
    return model, AnswerStatelessly(model=model)


async def test_a_whole_answer_comes_in_the_providers_batches() -> None:
    model, answer = model_saying(*whole("Be", "cause."))
    async with aclosing(await answer(REQUEST)) as batches:
        assert [batch async for batch in batches] == [[TextDelta("Be")], [TextDelta("cause.")], [FINISHED]]
    assert model.open_streams == 0
    assert model.requests == [REQUEST]


async def test_the_first_batch_is_there_before_the_stream_is_handed_over() -> None:
    gate = asyncio.Event()
    _, answer = model_saying(gate, *whole("Because."))
    opening = asyncio.create_task(answer(REQUEST))
    for _ in range(10):
        await asyncio.sleep(0)
    assert not opening.done()
    gate.set()
    await (await opening).aclose()


async def test_a_refusal_comes_before_the_first_byte() -> None:
    model, answer = model_saying(ProviderOverloaded("scripted", retry_after_seconds=7))
    with pytest.raises(ProviderOverloaded) as refusal:
        await answer(REQUEST)
    assert refusal.value.retry_after_seconds == 7
    assert model.open_streams == 0


async def test_an_empty_stream_is_a_refusal() -> None:
    model, answer = model_saying()
    with pytest.raises(ProviderAnswerInvalid):
        await answer(REQUEST)
    assert model.open_streams == 0


@pytest.mark.parametrize(
    ("broken", "failure"),
    [([], ProviderAnswerInvalid), ([ProviderTimedOut("scripted")], ProviderTimedOut)],
    ids=["cut", "failed"],
)
async def test_a_stream_that_breaks_ends_in_a_failure_after_what_it_said(
    broken: list[Step], failure: type[Exception]
) -> None:
    model, answer = model_saying(*words("Be"), *broken)
    seen: list[list[ModelEvent]] = []
    opened = await answer(REQUEST)
    with pytest.raises(failure):
        seen.extend([batch async for batch in opened])
    assert model.open_streams == 0


async def test_a_reader_that_leaves_mid_stream_closes_the_provider() -> None:
    model, answer = model_saying(*words("Be"), asyncio.Event())
    opened = await answer(REQUEST)

    async def read_to_the_end() -> None:
        async with aclosing(opened):
            async for _ in opened:
                pass

    reader = asyncio.create_task(read_to_the_end())
    for _ in range(5):
        await asyncio.sleep(0)
    assert model.open_streams == 1
    reader.cancel()
    with pytest.raises(asyncio.CancelledError):
        await reader
    assert model.open_streams == 0


async def test_a_reader_that_never_reads_closes_the_provider() -> None:
    model, answer = model_saying(*words("Be"), asyncio.Event())
    opened = await answer(REQUEST)
    await opened.aclose()
    assert model.open_streams == 0


async def test_a_reader_that_leaves_before_the_first_batch_closes_the_provider() -> None:
    model, answer = model_saying(asyncio.Event())
    opening = asyncio.create_task(answer(REQUEST))
    await until(lambda: model.open_streams == 1)
    opening.cancel()
    with pytest.raises(asyncio.CancelledError):
        await opening
    assert model.open_streams == 0

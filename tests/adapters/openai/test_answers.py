"""What the model says, and the proof that it said all of it."""

import asyncio
from contextlib import aclosing

import pytest

from adapters.openai.language_model import OpenAILanguageModel
from application.ports.language_model import ModelFinished
from domain.errors import ProviderAnswerInvalid, ProviderFailure, ProviderOverloaded, ProviderUnavailable
from domain.run import TextDelta
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

WORDS = "w0 w1 w2 w3 w4"


@pytest.mark.parametrize(
    "name",
    ["scripted", "no_done", "double_done", "no_usage", "usage_in_finish", "usage=always", "crlf", "cr", "comments",
     "split", "crlf,comments,split", "reset_last", "cut_last", "end_last", "error_last", "garbage_last", "partial_last",
     "chunked=false", "chunked=false,done=0", "delay=0.002"],
)  # fmt: skip
async def test_an_answer_with_a_finish_reason_is_whole(model: OpenAILanguageModel, name: str) -> None:
    heard = await hear(model, question("Hello", name))
    assert heard.failure is None
    assert heard.text == WORDS
    assert heard.finished is not None
    assert heard.finished.reason == "stop"


@pytest.mark.parametrize("name", ["length", "content_filter"])
async def test_the_finish_reason_is_the_providers(model: OpenAILanguageModel, name: str) -> None:
    heard = await hear(model, question("Hello", name))
    assert heard.finished is not None
    assert heard.finished.reason == name


@pytest.mark.parametrize("name", ["truncate", "done_without_finish", "end_first", "chunked=false,fault=cut,when=mid"])
async def test_a_clean_end_without_a_finish_reason_is_no_proof(model: OpenAILanguageModel, name: str) -> None:
    heard = await hear(model, question("Hello", name))
    assert heard.failure is None
    assert heard.finished is None
    assert WORDS.startswith(heard.text)


@pytest.mark.parametrize("name", ["reset_mid", "cut_mid"])
async def test_a_connection_that_breaks_keeps_what_was_said(model: OpenAILanguageModel, name: str) -> None:
    heard = await hear(model, question("Hello", name))
    assert isinstance(heard.failure, ProviderUnavailable)
    assert heard.text == "w0 w1"
    assert heard.finished is None


@pytest.mark.parametrize("name", ["garbage", "html200", "partial_json", "garbage_mid", "garbage_first"])
async def test_what_is_no_answer_is_called_invalid(model: OpenAILanguageModel, name: str) -> None:
    heard = await hear(model, question("Hello", name))
    assert isinstance(heard.failure, ProviderAnswerInvalid)
    assert heard.finished is None
    assert "DOCTYPE" not in str(heard.failure)


async def test_what_came_in_one_read_with_an_error_is_said_before_it(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(raw='data: {"choices":[{"delta":{"content":"Hi"}}]}\n\ndata: {"error":"no more"}\n\n')
    heard = await hear(model, question("Hello"))
    assert heard.text == "Hi"
    assert isinstance(heard.failure, ProviderUnavailable)
    assert "no more" in str(heard.failure)


@pytest.mark.parametrize(
    ("code", "failure"),
    [("rate_limit_exceeded", ProviderOverloaded), ("429", ProviderOverloaded), ("odd", ProviderUnavailable)],
)
async def test_an_error_in_the_stream_is_what_it_says_it_is(
    model: OpenAILanguageModel, provider: ScriptedProvider, code: str, failure: type[ProviderFailure]
) -> None:
    provider.default = Script(fault="error", code=code, message="Too many birds")
    heard = await hear(model, question("Hello"))
    assert type(heard.failure) is failure
    assert "Too many birds" in str(heard.failure)
    assert heard.text == "w0 w1"


async def test_usage_is_the_providers_own_record(model: OpenAILanguageModel) -> None:
    for name in ("scripted", "usage_in_finish", "usage=always"):
        heard = await hear(model, question("one two three", name))
        assert heard.finished is not None
        usage = heard.finished.usage
        assert usage is not None
        assert (usage.input_tokens, usage.output_tokens) == (3, 5)
        assert usage.raw == {"prompt_tokens": 3, "completion_tokens": 5, "total_tokens": 8}


async def test_no_usage_is_none(model: OpenAILanguageModel) -> None:
    heard = await hear(model, question("Hello", "no_usage"))
    assert heard.finished is not None
    assert heard.finished.usage is None


@pytest.mark.parametrize("usage", ['{"prompt_tokens": null, "completion_tokens": -1}', '{"prompt_tokens": NaN}', "{}"])
async def test_senseless_usage_counts_nothing(
    model: OpenAILanguageModel, provider: ScriptedProvider, usage: str
) -> None:
    chunk = '{"choices":[{"delta":{"content":"Hi"},"finish_reason":"stop"}],"usage":' + usage + "}"
    provider.default = Script(raw=f"data: {chunk}\n\ndata: [DONE]\n\n")
    heard = await hear(model, question("Hello"))
    assert heard.finished is not None
    assert heard.finished.usage is None or heard.finished.usage.total_tokens == 0


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
async def test_reasoning_comes_apart_from_the_answer(model: OpenAILanguageModel, field: str) -> None:
    heard = await hear(model, question("Hello", f"reasoning,reasoning_field={field}"))
    assert heard.reasoning == "r0 r1 r2 "
    assert heard.text == WORDS


async def test_a_refusal_is_what_the_model_says(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    provider.default = Script(raw='data: {"choices":[{"delta":{"refusal":"No"},"finish_reason":"stop"}]}\n\n')
    assert (await hear(model, question("Hello"))).text == "No"


async def test_what_arrives_together_is_one_batch(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    token = 'data: {"choices":[{"delta":{"content":"a"}}]}\n\n'
    provider.default = Script(raw=3 * token + 'data: {"choices":[{"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n')
    heard = await hear(model, question("Hello"))
    assert heard.batches == [[TextDelta("aaa"), ModelFinished("stop", "scripted")]]


async def test_a_token_is_not_held_back_for_the_next(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    async with aclosing(model.stream(question("Hello", "stall_mid"))) as batches:
        said = ""
        async for batch in batches:
            said += "".join(event.text for event in batch if isinstance(event, TextDelta))
            if said == "w0 w1":
                break
    assert provider.calls[0].tokens_sent == 2


async def test_deep_nesting_is_an_invalid_answer_and_nothing_worse(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(raw='data: {"choices":' + "[" * 100_000 + "\n\n")
    assert isinstance((await hear(model, question("Hello"))).failure, ProviderAnswerInvalid)


async def test_an_event_without_an_end_is_an_invalid_answer(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(raw="data: " + "x" * 5_000_000)
    assert isinstance((await hear(model, question("Hello"))).failure, ProviderAnswerInvalid)


@pytest.mark.parametrize("name", ["scripted", "no_done", "ending=0.02", "s400", "s400,fails=1"])
async def test_the_next_answer_comes_over_the_same_connection(
    model: OpenAILanguageModel, provider: ScriptedProvider, name: str
) -> None:
    for _ in range(3):
        await hear(model, question("Hello", name))
    assert provider.connections_ever == 1


async def test_many_streams_at_once_do_not_mix(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    heard = await asyncio.gather(*(hear(model, question(f"number {i} " * 20, "echo")) for i in range(150)))
    assert [each.text for each in heard] == [f"number {i} " * 20 for i in range(150)]
    assert provider.connections_ever == 150

"""The text of an answer: byte for byte what the model said, as far as it can be stored."""

import pytest

from adapters.openai.chat import chunk_of
from adapters.openai.language_model import OpenAILanguageModel
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider


@pytest.mark.parametrize("split", [0, 1])
async def test_text_arrives_byte_for_byte(model: OpenAILanguageModel, provider: ScriptedProvider, split: int) -> None:
    text = 'Grüße, 世界! 🦜👩‍👩‍👧\r\n\tdata: [DONE]\n\n"quoted" \\u0000 \u2028 end'
    provider.default = Script(text=text, split=split)
    assert (await hear(model, question("Hello"))).text == text


@pytest.mark.parametrize(
    ("spelt", "stored"),
    [
        (r"a\u0000b", "a�b"),
        ("a\x00b", "a�b"),
        (r"a\ud83db", "a�b"),
        (r"a\udc00", "a�"),
        (r"\ud83e\udd9c", "🦜"),
        (r"\\u0000", r"\u0000"),
    ],
)
async def test_what_cannot_be_stored_is_replaced(
    model: OpenAILanguageModel, provider: ScriptedProvider, spelt: str, stored: str
) -> None:
    chunk = '{"choices":[{"delta":{"content":"' + spelt + '"},"finish_reason":"stop"}]}'
    provider.default = Script(raw=f"data: {chunk}\n\n")
    assert (await hear(model, question("Hello"))).text == stored


def test_bytes_that_are_not_utf8_are_replaced() -> None:
    choices = chunk_of(b'{"choices":[{"delta":{"content":"a\xffb"}}]}').choices
    assert choices is not None
    assert choices[0].delta is not None
    assert choices[0].delta.content == "a�b"


async def test_a_huge_answer_comes_whole(model: OpenAILanguageModel) -> None:
    heard = await hear(model, question("Hello", "huge"))
    assert len(heard.text) > 5_000_000
    assert heard.finished is not None

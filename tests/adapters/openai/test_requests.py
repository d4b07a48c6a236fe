"""What is sent to the provider."""

from collections.abc import Callable
from typing import Any

import httpx2
import pytest

from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from application.ports.language_model import ModelRequest
from domain.conversation import PromptMessage, Reasoning, Role, Text
from domain.errors import ProviderRejectedRequest
from domain.tool import JsonSchema
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

HELLO = (PromptMessage(Role.USER, (Text("Hello"),)),)


async def sent(model: OpenAILanguageModel, provider: ScriptedProvider, **request: Any) -> dict[str, Any]:
    await hear(model, ModelRequest(**{"model": "scripted", "messages": HELLO, **request}))
    body: dict[str, Any] = provider.calls[-1].body
    return body


async def test_a_plain_question_is_streamed_with_usage(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    assert await sent(model, provider) == {
        "model": "scripted",
        "messages": [{"role": "user", "content": "Hello"}],
        "stream": True,
        "stream_options": {"include_usage": True},
    }


async def test_reasoning_is_not_sent_back(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    messages = (
        PromptMessage(Role.SYSTEM, (Text("Be brief."),)),
        PromptMessage(Role.USER, (Text("Hello"),)),
        PromptMessage(Role.ASSISTANT, (Reasoning("They greet me."), Text("Hello"), Text(" you"))),
        PromptMessage(Role.USER, (Text("Grüße 🦜"),)),
    )
    assert (await sent(model, provider, messages=messages))["messages"] == [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": "Hello"},
        {"role": "assistant", "content": "Hello you"},
        {"role": "user", "content": "Grüße 🦜"},
    ]


async def test_limits_are_sent_when_there_are_any(model: OpenAILanguageModel, provider: ScriptedProvider) -> None:
    body = await sent(model, provider, temperature=0.0, max_tokens=7)
    assert (body["temperature"], body["max_tokens"]) == (0.0, 7)


STRICT = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
OPEN = {"type": "object", "properties": {"a": {"type": "string"}}}


@pytest.mark.parametrize(
    ("schema", "strict"), [(STRICT, True), (OPEN, False), ({"type": "array", "items": OPEN}, False), ({}, True)]
)
async def test_a_schema_is_sent_as_given_and_strict_if_it_can_be(
    model: OpenAILanguageModel, provider: ScriptedProvider, schema: dict[str, Any], strict: bool
) -> None:
    body = await sent(model, provider, json_schema=JsonSchema("answer", schema))
    assert body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": strict},
    }


async def test_the_key_is_sent_and_this_machine_is_not_described(
    model: OpenAILanguageModel, provider: ScriptedProvider, key: str
) -> None:
    await sent(model, provider)
    headers = provider.calls[0].headers
    assert headers["authorization"] == f"Bearer {key}"
    assert headers["content-type"] == "application/json"
    assert headers["accept-encoding"] == "identity"
    assert [name for name in headers if name.startswith("x-stainless")] == []


async def test_a_server_that_rejects_stream_options_is_asked_without_them_from_then_on(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("stream_options",))
    for _ in range(2):
        assert (await hear(model, question("Hello"))).finished is not None
    assert ["stream_options" in call.body for call in provider.calls] == [True, False, False]


async def test_a_model_that_wants_max_completion_tokens_gets_them_from_then_on(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(rejects=("max_tokens",), message="Use 'max_completion_tokens' instead.")
    for _ in range(2):
        assert (await sent(model, provider, max_tokens=7))["max_completion_tokens"] == 7
    assert ["max_tokens" in call.body for call in provider.calls] == [True, False, False]
    await hear(model, ModelRequest(model="another", messages=HELLO, max_tokens=7))
    assert "max_tokens" in provider.calls[3].body


async def test_what_stays_rejected_is_not_asked_for_ever(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(status=400, message="stream_options and max_completion_tokens are odd")
    heard = await hear(model, question("Hello"))
    assert isinstance(heard.failure, ProviderRejectedRequest)
    assert len(provider.calls) == 2


@pytest.mark.parametrize(
    ("base_url", "address"),
    [
        ("https://example.com/v1", "https://example.com/v1/chat/completions"),
        ("https://example.com/v1/", "https://example.com/v1/chat/completions"),
        ("http://localhost:11434", "http://localhost:11434/chat/completions"),
        ("https://example.com/x?api-version=2", "https://example.com/x/chat/completions?api-version=2"),
    ],
)
def test_addresses_are_below_the_base_url(connect: Callable[..., OpenAIServer], base_url: str, address: str) -> None:
    assert connect(base_url).address("chat/completions") == httpx2.URL(address)


def test_models_are_those_that_are_configured(model: OpenAILanguageModel) -> None:
    assert model.models() == ("openai:scripted",)

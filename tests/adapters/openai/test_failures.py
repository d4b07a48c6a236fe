"""A provider's refusals in our words, and nothing in them that is nobody's business."""

import logging
import traceback
from collections.abc import Callable

import pytest

from adapters.http.redaction import LONGEST_CHARACTERS, Redaction
from adapters.http.retries import Retries
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from domain.errors import (
    ProviderAnswerInvalid,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderUnavailable,
)
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

LEAKY = "Ask sk-other-9876543210zyxw at https://inner.example.com/v1 or 10.1.2.3:8080, not gateway:4000"


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        (400, ProviderRejectedRequest),
        (401, ProviderCredentialsRefused),
        (403, ProviderCredentialsRefused),
        (404, ProviderRejectedRequest),
        (408, ProviderUnavailable),
        (409, ProviderUnavailable),
        (413, ProviderRejectedRequest),
        (422, ProviderRejectedRequest),
        (429, ProviderOverloaded),
        (500, ProviderUnavailable),
        (503, ProviderUnavailable),
    ],
)
async def test_a_status_becomes_the_refusal_it_means(
    model: OpenAILanguageModel, provider: ScriptedProvider, status: int, kind: type[ProviderFailure]
) -> None:
    provider.default = Script(status=status)
    heard = await hear(model, question("Hello"))
    assert isinstance(heard.failure, kind)
    assert heard.failure.provider == "openai"


async def test_a_rejection_gives_the_vendors_own_sentence(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(status=404, message="The model 'gpt-9' does not exist")
    heard = await hear(model, question("Hello"))
    assert str(heard.failure) == "The provider 'openai' rejected the request: The model 'gpt-9' does not exist"


@pytest.mark.parametrize("status", [301, 302, 307, 308])
async def test_a_redirect_is_not_followed(model: OpenAILanguageModel, provider: ScriptedProvider, status: int) -> None:
    async with ScriptedProvider() as stranger:
        provider.default = Script(status=status, headers={"location": stranger.url + "/chat/completions"})
        heard = await hear(model, question("Hello"))
        assert isinstance(heard.failure, ProviderAnswerInvalid)
        assert stranger.calls == []
    assert len(provider.calls) == 1


@pytest.mark.parametrize("status", [400, 429, 500, 200])
async def test_no_failure_shows_a_key_or_an_address(
    model: OpenAILanguageModel,
    provider: ScriptedProvider,
    key: str,
    status: int,
    caplog: pytest.LogCaptureFixture,
) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("asyncio").setLevel(logging.WARNING)
    provider.default = Script(status=status, fault="error", when="first", message=f"{LEAKY} {key} {provider.url}")
    heard = await hear(model, question("a secret question"))
    assert heard.failure is not None
    everything = "".join(traceback.format_exception(heard.failure)) + repr(heard.failure) + caplog.text
    for secret in (key, "9876543210", "inner.example", "10.1.2.3", "127.0.0.1", "gateway:4000", "a secret question"):
        assert secret not in everything
    assert "Ask [key] at [address] or [host], not [host]" in str(heard.failure)


@pytest.mark.parametrize("base_url", ["http://127.0.0.1:1/v1", "http://no-such-host.invalid/v1"])
async def test_a_server_that_cannot_be_reached_is_unavailable_and_stays_unnamed(
    connect: Callable[..., OpenAIServer], key: str, caplog: pytest.LogCaptureFixture, base_url: str
) -> None:
    caplog.set_level(logging.INFO)
    heard = await hear(OpenAILanguageModel(connect(base_url)), question("Hello"))
    assert isinstance(heard.failure, ProviderUnavailable)
    everything = "".join(traceback.format_exception(heard.failure)) + caplog.text
    for secret in (key, "127.0.0.1", "no-such-host"):
        assert secret not in everything


async def test_what_is_not_http_is_an_invalid_answer_and_not_asked_again(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    heard = await hear(model, question("Hello", "garbage_headers"))
    assert isinstance(heard.failure, ProviderAnswerInvalid)
    assert len(provider.calls) == 1


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Incorrect API key provided: sk-ab12**********************wxyz.", "Incorrect API key provided: [key]"),
        ("Invalid header 'Bearer abc.def'", "Invalid header '[key]'"),
        ("gsk_0123456789abcdef is revoked", "[key] is revoked"),
        ("skeletons and task-oriented work", "skeletons and task-oriented work"),
        ("See https://example.com/docs?key=1 for help", "See [address] for help"),
        ("api.inner.local:8443, [::1]:80 and localhost:11434 died", "[host], [host] and [host] died"),
        ("my-host says no", "[removed] says no"),
        ("'messages.0.content' must not be empty", "'messages.0.content' must not be empty"),
        ("gpt-4o-mini-2024-07-18 takes at most 16384 tokens", "gpt-4o-mini-2024-07-18 takes at most 16384 tokens"),
        ("two\n lines\tand \x1b[31ma colour\x00", "two lines and [31ma colour"),
        ("", ""),
    ],
)
def test_what_is_shown_of_a_vendors_sentence(said: str, shown: str) -> None:
    assert Redaction("configured-key", "my-host")(said) == shown


def test_a_vendors_sentence_is_shortened() -> None:
    shown = Redaction("", "example.com")("word " * 1000)
    assert len(shown) <= LONGEST_CHARACTERS
    assert shown.endswith("…")


@pytest.mark.parametrize(
    ("api_key", "base_url"),
    [
        ("sk-x", "localhost:8000/v1"),
        ("sk-x", "ftp://example.com"),
        ("sk-x", "https://"),
        ("sk-x", "https://example.com:port"),
        ("sk-x", "https://user:pass@example.com"),
        ("sk-ümlaut", None),
        ("sk-two\nlines", None),
    ],
)
def test_an_address_or_a_key_that_cannot_be_used_is_refused_at_once(api_key: str, base_url: str | None) -> None:
    retries = Retries(jitter=lambda: 0.0, now=lambda: pytest.fail("no time is needed"))
    with pytest.raises(ValueError, match="of a provider must be") as refusal:
        OpenAIServer.connect(provider="openai", api_key=api_key, base_url=base_url, retries=retries)
    assert api_key not in str(refusal.value)


async def test_neither_key_nor_address_is_in_what_a_server_looks_like(
    connect: Callable[..., OpenAIServer], key: str
) -> None:
    server = connect()
    assert key not in repr(server)
    assert "127.0.0.1" not in repr(server)

"""Failures in our words, retries, limits, and leaving."""

import asyncio
import subprocess
import sys
from collections.abc import Callable
from contextlib import aclosing

import pytest

from adapters.anthropic.language_model import AnthropicLanguageModel
from adapters.anthropic.server import AnthropicServer
from adapters.http.retries import Retries
from domain.errors import (
    ProviderAnswerInvalid,
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderTimedOut,
    ProviderUnavailable,
)
from tests.adapters.anthropic.conftest import KEY
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider


@pytest.mark.parametrize(
    ("status", "failure", "attempts"),
    [
        (400, ProviderRejectedRequest, 1),
        (401, ProviderCredentialsRefused, 1),
        (402, ProviderOverloaded, 1),
        (403, ProviderCredentialsRefused, 1),
        (404, ProviderRejectedRequest, 1),
        (413, ProviderRejectedRequest, 1),
        (429, ProviderOverloaded, 3),
        (500, ProviderUnavailable, 3),
        (529, ProviderUnavailable, 3),
    ],
)
async def test_a_status_is_told_in_our_words(
    model: AnthropicLanguageModel,
    provider: ScriptedProvider,
    status: int,
    failure: type[ProviderFailure],
    attempts: int,
) -> None:
    provider.default = Script(status=status, message=f"no, {KEY} is not welcome at {provider.anthropic_url}")
    heard = await hear(model, question("Hello"))
    assert type(heard.failure).__mro__.index(failure) <= 1
    assert KEY not in str(heard.failure)
    assert provider.anthropic_url not in str(heard.failure)
    assert len(provider.calls) == attempts


@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("overloaded_error", ProviderUnavailable),
        ("rate_limit_error", ProviderOverloaded),
        ("authentication_error", ProviderCredentialsRefused),
        ("invalid_request_error", ProviderRejectedRequest),
        ("new_kind_of_error", ProviderUnavailable),
    ],
)
async def test_an_error_amid_the_stream_is_told_by_its_type(
    model: AnthropicLanguageModel, provider: ScriptedProvider, kind: str, failure: type[ProviderFailure]
) -> None:
    provider.default = Script(fault="error", code=kind)
    heard = await hear(model, question("Hello"))
    assert isinstance(heard.failure, failure)
    assert heard.text == "w0 w1"
    assert len(provider.calls) == 1


async def test_it_comes_back_when_it_is_told_to_or_hands_the_time_on(
    model: AnthropicLanguageModel, provider: ScriptedProvider
) -> None:
    provider.queue.append(Script(status=529, headers={"retry-after": "2"}))
    assert (await hear(model, question("Hello"))).finished
    provider.default = Script(status=429, headers={"retry-after": "60"})
    heard = await hear(model, question("Hello"))
    assert isinstance(heard.failure, ProviderOverloaded)
    assert heard.failure.retry_after_seconds == 60
    assert len(provider.calls) == 3


@pytest.mark.parametrize(
    ("script", "limits", "name"),
    [
        ("stall_headers", {"first_byte_seconds": 0.05}, "first-byte"),
        ("stall_first", {"first_byte_seconds": 0.05}, "first-byte"),
        ("stall_mid", {"idle_seconds": 0.05}, "idle"),
        ("words=1000,delay=0.01", {"total_seconds": 0.1}, "total"),
    ],
)
async def test_nobody_waits_for_ever(
    connect: Callable[..., AnthropicLanguageModel],
    provider: ScriptedProvider,
    script: str,
    limits: dict[str, float],
    name: str,
) -> None:
    model = connect(**{"total_seconds": 20.0, **limits})
    heard = await hear(model, question("Hello", script))
    assert isinstance(heard.failure, ProviderTimedOut)
    assert name in str(heard.failure)
    await provider.until(lambda: provider.open_calls == 0)


async def test_nobody_there(connect: Callable[..., AnthropicLanguageModel]) -> None:
    heard = await hear(connect("http://127.0.0.1:9"), question("Hello"))
    assert isinstance(heard.failure, ProviderUnavailable)


@pytest.mark.parametrize("script", ["stall_headers", "stall_mid", "words=1000,delay=0.01"])
async def test_who_leaves_closes_the_connection(
    model: AnthropicLanguageModel, provider: ScriptedProvider, script: str
) -> None:
    async def listen() -> None:
        async with aclosing(model.stream(question("Hello", script))) as batches:
            async for _ in batches:
                pass

    task = asyncio.create_task(listen())
    await provider.until(lambda: provider.calls)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    await provider.until(lambda: provider.calls[0].aborted)


@pytest.mark.parametrize("url", ["ftp://a", "http://ann:secret@a/b", "nonsense"])
def test_an_address_that_cannot_be_used_is_refused_without_being_repeated(url: str) -> None:
    retries = Retries(jitter=lambda: 0.0, now=lambda: pytest.fail("no call is made"))
    with pytest.raises(ValueError, match="must be http") as refusal:
        AnthropicServer.connect(provider="anthropic", api_key="", base_url=url, retries=retries)
    assert url not in str(refusal.value)


async def test_an_answer_that_is_no_event_stream(model: AnthropicLanguageModel, provider: ScriptedProvider) -> None:
    provider.default = Script(raw="{}", content_type="application/json")
    assert isinstance((await hear(model, question("Hello"))).failure, ProviderAnswerInvalid)


def test_the_sdk_is_loaded_only_by_those_who_use_it() -> None:
    code = "import sys, entrypoints.container; sys.exit('anthropic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0

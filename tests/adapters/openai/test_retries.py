"""What is tried again, how often and after how long."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from adapters.http.retries import Retries, Setback
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from domain.errors import ProviderOverloaded, ProviderTimedOut, ProviderUnavailable
from tests.support.listening import hear, question
from tests.support.provider import Script, ScriptedProvider

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 504])
async def test_a_passing_fault_is_tried_again(
    model: OpenAILanguageModel, provider: ScriptedProvider, waits: list[float], status: int
) -> None:
    heard = await hear(model, question("Hello", f"status={status},fails=2"))
    assert heard.finished is not None
    assert len(provider.calls) == 3
    assert waits == [0.25, 0.5]


@pytest.mark.parametrize("fault", ["reset_headers", "cut_headers", "reset_first", "cut_first"])
async def test_a_connection_lost_before_the_first_byte_is_tried_again(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    heard = await hear(model, question("Hello", f"{fault},fails=2"))
    assert heard.finished is not None
    assert len(provider.calls) == 3


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_attempts_come_to_an_end(
    model: OpenAILanguageModel, provider: ScriptedProvider, waits: list[float], status: int
) -> None:
    heard = await hear(model, question("Hello", f"s{status}"))
    assert heard.failure is not None
    assert len(provider.calls) == 3
    assert len(waits) == 2


@pytest.mark.parametrize("status", [307, 400, 401, 403, 404, 413, 422, 501])
async def test_a_fault_that_would_come_again_is_not_tried_again(
    model: OpenAILanguageModel, provider: ScriptedProvider, status: int
) -> None:
    assert (await hear(model, question("Hello", f"status={status}"))).failure is not None
    assert len(provider.calls) == 1


@pytest.mark.parametrize("fault", ["reset_mid", "cut_mid", "error_mid", "garbage_mid", "partial_mid", "end_mid"])
async def test_nothing_is_tried_again_once_the_answer_has_begun(
    model: OpenAILanguageModel, provider: ScriptedProvider, fault: str
) -> None:
    heard = await hear(model, question("Hello", fault))
    assert heard.text == "w0 w1"
    assert len(provider.calls) == 1


async def test_a_provider_that_says_dont_is_not_asked_again(
    model: OpenAILanguageModel, provider: ScriptedProvider
) -> None:
    provider.default = Script(status=429, headers={"x-should-retry": "false"})
    assert isinstance((await hear(model, question("Hello"))).failure, ProviderOverloaded)
    assert len(provider.calls) == 1


async def test_a_refused_connection_is_tried_again(connect: Callable[..., OpenAIServer], waits: list[float]) -> None:
    heard = await hear(OpenAILanguageModel(connect("http://127.0.0.1:1/v1")), question("Hello"))
    assert isinstance(heard.failure, ProviderUnavailable)
    assert waits == [0.25, 0.5]


@pytest.mark.parametrize("headers", [{"retry-after": "2"}, {"retry-after-ms": "2000", "retry-after": "60"}])
async def test_a_short_retry_after_is_waited_for(
    model: OpenAILanguageModel, provider: ScriptedProvider, waits: list[float], headers: dict[str, str]
) -> None:
    provider.queue.append(Script(status=429, headers=headers))
    assert (await hear(model, question("Hello"))).finished is not None
    assert waits == [2.0]


async def test_a_long_retry_after_is_passed_on_at_once(
    model: OpenAILanguageModel, provider: ScriptedProvider, waits: list[float]
) -> None:
    provider.default = Script(status=429, headers={"retry-after": "30"})
    heard = await hear(model, question("Hello"))
    assert isinstance(heard.failure, ProviderOverloaded)
    assert heard.failure.retry_after_seconds == 30
    assert (len(provider.calls), waits) == (1, [])


async def test_no_attempt_is_made_that_could_not_begin_within_the_total_limit(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    heard = await hear(OpenAILanguageModel(connect(total_seconds=0.2)), question("Hello", "s503"))
    assert isinstance(heard.failure, ProviderUnavailable)
    assert len(provider.calls) == 1


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"retry-after": "1.5"}, 1.5),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:35 GMT"}, 30.0),
        ({"retry-after": "Fri, 02 Jan 2026 03:04:35 -0000"}, 30.0),
        ({"retry-after": "Fri, 02 Jan 2026 03:00:00 GMT"}, 0.0),
        ({"retry-after": "-3"}, 0.0),
        ({"retry-after-ms": "1500"}, 1.5),
        ({"retry-after": "99999999999"}, 86_400.0),
        ({"retry-after": "soon"}, None),
        ({"retry-after": "nan"}, None),
        ({"retry-after-ms": "inf"}, None),
        ({}, None),
    ],
)
def test_what_a_provider_asks_for(headers: dict[str, str], seconds: float | None) -> None:
    assert Retries(jitter=lambda: 0.0, now=lambda: NOW).asked_seconds(headers) == seconds


def test_pauses_double_up_to_a_longest_one_and_are_cut_at_random() -> None:
    setback = Setback(ProviderTimedOut("openai"), again=True)
    full = Retries(jitter=lambda: 1.0, now=lambda: NOW, max_attempts=8)
    assert [full.delay_seconds(setback, attempt) for attempt in range(1, 9)] == [0.5, 1, 2, 4, 8, 8, 8, None]
    none = Retries(jitter=lambda: 0.0, now=lambda: NOW, max_attempts=8)
    assert none.delay_seconds(setback, 5) == 0

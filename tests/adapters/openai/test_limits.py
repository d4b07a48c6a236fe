"""Every wait for a provider has an end, and the failure names the limit."""

import asyncio
import gc
from collections.abc import Callable
from contextlib import aclosing

import pytest

from adapters.http.limits import Patience
from adapters.openai.embedder import OpenAIEmbedder
from adapters.openai.language_model import OpenAILanguageModel
from adapters.openai.server import OpenAIServer
from domain.errors import ProviderTimedOut
from tests.support.listening import hear, question
from tests.support.provider import ScriptedProvider


@pytest.mark.parametrize(
    ("fault", "limits", "said"),
    [
        ("stall_headers", {"first_byte_seconds": 0.1}, "first-byte limit of 0.1 seconds"),
        ("stall_first", {"first_byte_seconds": 0.1}, "first-byte limit of 0.1 seconds"),
        ("stall_mid", {"idle_seconds": 0.1}, "idle limit of 0.1 seconds"),
        ("stall_headers", {"total_seconds": 0.1}, "total limit of 0.1 seconds"),
        ("stall_mid", {"total_seconds": 0.1}, "total limit of 0.1 seconds"),
        ("words=1000,delay=0.01", {"total_seconds": 0.2, "idle_seconds": 0.1}, "total limit of 0.2 seconds"),
    ],
)
async def test_a_limit_ends_the_wait_and_closes_the_connection(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider, fault: str, limits: dict[str, float], said: str
) -> None:
    before = asyncio.get_running_loop().time()
    heard = await hear(OpenAILanguageModel(connect(**limits)), question("Hello", fault))
    assert isinstance(heard.failure, ProviderTimedOut)
    assert said in str(heard.failure)
    assert asyncio.get_running_loop().time() - before < 1
    await provider.until(lambda: provider.calls[0].aborted and provider.connections == 0)
    assert len(provider.calls) == 1, "what was too slow once is not waited for again"


async def test_a_connection_that_is_never_made_is_given_up_and_tried_again(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider, waits: list[float]
) -> None:
    no_tls_here = provider.url.replace("http:", "https:")
    heard = await hear(OpenAILanguageModel(connect(no_tls_here, connect_seconds=0.1)), question("Hello"))
    assert isinstance(heard.failure, ProviderTimedOut)
    assert "connect limit of 0.1 seconds" in str(heard.failure)
    assert len(waits) == 2


async def test_an_answer_that_keeps_coming_is_not_idle(connect: Callable[..., OpenAIServer]) -> None:
    model = OpenAILanguageModel(connect(idle_seconds=0.1))
    heard = await hear(model, question("Hello", "words=30,delay=0.01"))
    assert heard.finished is not None


async def test_a_reader_that_takes_its_time_is_not_the_providers_fault(connect: Callable[..., OpenAIServer]) -> None:
    model = OpenAILanguageModel(connect(idle_seconds=0.05))
    async with aclosing(model.stream(question("Hello", "delay=0.01"))) as batches:
        async for _ in batches:
            await asyncio.sleep(0.06)


async def test_a_whole_answer_is_not_spoilt_by_a_server_that_does_not_end_it(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    heard = await hear(OpenAILanguageModel(connect(total_seconds=0.3)), question("Hello", "stall_last"))
    assert heard.failure is None
    assert heard.finished is not None
    await provider.until(lambda: provider.connections == 0)


async def test_the_words_of_an_error_are_not_waited_for_long(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider
) -> None:
    limits = {"first_byte_seconds": 0.1, "total_seconds": 0.1}
    heard = await hear(OpenAILanguageModel(connect(**limits)), question("Hello", "s400,wait=0.05"))
    assert "the script says so" in str(heard.failure)


@pytest.mark.parametrize("name", ["scripted", "s503", "stall_mid", "reset_mid", "reset_headers"])
async def test_no_clock_outlives_its_call(
    connect: Callable[..., OpenAIServer], provider: ScriptedProvider, name: str
) -> None:
    server = connect(idle_seconds=0.05)
    await hear(OpenAILanguageModel(server), question("Hello", name))
    await OpenAIEmbedder(server, default_model="scripted").embed(["Hello"])
    await provider.until(lambda: gc.collect() >= 0 and not clocks())


def clocks() -> list[Patience]:
    return [thing for thing in gc.get_objects() if isinstance(thing, Patience)]


async def wait(patience: Patience, seconds: float, name: str = "idle", limit: float = 0.05) -> None:
    with patience.limit(name, limit):
        await asyncio.sleep(seconds)


async def test_each_limit_starts_when_it_is_entered() -> None:
    patience = Patience("openai", total_seconds=10)
    for _ in range(4):
        await wait(patience, 0.03)
    with pytest.raises(ProviderTimedOut, match=r"idle limit of 0\.05 seconds"):
        await wait(patience, 1)
    patience.close()


async def test_a_shorter_limit_after_a_longer_one_is_kept() -> None:
    patience = Patience("openai", total_seconds=10)
    await wait(patience, 0, "first-byte", 5)
    with pytest.raises(ProviderTimedOut, match="idle limit"):
        await wait(patience, 1)
    patience.close()


async def test_a_limit_may_be_entered_by_one_task_after_another() -> None:
    patience = Patience("openai", total_seconds=10)
    await asyncio.create_task(wait(patience, 0.01))
    with pytest.raises(ProviderTimedOut):
        await asyncio.create_task(wait(patience, 1))
    current = asyncio.current_task()
    assert current is not None
    assert current.cancelling() == 0
    patience.close()


async def test_a_cancellation_from_outside_stays_one() -> None:
    patience = Patience("openai", total_seconds=10)
    task = asyncio.create_task(wait(patience, 1, limit=5))
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    patience.close()


async def test_a_cancellation_at_the_moment_of_the_limit_wins() -> None:
    patience = Patience("openai", total_seconds=10)

    async def overdue_and_cancelled() -> None:
        with patience.limit("idle", 0):
            asyncio.get_running_loop().call_soon(task.cancel)
            await asyncio.sleep(1)

    task = asyncio.create_task(overdue_and_cancelled())
    with pytest.raises(asyncio.CancelledError):
        await task
    patience.close()

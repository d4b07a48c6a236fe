"""A provider that is down is left alone, and tried now and then."""

import asyncio
from contextlib import aclosing
from dataclasses import dataclass

import pytest

from application.circuit_breaker import CircuitBreaker, GuardedModel, GuardedRelay
from domain.circuit import CircuitRules, CircuitState
from domain.errors import (
    ProviderCredentialsRefused,
    ProviderFailure,
    ProviderOverloaded,
    ProviderRejectedRequest,
    ProviderTimedOut,
    ProviderUnavailable,
)
from tests.support.listening import hear, question
from tests.support.scripted_model import ScriptedModel, whole, words
from tests.support.scripted_relay import ScriptedRelay

DOWN = ProviderUnavailable("a", "status 503")


@dataclass
class Seconds:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Seconds:
    return Seconds()


@pytest.fixture
def breaker(clock: Seconds) -> CircuitBreaker:
    return CircuitBreaker("a", CircuitRules(most_faults=2, pause_seconds=10), clock)


@pytest.fixture
def scripted() -> ScriptedModel:
    return ScriptedModel([DOWN])


@pytest.fixture
def model(breaker: CircuitBreaker, scripted: ScriptedModel) -> GuardedModel:
    return GuardedModel(scripted, breaker)


async def test_after_faults_in_a_row_nobody_asks_until_the_pause_is_over(
    model: GuardedModel, scripted: ScriptedModel, breaker: CircuitBreaker, clock: Seconds
) -> None:
    for _ in range(2):
        assert (await hear(model, question("Hi"))).failure is DOWN
    refused = (await hear(model, question("Hi"))).failure
    assert isinstance(refused, ProviderUnavailable)
    assert refused.retry_after_seconds == 10
    assert (len(scripted.requests), breaker.state) == (2, CircuitState.OPEN)
    clock.now += 10
    assert str(breaker.state) == "half_open"
    scripted.script = whole("Hello")
    assert (await hear(model, question("Hi"))).text == "Hello"
    assert breaker.state is CircuitState.CLOSED


async def test_words_before_the_fault_do_not_excuse_it(
    model: GuardedModel, scripted: ScriptedModel, breaker: CircuitBreaker
) -> None:
    scripted.script = [*words("He"), ProviderTimedOut("a", "the idle limit has passed")]
    for _ in range(2):
        assert (await hear(model, question("Hi"))).text == "He"
    assert breaker.state is CircuitState.OPEN


@pytest.mark.parametrize(
    "failure",
    [
        ProviderRejectedRequest("a", "bad request"),
        ProviderOverloaded("a", "slow down", retry_after_seconds=5),
        ProviderCredentialsRefused("a"),
    ],
)
async def test_what_is_no_outage_opens_nothing_and_ends_a_probe(
    model: GuardedModel, scripted: ScriptedModel, breaker: CircuitBreaker, clock: Seconds, failure: ProviderFailure
) -> None:
    scripted.script = [failure]
    for _ in range(9):
        assert (await hear(model, question("Hi"))).failure is failure
    scripted.script = [DOWN]
    for _ in range(2):
        await hear(model, question("Hi"))
    clock.now += 10
    scripted.script = [failure]
    await hear(model, question("Hi"))
    assert breaker.state is CircuitState.CLOSED


async def test_a_probe_whose_caller_leaves_makes_way_for_the_next(
    model: GuardedModel, scripted: ScriptedModel, breaker: CircuitBreaker, clock: Seconds
) -> None:
    for _ in range(2):
        await hear(model, question("Hi"))
    clock.now += 10
    scripted.script = [asyncio.Event()]
    probe = asyncio.create_task(hear(model, question("Hi")))
    await asyncio.sleep(0)
    refused = (await hear(model, question("Hi"))).failure
    assert isinstance(refused, ProviderUnavailable)
    probe.cancel()
    with pytest.raises(asyncio.CancelledError):
        await probe
    scripted.script = whole("Hello")
    assert (await hear(model, question("Hi"))).text == "Hello"


async def test_leaving_closes_what_is_behind_it(model: GuardedModel, scripted: ScriptedModel) -> None:
    scripted.script = whole("He", "llo")
    async with aclosing(model.stream(question("Hi"))) as batches:
        await anext(batches)
        assert scripted.open_streams == 1
    assert scripted.open_streams == 0
    assert model.models() == scripted.models()


async def test_a_relay_has_the_same_breaker(breaker: CircuitBreaker) -> None:
    scripted = ScriptedRelay([DOWN, b"{}", DOWN, DOWN, b"{}"])
    relay = GuardedRelay(scripted, breaker)
    for outcome in (DOWN, b"{}", DOWN, DOWN):
        if isinstance(outcome, bytes):
            assert await relay.whole({}, model="m") == outcome
        else:
            with pytest.raises(ProviderUnavailable):
                await relay.whole({}, model="m")
    with pytest.raises(ProviderUnavailable, match="many times"):
        await anext(relay.stream({}, model="m"))
    assert len(scripted.calls) == 4

"""Wrong passwords are counted, and what is remembered of good credentials is bounded and forgotten in time."""

from datetime import timedelta

import pytest

from adapters.memory.limit_counters import MemoryLimitCounters
from application.access.credentials import GOOD_FOR, MOST, Credentials
from application.access.login_throttle import MOST_OF_ONE, MOST_OF_PAIR, WINDOW_SECONDS, LoginThrottle
from domain.access import OwnerId, Principal
from domain.errors import TooManyAttempts
from tests.support.clock import Clock

ANN, BEN = Principal(OwnerId("ann")), Principal(OwnerId("ben"))


async def attempts(throttle: LoginThrottle, name: str, address: str, most: int = 10_000) -> int:
    """How many get through, of so many."""
    for number in range(most):
        try:
            await throttle.attempt(name, address)
        except TooManyAttempts:
            return number
    return most


async def test_ten_wrong_passwords_from_an_address_and_no_more_until_the_window_has_passed() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock, MemoryLimitCounters())
    assert await attempts(throttle, "ann", "1.1.1.1") == MOST_OF_PAIR
    with pytest.raises(TooManyAttempts) as refused:
        await throttle.attempt("ann", "1.1.1.1")
    assert refused.value.retry_after_seconds == pytest.approx(WINDOW_SECONDS, abs=1)
    assert await attempts(throttle, "ann", "2.2.2.2", 5) == 5  # ann herself, from elsewhere
    clock.move(WINDOW_SECONDS)
    assert await attempts(throttle, "ann", "1.1.1.1") == MOST_OF_PAIR


async def test_changing_the_name_or_the_address_gets_a_hundred() -> None:
    throttle = LoginThrottle(Clock(), MemoryLimitCounters())
    spread_over_names = [await attempts(throttle, f"user {number}", "1.1.1.1", 1) for number in range(1_000)]
    spread_over_addresses = [await attempts(throttle, "ann", f"2.2.2.{number}", 1) for number in range(256)]
    of_one_customer = [await attempts(throttle, "eve", f"2001:db8::{number:x}", 1) for number in range(256)]
    assert (sum(spread_over_names), sum(spread_over_addresses)) == (MOST_OF_ONE, MOST_OF_ONE)
    assert sum(of_one_customer) == MOST_OF_PAIR


async def test_who_gets_it_right_is_not_counted() -> None:
    throttle = LoginThrottle(Clock(), MemoryLimitCounters())
    for _ in range(500):
        assert await attempts(throttle, "ann", "1.1.1.1", 2) == 2
        await throttle.succeeded("ann", "1.1.1.1")
        await throttle.succeeded("ann", "1.1.1.1")


async def test_what_is_counted_names_nobody() -> None:
    counters = MemoryLimitCounters()
    await LoginThrottle(Clock(), counters).attempt("ann", "192.0.2.7")
    assert not any("ann" in name or "192" in name for name in counters._counts)


def test_a_credential_is_remembered_for_half_a_minute_or_until_it_expires() -> None:
    clock = Clock()
    credentials = Credentials(clock)
    credentials.keep(b"ann", ANN, until=None, generation=0)
    credentials.keep(b"ben", BEN, until=clock() + timedelta(seconds=5), generation=0)
    assert (credentials.find(b"ann"), credentials.find(b"ben"), credentials.find(b"eve")) == (ANN, BEN, None)
    clock.move(5)
    assert (credentials.find(b"ann"), credentials.find(b"ben")) == (ANN, None)
    clock.move(GOOD_FOR.total_seconds())
    assert credentials.find(b"ann") is None


def test_whoever_looked_before_a_revocation_does_not_remember_it_afterwards() -> None:
    credentials, told = Credentials(Clock()), []
    credentials.when_forgotten(lambda: told.append(True))
    credentials.keep(b"ann", ANN, until=None, generation=0)
    credentials.forget()
    credentials.keep(b"ben", BEN, until=None, generation=0)
    assert (credentials.find(b"ann"), credentials.find(b"ben"), told) == (None, None, [True])


def test_the_least_lately_used_is_forgotten_first() -> None:
    credentials = Credentials(Clock())
    for number in range(MOST):
        credentials.keep(b"%d" % number, ANN, until=None, generation=0)
    assert credentials.find(b"0") is ANN
    credentials.keep(b"one more", BEN, until=None, generation=0)
    assert (credentials.find(b"0"), credentials.find(b"1")) == (ANN, None)

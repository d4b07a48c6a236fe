"""Wrong passwords are counted, and what is remembered of good credentials is bounded and forgotten in time."""

from datetime import timedelta

import pytest

from application.access.credentials import GOOD_FOR, MOST, Credentials
from application.access.login_throttle import MOST_OF_ONE, MOST_OF_PAIR, MOST_ROWS, WINDOW, LoginThrottle
from domain.access import OwnerId, Principal
from domain.errors import TooManyAttempts
from tests.support.clock import Clock

ANN, BEN = Principal(OwnerId("ann")), Principal(OwnerId("ben"))


def attempts(throttle: LoginThrottle, name: str, address: str, most: int = 10_000) -> int:
    """How many get through, of so many."""
    for number in range(most):
        try:
            throttle.attempt(name, address)
        except TooManyAttempts:
            return number
    return most


def test_ten_wrong_passwords_from_an_address_and_no_more_until_the_window_has_passed() -> None:
    clock = Clock()
    throttle = LoginThrottle(clock)
    assert attempts(throttle, "ann", "1.1.1.1") == MOST_OF_PAIR
    with pytest.raises(TooManyAttempts) as refused:
        throttle.attempt("ann", "1.1.1.1")
    assert refused.value.retry_after_seconds == WINDOW.total_seconds()
    assert attempts(throttle, "ann", "2.2.2.2", 5) == 5  # ann herself, from elsewhere
    clock.move(WINDOW.total_seconds())
    assert attempts(throttle, "ann", "1.1.1.1") == MOST_OF_PAIR


def test_changing_the_name_or_the_address_gets_a_hundred() -> None:
    throttle = LoginThrottle(Clock())
    spread_over_names = sum(attempts(throttle, f"user {number}", "1.1.1.1", 1) for number in range(1_000))
    spread_over_addresses = sum(attempts(throttle, "ann", f"2.2.2.{number}", 1) for number in range(1_000))
    assert (spread_over_names, spread_over_addresses) == (MOST_OF_ONE, MOST_OF_ONE)


def test_who_gets_it_right_is_not_counted() -> None:
    throttle = LoginThrottle(Clock())
    for _ in range(500):
        assert attempts(throttle, "ann", "1.1.1.1", 2) == 2
        throttle.succeeded("ann", "1.1.1.1")
        throttle.succeeded("ann", "1.1.1.1")


def test_what_is_counted_is_bounded() -> None:
    throttle = LoginThrottle(Clock())
    for number in range(MOST_ROWS):
        throttle.attempt(f"name {number}", f"address {number}")
    assert len(throttle._counts) == MOST_ROWS


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

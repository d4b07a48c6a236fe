"""After an outage of the store nobody is dead only because nobody could beat."""

import pytest

from application.runs.silence import Silence

LEASE = 10.0


@pytest.fixture
def silence() -> Silence:
    silence = Silence(LEASE)
    assert [silence.bearable(now) for now in (0.0, 3.0, 7.0)] == [LEASE] * 3
    return silence


def test_others_may_be_silent_for_a_lease_as_long_as_this_worker_beats(silence: Silence) -> None:
    assert [silence.bearable(now) for now in (10.0, 13.3, 16.6, 16.6)] == [LEASE] * 4


def test_who_could_not_beat_itself_gives_the_others_that_time_and_a_lease_to_beat_again(silence: Silence) -> None:
    assert [silence.bearable(now) for now in (47.0, 50.0, 53.0, 56.9)] == [LEASE + 40] * 4
    assert silence.bearable(57.0) == LEASE


def test_a_store_that_goes_away_again_and_again_is_borne_as_long(silence: Silence) -> None:
    assert silence.bearable(47.0) == LEASE + 40
    assert silence.bearable(56.0) == LEASE + 40 + 9
    assert silence.bearable(61.0) == LEASE + 40 + 9
    assert silence.bearable(66.0) == LEASE

"""A clock that tests move."""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from tests.support.builders import NOON


@dataclass
class Clock:
    """Call it for the time, which stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def standing_still() -> Clock:
    """The time is that of the machine, and no minute, day or month turns during the test."""
    return Clock(datetime.now(UTC))

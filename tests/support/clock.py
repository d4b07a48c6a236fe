"""A clock that tests move."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from tests.support.builders import NOON


@dataclass
class Clock:
    """Call it for the time, which stands still until it is moved."""

    at: datetime = NOON

    def __call__(self) -> datetime:
        return self.at

    def move(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)

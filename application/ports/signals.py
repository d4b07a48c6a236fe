"""The port of wake-ups between processes: hints that may be lost or late, never the truth itself."""

from abc import abstractmethod
from contextlib import AbstractContextManager
from typing import Protocol

WORK = "work"
"""Somebody queued, handed over or asked to cancel a run: workers should look."""

NOTICES = "notices"
"""A person is asked something, and those who tell people should look."""


def run_topic(run_id: int) -> str:
    """The topic of a run that has new events, or has ended."""
    return f"run:{run_id}"


class Subscription(Protocol):
    @abstractmethod
    async def wait(self, seconds: float) -> None:
        """Return at a signal sent since the last wait (or since subscribing), or after `seconds`."""


class Signals(Protocol):
    @abstractmethod
    def send(self, *topics: str) -> None:
        """Wake who waits for one of these topics, here and in other processes. Never waits, never raises."""

    @abstractmethod
    def subscribe(self, topic: str) -> AbstractContextManager[Subscription]:
        """Signals count from now on; who looks at the store afterwards misses nothing for longer than it waits."""

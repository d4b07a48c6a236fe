"""Signals within one process; all that is needed where one process has the store to itself."""

import asyncio
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from application.ports.signals import Signals, Subscription


class LocalSubscription(Subscription):
    def __init__(self) -> None:
        self.signalled = asyncio.Event()

    async def wait(self, seconds: float) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self.signalled.wait()
        self.signalled.clear()


class LocalSignals(Signals):
    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[LocalSubscription]] = defaultdict(set)

    def send(self, *topics: str) -> None:
        if self._waiting:
            for topic in topics:
                for subscription in self._waiting.get(topic, ()):
                    subscription.signalled.set()

    @contextmanager
    def subscribe(self, topic: str) -> Iterator[LocalSubscription]:
        subscription = LocalSubscription()
        self._waiting[topic].add(subscription)
        try:
            yield subscription
        finally:
            self._waiting[topic].discard(subscription)
            if not self._waiting[topic]:
                del self._waiting[topic]

"""The credentials that were found good a moment ago, so that most requests ask no database."""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.ports.clock import Now
from domain.access import Principal

GOOD_FOR = timedelta(seconds=30)
MOST = 10_000


@dataclass(slots=True, eq=False)
class Credentials:
    """By the SHA-256 of each; the least lately used go first. Nothing in here is older than `GOOD_FOR`."""

    now: Now
    generation: int = 0
    """Rises when everything is forgotten: who began to look before must not remember what they saw."""
    _good: "OrderedDict[bytes, tuple[Principal, datetime]]" = field(default_factory=OrderedDict)
    _listeners: list[Callable[[], None]] = field(default_factory=list)

    def find(self, digest: bytes) -> Principal | None:
        found = self._good.get(digest)
        if found is None:
            return None
        if self.now() >= found[1]:
            del self._good[digest]
            return None
        self._good.move_to_end(digest)
        return found[0]

    def keep(self, digest: bytes, principal: Principal, *, until: datetime | None, generation: int) -> None:
        """For `GOOD_FOR` or until the credential expires, unless something was revoked since `generation`."""
        if generation != self.generation:
            return
        latest = self.now() + GOOD_FOR
        self._good[digest] = principal, min(until, latest) if until else latest
        if len(self._good) > MOST:
            self._good.popitem(last=False)

    def forget(self) -> None:
        """Something was revoked: look at everything anew, and tell those who want to know."""
        self.generation += 1
        self._good.clear()
        for listener in self._listeners:
            listener()

    def when_forgotten(self, listener: Callable[[], None]) -> None:
        self._listeners.append(listener)

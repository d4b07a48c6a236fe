"""How many wrong passwords are enough."""

import hashlib
from dataclasses import dataclass, replace
from datetime import datetime

from application.limits.address import network_of
from application.ports.clock import Now
from application.ports.limit_counters import LimitCounters, Take
from domain.errors import TooManyAttempts

WINDOW_SECONDS = 900
MOST_OF_PAIR = 10
MOST_OF_ONE = 100


@dataclass(frozen=True, slots=True)
class LoginThrottle:
    """Counts the attempts of each address, at each name, and of each address at each name, in all processes that share
    the counters; a success takes its own attempt back, and what went wrong before between these two.

    An attempt counts before its password is looked at, so that many at once are no way around. The limit of a name is
    far above that of one address at it: strangers cannot easily lock a person out. Windows are quarters of an hour.
    """

    now: Now
    counters: LimitCounters

    async def attempt(self, name: str, address: str) -> None:
        """Count it. Raise TooManyAttempts, which says when all is forgotten, or StorageUnavailable."""
        takes = _takes(name, address, self.now())
        if await self.counters.take(takes):
            raise TooManyAttempts(takes[0].seconds or WINDOW_SECONDS)

    async def succeeded(self, name: str, address: str) -> None:
        pair, *others = _takes(name, address, self.now())
        for take in others:
            await self.counters.settle(take)
        if tried := self.counters.used(pair.counter):
            await self.counters.settle(replace(pair, amount=tried))


def _takes(name: str, address: str, at: datetime) -> list[Take]:
    """The first is of the two together. Names and addresses are not kept, but what is made of them."""
    window, into = divmod(at.timestamp(), WINDOW_SECONDS)
    where = network_of(address)
    takes = [(f"{name}\n{where}", MOST_OF_PAIR)]
    if name and where:
        takes += [(name, MOST_OF_ONE), (f"\n{where}", MOST_OF_ONE)]
    seconds = WINDOW_SECONDS - into
    return [Take(f"login/{_digest(who)}/{int(window)}", most, seconds=seconds) for who, most in takes]


def _digest(who: str) -> str:
    return hashlib.sha256(who.encode("utf-8", "surrogatepass")).hexdigest()[:32]

"""How many wrong passwords are enough."""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from application.ports.clock import Now
from domain.errors import TooManyAttempts

WINDOW = timedelta(minutes=15)
MOST_OF_PAIR = 10
MOST_OF_ONE = 100
MOST_ROWS = 20_000


@dataclass(slots=True, eq=False)
class LoginThrottle:
    """Counts the attempts of each address, at each name, and of each address at each name, in the memory of one
    process; a success takes its own attempt back.

    An attempt counts before its password is looked at, so that many at once are no way around. The limit of a name is
    far above that of one address at it: strangers cannot easily lock a person out.
    """

    now: Now
    _counts: "OrderedDict[tuple[str, str], tuple[int, datetime]]" = field(default_factory=OrderedDict)

    def attempt(self, name: str, address: str) -> None:
        """Count it. Raise TooManyAttempts, which says when the oldest is forgotten."""
        rows = _rows(name, address)
        for row, most in rows:
            count, since = self._counts.get(row, (0, self.now()))
            if count >= most and (left := since + WINDOW - self.now()) > timedelta():
                raise TooManyAttempts(left.total_seconds())
        for row, _ in rows:
            self._count(row, 1)

    def succeeded(self, name: str, address: str) -> None:
        for row, _ in _rows(name, address):
            self._count(row, -1)
        self._counts.pop((name, address), None)

    def _count(self, row: tuple[str, str], step: int) -> None:
        count, since = self._counts.get(row, (0, self.now()))
        if self.now() - since >= WINDOW:
            count, since = 0, self.now()
        self._counts[row] = max(0, count + step), since
        self._counts.move_to_end(row)
        if len(self._counts) > MOST_ROWS:
            self._counts.popitem(last=False)


def _rows(name: str, address: str) -> list[tuple[tuple[str, str], int]]:
    return [((name, address), MOST_OF_PAIR), ((name, ""), MOST_OF_ONE), (("", address), MOST_OF_ONE)]

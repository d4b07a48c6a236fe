"""Whether the database had room lately: one that has none answers, and beats go on, but nothing can be added."""

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.errors import StorageFull

REMEMBERED_SECONDS = 5.0


class Room:
    def __init__(self, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._full_until = -math.inf

    @contextmanager
    def noticed(self) -> Iterator[None]:
        """Remember for a while that there was no room for what is done inside; then others may try again."""
        try:
            yield
        except StorageFull:
            self._full_until = self._monotonic() + REMEMBERED_SECONDS
            raise

    def check(self) -> None:
        """Raise StorageFull."""
        if self._monotonic() < self._full_until:
            raise StorageFull

"""The vectors that were searched last, in memory, within a bound."""

import asyncio
from collections import OrderedDict
from dataclasses import dataclass, field

import numpy as np

from adapters.sql.vector_bytes import Matrix, Numbers

Key = tuple[int, int]
"""A generation and an index."""


@dataclass(slots=True)
class Loaded:
    """An owner's vectors of one generation as they were at a revision of the index; `numbers` rise."""

    revision: int
    numbers: Numbers
    matrix: Matrix


@dataclass(slots=True)
class VectorCache:
    """Whoever fills an entry holds its lock, so that two searches do not read the same vectors twice."""

    most_bytes: int
    _entries: OrderedDict[Key, Loaded] = field(default_factory=OrderedDict)
    _locks: dict[Key, asyncio.Lock] = field(default_factory=dict)

    def holds(self, vectors: int, dimensions: int) -> bool:
        """Whether so many vectors are within the bound."""
        return vectors * dimensions * np.dtype(np.float32).itemsize <= self.most_bytes

    def lock(self, key: Key) -> asyncio.Lock:
        return self._locks.setdefault(key, asyncio.Lock())

    def get(self, key: Key) -> Loaded | None:
        if key in self._entries:
            self._entries.move_to_end(key)
        return self._entries.get(key)

    def put(self, key: Key, loaded: Loaded) -> None:
        """Keep it, and forget those that were asked for longest ago as long as all together are too large."""
        self._entries[key] = loaded
        self._entries.move_to_end(key)
        while len(self._entries) > 1 and sum(entry.matrix.nbytes for entry in self._entries.values()) > self.most_bytes:
            forgotten, _ = self._entries.popitem(last=False)
            self._locks.pop(forgotten, None)

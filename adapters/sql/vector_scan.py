"""Exact search over vectors that are stored as bytes: from memory as long as they fit, else read in pieces."""

import asyncio
from collections.abc import AsyncIterator, Callable, Collection, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
import sqlalchemy as sa

from adapters.sql.columns import Ids
from adapters.sql.knowledge_tables import vectors
from adapters.sql.lists import ByKeys
from adapters.sql.session import Session
from adapters.sql.vector_bytes import Matrix, Numbers, Ranges, matrix_of, merged, nearest
from adapters.sql.vector_cache import Loaded, VectorCache
from application.ports.vector_index import Generation, VectorHit

AT_ONCE = 8_192
"""Rows that are read, and turned into numbers, in one go."""

v = vectors.c
OF_OWNER = sa.and_(v.index_id == sa.bindparam("here"), v.generation_id == sa.bindparam("generation"))
NUMBERS = sa.select(v.number).where(OF_OWNER).order_by(v.number)
NEXT = (
    sa.select(v.number, v.data)
    .where(OF_OWNER, v.number >= sa.bindparam("lowest"), v.number <= sa.bindparam("highest"))
    .order_by(v.number)
    .limit(AT_ONCE)
)
THESE = ByKeys([v.number, v.data], v.number, sa.bindparam("which", type_=Ids), OF_OWNER)


@dataclass(frozen=True, slots=True)
class VectorScan:
    """A search among the vectors of an owner, whose row of search_indexes is `index`."""

    session: Session
    cache: VectorCache
    generation: Generation
    index: sa.Row[Any]
    ranges: Ranges

    async def find(self, vector: Matrix, limit: int) -> list[VectorHit]:
        # What is not committed yet is no business of other sessions, so it does not go into the cache.
        if not self.session.writable and self.cache.holds(self.index.chunks, self.generation.dimensions):
            loaded = await self._loaded()
            return await asyncio.to_thread(nearest, loaded.numbers, loaded.matrix, vector, self.ranges, limit)
        some = []
        for lowest, highest in self.ranges or [(1, self.index.last_number)]:
            async for numbers, matrix in self._pieces(lowest, highest):
                some.append(await asyncio.to_thread(nearest, numbers, matrix, vector, None, limit))
        return merged(some, limit)

    async def _loaded(self) -> Loaded:
        key = (self.generation.id, self.index.id)
        async with self.cache.lock(key):
            loaded = self.cache.get(key)
            if loaded is None or loaded.revision != self.index.revision:
                loaded = await (self._whole() if loaded is None else self._brought_up_to_date(loaded))
                self.cache.put(key, loaded)
        return loaded

    async def _whole(self) -> Loaded:
        pieces = [piece async for piece in self._pieces(1, self.index.last_number)]
        return self._joined(pieces)

    async def _brought_up_to_date(self, loaded: Loaded) -> Loaded:
        now = np.asarray(await self._scalars(), np.int64)
        new = np.setdiff1d(now, loaded.numbers, assume_unique=True)
        kept = np.isin(loaded.numbers, now, assume_unique=True)
        pieces = [(loaded.numbers[kept], loaded.matrix[kept])]
        for start in range(0, len(new), AT_ONCE):
            pieces.append(await self._these(new[start : start + AT_ONCE].tolist()))
        return self._joined(pieces)

    def _joined(self, pieces: list[tuple[Numbers, Matrix]]) -> Loaded:
        if not pieces:
            nothing = matrix_of([], self.generation.dimensions)
            return Loaded(self.index.revision, np.empty(0, np.int64), nothing)
        numbers, matrix = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        if (numbers[1:] < numbers[:-1]).any():
            order = np.argsort(numbers)
            numbers, matrix = numbers[order], matrix[order]
        return Loaded(self.index.revision, numbers, matrix)

    async def _pieces(self, lowest: int, highest: int) -> AsyncIterator[tuple[Numbers, Matrix]]:
        while True:
            within = self._where | {"lowest": lowest, "highest": highest}
            numbers, matrix = await self._parsed(partial(_next, within))
            if len(numbers):
                yield numbers, matrix
                lowest = int(numbers[-1]) + 1
            if len(numbers) < AT_ONCE:
                return

    async def _these(self, which: Collection[int]) -> tuple[Numbers, Matrix]:
        return await self._parsed(lambda c: list(THESE.rows(c, self._where | {"which": which})))

    async def _parsed(self, read: Callable[[sa.Connection], Sequence[Any]]) -> tuple[Numbers, Matrix]:
        rows = await self.session.run(read, slow=True)
        numbers = np.asarray([number for number, _ in rows], np.int64)
        return numbers, await asyncio.to_thread(matrix_of, [data for _, data in rows], self.generation.dimensions)

    async def _scalars(self) -> list[int]:
        return await self.session.run(lambda c: list(c.execute(NUMBERS, self._where).scalars()), slow=True)

    @property
    def _where(self) -> dict[str, Any]:
        return {"here": self.index.id, "generation": self.generation.id}


def _next(within: dict[str, Any], connection: sa.Connection) -> Sequence[Any]:
    return connection.execute(NEXT, within).all()

"""How fast and how well the nearest vectors are found: of one owner among two, of all documents and of some."""

import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

import numpy as np
import psutil  # type: ignore[import-untyped]

from adapters.sql.database import SqlDatabase
from application.ports.vector_index import Generation
from domain.access import OwnerId
from domain.knowledge import Chunk, ChunkId, DocumentId
from tests.bench.retrieval.filling import add_document
from tests.bench.retrieval.made_up import Vectors, vectors_of
from tests.bench.retrieval.metrics import percentile
from tests.bench.retrieval.places import new_url, opened

DIMENSIONS = 384
CHUNKS_A_DOCUMENT, VECTORS_AT_ONCE = 1_000, 500
QUESTIONS, DEPTH = 100, 10
CANDIDATES = 100
"""What a search asks for; the nearest DEPTH of them are compared with the exact ones."""
OTHERS_SHARE = 0.2
MIB = 2**20
HEAD = ("database", "vectors", "of documents", "stored/s", "p50 ms", "p95 ms", f"recall@{DEPTH}", "RSS MiB")
LEAST_RECALL = 0.9


@dataclass(frozen=True)
class Row:
    database: str
    vectors: int
    filtered: str
    vectors_a_second: float
    milliseconds: list[float]
    recall: float
    memory_bytes: int

    def cells(self) -> list[str]:
        p50, p95 = (percentile(self.milliseconds, percent) for percent in (50, 95))
        speeds = [f"{number:.0f}" for number in (self.vectors_a_second, p50, p95)]
        return [
            self.database,
            f"{self.vectors:,}",
            self.filtered,
            *speeds,
            f"{self.recall:.3f}",
            f"{self.memory_bytes / MIB:.0f}",
        ]

    @property
    def faults(self) -> list[str]:
        if self.recall >= LEAST_RECALL:
            return []
        return [f"{self.database}: recall {self.recall:.3f} of {self.vectors:,} vectors, {self.filtered}"]


@dataclass(frozen=True)
class Shelf:
    """The vectors of an owner, in the order of their documents, which have CHUNKS_A_DOCUMENT each."""

    owner: OwnerId
    documents: list[DocumentId]
    ids: list[ChunkId]
    vectors: Vectors


async def rows_of(kind: str, server: str, sizes: Sequence[int]) -> AsyncIterator[Row]:
    for size in sorted(sizes):
        async with new_url(kind, server) as url, opened(url) as database:
            async with database.begin() as tx:
                generation = await tx.vectors.generation("bench:made-up", DIMENSIONS)
                await tx.commit()
            others = int(size * OTHERS_SHARE)
            await _filled(database, generation, OwnerId("others"), others, seed=1)
            begun = time.perf_counter()
            shelf = await _filled(database, generation, OwnerId("one"), size, seed=2)
            rate = size / (time.perf_counter() - begun)
            some = {"all": None, "half": shelf.documents[::2], "one": shelf.documents[:1]}
            for name, documents in some.items():
                times, recall = await _asked(database, generation, shelf, documents)
                memory = psutil.Process(os.getpid()).memory_info().rss
                yield Row(kind, size, name, rate, times, recall, memory)


async def _filled(database: SqlDatabase, generation: Generation, owner: OwnerId, count: int, *, seed: int) -> Shelf:
    vectors = vectors_of(count, DIMENSIONS, seed)
    shelf = Shelf(owner, [], [], vectors)
    chunk = Chunk(start=0, end=4, text="made")
    for start in range(0, count, CHUNKS_A_DOCUMENT):
        chunks = [chunk] * min(CHUNKS_A_DOCUMENT, count - start)
        document = await add_document(database, f"{start}.txt", chunks, owner=owner, language="en")
        async with database.read() as tx:
            its = await tx.search.passages_of(document.id, owner=owner, limit=len(chunks))
        shelf.documents.append(document.id)
        shelf.ids.extend(passage.id for passage in its)
        for at in range(start, start + len(chunks), VECTORS_AT_ONCE):
            these = slice(at, min(at + VECTORS_AT_ONCE, start + len(chunks)))
            async with database.begin() as tx:
                by_id = dict(zip(shelf.ids[these], vectors[these].tolist(), strict=True))
                await tx.vectors.add(generation, by_id, owner=owner)
                await tx.commit()
    return shelf


async def _asked(
    database: SqlDatabase, generation: Generation, shelf: Shelf, documents: Sequence[DocumentId] | None
) -> tuple[list[float], float]:
    """Milliseconds, and how much of the exact answers is in those that were given."""
    wanted = range(len(shelf.documents)) if documents is None else [shelf.documents.index(id) for id in documents]
    places = np.concatenate([np.arange(n * CHUNKS_A_DOCUMENT, (n + 1) * CHUNKS_A_DOCUMENT) for n in wanted])
    places = places[places < len(shelf.ids)]
    vectors = shelf.vectors[places]
    times, shares = [], []
    for question in vectors_of(QUESTIONS, DIMENSIONS, seed=3):
        exact = places[np.argsort(-(vectors @ question), kind="stable")[:DEPTH]]
        begun = time.perf_counter()
        async with database.read() as tx:
            hits = await tx.vectors.find(
                generation, question.tolist(), owner=shelf.owner, documents=documents, limit=CANDIDATES
            )
        times.append((time.perf_counter() - begun) * 1e3)
        found = {hit.id for hit in hits[:DEPTH]}
        shares.append(len(found & {shelf.ids[place] for place in exact}) / len(exact))
    return times, float(np.mean(shares))

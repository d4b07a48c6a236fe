"""How fast chunks are indexed and questions answered, without an embedder, as an owner's chunks grow in number."""

import os
import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import psutil  # type: ignore[import-untyped]
import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.search_documents import SearchDocuments
from domain.access import LOCAL_OWNER
from domain.knowledge import DocumentId
from tests.bench.retrieval.filling import add_document
from tests.bench.retrieval.judged_set import JudgedSet
from tests.bench.retrieval.large import fill
from tests.bench.retrieval.made_up import chunks_like, in_documents
from tests.bench.retrieval.metrics import percentile
from tests.bench.retrieval.places import POSTGRES, new_url, opened

CHUNKS_A_DOCUMENT = 100
UPLOADED = 20_000
QUESTIONS = 200
MIB = 2**20
MOST_MILLISECONDS, AT_CHUNKS = 100.0, 5_000
HEAD = ("database", "chunks", "indexed/s", "p50 ms", "p95 ms", "p95 quoted", "p95 one document", "RSS MiB", "disk MiB")


@dataclass(frozen=True)
class Row:
    """Milliseconds a question took of a search of everything, for two words in a row, and in one document."""

    database: str
    chunks: int
    chunks_a_second: float | None
    milliseconds: list[float]
    quoted: list[float]
    filtered: list[float]
    memory_bytes: int
    disk_bytes: int

    def cells(self) -> list[str]:
        p50 = percentile(self.milliseconds, 50)
        slow = [percentile(some, 95) for some in (self.milliseconds, self.quoted, self.filtered)]
        rate = f"{self.chunks_a_second:.0f}" if self.chunks_a_second else "-"
        numbers = [rate, *(f"{number:.0f}" for number in (p50, *slow))]
        sizes = [f"{size / MIB:,.0f}" for size in (self.memory_bytes, self.disk_bytes)]
        return [self.database, f"{self.chunks:,}", *numbers, *sizes]

    @property
    def faults(self) -> list[str]:
        slow = percentile(self.milliseconds, 95)
        too_slow = self.chunks <= AT_CHUNKS and slow > MOST_MILLISECONDS
        return [f"{self.database}: p95 {slow:.0f} ms at {self.chunks:,} chunks"] if too_slow else []


async def rows_of(judged: JudgedSet, kind: str, server: str, sizes: Sequence[int]) -> AsyncIterator[Row]:
    """One row a size. Up to UPLOADED, chunks are indexed as uploads are, in a database that grows from one to the next;
    larger ones are made at once."""
    chunks, stored = chunks_like(judged), 0
    async with new_url(kind, server) as url, opened(url) as database:
        for size in sorted(size for size in sizes if size <= UPLOADED):
            before, spent = stored, 0.0
            for some in in_documents(chunks, size - stored, CHUNKS_A_DOCUMENT):
                begun = time.perf_counter()
                last = await add_document(database, f"{stored}.txt", some, language="en")
                spent += time.perf_counter() - begun
                stored += len(some)
            if stored > before:
                yield await _asked(database, kind, url, judged, last.id, stored, (stored - before) / spent)
    for size in sorted(size for size in sizes if size > UPLOADED):
        async with new_url(kind, server) as url, opened(url) as database:
            yield await _asked(database, kind, url, judged, DocumentId(await fill(database, judged, size)), size, None)


async def _asked(
    database: SqlDatabase,
    kind: str,
    url: str,
    judged: JudgedSet,
    document: DocumentId,
    chunks: int,
    rate: float | None,
) -> Row:
    asked = list(judged.questions.values())[:QUESTIONS]
    quoted = [f'"{" ".join(question.split()[:2])}" {question}' for question in asked]
    return Row(
        kind,
        chunks,
        rate,
        await _times(database, asked),
        await _times(database, quoted),
        await _times(database, asked, document),
        psutil.Process(os.getpid()).memory_info().rss,
        await _on_disk(database, kind, url),
    )


async def _times(database: SqlDatabase, asked: Sequence[str], document: DocumentId | None = None) -> list[float]:
    """Milliseconds; the first questions of all, which fill caches, are asked twice."""
    search = SearchDocuments(read=database.read, stemmer=SnowballStemmer(), models=ModelsInTime())
    times = []
    for question in [*asked[:20], *asked]:
        begun = time.perf_counter()
        await search(question, owner=LOCAL_OWNER, documents=[document] if document else None)
        times.append((time.perf_counter() - begun) * 1e3)
    return times[20:]


async def _on_disk(database: SqlDatabase, kind: str, url: str) -> int:
    if kind != POSTGRES:
        folder = Path(url.removeprefix("sqlite:///")).parent
        return sum(file.stat().st_size for file in folder.iterdir())
    size = sa.text("SELECT pg_database_size(current_database())")
    async with database.backend.read() as session:
        return int(await session.run(lambda connection: connection.execute(size).scalar_one(), slow=True))

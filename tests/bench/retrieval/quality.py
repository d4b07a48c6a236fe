"""The questions of a judged set, asked by words, by meaning and by both, on each database and of other systems."""

import time
from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass, field

from adapters.sql.database import SqlDatabase
from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.search_documents import SearchDocuments
from application.ports.vector_index import Generation
from domain.access import LOCAL_OWNER
from domain.knowledge import Chunk, ChunkId
from tests.bench.retrieval.filling import add_document, embed_all
from tests.bench.retrieval.judged_set import JudgedSet
from tests.bench.retrieval.metrics import figures, percentile
from tests.bench.retrieval.peers import Rankings, bm25s_rankings, fts5_rankings, ts_rank_rankings
from tests.bench.retrieval.places import POSTGRES, SQLITE, new_url, opened
from tests.bench.retrieval.vectors_file import ModelsFromFile, VectorsFile

DEPTH = 10


@dataclass(frozen=True)
class Row:
    """`milliseconds` a question took, each of them; the time of an embedder is never in them."""

    system: str
    ndcg: float
    recall_5: float
    recall_10: float
    milliseconds: list[float] = field(default_factory=list)

    def cells(self) -> list[str]:
        slow = [f"{percentile(self.milliseconds, percent):.0f}" for percent in (50, 95)] if self.milliseconds else []
        return [self.system, *(f"{n:.3f}" for n in (self.ndcg, self.recall_5, self.recall_10)), *(slow or ["", ""])]


async def rows_of(
    judged: JudgedSet, databases: Sequence[str], server: str, vectors: VectorsFile | None
) -> AsyncIterator[Row]:
    if (by_bm25s := bm25s_rankings(judged)) is not None:
        yield Row("bm25s", *figures(by_bm25s, judged.judged))
    yield Row("SQLite FTS5, porter, any word", *figures(fts5_rankings(judged), judged.judged))
    for kind in databases:
        async with new_url(kind, server) as url:
            if kind == POSTGRES:
                yield Row("Postgres ts_rank, any word", *figures(await ts_rank_rankings(judged, url), judged.judged))
            async with opened(url) as database:
                async for row in _asked(database, kind, judged, vectors):
                    yield row


async def _asked(
    database: SqlDatabase, kind: str, judged: JudgedSet, vectors: VectorsFile | None
) -> AsyncIterator[Row]:
    chunks = [
        Chunk(start=0, end=len(text.text), text=text.text, heading_path=(text.title,) if text.title else ())
        for text in judged.texts
    ]
    document = await add_document(database, judged.name, chunks)
    async with database.read() as tx:
        passages = await tx.search.passages_of(document.id, owner=LOCAL_OWNER, limit=len(chunks))
    names = {passage.id: text.id for passage, text in zip(passages, judged.texts, strict=True)}
    yield await _searched(database, f"{kind}, words", judged, names, None)
    if vectors is not None:
        generation = await embed_all(database, vectors)
        await vectors.embed(list(judged.questions.values()))  # so that no search waits for it
        vectors.save()
        yield await _nearest(database, f"{kind}, vectors", judged, names, vectors, generation)
        yield await _searched(database, f"{kind}, both", judged, names, vectors)


async def _searched(
    database: SqlDatabase, system: str, judged: JudgedSet, names: dict[ChunkId, str], vectors: VectorsFile | None
) -> Row:
    models = ModelsFromFile(vectors=vectors) if vectors else ModelsInTime()
    search = SearchDocuments(read=database.read, stemmer=SnowballStemmer(), models=models)
    rankings, milliseconds = Rankings(), []
    for question, asked in judged.questions.items():
        begun = time.perf_counter()
        findings = await search(asked, owner=LOCAL_OWNER, limit=DEPTH, quotes=False)
        milliseconds.append((time.perf_counter() - begun) * 1e3)
        assert not findings.problems
        rankings[question] = [names[found.passage.id] for found in findings.found]
    return Row(system, *figures(rankings, judged.judged), milliseconds)


async def _nearest(
    database: SqlDatabase,
    system: str,
    judged: JudgedSet,
    names: dict[ChunkId, str],
    vectors: VectorsFile,
    generation: Generation,
) -> Row:
    rankings, milliseconds = Rankings(), []
    for question, asked in judged.questions.items():
        vector = (await vectors.embed([asked])).vectors[0]
        begun = time.perf_counter()
        async with database.read() as tx:
            hits = await tx.vectors.find(generation, vector, owner=LOCAL_OWNER, limit=DEPTH)
        milliseconds.append((time.perf_counter() - begun) * 1e3)
        rankings[question] = [names[hit.id] for hit in hits]
    return Row(system, *figures(rankings, judged.judged), milliseconds)


def faults(rows: Sequence[Row], least_words: float = 0.68, least_both: float = 0.71) -> list[str]:
    """What is worse than it has to be; the bounds are those of SciFact."""
    by_name = {row.system: row.ndcg for row in rows}
    bounds = {f"{kind}, words": least_words for kind in (SQLITE, POSTGRES)}
    bounds |= {f"{kind}, both": least_both for kind in (SQLITE, POSTGRES)}
    found = [
        f"{name}: nDCG@10 {by_name[name]:.3f} is below {least}"
        for name, least in bounds.items()
        if by_name.get(name, 1.0) < least
    ]
    for half in ("words", "both"):
        values = [by_name[name] for kind in (SQLITE, POSTGRES) if (name := f"{kind}, {half}") in by_name]
        if values and max(values) - min(values) > 0.01:
            found.append(f"the databases differ by {max(values) - min(values):.3f} in {half}")
    return found

"""An index of very many chunks, written block by block: by way of uploads it would take hours to get there.

Every term stands in as large a share of the chunks as of a judged set's texts, anywhere in them; so a question reads as
much as it would of real texts. Only documents, chunks and postings are made, and those of a single owner.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np
import sqlalchemy as sa

from adapters.sql.blocks import ENTRY, MOST_IN_BLOCK
from adapters.sql.database import SqlDatabase
from adapters.sql.knowledge_tables import chunks, documents, postings, search_indexes
from adapters.stemming.snowball import SnowballStemmer
from domain.access import LOCAL_OWNER
from domain.knowledge import DocumentStatus
from domain.retrieval.terms import terms_of
from tests.bench.retrieval.judged_set import JudgedSet
from tests.support.builders import NOON

CHUNKS_A_DOCUMENT = 100
WORDS = (60, 180)
SHORTER = 0.6
"""A chunk has so many of the words of a text of the judged set."""
TWICE = 0.25
RARE_EVERY = 3
ROWS_AT_ONCE = 5_000
INDEX = 1
TEXT = "Some words of a chunk, about as many as a search shows of it. " * 12

Shares = dict[str, float]


async def fill(database: SqlDatabase, judged: JudgedSet, count: int) -> int:
    """So many chunks of the local owner, as the first in an empty database; the id of the last document."""
    rng = np.random.default_rng(1)
    lengths = rng.integers(*WORDS, count + 1).astype("<u2")
    index = {"id": INDEX, "owner": LOCAL_OWNER, "last_number": count, "chunks": count, "revision": 0}
    await _insert(database, search_indexes, iter([{**index, "words": int(lengths[1:].sum())}]))
    await _insert(database, documents, _documents(count))
    await _insert(database, chunks, _chunks(count))
    await _insert(database, postings, _postings(_shares(judged), count, lengths, rng))
    return -(-count // CHUNKS_A_DOCUMENT)


async def _insert(database: SqlDatabase, table: sa.Table, rows: Iterator[dict[str, Any]]) -> None:
    some: list[dict[str, Any]] = []

    async def store() -> None:
        async with database.backend.begin() as session:
            await session.run(lambda connection: connection.execute(sa.insert(table), some), slow=True)
            await session.commit()

    for row in rows:
        some.append(row)
        if len(some) == ROWS_AT_ONCE:
            await store()
            some.clear()
    if some:
        await store()


def _documents(count: int) -> Iterator[dict[str, Any]]:
    for id, first in enumerate(range(1, count + 1, CHUNKS_A_DOCUMENT), 1):
        size = min(CHUNKS_A_DOCUMENT, count + 1 - first)
        yield {
            "id": id,
            "owner": LOCAL_OWNER,
            "digest": f"{id:064}",
            "filename": f"{id}.txt",
            "size_bytes": 1,
            "status": DocumentStatus.READY.value,
            "title": "",
            "language": "en",
            "strategy": "",
            "pages": 0,
            "version": 1,
            "first": first,
            "chunks": size,
            "indexed": size,
            "words": size * sum(WORDS) // 2,
            "created_at": NOON,
            "updated_at": NOON,
        }


def _chunks(count: int) -> Iterator[dict[str, Any]]:
    for number in range(1, count + 1):
        yield {
            "index_id": INDEX,
            "number": number,
            "document_id": (number - 1) // CHUNKS_A_DOCUMENT + 1,
            "start": 0,
            "end": len(TEXT),
            "text": TEXT,
            "kind": "text",
            "prefix": "",
            "heading_path": "[]",
        }


def _shares(judged: JudgedSet) -> Shares:
    """In what share of the texts each term stands."""
    stem = SnowballStemmer().stem_of("en")
    counts: dict[str, int] = {}
    for text in judged.texts:
        for term in terms_of([text.whole], stem).positions:
            counts[term] = counts.get(term, 0) + 1
    return {term: found_in / len(judged.texts) for term, found_in in counts.items()}


def _postings(shares: Shares, count: int, lengths: Any, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    for term, share in shares.items():
        wanted = share * SHORTER * count
        if wanted > count / 10:
            numbers = np.flatnonzero(rng.random(count) < wanted / count) + 1
        else:
            numbers = np.unique(rng.integers(1, count + 1, max(int(wanted), 1)))
        yield from _blocks(term, numbers, lengths, rng)
    for number in range(RARE_EVERY, count + 1, RARE_EVERY):
        yield from _blocks(f"rare{number}x", np.array([number]), lengths, rng)


def _blocks(term: str, numbers: Any, lengths: Any, rng: np.random.Generator) -> Iterator[dict[str, Any]]:
    entries = np.empty(len(numbers), ENTRY)
    entries["number"], entries["length"] = numbers, lengths[numbers]
    entries["times"] = 1 + (rng.random(len(numbers)) < TWICE)
    for start in range(0, len(entries), MOST_IN_BLOCK):
        some = entries[start : start + MOST_IN_BLOCK]
        positions = rng.integers(0, WORDS[0], int(some["times"].sum())).astype("<u2")
        yield {
            "index_id": INDEX,
            "term": term,
            "first": int(some["number"][0]),
            "last": int(some["number"][-1]),
            "count": len(some),
            "entries": some.tobytes(),
            "positions": positions.tobytes(),
        }

"""What others make of the same texts and questions: bm25s, SQLite's FTS5 and Postgres' ts_rank."""

import re
import sqlite3
from collections.abc import Mapping
from importlib.util import find_spec

import asyncpg
import Stemmer

from tests.bench.retrieval.judged_set import JudgedSet

DEPTH = 10
_WORD = re.compile(r"\w+")
Rankings = dict[str, list[str]]


def bm25s_rankings(judged: JudgedSet) -> Rankings | None:
    """With its English stop words and a stemmer, as its own figures have; None where it is not installed."""
    if find_spec("bm25s") is None:
        return None
    import bm25s  # type: ignore[import-not-found]

    how = {"stopwords": "en", "stemmer": Stemmer.Stemmer("english"), "show_progress": False}
    index = bm25s.BM25()
    index.index(bm25s.tokenize([text.whole for text in judged.texts], **how), show_progress=False)
    asked = bm25s.tokenize(list(judged.questions.values()), **how)
    found, _ = index.retrieve(asked, k=DEPTH, show_progress=False)
    return {
        question: [judged.texts[place].id for place in places]
        for question, places in zip(judged.questions, found, strict=True)
    }


def fts5_rankings(judged: JudgedSet) -> Rankings:
    """Porter's stemmer, any of the words, bm25()."""
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE VIRTUAL TABLE texts USING fts5 (id UNINDEXED, body, tokenize = 'porter unicode61')")
    connection.executemany("INSERT INTO texts VALUES (?, ?)", [(text.id, text.whole) for text in judged.texts])
    statement = "SELECT id FROM texts WHERE texts MATCH ? ORDER BY bm25(texts), rowid LIMIT ?"
    rankings = {}
    for question, asked in judged.questions.items():
        wanted = " OR ".join(f'"{word}"' for word in dict.fromkeys(_WORD.findall(asked.lower())))
        rankings[question] = [id for (id,) in connection.execute(statement, (wanted, DEPTH))] if wanted else []
    connection.close()
    return rankings


async def ts_rank_rankings(judged: JudgedSet, url: str) -> Rankings:
    """Its English configuration, any of the words, ts_rank."""
    connection = await asyncpg.connect(url)
    try:
        await connection.execute("CREATE TABLE bench_texts (id text, body tsvector)")
        await connection.executemany(
            "INSERT INTO bench_texts VALUES ($1, to_tsvector('english', $2))",
            [(text.id, text.whole) for text in judged.texts],
        )
        await connection.execute("CREATE INDEX ON bench_texts USING gin (body)")
        return {question: await _ts_rank(connection, asked) for question, asked in judged.questions.items()}
    finally:
        await connection.close()


async def _ts_rank(connection: asyncpg.Connection, asked: str) -> list[str]:
    rows = await connection.fetch(
        """SELECT id FROM bench_texts, to_tsquery('english', $1) AS wanted WHERE body @@ wanted
        ORDER BY ts_rank(body, wanted) DESC, id LIMIT $2""",
        " | ".join(_WORD.findall(asked)),
        DEPTH,
    )
    return [row["id"] for row in rows]


def all_named(rankings: Mapping[str, Rankings | None]) -> dict[str, Rankings]:
    return {name: its for name, its in rankings.items() if its is not None}

"""The statements of a search find their rows by keys, among any number of other owners' and of other words."""

import re
from collections.abc import Callable
from typing import Any

import sqlalchemy as sa

from adapters.sql.chunk_rows import CHUNKS, DOCUMENTS, OF_DOCUMENT
from adapters.sql.database import SqlDatabase
from adapters.sql.documents import FIND, PAGE_BEFORE
from adapters.sql.index_rows import FIND as FIND_INDEX
from adapters.sql.knowledge_tables import (
    chunks,
    document_terms,
    documents,
    generations,
    postings,
    search_indexes,
    vectors,
)
from adapters.sql.lists import ByKeys
from adapters.sql.postings import BLOCKS, COUNTS, ENTRIES, NEWEST_BLOCKS, TERMS_OF
from adapters.sql.reading_postings import RANGES
from adapters.sql.search_index import LANGUAGES
from adapters.sql.vector_scan import NEXT, NUMBERS, THESE
from tests.support.builders import NOON

ROWS = 3_000
INDEX = {"here": 3, "wanted": ["term 7", "term 2999"]}
WITHIN = INDEX | {"lowest": 5, "highest": 90}
VECTORS = {"here": 3, "generation": 1}
QUERIES: dict[str, tuple[sa.Select[Any] | ByKeys, dict[str, Any]]] = {
    "how often words stand anywhere": (COUNTS, INDEX),
    "where words stand": (ENTRIES, WITHIN),
    "what a document is to be taken out of": (BLOCKS, WITHIN),
    "the blocks that words are appended to": (NEWEST_BLOCKS, INDEX | {"number": 9}),
    "the words of a document": (TERMS_OF, {"document": 7}),
    "chunks by their ids": (CHUNKS, {"whose": "owner 3", "numbers": [1, 7, 2999]}),
    "documents by their ids": (DOCUMENTS, {"which": [1, 7, 2999]}),
    "the chunks of a document": (OF_DOCUMENT, {"document": 7, "from_number": 3, "most": 9}),
    "the index of an owner": (FIND_INDEX, {"whose": "owner 3"}),
    "the chunks of some documents": (RANGES, {"whose": "owner 3", "which": [1, 7, 2999]}),
    "the languages of an owner": (LANGUAGES, {"whose": "owner 3"}),
    "a document by its digest": (FIND, {"whose": "owner 3", "digest": "digest 7"}),
    "a page of documents": (PAGE_BEFORE, {"whose": "owner 3", "before": 99, "most": 9}),
    "which vectors there are": (NUMBERS, VECTORS),
    "the next vectors": (NEXT, VECTORS | {"lowest": 5, "highest": 90}),
    "some vectors": (THESE, VECTORS | {"which": [5, 7, 2999]}),
}

# By what rows are found, in the words of either database: not by the owner alone, who may have all there is.
TERM = r"index_id = '?\d+'?(::bigint)?\) AND \(term = (ANY|value)|index_id=\? AND term=\?"
NUMBER = r"index_id = .+\) AND \(number = ANY|index_id=\? AND number=\?"
KEYS = dict.fromkeys(list(QUERIES)[:4], TERM) | {"chunks by their ids": NUMBER, "some vectors": NUMBER}


def fill(connection: sa.Connection) -> None:
    """Three thousand of everything, of thirty owners."""
    zero = dict.fromkeys(("chunks", "words", "revision"), 9)
    owners = [{"owner": f"owner {n}", "last_number": ROWS, **zero} for n in range(ROWS)]
    connection.execute(sa.insert(search_indexes), owners)
    same: dict[str, Any] = dict.fromkeys(("size_bytes", "pages", "version", "first", "chunks", "indexed", "words"), 1)
    same |= {"filename": "a", "status": "ready", "title": "", "language": "en", "strategy": ""}
    same |= {"created_at": NOON, "updated_at": NOON}
    rows = [same | {"owner": f"owner {n % 30}", "digest": f"digest {n}"} for n in range(ROWS)]
    connection.execute(sa.insert(documents), rows)
    chunk: dict[str, Any] = {
        "start": 0,
        "end": 1,
        "text": "word " * 20,
        "kind": "text",
        "prefix": "",
        "heading_path": "[]",
    }
    of = [{"index_id": 1 + n % 30, "number": n, "document_id": 1 + n % 100} for n in range(ROWS)]
    connection.execute(sa.insert(chunks), [chunk | each for each in of])
    block: dict[str, Any] = {"last": ROWS, "count": 1, "entries": b"x" * 200, "positions": b"x" * 50}
    rows = [block | {"index_id": 1 + n % 30, "term": f"term {n}", "first": n} for n in range(ROWS)]
    connection.execute(sa.insert(postings), rows)
    terms = [{"document_id": 1 + n, "first": n, "last": n, "terms": b"x" * 100} for n in range(ROWS)]
    connection.execute(sa.insert(document_terms), terms)
    generation = {"model": "m", "dimensions": 8, "is_current": True, "store": "bytes"}
    connection.execute(sa.insert(generations), generation)
    vector: dict[str, Any] = {"generation_id": 1, "data": b"x" * 100}
    rows = [vector | {"index_id": 1 + n % 30, "number": n} for n in range(ROWS)]
    connection.execute(sa.insert(vectors), rows)
    connection.execute(sa.text("ANALYZE"))


def plan_of(query: sa.Select[Any] | ByKeys, values: dict[str, Any]) -> Callable[[sa.Connection], str]:
    def explain(connection: sa.Connection) -> str:
        asked = query.on(connection.dialect) if isinstance(query, ByKeys) else query
        how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        compiled = asked.params(**values).compile(connection, compile_kwargs={"render_postcompile": True})
        bound = compiled.construct_params(values)
        processors: Any = compiled._bind_processors
        processed = {name: processors.get(name, lambda value: value)(value) for name, value in bound.items()}
        values_in_order = tuple(processed[name] for name in compiled.positiontup or ())
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{how} {compiled}", values_in_order))

    return explain


async def test_no_table_is_read_from_end_to_end(sql: SqlDatabase) -> None:
    await sql.backend.change_schema(fill)
    async with sql.backend.read() as session:
        plans = {name: await session.run(plan_of(*query), slow=False) for name, query in QUERIES.items()}
    whole = re.compile(r"Seq Scan|SCAN (?!value|json_each|anon|CONSTANT)")
    assert {name: plan for name, plan in plans.items() if whole.search(plan)} == {}
    assert {name: plans[name] for name, keys in KEYS.items() if not re.search(keys, plans[name])} == {}

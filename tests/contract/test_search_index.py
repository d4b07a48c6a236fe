"""SearchIndex: what is indexed is found by its words, as BM25 says, by its owner alone, and not once it is gone."""

import random
from collections import Counter
from dataclasses import replace

import pytest

from application.ports.search_index import IndexedChunk
from domain.errors import DocumentConflict, DocumentNotFound
from domain.knowledge import Chunk, ChunkId, ChunkKind, DocumentId, DocumentStatus
from domain.retrieval.query import query_of
from domain.retrieval.ranking import rarity, saturation
from domain.retrieval.terms import terms_of
from tests.support.builders import ALICE, BOB, LATER, NOON, ODD_TEXTS
from tests.support.databases import Database
from tests.support.knowledge import (
    add_document,
    find,
    index,
    indexed,
    make_ready,
    passages,
    store,
    texts_found,
    without_s,
)

FOXES = ("the very quick red fox", "the fox is red", "a brown dog")


async def test_what_says_more_of_the_question_comes_first(database: Database) -> None:
    await store(database, "foxes", *FOXES)
    assert await texts_found(database, "Reds, FOX!") == ["the fox is red", "the very quick red fox"]
    assert await texts_found(database, "dogs and a fox") == ["a brown dog", "the fox is red", "the very quick red fox"]
    assert await texts_found(database, "cats") == []
    assert await texts_found(database, "") == []


async def test_scores_are_what_the_formulas_say(database: Database) -> None:
    await store(database, "foxes", *FOXES)
    (first, _) = await find(database, "red cat")
    assert first.score == pytest.approx(rarity(2, 3) * saturation(1, 4, 4))
    assert first.coverage == pytest.approx(rarity(2, 3) / (rarity(2, 3) + rarity(0, 3)))


async def test_how_rare_a_word_is_depends_on_the_owner_alone_and_not_on_a_filter(database: Database) -> None:
    one = await store(database, "one", "red fox", "red hen")
    await store(database, "two", "red ant")
    alone = await find(database, "red", documents=[one.id])
    await store(database, "bob's", *["red"] * 20, owner=BOB)
    assert await find(database, "red", documents=[one.id]) == alone
    assert alone[0].score == pytest.approx(rarity(3, 3) * saturation(1, 2, 2))


async def test_what_is_quoted_has_to_stand_there_in_a_row(database: Database) -> None:
    await store(database, "foxes", *FOXES, "red, fox; RED.", "fox red fox")
    assert set(await texts_found(database, '"red fox"')) == {"the very quick red fox", "red, fox; RED.", "fox red fox"}
    assert await texts_found(database, 'quick "red fox"') == (await texts_found(database, '"red fox" quick'))
    assert (await texts_found(database, '"red fox" quick'))[0] == "the very quick red fox"
    assert await texts_found(database, '"fox is" "is red"') == ["the fox is red"]
    assert await texts_found(database, '"red cat" fox') == []


async def test_words_that_are_everywhere_can_be_quoted_beside_one_that_is_not(database: Database) -> None:
    await store(database, "many", "the tail of the fox", "of a fox", *["of the"] * 1_000)
    assert await texts_found(database, '"of the" fox') == ["the tail of the fox"]
    assert len(await find(database, '"of the"', limit=2_000)) == 1_001


async def test_only_the_documents_asked_for_are_searched(database: Database) -> None:
    one, two = await store(database, "one", "red fox", "red hen"), await store(database, "two", "red ant")
    await store(database, "three", "red bee")
    assert set(await texts_found(database, "red", documents=[two.id])) == {"red ant"}
    assert set(await texts_found(database, "red", documents=[one.id, two.id])) == {"red fox", "red hen", "red ant"}
    assert set(await texts_found(database, '"red ant"', documents=[two.id, one.id])) == {"red ant"}
    assert await texts_found(database, "red", documents=[]) == []
    assert await texts_found(database, "red", documents=[DocumentId(10**18)]) == []


async def test_the_words_of_others_are_not_found_also_not_by_their_ids(database: Database) -> None:
    hers = await store(database, "hers", "a secret")
    assert await texts_found(database, "secret", owner=BOB) == []
    assert await texts_found(database, "secret", owner=BOB, documents=[hers.id]) == []
    ids = [hit.id for hit in await find(database, "secret")]
    assert len(await passages(database, ids)) == 1
    assert await passages(database, ids, owner=BOB) == []


async def test_a_passage_is_the_chunk_as_it_was_and_where_it_stands(database: Database) -> None:
    document = await add_document(database)
    chunk = Chunk(
        start=5,
        end=9,
        text="π\n🙂 \\",
        kind=ChunkKind.TABLE,
        prefix="name | price",
        heading_path=("One", 'T"wo'),
        first_page=3,
        last_page=4,
    )
    async with database.begin() as tx:
        document = await tx.search.begin(document.id, owner=ALICE, chunks=1, at=NOON)
        await tx.search.add(document, [IndexedChunk(chunk, terms_of(["price"], without_s))], at=LATER)
        await tx.commit()
    await make_ready(database, document)
    ((hit),) = await find(database, "price")
    (passage,) = await passages(database, [ChunkId(10**18), hit.id])
    assert passage.chunk == chunk
    assert (passage.document_id, passage.filename, passage.version) == (document.id, document.filename, 1)
    async with database.read() as tx:
        assert await tx.search.passages_of(document.id, owner=ALICE, limit=10) == [passage]
        assert await tx.search.passages_of(document.id, owner=ALICE, first=1, limit=10) == []


async def test_progress_is_counted_and_half_a_document_is_never_found(database: Database) -> None:
    document = await add_document(database)
    async with database.begin() as tx:
        begun = await tx.search.begin(document.id, owner=ALICE, chunks=3, at=NOON)
        await tx.commit()
    assert (begun.chunks, begun.indexed, begun.version) == (3, 0, 1)
    async with database.begin() as tx:
        half = await tx.search.add(begun, [indexed("red fox"), indexed("red hen")], at=LATER)
        await tx.commit()
    assert (half.chunks, half.indexed, half.updated_at) == (3, 2, LATER)
    other = await store(database, "other", "a red ant")
    async with database.read() as tx:
        assert await tx.documents.get(document.id, owner=ALICE) == half
    for asked in ("red", '"red"'):
        assert await texts_found(database, asked) == ["a red ant"]
        assert await texts_found(database, asked, documents=[document.id]) == []
        assert await texts_found(database, asked, documents=[document.id, other.id]) == ["a red ant"]
    async with database.begin() as tx:
        await tx.search.add(half, [indexed("red bee")], at=LATER)
        await tx.commit()
    assert await texts_found(database, "red bee") == ["a red ant"]
    await make_ready(database, document)
    assert len(await find(database, "red")) == 4
    async with database.begin() as tx:
        ready = await tx.documents.get(document.id, owner=ALICE)
        await tx.documents.change(replace(ready, status=DocumentStatus.INDEXING), was=ready)
        assert len(await tx.search.find(query_of("red", []), owner=ALICE, limit=10)) == 1, "its own changes are seen"


@pytest.mark.parametrize("late", ["again", "another version", "too many"])
async def test_who_comes_late_indexes_nothing(database: Database, late: str) -> None:
    document = await add_document(database)
    async with database.begin() as tx:
        begun = await tx.search.begin(document.id, owner=ALICE, chunks=2, at=NOON)
        if late == "again":
            await tx.search.add(begun, [indexed("red fox")], at=NOON)
        elif late == "another version":
            await tx.search.begin(document.id, owner=ALICE, chunks=2, at=NOON)
        await tx.commit()
    chunks = [indexed("red ant")] * (3 if late == "too many" else 1)
    with pytest.raises(DocumentConflict):
        async with database.begin() as tx:
            await tx.search.add(begun, chunks, at=NOON)
    assert await texts_found(database, "ant") == []
    async with database.begin() as tx:
        await tx.documents.delete(document.id, owner=ALICE)
        with pytest.raises(DocumentNotFound):
            await tx.search.add(begun, chunks, at=NOON)


async def test_indexed_anew_only_the_new_chunks_are_found_under_new_ids(database: Database) -> None:
    document = await store(database, "changing", "old words", "more old words")
    old = [hit.id for hit in await find(database, "words")]
    document = await index(database, document, "new words")
    assert await texts_found(database, "words") == ["new words"]
    assert document.version == 2
    assert not {hit.id for hit in await find(database, "words")} & set(old)
    async with database.begin() as tx:
        await tx.search.clear(document.id, owner=ALICE, at=LATER)
        await tx.commit()
    assert await find(database, "words") == []
    async with database.read() as tx:
        cleared = await tx.documents.get(document.id, owner=ALICE)
    assert (cleared.chunks, cleared.indexed, cleared.version) == (0, 0, 2)


async def test_what_is_rolled_back_was_never_indexed_or_forgotten(database: Database) -> None:
    document = await store(database, "kept", "kept words")
    before = await find(database, "kept words")
    async with database.begin() as tx:
        begun = await tx.search.begin(document.id, owner=ALICE, chunks=1, at=NOON)
        await tx.search.add(begun, [indexed("other words")], at=NOON)
    async with database.begin() as tx:
        await tx.documents.delete(document.id, owner=ALICE)
    assert await find(database, "kept words") == before
    assert await find(database, "other") == []


async def test_after_a_deletion_everything_is_as_if_it_had_never_been(database: Database) -> None:
    for n in range(3):
        await store(database, f"kept {n}", *FOXES, f"fox {n}")
    before = await find(database, "red fox brown dog 1")
    gone = await store(database, "gone", *FOXES * 3, "xyzzy fox")
    assert await find(database, "red fox brown dog 1") != before
    async with database.begin() as tx:
        await tx.documents.delete(gone.id, owner=ALICE)
        await tx.commit()
    assert await find(database, "red fox brown dog 1") == before
    assert await find(database, "xyzzy") == []


@pytest.mark.parametrize("question", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_no_character_of_a_question_is_special(database: Database, question: str) -> None:
    await store(database, "odd", question + " marker", "nothing")
    assert await texts_found(database, question + " marker") == [question + " marker"]


async def test_a_word_in_thousands_of_chunks_and_documents_interleaved(database: Database) -> None:
    """Enough to fill several blocks, in another order than that of the numbers."""
    texts = [f"common c{n} {'rare' if n % 100 == 0 else 'plain'}" for n in range(700)]
    one, two = await add_document(database, b"one"), await add_document(database, b"two")
    async with database.begin() as tx:
        one = await tx.search.begin(one.id, owner=ALICE, chunks=700, at=NOON)
        two = await tx.search.begin(two.id, owner=ALICE, chunks=700, at=NOON)
        for start in range(0, 700, 350):
            some = [indexed(text) for text in texts[start : start + 350]]
            two = await tx.search.add(two, some, at=NOON)
            one = await tx.search.add(one, some, at=NOON)
        await tx.commit()
    for document in (one, two):
        await make_ready(database, document)
    assert len(await find(database, "common", limit=2_000)) == 1_400
    assert len(await find(database, "rare common", limit=2_000)) == 14, "a word that is everywhere finds nothing new"
    assert len(await find(database, '"common c7"')) == 2
    assert await texts_found(database, "c699", documents=[one.id]) == [texts[699]]
    async with database.begin() as tx:
        await tx.documents.delete(two.id, owner=ALICE)
        await tx.commit()
    assert len(await find(database, "common", limit=2_000)) == 700
    assert await texts_found(database, "c699") == [texts[699]]


async def test_of_equals_the_older_comes_first_and_the_limit_cuts_the_rest(database: Database) -> None:
    await store(database, "same", *["fox"] * 9)
    hits = await find(database, "fox", limit=4)
    assert [hit.id for hit in hits] == sorted(hit.id for hit in await find(database, "fox"))[:4]


async def test_the_languages_of_ones_documents_are_known(database: Database) -> None:
    for owner, language in ((ALICE, "de"), (ALICE, "en"), (ALICE, ""), (BOB, "fr")):
        document = await add_document(database, language.encode(), owner=owner)
        async with database.begin() as tx:
            await tx.documents.change(replace(document, language=language), was=document)
            await tx.commit()
    async with database.read() as tx:
        assert await tx.search.languages(owner=ALICE) == {"de", "en"}


async def test_any_chunks_are_found_as_a_plain_search_would(database: Database) -> None:
    """Random chunks and questions, against the sums of the formulas written out."""
    rng = random.Random(7)
    vocabulary = [f"w{n}" for n in range(30)]
    texts = [" ".join(rng.choices(vocabulary, k=rng.randint(1, 12))) for _ in range(60)]
    for start in range(0, 60, 20):
        await store(database, f"document {start}", *texts[start : start + 20])
    counted = [Counter(text.split()) for text in texts]
    average = sum(len(text.split()) for text in texts) / len(texts)
    for _ in range(10):
        words = rng.sample(vocabulary, 3)
        expected = []
        for number, counts in enumerate(counted, 1):
            score = sum(
                rarity(sum(word in other for other in counted), 60) * saturation(counts[word], counts.total(), average)
                for word in words
            )
            if score:
                expected.append((number, score))
        expected.sort(key=lambda pair: (-round(pair[1], 9), pair[0]))
        hits = await find(database, " ".join(words))
        assert [hit.id for hit in hits] == [number for number, _ in expected]
        assert [hit.score for hit in hits] == pytest.approx([score for _, score in expected])

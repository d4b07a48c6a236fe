"""VectorIndex: the nearest of one's own, of the current model, and a change of models without a gap."""

import asyncio
import random
from dataclasses import replace
from math import hypot

import pytest

from application.ports.storage import Transaction
from application.ports.vector_index import Generation, Unembedded
from domain.access import OwnerId
from domain.knowledge import ChunkId, Document, DocumentId, DocumentStatus
from tests.support.builders import ALICE, BOB
from tests.support.databases import Database
from tests.support.knowledge import add_document, embed, generation_of, index, nearest, store

EAST, NORTH, BETWEEN = (3.0, 0.0, 0.0), (0.0, 0.5, 0.0), (1.0, 1.0, 0.0)


async def generations(database: Database) -> list[Generation]:
    async with database.read() as tx:
        return await tx.vectors.generations()


async def missing(database: Database, generation: Generation, *, after: Unembedded | None = None) -> list[Unembedded]:
    async with database.read() as tx:
        return await tx.vectors.missing(generation, after=after, limit=2)


async def make_current(database: Database, generation: Generation) -> bool:
    async with database.begin() as tx:
        made = await tx.vectors.make_current(generation)
        await tx.commit()
    return made


async def points(database: Database, name: str = "points", *, owner: OwnerId = ALICE) -> tuple[Document, list[ChunkId]]:
    """A document of three chunks, in the east, in the north and between."""
    document = await store(database, name, "east", "north", "between", owner=owner)
    return document, await embed(database, await generation_of(database), document, EAST, NORTH, BETWEEN)


async def test_the_nearest_comes_first_whatever_its_length(database: Database) -> None:
    _, (east, north, between) = await points(database)
    generation = await generation_of(database)
    hits = await nearest(database, generation, (0.01, 0.0, 0.0))
    assert [hit.id for hit in hits] == [east, between, north]
    assert [hit.similarity for hit in hits] == pytest.approx([1, 0.5**0.5, 0], abs=1e-3)
    assert await nearest(database, generation, EAST, limit=1) == hits[:1]


async def test_what_points_nowhere_is_near_to_nothing(database: Database) -> None:
    _, (east, *_) = await points(database)
    generation = await generation_of(database)
    document = await store(database, "nowhere", "nowhere")
    await embed(database, generation, document, (0.0, 0.0, 0.0))
    assert [hit.similarity for hit in await nearest(database, generation, (0.0, 0.0, 0.0))] == [0, 0, 0, 0]
    assert (await nearest(database, generation, EAST))[0].id == east


async def test_only_ones_own_and_only_the_documents_asked_for(database: Database) -> None:
    one, ids = await points(database, "one")
    two, _ = await points(database, "two")
    hers, _ = await points(database, "hers", owner=BOB)
    generation = await generation_of(database)
    assert len(await nearest(database, generation, EAST)) == 6
    assert {hit.id for hit in await nearest(database, generation, EAST, documents=[one.id])} == set(ids)
    assert len(await nearest(database, generation, EAST, documents=[two.id, one.id])) == 6
    for others in ([], [hers.id], [DocumentId(10**18)]):
        assert await nearest(database, generation, EAST, documents=others) == []
    assert await nearest(database, generation, EAST, owner=OwnerId("nobody")) == []


async def test_vectors_go_with_their_chunks(database: Database) -> None:
    one, _ = await points(database, "one")
    two, ids = await points(database, "two")
    generation = await generation_of(database)
    assert len(await nearest(database, generation, EAST)) == 6
    async with database.begin() as tx:
        await tx.documents.delete(one.id, owner=ALICE)
        await tx.commit()
    assert {hit.id for hit in await nearest(database, generation, EAST)} == set(ids)
    await index(database, two, "anew")
    assert await nearest(database, generation, EAST) == []


async def test_what_is_added_later_is_found_with_what_was_there(database: Database) -> None:
    _, first = await points(database, "first")
    generation = await generation_of(database)
    assert len(await nearest(database, generation, EAST)) == 3
    _, second = await points(database, "second")
    assert [hit.id for hit in await nearest(database, generation, EAST, limit=2)] == [first[0], second[0]]


async def test_what_is_rolled_back_is_found_only_by_its_own_transaction(database: Database) -> None:
    document = await store(database, "east", "east")
    generation = await generation_of(database)

    async def add(tx: Transaction) -> None:
        (passage,) = await tx.search.passages_of(document.id, owner=ALICE, limit=1)
        await tx.vectors.add(generation, {passage.id: EAST}, owner=ALICE)

    async with database.begin() as tx:
        await add(tx)
        assert len(await tx.vectors.find(generation, EAST, owner=ALICE, limit=9)) == 1
    assert await nearest(database, generation, EAST) == []
    async with database.begin() as tx:
        await add(tx)
        await tx.commit()
    assert len(await nearest(database, generation, EAST)) == 1


async def test_a_vector_of_another_length_is_refused_and_one_of_no_chunk_left_out(database: Database) -> None:
    document, ids = await points(database)
    generation = await generation_of(database)
    with pytest.raises(ValueError, match="3 numbers"):
        await embed(database, generation, document, (1.0, 2.0))
    async with database.begin() as tx:
        await tx.vectors.add(generation, {ChunkId(10**9): EAST, ids[1]: EAST}, owner=ALICE)
        await tx.vectors.add(generation, {ids[0]: EAST}, owner=BOB)
        await tx.vectors.add(generation, {}, owner=BOB)
        await tx.commit()
    assert [hit.id for hit in await nearest(database, generation, EAST)] == [ids[0], ids[2], ids[1]]


async def test_a_generation_is_one_models_and_the_first_is_current(database: Database) -> None:
    first = await generation_of(database, "first", 3)
    longer = await generation_of(database, "first", 4)
    assert [first.is_current, longer.is_current] == [True, False]
    assert (longer.model, longer.dimensions) == ("first", 4)
    assert await generation_of(database, "first", 3) == first
    assert await generations(database) == [first, longer]
    assert first.method


async def test_of_simultaneous_first_ones_exactly_one_is_current(database: Database) -> None:
    made = await asyncio.gather(*(generation_of(database, f"model {n % 2}", 3) for n in range(6)))
    assert len({generation.id for generation in made}) == 2
    assert [generation.is_current for generation in await generations(database)] == [True, False]


async def test_another_model_is_built_beside_the_first_and_replaces_it_once_whole(database: Database) -> None:
    document, ids = await points(database)
    old = await generation_of(database)
    new = await generation_of(database, "better", 2)
    assert not await make_current(database, new)
    first = await missing(database, new)
    rest = await missing(database, new, after=first[-1])
    assert [each.id for each in (*first, *rest)] == ids
    assert first[0] == Unembedded(ALICE, document.id, ids[0], "east")
    await embed(database, new, document, (1, 0), (0, 1))
    assert not await make_current(database, new)
    assert len(await nearest(database, old, EAST)) == 3
    await embed(database, new, document, (1, 0), (0, 1), (1, 1))
    assert await missing(database, new) == []
    assert await make_current(database, new)
    assert [(each.model, each.is_current) for each in await generations(database)] == [("better", True)]
    assert [hit.id for hit in await nearest(database, new, (1.0, 0.0))] == [ids[0], ids[2], ids[1]]


async def test_what_lacks_a_vector_is_known_whosever_it_is(database: Database) -> None:
    generation = await generation_of(database)
    mine = await store(database, "mine", "one", "two")
    await store(database, "hers", "three", owner=BOB)
    await embed(database, generation, mine, EAST)
    assert {(each.owner, each.text) for each in await missing(database, generation)} == {(ALICE, "two"), (BOB, "three")}


async def test_neighbours_are_of_documents_that_are_ready(database: Database) -> None:
    generation = await generation_of(database)
    one, two, three = [await store(database, name, name) for name in ("one", "two", "three")]
    ids = [(await embed(database, generation, document, EAST))[0] for document in (one, two, three)]
    assert [hit.id for hit in await nearest(database, generation, EAST)] == ids
    for document in (one, three):
        async with database.begin() as tx:
            await tx.documents.change(replace(document, status=DocumentStatus.INDEXING), was=document)
            await tx.commit()
    assert [hit.id for hit in await nearest(database, generation, EAST)] == [ids[1]]
    assert await nearest(database, generation, EAST, documents=[one.id]) == []
    async with database.begin() as tx:
        its = await tx.vectors.missing(await tx.vectors.generation("other", 3), document=two.id, limit=10)
    assert [each.id for each in its] == [ids[1]]


async def test_documents_without_an_index_have_no_neighbours(database: Database) -> None:
    await add_document(database)
    assert await nearest(database, await generation_of(database), EAST) == []


async def test_any_vectors_are_found_as_a_plain_search_would(database: Database) -> None:
    rng = random.Random(5)
    vectors = [[rng.gauss(0, 1) for _ in range(8)] for _ in range(50)]
    document = await store(database, "many", *map(str, range(50)))
    generation = await generation_of(database, "eight", 8)
    ids = await embed(database, generation, document, *vectors)
    for _ in range(5):
        towards = [rng.gauss(0, 1) for _ in range(8)]
        cosines = {
            id: sum(a * b for a, b in zip(towards, vector, strict=True)) / hypot(*towards) / hypot(*vector)
            for id, vector in zip(ids, vectors, strict=True)
        }
        hits = await nearest(database, generation, towards, limit=10)
        best = sorted(cosines.values(), reverse=True)[:10]
        assert [hit.similarity for hit in hits] == pytest.approx(best, abs=2e-3)
        assert [cosines[hit.id] for hit in hits] == pytest.approx(best, abs=2e-3)

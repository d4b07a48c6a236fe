"""Vector stores: named sets of one's own documents, and gone from them is what is deleted."""

import pytest

from application.ports.vector_stores import FileFilter, NewVectorStore
from domain.access import OwnerId
from domain.errors import DocumentNotFound, FileBatchNotFound, VectorStoreNotFound
from domain.knowledge import DocumentId, DocumentStatus
from domain.vector_store import FileBatchId, FileCounts, StoreFile, VectorStore, VectorStoreId
from tests.support.builders import ALICE, BOB, LATER, NOON
from tests.support.databases import Database
from tests.support.knowledge import add_document

ALL = FileFilter()
NOWHERE = 2**70


async def begun(database: Database, name: str = "store", owner: OwnerId = ALICE) -> VectorStore:
    async with database.begin() as tx:
        store = await tx.vector_stores.add(
            NewVectorStore(owner=owner, name=name, created_at=NOON, metadata={"a": "b"}, expires_after_days=7)
        )
        await tx.commit()
    return store


async def files_in(database: Database, id: VectorStoreId, filter: FileFilter = ALL) -> list[StoreFile]:
    async with database.read() as tx:
        return await tx.vector_stores.files(id, owner=ALICE, filter=filter, after=None, descending=False, limit=99)


async def test_a_store_is_found_changed_listed_and_deleted(database: Database) -> None:
    one, two = await begun(database), await begun(database, "two")
    await begun(database, "bobs", BOB)
    changed = VectorStore(
        id=one.id, owner=ALICE, name="other", created_at=NOON, last_active_at=LATER, metadata={"c": "d"}
    )
    async with database.begin() as tx:
        await tx.vector_stores.change(changed)
        await tx.commit()
    async with database.read() as tx:
        stores = tx.vector_stores
        assert await stores.get(one.id, owner=ALICE) == changed
        assert await stores.page(owner=ALICE, after=None, descending=True, limit=9) == [two, changed]
        assert await stores.page(owner=ALICE, after=None, descending=False, limit=1) == [changed]
        assert await stores.page(owner=ALICE, after=one.id, descending=False, limit=9) == [two]
        assert await stores.page(owner=ALICE, after=one.id, descending=True, limit=9) == []
    async with database.begin() as tx:
        await tx.vector_stores.delete(one.id, owner=ALICE)
        await tx.commit()
    async with database.read() as tx:
        with pytest.raises(VectorStoreNotFound):
            await tx.vector_stores.get(one.id, owner=ALICE)


async def test_files_have_attributes_and_are_counted(database: Database) -> None:
    store, other = await begun(database), await begun(database, "other")
    a, b, c = [await add_document(database, name) for name in (b"one", b"two!", b"three")]
    async with database.begin() as tx:
        stores = tx.vector_stores
        batch = await stores.add_batch(store.id, owner=ALICE, at=NOON)
        await stores.put(store.id, {a.id: {"n": 1, "x": True}, b.id: {}}, owner=ALICE, at=NOON, batch=batch.id)
        await stores.put(store.id, {b.id: {"of": "b"}, c.id: {"f": 1.5}}, owner=ALICE, at=LATER)
        await stores.put(other.id, {a.id: {}}, owner=ALICE, at=NOON)
        await tx.commit()
    found = await files_in(database, store.id)
    assert [(file.document.id, file.attributes, file.added_at) for file in found] == [
        (a.id, {"n": 1, "x": True}, NOON),
        (b.id, {"of": "b"}, NOON),
        (c.id, {"f": 1.5}, LATER),
    ]
    in_batch = await files_in(database, store.id, FileFilter(batch=batch.id))
    assert [file.document.id for file in in_batch] == [a.id, b.id]
    assert await files_in(database, store.id, FileFilter(statuses=[DocumentStatus.READY])) == []
    queued = await files_in(database, store.id, FileFilter(statuses=[DocumentStatus.QUEUED]))
    assert queued == found
    async with database.read() as tx:
        stores = tx.vector_stores
        assert await stores.attributes(other.id, owner=ALICE) == {a.id: {}}
        assert await stores.file(store.id, c.id, owner=ALICE) == found[2]
        counts = await stores.counts([store.id, other.id], owner=ALICE)
        assert counts == {
            store.id: FileCounts(in_progress=3, bytes=sum(one.size_bytes for one in (a, b, c))),
            other.id: FileCounts(in_progress=1, bytes=a.size_bytes),
        }
        of_batch = await stores.counts([store.id], owner=ALICE, batch=batch.id)
        assert of_batch[store.id].total == 2
        behind = await stores.files(store.id, owner=ALICE, filter=ALL, after=b.id, descending=True, limit=9)
        assert [file.document.id for file in behind] == [a.id]
    async with database.begin() as tx:
        assert (await tx.vector_stores.cancel_batch(store.id, batch.id, owner=ALICE)).cancelled
        await tx.vector_stores.remove(store.id, c.id, owner=ALICE)
        await tx.documents.delete(a.id, owner=ALICE)
        await tx.commit()
    assert [file.document.id for file in await files_in(database, store.id)] == [b.id]
    assert await files_in(database, other.id) == []
    async with database.begin() as tx:
        assert (await tx.vector_stores.batch(store.id, batch.id, owner=ALICE)).cancelled
        await tx.vector_stores.delete(store.id, owner=ALICE)
        assert (await tx.documents.get(b.id, owner=ALICE)).id == b.id
        await tx.commit()


async def test_nobody_gets_at_what_is_anothers_or_not_there(database: Database) -> None:
    mine, bobs = await begun(database), await begun(database, "bobs", BOB)
    document, foreign = await add_document(database), await add_document(database, b"bob's", owner=BOB)
    async with database.begin() as tx:
        stores = tx.vector_stores
        batch = await stores.add_batch(bobs.id, owner=BOB, at=NOON)
        for id in (bobs.id, VectorStoreId(NOWHERE)):
            for refused in (
                stores.get(id, owner=ALICE),
                stores.delete(id, owner=ALICE),
                stores.put(id, {document.id: {}}, owner=ALICE, at=NOON),
                stores.file(id, document.id, owner=ALICE),
                stores.remove(id, document.id, owner=ALICE),
                stores.attributes(id, owner=ALICE),
                stores.add_batch(id, owner=ALICE, at=NOON),
                stores.batch(id, batch.id, owner=ALICE),
                stores.cancel_batch(id, batch.id, owner=ALICE),
                stores.files(id, owner=ALICE, filter=ALL, after=None, descending=True, limit=1),
                stores.change(VectorStore(id=id, owner=ALICE, name="", created_at=NOON, last_active_at=NOON)),
            ):
                with pytest.raises(VectorStoreNotFound):
                    await refused
        assert await stores.counts([bobs.id], owner=ALICE) == {}
        for one in (foreign.id, DocumentId(900)):
            for missing in (
                stores.put(mine.id, {one: {}}, owner=ALICE, at=NOON),
                stores.file(mine.id, one, owner=ALICE),
                stores.remove(mine.id, one, owner=ALICE),
            ):
                with pytest.raises(DocumentNotFound):
                    await missing
        for unknown in (batch.id, FileBatchId(NOWHERE)):
            with pytest.raises(FileBatchNotFound):
                await stores.batch(mine.id, unknown, owner=ALICE)

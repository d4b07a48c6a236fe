"""BlobStore and BlobLedger: bytes come back as they were, and none is left behind."""

from collections.abc import AsyncIterator, Iterator
from contextlib import aclosing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from adapters.blob_folder.store import FolderBlobStore
from adapters.memory.database import MemoryDatabase
from application.ports.blobs import BlobStore
from domain.blob import BlobId
from domain.errors import BlobLost
from tests.support.builders import ALICE, NOON
from tests.support.databases import Database, migrated, open_database
from tests.support.knowledge import add_document, new_document
from tests.support.postgres import empty_database
from tests.support.s3_server import s3_server, s3_store

BYTES = bytes(range(256)) * 3_000
ONE, TWO = BlobId("one"), BlobId("two")


async def pieces(*some: bytes, fails: bool = False) -> AsyncIterator[bytes]:
    for piece in some:
        yield piece
    if fails:
        raise ZeroDivisionError


async def content(store: BlobStore, id: BlobId) -> bytes:
    return b"".join([piece async for piece in store.read(id)])


async def expect(database: Database, *ids: BlobId) -> None:
    async with database.begin() as tx:
        for id in ids:
            await tx.blobs.expect(id, owner=ALICE, at=NOON)
        await tx.commit()


async def to_erase(database: Database, *, seconds: float = 0) -> list[BlobId]:
    async with database.begin() as tx:
        found = await tx.blobs.to_erase(expected_before=NOON + timedelta(seconds=seconds), limit=10)
        await tx.commit()
    return found


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    with s3_server() as address:
        yield address


@pytest.fixture(params=["memory", "sqlite", "postgres", "folder", "s3"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a database, the path of a folder, or the address of a server."""
    if request.param == "folder":
        return str(tmp_path / "of" / "blobs")
    if request.param == "s3":
        return str(request.getfixturevalue("s3_address"))
    return migrated(request.param, request, tmp_path)


@pytest.fixture
async def store(place: str) -> AsyncIterator[BlobStore]:
    if place.startswith("/"):
        yield FolderBlobStore(Path(place))
    elif place.startswith("http:"):
        async with aclosing(await s3_store(place)) as s3:
            for id in (ONE, TWO):  # which other tests have used
                await s3.erase(id)
            yield s3
    else:
        if place.startswith("postgresql:"):
            await empty_database(place)
        database = await open_database(place)
        await expect(database, ONE, TWO)
        yield cast(MemoryDatabase, database).blobs
        await database.dispose()


async def test_bytes_come_back_as_they_were_in_pieces_that_fit(store: BlobStore) -> None:
    await store.put(ONE, pieces(BYTES[:10], b"", BYTES[10:500_000], BYTES[500_000:]))
    await store.put(TWO, pieces())
    assert await content(store, ONE) == BYTES
    assert await content(store, TWO) == b""
    assert all([piece async for piece in store.read(ONE)])
    assert store.description


async def test_more_than_one_part_of_it_comes_back_too(store: BlobStore) -> None:
    long = BYTES * 10 + b"the end"
    for _ in range(2):
        await store.put(ONE, pieces(*(long[at : at + 300_000] for at in range(0, len(long), 300_000))))
        assert await content(store, ONE) == long
        await store.erase(ONE)
    with pytest.raises(ZeroDivisionError):
        await store.put(TWO, pieces(*[BYTES] * 10, fails=True))
    with pytest.raises(BlobLost):
        await content(store, TWO)
    await store.erase(TWO)


async def test_what_was_never_whole_cannot_be_read(store: BlobStore) -> None:
    with pytest.raises(ZeroDivisionError):
        await store.put(ONE, pieces(BYTES, fails=True))
    for id in (ONE, TWO):
        with pytest.raises(BlobLost):
            await content(store, id)
        await store.erase(id)


async def test_what_was_erased_is_gone_and_its_neighbour_is_not(store: BlobStore) -> None:
    for id in (ONE, TWO):
        await store.put(id, pieces(BYTES))
    for _ in range(2):
        await store.erase(ONE)
        with pytest.raises(BlobLost):
            await content(store, ONE)
    assert await content(store, TWO) == BYTES


async def test_what_no_document_took_in_time_is_erased(database: Database) -> None:
    await add_document(database)
    await expect(database, ONE, TWO)
    assert await to_erase(database) == []
    async with database.begin() as tx:
        ids = (TWO, new_document().blob, BlobId("nobody's"))
        assert [await tx.blobs.release(id) for id in ids] == [True, False, False]
        await tx.commit()
    assert await to_erase(database) == [TWO]
    assert sorted(await to_erase(database, seconds=1)) == [ONE, TWO]
    async with database.begin() as tx:
        with pytest.raises(BlobLost):
            await tx.documents.add(replace(new_document(b"too late"), blob=ONE))
    async with database.begin() as tx:
        for id in (ONE, new_document().blob, BlobId("nobody's")):
            await tx.blobs.strike_out(id)
        await tx.commit()
    assert await to_erase(database, seconds=1) == [TWO]


@pytest.mark.parametrize("how", ["deleted", "with its owner"])
async def test_the_bytes_go_with_their_document(database: Database, how: str) -> None:
    document = await add_document(database)
    blob, store = new_document().blob, cast(MemoryDatabase, database).blobs
    await store.put(blob, pieces(BYTES))
    async with database.begin() as tx:
        if how == "deleted":
            await tx.documents.delete(document.id, owner=ALICE)
        else:
            await tx.owned.erase(ALICE)
        await tx.commit()
    with pytest.raises(BlobLost):
        await content(store, blob)
    assert blob in await to_erase(database)
    async with database.begin() as tx:
        await tx.blobs.strike_out(blob)
        await tx.commit()
    assert blob not in await to_erase(database)

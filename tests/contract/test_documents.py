"""DocumentRepository: bytes and text come back as they were, and everything is its owner's alone."""

from collections.abc import Awaitable, Callable
from dataclasses import replace

import pytest

from application.ports.storage import Transaction
from domain.blob import BlobId
from domain.errors import DocumentConflict, DocumentNotFound
from domain.knowledge import Document, DocumentStatus
from domain.reading import Heading, MediaType, Page, Reading, Span, Table
from domain.run import Problem
from tests.support.builders import ALICE, BOB, LATER, NOON, ODD_TEXTS, add_conversation, exchange
from tests.support.databases import Database
from tests.support.knowledge import add_document, index, new_document, store

BYTES = bytes(range(256)) * 3_000
METHODS: dict[str, Callable[[Transaction, Document], Awaitable[object]]] = {
    "get": lambda tx, its: tx.documents.get(its.id, owner=BOB),
    "blob": lambda tx, its: tx.documents.blob(its.id, owner=BOB),
    "reading": lambda tx, its: tx.documents.reading(its.id, owner=BOB),
    "keep_reading": lambda tx, its: tx.documents.keep_reading(its.id, reading("mine"), owner=BOB),
    "change": lambda tx, its: tx.documents.change(replace(its, owner=BOB, title="mine"), was=its),
    "delete": lambda tx, its: tx.documents.delete(its.id, owner=BOB),
    "begin": lambda tx, its: tx.search.begin(its.id, owner=BOB, chunks=1, at=NOON),
    "clear": lambda tx, its: tx.search.clear(its.id, owner=BOB, at=NOON),
    "passages_of": lambda tx, its: tx.search.passages_of(its.id, owner=BOB, limit=10),
}


def reading(text: str) -> Reading:
    return Reading(
        text=text,
        media_type=MediaType.PDF,
        title=text,
        pages=(Page(0, 1, 1), Page(1, len(text), 7)),
        headings=(Heading(0, 1, 2, text),),
        tables=(Table(0, 1, 1, text),),
        code=(Span(0, 1),),
    )


async def stored(database: Database, document: Document) -> Document:
    async with database.read() as tx:
        return await tx.documents.get(document.id, owner=document.owner)


async def change(database: Database, document: Document, *, was: Document) -> None:
    async with database.begin() as tx:
        await tx.documents.change(document, was=was)
        await tx.commit()


async def delete(database: Database, document: Document) -> None:
    async with database.begin() as tx:
        await tx.documents.delete(document.id, owner=document.owner)
        await tx.commit()


async def test_a_document_is_queued_and_says_where_its_bytes_are(database: Database) -> None:
    document = await add_document(database, BYTES)
    assert document == await stored(database, document)
    assert (document.status, document.size_bytes) == (DocumentStatus.QUEUED, len(BYTES))
    assert (document.media_type, document.strategy) == (MediaType.MARKDOWN, "recursive")
    async with database.read() as tx:
        assert await tx.documents.blob(document.id, owner=ALICE) == new_document(BYTES).blob
        assert await tx.documents.reading(document.id, owner=ALICE) is None


async def test_the_same_bytes_of_the_same_owner_are_the_same_document(database: Database) -> None:
    first = await add_document(database)
    async with database.begin() as tx:
        await tx.blobs.expect(new_document(owner=BOB).blob, owner=BOB, at=NOON)
        again, is_new = await tx.documents.add(replace(new_document(filename="another name"), blob=BlobId("other")))
        other, is_new_of_other = await tx.documents.add(new_document(owner=BOB))
        await tx.commit()
    assert (again, is_new) == (first, False)
    assert is_new_of_other
    assert other.id != first.id


@pytest.mark.parametrize("text", ODD_TEXTS.values(), ids=ODD_TEXTS.keys())
async def test_any_text_is_kept_with_its_pages(database: Database, text: str) -> None:
    document = await add_document(database)
    for kept in (reading("before"), reading(text)):
        async with database.begin() as tx:
            await tx.documents.keep_reading(document.id, kept, owner=ALICE)
            await tx.commit()
    async with database.read() as tx:
        assert await tx.documents.reading(document.id, owner=ALICE) == reading(text)


async def test_pages_are_newest_first_and_ones_own(database: Database) -> None:
    mine = [await add_document(database, bytes([n])) for n in range(5)]
    await add_document(database, b"other", owner=BOB)
    async with database.read() as tx:
        first = await tx.documents.page(owner=ALICE, before=None, limit=3)
        rest = await tx.documents.page(owner=ALICE, before=first[-1].id, limit=3)
    assert [*first, *rest] == mine[::-1]


async def test_a_change_is_stored_whole_but_for_how_far_it_is_indexed(database: Database) -> None:
    document = await index(database, await add_document(database), "one", "two")
    changed = replace(
        document,
        status=DocumentStatus.FAILED,
        problem=Problem("document_unreadable", "It is torn"),
        media_type=MediaType.PDF,
        title="A title",
        pages=7,
        language="de",
        strategy="fixed",
        updated_at=LATER,
        indexed=0,
        chunks=0,
        version=9,
    )
    await change(database, changed, was=document)
    assert await stored(database, document) == replace(changed, indexed=2, chunks=2, version=1)


async def test_a_change_from_a_state_that_is_over_is_refused(database: Database) -> None:
    document = await add_document(database)
    reading = document.moved(DocumentStatus.READING, NOON)
    await change(database, reading, was=document)
    with pytest.raises(DocumentConflict):
        await change(database, document.moved(DocumentStatus.CANCELLED, NOON), was=document)
    assert await stored(database, document) == reading


async def test_a_document_names_its_run_as_long_as_there_is_one(database: Database) -> None:
    document = await add_document(database)
    conversation = await add_conversation(database)
    run = await exchange(database, conversation, "question", "answer")
    of_run = replace(document, run_id=run.id)
    await change(database, of_run, was=document)
    with pytest.raises(DocumentConflict):
        await change(database, replace(document, title="of nobody's run"), was=document)
    async with database.begin() as tx:
        await tx.runs.delete(run.id, owner=ALICE)
        await tx.commit()
    assert await stored(database, document) == document


@pytest.mark.parametrize("method", METHODS.values(), ids=METHODS.keys())
async def test_nothing_of_another_owner_is_found(
    database: Database, method: Callable[[Transaction, Document], Awaitable[object]]
) -> None:
    document = await store(database, "alice's", "words")
    with pytest.raises(DocumentNotFound):
        async with database.begin() as tx:
            await method(tx, document)
    assert (await stored(database, document)).title == ""


async def test_a_deleted_document_is_gone_and_its_bytes_are_new_again(database: Database) -> None:
    document = await store(database, "words", "words")
    await delete(database, document)
    for again in (stored, delete):
        with pytest.raises(DocumentNotFound):
            await again(database, document)
    async with database.begin() as tx:
        fresh = BlobId("another")
        await tx.blobs.expect(fresh, owner=ALICE, at=NOON)
        other, is_new = await tx.documents.add(replace(new_document(b"words"), blob=fresh))
        await tx.commit()
    assert is_new
    assert other.id > document.id


async def test_what_is_not_committed_is_forgotten(database: Database) -> None:
    document = await store(database, "kept", "kept words")
    async with database.begin() as tx:
        await tx.blobs.expect(new_document(b"other").blob, owner=ALICE, at=NOON)
        await tx.documents.add(new_document(b"other"))
        await tx.documents.delete(document.id, owner=ALICE)
    async with database.read() as tx:
        assert await tx.documents.page(owner=ALICE, before=None, limit=10) == [await stored(database, document)]

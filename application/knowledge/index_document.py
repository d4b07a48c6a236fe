"""The second step of taking a document in: its text becomes chunks with words and vectors, and it is ready."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from application.knowledge.cut_document import CutDocument
from application.knowledge.embed_chunks import EmbedChunks, Embedded, store_vectors
from application.knowledge.make_ready import MakeReady
from application.knowledge.own_run import OwnRun
from application.ports.clock import Now
from application.ports.search_index import IndexedChunk
from application.ports.stemmer import Stemmer
from application.ports.storage import Transaction
from application.runs.run_writer import RunWriter
from domain.chunking.settings import Strategy
from domain.ingestion import INDEXING, Ingestion
from domain.knowledge import Chunk, Document, DocumentStatus
from domain.reading import Reading
from domain.retrieval.terms import Stem, terms_of
from domain.step import StepFinished, StepProgress, StepStarted
from domain.usage import Usage, total_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexDocument:
    cut: CutDocument
    stemmer: Stemmer
    embed: EmbedChunks
    make_ready: MakeReady
    now: Now

    async def __call__(self, own: OwnRun, ingestion: Ingestion, reading: Reading, writer: RunWriter) -> Usage | None:
        """What its vectors cost. Chunks that a worker before this one has stored stay. Raise ProviderFailure."""
        writer.append([StepStarted(INDEXING)])
        chunks, usages = await self.cut(own, ingestion.chunking, reading)
        document = await own.change(lambda tx: self._begun(tx, own, ingestion, len(chunks)))
        writer.append([StepProgress(INDEXING, document.indexed, len(chunks))])
        stem = self.stemmer.stem_of(document.language)
        texts = [chunk.indexed_as(document.title) for chunk in chunks[document.indexed :]]
        async with aclosing(self.embed.in_batches(own, texts)) as batches:
            async for batch in batches:
                usages += batch.usages
                some = chunks[document.indexed : document.indexed + batch.count]
                indexed = await asyncio.to_thread(_indexed, some, document.title, stem)
                document = await self._stored(own, document, indexed, batch)
                writer.append([StepProgress(INDEXING, document.indexed, len(chunks))])
        usages += await self.make_ready(own, document)
        writer.append([StepFinished(INDEXING, output=f"{len(chunks):,} chunks", usage=total_usage(usages))])
        return total_usage(usages)

    async def _begun(self, tx: Transaction, own: OwnRun, ingestion: Ingestion, count: int) -> Document:
        """Room for so many chunks, or the document as another worker left it, with so many."""
        document = await tx.documents.get(ingestion.document_id, owner=own.run.owner)
        goes_on = document.status is DocumentStatus.INDEXING and document.chunks == count
        if not goes_on or (ingestion.chunking.strategy is Strategy.SEMANTIC and document.indexed < count):
            document = await tx.search.begin(document.id, owner=document.owner, chunks=count, at=self.now())
        if document.status is DocumentStatus.READING:
            await tx.documents.change(begun := document.moved(DocumentStatus.INDEXING, self.now()), was=document)
            return begun
        return document

    async def _stored(self, own: OwnRun, document: Document, indexed: list[IndexedChunk], batch: Embedded) -> Document:
        async def store(tx: Transaction) -> Document:
            now = await tx.documents.get(document.id, owner=document.owner)
            if now.indexed > document.indexed:  # it was stored, and nobody was told
                return now
            after = await tx.search.add(document, indexed, at=self.now())
            await store_vectors(tx, after, document.indexed, batch)
            return after

        return await own.change(store)


def _indexed(chunks: Sequence[Chunk], title: str, stem: Stem) -> list[IndexedChunk]:
    """With the words of what stands above them, each once."""
    above = [dict.fromkeys([title, *chunk.heading_path]) for chunk in chunks]
    return [IndexedChunk(it, terms_of([*words, it.shown], stem)) for it, words in zip(chunks, above, strict=True)]

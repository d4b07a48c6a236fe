"""A server that dies, or that the store fails, at any effect while a document is taken in: never half of one is found,
and what was accepted is ready in the end, or was never there and has left nothing behind."""

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from itertools import count
from typing import Any, Literal

import pytest

from adapters.memory.database import MemoryDatabase
from adapters.memory.document_reader import MemoryDocumentReader
from adapters.memory.signals import LocalSignals
from adapters.stemming.snowball import SnowballStemmer
from application.knowledge.cut_document import CutDocument
from application.knowledge.discard_blob import DiscardBlob
from application.knowledge.embed_chunks import EmbedChunks
from application.knowledge.erase_blobs import EraseBlobs
from application.knowledge.index_document import IndexDocument
from application.knowledge.ingest_document import IngestDocument
from application.knowledge.ingestion_turn import IngestionTurns
from application.knowledge.make_ready import MakeReady
from application.knowledge.patient_embedder import PatientEmbedder
from application.knowledge.read_document import ReadDocument
from application.knowledge.receive_upload import ReceiveUpload
from application.knowledge.settle_documents import SettleDocuments
from application.knowledge.upload_document import UploadDocument
from application.ports.blobs import BlobStore
from application.ports.document_reader import DEFAULT_LIMITS
from application.ports.embedder import Embedder, Embeddings
from domain.blob import BlobId
from domain.chunking.settings import ChunkSettings
from domain.errors import StorageUnavailable
from domain.knowledge import Document, DocumentStatus
from domain.retrieval.query import query_of
from domain.run import RunKind, RunStatus, WorkerId
from tests.support.builders import ALICE
from tests.support.core import ANN, LEASE_SECONDS, Core
from tests.support.metering import Counted
from tests.support.mortal_ports import MortalDatabase
from tests.support.mortal_process import Fate, MortalProcess
from tests.support.virtual_time import LoopClock, run_virtually

CHUNKS = 70  # of two batches
MODEL = "scripted:vectors"
TEXT = "\n\n".join(
    f"Paragraph {number} says that rivers bend, and then that they bend again." for number in range(CHUNKS)
)


class AtOnce(ThreadPoolExecutor):
    """Threads would take time while the loop's own stands still."""

    def submit(self, work: Callable[..., Any], /, *args: Any, **kwargs: Any) -> "Future[Any]":
        done: Future[Any] = Future()
        try:
            done.set_result(work(*args, **kwargs))
        except Exception as error:  # noqa: BLE001  it belongs to whoever waits for the future
            done.set_exception(error)
        return done


class OneVector(Embedder):
    async def embed(
        self, texts: Sequence[str], *, model: str | None = None, dimensions: int | None = None
    ) -> Embeddings:
        await asyncio.sleep(0.05)
        return Embeddings([[1.0, 0.5] for _ in texts], 2, MODEL)


@dataclass(frozen=True)
class MortalBlobs(BlobStore):
    process: MortalProcess
    blobs: BlobStore
    description: str = "mortal"

    async def put(self, id: BlobId, pieces: AsyncIterator[bytes]) -> None:
        await self.process.effect("put", partial(self.blobs.put, id, pieces))

    def read(self, id: BlobId) -> AsyncGenerator[bytes, None]:
        return self.blobs.read(id)

    async def erase(self, id: BlobId) -> None:
        await self.process.effect("erase", partial(self.blobs.erase, id))


@dataclass
class Server:
    process: MortalProcess
    core: Core
    receive: ReceiveUpload
    upload: UploadDocument

    async def take_in(self) -> Document:
        async def pieces() -> AsyncIterator[bytes]:
            yield TEXT.encode()

        received = await self.receive(ANN, pieces())
        document, _ = await self.upload(ANN, received, filename="rivers.txt")
        assert document.run_id
        await self.core.follow(document.run_id)
        return document


@dataclass
class Library:
    """What outlives every process."""

    clock: LoopClock = field(default_factory=LoopClock)
    signals: LocalSignals = field(default_factory=LocalSignals)
    started: int = 0

    def __post_init__(self) -> None:
        asyncio.get_running_loop().set_default_executor(AtOnce())
        self.database = MemoryDatabase(now=self.clock, alone=False)

    async def start(self, fate: Fate | None = None) -> Server:
        self.started += 1
        process = MortalProcess(f"server {self.started}", fate or Fate())
        database: Any = MortalDatabase(process, self.database)
        core = Core(
            clock=self.clock, database=database, signals=self.signals, id=WorkerId(process.name), poll_seconds=1.0
        )
        begin, now, blobs = database.begin, self.clock, MortalBlobs(process, self.database.blobs)
        patient, reader = (
            PatientEmbedder(embedder=Counted().embedder({"scripted": OneVector()})),
            MemoryDocumentReader(),
        )
        embed = EmbedChunks(embedder=patient, model=MODEL, calls_at_once=2)
        performers: Any = core.turns.perform.of_kind
        performers[RunKind.INGESTION] = IngestDocument(
            begin=begin,
            read_document=ReadDocument(blobs=blobs, reader=reader, limits=DEFAULT_LIMITS, now=now),
            index_document=IndexDocument(
                cut=CutDocument(embed=embed),
                stemmer=SnowballStemmer(),
                embed=embed,
                make_ready=MakeReady(embedder=patient, model=MODEL, now=now),
                now=now,
            ),
            places=asyncio.Semaphore(2),
            now=now,
        )
        discard, names = DiscardBlob(begin=begin, blobs=blobs), (f"{process.name} {n}" for n in count())
        turns = IngestionTurns(begin=begin, turns=core.turns, embedding_model=MODEL, lease_seconds=LEASE_SECONDS)
        await asyncio.wait({process.spawn(core.loop.start())})
        return Server(
            process,
            core,
            ReceiveUpload(
                begin=begin,
                blobs=blobs,
                reader=reader,
                discard=discard,
                now=now,
                new_id=lambda: next(names),
                max_bytes=10**6,
            ),
            UploadDocument(turns=turns, discard=discard, now=now, chunking=ChunkSettings(size=100, overlap=0)),
        )

    async def found(self) -> int:
        async with self.database.read() as tx:
            return len(
                await tx.search.find(query_of("rivers", [SnowballStemmer().stem_of("en")]), owner=ALICE, limit=1000)
            )

    async def is_whole_or_hidden(self) -> None:
        """No search, at any moment, finds some chunks of the document and not the others."""
        assert await self.found() in (0, CHUNKS)

    async def watch(self) -> None:
        while True:
            await self.is_whole_or_hidden()
            await asyncio.sleep(0.03)

    async def ended(self) -> None:
        async with asyncio.timeout(20 * LEASE_SECONDS):
            while any(run.status.is_active for run in self.database.tables.runs.values()):  # noqa: ASYNC110
                await asyncio.sleep(0.5)

    async def tidied(self) -> None:
        """A day later."""
        begin, read, blobs = self.database.begin, self.database.read, self.database.blobs
        await SettleDocuments(begin=begin, read=read, now=self.clock)()
        later = self.clock() + timedelta(hours=25)
        await EraseBlobs(begin=begin, blobs=blobs, now=lambda: later)()


async def play(fate: Fate) -> None:
    library = Library()
    server = await library.start(fate)
    watching = asyncio.create_task(library.watch())
    working = server.process.spawn(server.take_in())
    await asyncio.wait({working}, timeout=60)
    is_accepted = working.done() and not working.cancelled() and working.exception() is None
    if working.done() and not working.cancelled() and not server.process.is_dead:
        assert working.exception() is None or isinstance(working.exception(), StorageUnavailable)
    if fate.what == "dies":
        server.process.die()
        await server.process.gone()
        await asyncio.sleep(LEASE_SECONDS + 1)
        server = await library.start()
    await library.ended()
    watching.cancel()
    await library.tidied()
    await check(library, is_accepted=is_accepted)
    server.process.die()
    await server.process.gone()


async def check(library: Library, *, is_accepted: bool) -> None:
    """The document is whole, or there is none; and there are no bytes that nobody has."""
    knowledge = library.database.knowledge
    documents = [stored.document for stored in knowledge.documents.values()]
    assert len(documents) == 1 if is_accepted else len(documents) <= 1
    assert [document.status for document in documents] == [DocumentStatus.READY] * len(documents)
    assert all(run.status is RunStatus.COMPLETED for run in library.database.tables.runs.values())
    assert len(knowledge.chunks) == len(knowledge.vectors) == await library.found() == CHUNKS * len(documents)
    assert len(knowledge.blobs) == len(knowledge.bytes_of) == len(documents)


@pytest.mark.parametrize("when", ["before", "after"])
@pytest.mark.parametrize("what", ["dies", "fails"])
def test_a_document_is_taken_in_whole_or_not_at_all(
    what: Literal["dies", "fails"], when: Literal["before", "after"]
) -> None:
    most = run_virtually(effects_of_a_whole_upload())
    assert most > 20
    for at in range(2 if what == "fails" else 1, most + 1):
        try:
            run_virtually(play(Fate(at, when, what)))
        except BaseException as error:
            error.add_note(f"the server {what} {when} its effect {at}")
            raise


async def effects_of_a_whole_upload() -> int:
    library = Library()
    server = await library.start()
    await server.process.spawn(server.take_in())
    await library.ended()
    await library.tidied()
    await check(library, is_accepted=True)
    number = len(server.process.effects)
    server.process.die()
    await server.process.gone()
    return number

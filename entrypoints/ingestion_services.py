"""The use cases of documents, put together: one group, so that the container stays short."""

import asyncio
import secrets
from dataclasses import dataclass
from pathlib import Path

from adapters.blob_folder.store import FolderBlobStore
from adapters.documents.reader import SubprocessDocumentReader
from adapters.s3.signing import Credentials
from adapters.s3.store import S3BlobStore
from adapters.stemming.snowball import SnowballStemmer
from application.chat.turn_opener import TurnOpener
from application.knowledge.cancel_document import CancelDocument
from application.knowledge.cut_document import CutDocument
from application.knowledge.delete_document import DeleteDocument
from application.knowledge.discard_blob import DiscardBlob
from application.knowledge.embed_anew import EmbedAnew
from application.knowledge.embed_chunks import EmbedChunks
from application.knowledge.erase_blobs import EraseBlobs
from application.knowledge.get_document import GetDocument
from application.knowledge.get_document_content import GetDocumentContent
from application.knowledge.get_document_text import GetDocumentText
from application.knowledge.housekeeping import Housekeeping
from application.knowledge.index_document import IndexDocument
from application.knowledge.ingest_document import IngestDocument
from application.knowledge.ingestion_turn import IngestionTurns
from application.knowledge.list_documents import ListDocuments
from application.knowledge.make_ready import MakeReady
from application.knowledge.patient_embedder import PatientEmbedder
from application.knowledge.perform_ingestion import PerformIngestion
from application.knowledge.read_document import ReadDocument
from application.knowledge.receive_upload import ReceiveUpload
from application.knowledge.retry_document import RetryDocument
from application.knowledge.settle_documents import SettleDocuments
from application.knowledge.show_bytes import ShowBytes
from application.knowledge.start_embedding_anew import StartEmbeddingAnew
from application.knowledge.upload_document import UploadDocument
from application.ports.blobs import BlobStore
from application.ports.clock import Now
from application.ports.document_reader import DocumentReader, ReadingLimits
from application.ports.storage import BeginRead, BeginTransaction
from application.runs.run_stopper import RunStopper
from application.usage.metered_embedder import MeteredEmbedder
from domain.chunking.settings import ChunkSettings, Strategy
from domain.errors import InvalidInput
from entrypoints.provider_set import CannotStart, Closing
from entrypoints.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class IngestionServices:
    receive: ReceiveUpload
    upload: UploadDocument
    list: ListDocuments
    get: GetDocument
    get_text: GetDocumentText
    get_content: GetDocumentContent
    retry: RetryDocument
    cancel: CancelDocument
    delete: DeleteDocument
    housekeeping: Housekeeping
    show_bytes: ShowBytes


def open_blobs(settings: Settings, in_database: BlobStore, now: Now, to_close: list[Closing]) -> BlobStore:
    """Where PARLEY_BLOB_STORE says that the bytes of uploads are. Raise CannotStart."""
    if settings.blob_store == "database":
        return in_database
    if not settings.blob_store.startswith("s3://"):
        return FolderBlobStore(Path(settings.blob_store).expanduser())
    bucket, _, prefix = settings.blob_store.removeprefix("s3://").partition("/")
    if not bucket or not settings.s3_key_id or settings.s3_secret is None:
        raise CannotStart("PARLEY_BLOB_STORE=s3://bucket/prefix needs PARLEY_S3_KEY_ID and PARLEY_S3_SECRET")
    secret = settings.s3_secret.get_secret_value()
    store = S3BlobStore(
        endpoint=str(settings.s3_endpoint),
        bucket=bucket,
        prefix=prefix,
        credentials=Credentials(settings.s3_key_id, secret, settings.s3_region),
        now=now,
    )
    to_close.append(store.aclose)
    return store


def document_reader(settings: Settings) -> DocumentReader:
    return SubprocessDocumentReader(max_children=settings.document_readers)


def perform_ingestion(
    settings: Settings,
    begin: BeginTransaction,
    now: Now,
    embedder: MeteredEmbedder,
    blobs: BlobStore,
    reader: DocumentReader,
) -> PerformIngestion:
    """What performs the runs."""
    patient, model = PatientEmbedder(embedder=embedder), settings.default_embedding_model
    embed = EmbedChunks(embedder=patient, model=model, calls_at_once=settings.embedding_calls)
    ingest = IngestDocument(
        begin=begin,
        read_document=ReadDocument(blobs=blobs, reader=reader, limits=reading_limits(settings), now=now),
        index_document=IndexDocument(
            stemmer=SnowballStemmer(),
            cut=CutDocument(embed=embed),
            embed=embed,
            make_ready=MakeReady(embedder=patient, model=model, now=now),
            now=now,
        ),
        places=asyncio.Semaphore(settings.document_readers),
        now=now,
    )
    return PerformIngestion(ingest=ingest, embed_anew=EmbedAnew(begin=begin, embedder=patient))


def ingestion_services(
    settings: Settings,
    begin: BeginTransaction,
    read: BeginRead,
    now: Now,
    turns: TurnOpener,
    stopper: RunStopper,
    blobs: BlobStore,
    reader: DocumentReader,
) -> IngestionServices:
    discard = DiscardBlob(begin=begin, blobs=blobs)
    settle, get = SettleDocuments(begin=begin, read=read, now=now), GetDocument(read=read)
    chunking, model = chunk_settings(settings), settings.default_embedding_model
    ingestion = IngestionTurns(
        begin=begin, turns=turns, embedding_model=model, lease_seconds=settings.worker_lease_seconds
    )
    return IngestionServices(
        receive=_receive(settings, begin, now, blobs, reader, discard),
        upload=UploadDocument(turns=ingestion, discard=discard, now=now, chunking=chunking),
        list=ListDocuments(read=read),
        get=get,
        get_text=GetDocumentText(read=read),
        get_content=GetDocumentContent(read=read, blobs=blobs),
        retry=RetryDocument(turns=ingestion, now=now, chunking=chunking),
        cancel=CancelDocument(get=get, stopper=stopper, settle=settle),
        delete=DeleteDocument(begin=begin, read=read, stopper=stopper, discard=discard),
        housekeeping=Housekeeping(
            start_embedding_anew=StartEmbeddingAnew(read=read, turns=turns, now=now, model=model),
            settle=settle,
            erase=EraseBlobs(begin=begin, blobs=blobs, now=now),
        ),
        show_bytes=ShowBytes(reader=reader, limits=reading_limits(settings)),
    )


def _receive(
    settings: Settings,
    begin: BeginTransaction,
    now: Now,
    blobs: BlobStore,
    reader: DocumentReader,
    discard: DiscardBlob,
) -> ReceiveUpload:
    return ReceiveUpload(
        begin=begin,
        blobs=blobs,
        reader=reader,
        discard=discard,
        now=now,
        new_id=lambda: secrets.token_hex(16),
        max_bytes=settings.document_bytes,
    )


def reading_limits(settings: Settings) -> ReadingLimits:
    return ReadingLimits(
        max_bytes=settings.document_bytes,
        max_pages=settings.document_pages,
        timeout_seconds=settings.document_seconds,
        memory_bytes=settings.document_memory_bytes,
    )


def chunk_settings(settings: Settings) -> ChunkSettings:
    """Raise CannotStart for sizes that do not go together."""
    strategy = Strategy(settings.chunking)
    try:
        return ChunkSettings(strategy=strategy, size=settings.chunk_size, overlap=settings.chunk_overlap)
    except InvalidInput as error:
        raise CannotStart(f"PARLEY_CHUNK_SIZE and PARLEY_CHUNK_OVERLAP: {error}") from error

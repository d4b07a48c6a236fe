"""What a run that takes a document in knows of it, and what a document is, seen together with its run."""

from dataclasses import dataclass, replace

from domain.chunking.settings import ChunkSettings, Strategy
from domain.errors import InvalidInput
from domain.knowledge import Document, DocumentId, DocumentStatus
from domain.run import Problem, Run, RunSettings, RunStatus

READING, INDEXING, EMBEDDING = "reading", "indexing", "embedding"
"""The names of the steps."""
INTERRUPTED = Problem("interrupted", "The document was not taken in to its end; try it again")


@dataclass(frozen=True, slots=True)
class Ingestion:
    """The document, and how it is to be cut: a run goes on as it began, whatever is configured meanwhile."""

    document_id: DocumentId
    chunking: ChunkSettings


def settings_for(ingestion: Ingestion) -> RunSettings:
    cut = ingestion.chunking
    chunking = {"strategy": cut.strategy.value, "size": cut.size, "overlap": cut.overlap}
    return RunSettings(extra={"document_id": ingestion.document_id, "chunking": chunking})


def ingestion_of(run: Run) -> Ingestion:
    extra = run.settings.extra
    return Ingestion(extra["document_id"], chunking_by(ChunkSettings(), **extra["chunking"]))


def is_about_a_document(run: Run) -> bool:
    """Else it is about the vectors of all."""
    return "document_id" in run.settings.extra


def chunking_by(
    default: ChunkSettings, strategy: str | None, size: int | None = None, overlap: int | None = None
) -> ChunkSettings:
    """The default with what was asked for in its place. Raise InvalidInput naming the field."""
    if strategy is not None and strategy not in [*Strategy]:
        raise InvalidInput("chunking", f"must be one of {', '.join(Strategy)}")
    return ChunkSettings(
        strategy=default.strategy if strategy is None else Strategy(strategy),
        size=default.size if size is None else size,
        overlap=default.overlap if overlap is None else overlap,
    )


def seen_with(document: Document, run: Run | None) -> Document:
    """What the document is in truth: one at work whose run has ended, or is gone, is at work no more."""
    if not document.status.is_active or (run is not None and run.status.is_active):
        return document
    if run is not None and run.status is RunStatus.CANCELLED:
        return replace(document, status=DocumentStatus.CANCELLED)
    problem = run.problem if run is not None and run.problem else INTERRUPTED
    return replace(document, status=DocumentStatus.FAILED, problem=problem)

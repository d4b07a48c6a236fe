"""Perform a run of documents: take one in, or embed all anew."""

from dataclasses import dataclass

from application.knowledge.embed_anew import EmbedAnew
from application.knowledge.ingest_document import IngestDocument
from application.runs.run_writer import RunWriter
from domain.conversation import PromptMessage
from domain.ingestion import is_about_a_document
from domain.run import Run, RunFinished


@dataclass(frozen=True, slots=True, kw_only=True)
class PerformIngestion:
    ingest: IngestDocument
    embed_anew: EmbedAnew

    async def __call__(self, run: Run, prompt: tuple[PromptMessage, ...], writer: RunWriter) -> RunFinished | None:
        """As Performer."""
        if is_about_a_document(run):
            return await self.ingest(run, prompt, writer)
        return await self.embed_anew(run, prompt, writer)

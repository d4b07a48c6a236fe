"""Look up what an answer cites: the words that bear it out, and whether they stand there still."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from application.ports.stemmer import Stemmer
from application.ports.storage import BeginRead
from application.runs.patience import patiently
from domain.access import OwnerId
from domain.citation import Citation, DocumentId, SourcesChecked
from domain.conversation import Part, Text
from domain.errors import DocumentNotFound
from domain.reading import Reading
from domain.retrieval.citations import citations
from domain.retrieval.language import language_of
from domain.retrieval.passage import Source


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckCitations:
    read: BeginRead
    stemmer: Stemmer

    async def __call__(
        self, owner: OwnerId, answer: Sequence[Part], sources: Sequence[Source]
    ) -> SourcesChecked | None:
        """What takes the place of what was announced; None when nothing was. Waits for a store that does not answer."""
        texts = [part for part in answer if isinstance(part, Text)]
        told = {citation.number: citation for text in texts for citation in text.citations}
        if not told:
            return None
        readings = await patiently(lambda: self._readings(owner, {one.document_id for one in told.values()}))
        said = "\n\n".join(text.text for text in texts)
        found = citations(said, sources, readings, stem=self.stemmer.stem_of(language_of(said)))
        return SourcesChecked(tuple(_as_told(one, told) for one in found if one.number in told))

    async def _readings(self, owner: OwnerId, ids: Collection[DocumentId]) -> dict[DocumentId, Reading]:
        """Those that are there still."""
        readings: dict[DocumentId, Reading] = {}
        async with self.read() as tx:
            for id in ids:
                try:
                    reading = await tx.documents.reading(id, owner=owner)
                except DocumentNotFound:
                    continue
                if reading is not None:
                    readings[id] = reading
        return readings


def _as_told(found: Citation, told: dict[int, Citation]) -> Citation:
    return replace(found, excerpt=told[found.number].excerpt, score=told[found.number].score)

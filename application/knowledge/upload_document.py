"""Take a document in: from then on it is a run like any other."""

from dataclasses import dataclass
from functools import partial

from application.knowledge.discard_blob import DiscardBlob
from application.knowledge.ingestion_turn import IngestionTurns, place_of_new
from application.knowledge.upload import Received
from application.ports.clock import Now
from application.ports.documents import NewDocument
from domain.access import Principal
from domain.chunking.settings import ChunkSettings
from domain.idempotency import IdempotencyKey
from domain.ingestion import chunking_by
from domain.knowledge import Document, shown_name


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadDocument:
    turns: IngestionTurns
    discard: DiscardBlob
    now: Now
    chunking: ChunkSettings

    async def __call__(
        self,
        principal: Principal,
        received: Received,
        *,
        filename: str,
        strategy: str | None = None,
        key: IdempotencyKey | None = None,
    ) -> tuple[Document, bool]:
        """The document, and whether it is new: the same bytes of the same owner are the same document, as it is.

        The bytes that were received are the document's, or erased. Raise InvalidInput for a strategy that there is
        not, and what TurnOpener.open raises.
        """
        is_new = False
        try:
            chunking = chunking_by(self.chunking, strategy)
            new = NewDocument(
                owner=principal.owner,
                filename=shown_name(filename),
                digest=received.digest,
                blob=received.blob,
                size_bytes=received.size_bytes,
                created_at=self.now(),
                strategy=chunking.strategy.value,
            )
            document, is_new = await self.turns.open(principal, partial(place_of_new, new, chunking), key)
            return document, is_new
        finally:
            if not is_new:
                await self.discard(received.blob)

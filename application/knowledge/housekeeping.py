"""What is put in order behind documents, for as long as the server is up."""

import asyncio
import logging
from dataclasses import dataclass
from itertools import count

from application.knowledge.erase_blobs import EraseBlobs
from application.knowledge.settle_documents import SettleDocuments
from application.knowledge.start_embedding_anew import StartEmbeddingAnew
from domain.errors import StorageUnavailable, TooBusy

log = logging.getLogger(__name__)

SECONDS = 2.0
ERASE_EVERY = 30
"""Only what was left behind by a crash or a store that did not answer is erased here."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Housekeeping:
    """Any number of processes may do it at once: each thing is done once, or again to the same end."""

    start_embedding_anew: StartEmbeddingAnew
    settle: SettleDocuments
    erase: EraseBlobs
    seconds: float = SECONDS

    async def run_forever(self) -> None:
        for round_ in count():
            try:
                if round_ == 0:
                    await self.start_embedding_anew()
                await self.settle()
                if round_ % ERASE_EVERY == 0:
                    await self.erase()
            except (StorageUnavailable, TooBusy) as error:
                log.warning("documents are tidied up later: %s", error)
            except Exception:  # whatever it is, the next time may go better, and nothing depends on it meanwhile
                log.exception("documents could not be tidied up")
            await asyncio.sleep(self.seconds)

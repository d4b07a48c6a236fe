"""Write down what became of documents whose runs have ended without a word, and take their chunks away."""

from dataclasses import dataclass, replace

from application.knowledge.get_document import seen
from application.ports.clock import Now
from application.ports.storage import BeginRead, BeginTransaction, Transaction
from domain.errors import DocumentConflict, DocumentNotFound
from domain.knowledge import Document

AT_ONCE = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class SettleDocuments:
    """Those that were cancelled, tried too often, or whose run was deleted; none of them is ever found meanwhile."""

    begin: BeginTransaction
    read: BeginRead
    now: Now

    async def __call__(self) -> int:
        """How many there were. Raise StorageUnavailable."""
        async with self.read() as tx:
            unsettled = await tx.documents.unsettled(limit=AT_ONCE)
        for document in unsettled:
            try:
                async with self.begin() as tx:
                    await self._settle(tx, document)
                    await tx.commit()
            except (DocumentNotFound, DocumentConflict):
                continue  # somebody has deleted it, or tries it again
        return len(unsettled)

    async def _settle(self, tx: Transaction, unsettled: Document) -> None:
        was = await tx.documents.get(unsettled.id, owner=unsettled.owner)
        now = await seen(tx, was, was.owner)
        if now.status.is_active or not now.status.is_stopped:
            return
        await tx.search.clear(was.id, owner=was.owner, at=self.now())
        if now != was:
            await tx.documents.change(replace(now, updated_at=self.now()), was=was)

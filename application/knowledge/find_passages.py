"""What the caller's documents say about a question, for whoever reads it themself."""

from dataclasses import dataclass

from application.knowledge.search_documents import SearchDocuments
from application.ports.metering import Charge
from application.ports.storage import BeginRead
from domain.access import Principal
from domain.citation import DocumentId
from domain.retrieval.findings import Findings
from domain.usage import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class FindPassages:
    read: BeginRead
    search: SearchDocuments

    async def __call__(
        self, principal: Principal, question: str, *, document: DocumentId | None = None, limit: int = 5
    ) -> Findings:
        """As SearchDocuments, of one document when given. Raise DocumentNotFound, and what SearchDocuments raises."""
        owner, charge = principal.owner, Charge.to(principal, Purpose.SEARCH)
        if document is None:
            return await self.search(question, owner=owner, limit=limit, charge=charge)
        async with self.read() as tx:
            await tx.documents.get(document, owner=owner)
        return await self.search(question, owner=owner, documents=[document], limit=limit, charge=charge)

"""Search in a vector store, for whoever reads what is found themself."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.knowledge.search_documents import SearchDocuments
from application.ports.metering import Charge
from application.vector_stores.find_documents import FindDocuments
from domain.access import Principal
from domain.attribute_filter import Attributes, checked_filter
from domain.citation import ChunkId, StoreScope
from domain.retrieval.findings import Found
from domain.usage import Purpose


@dataclass(frozen=True, slots=True, kw_only=True)
class SearchVectorStore:
    search: SearchDocuments
    find: FindDocuments

    async def __call__(
        self, principal: Principal, queries: Sequence[str], scope: StoreScope, *, limit: int
    ) -> list[tuple[Found, Attributes]]:
        """At most `limit` passages by falling score, of several queries the best; only documents whose attributes fit
        are searched at all. Raise InvalidInput, VectorStoreNotFound, and what SearchDocuments raises."""
        if scope.filters is not None:
            checked_filter(scope.filters)
        documents = await self.find(principal.owner, scope)
        charge = Charge.to(principal, Purpose.SEARCH)
        best: dict[ChunkId, Found] = {}
        for query in queries:
            findings = await self.search(
                query, owner=principal.owner, documents=documents.keys(), limit=limit, quotes=False, charge=charge
            )
            for found in findings.found:
                known = best.get(found.passage.id)
                if found.score >= scope.least_score and (known is None or known.score < found.score):
                    best[found.passage.id] = found
        ordered = sorted(best.values(), key=lambda found: (-found.score, found.passage.id))
        return [(found, documents[found.passage.document_id]) for found in ordered[:limit]]

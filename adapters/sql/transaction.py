"""The transactions that use cases are given."""

from adapters.sql.approvals import SqlApprovalRepository
from adapters.sql.conversations import SqlConversationRepository
from adapters.sql.documents import SqlDocumentRepository
from adapters.sql.keys import SqlIdempotencyKeys
from adapters.sql.ledger import SqlUsageLedger
from adapters.sql.messages import SqlMessageRepository
from adapters.sql.runs import SqlRunRepository
from adapters.sql.search_index import SqlSearchIndex
from adapters.sql.session import Session
from adapters.sql.vector_cache import VectorCache
from adapters.sql.vector_index import SqlVectorIndex
from application.ports.approvals import ApprovalRepository
from application.ports.documents import DocumentRepository
from application.ports.idempotency import IdempotencyKeys
from application.ports.search_index import SearchIndex
from application.ports.storage import (
    ConversationRepository,
    MessageRepository,
    ReadTransaction,
    RunRepository,
    Transaction,
    UsageLedger,
)
from application.ports.vector_index import VectorIndex


class SqlReadTransaction(ReadTransaction):
    """Sees what is committed; a change in it is refused."""

    def __init__(self, session: Session, cache: VectorCache) -> None:
        self._session, self._cache = session, cache

    @property
    def conversations(self) -> ConversationRepository:
        return SqlConversationRepository(self._session)

    @property
    def messages(self) -> MessageRepository:
        return SqlMessageRepository(self._session)

    @property
    def runs(self) -> RunRepository:
        return SqlRunRepository(self._session)

    @property
    def approvals(self) -> ApprovalRepository:
        return SqlApprovalRepository(self._session)

    @property
    def documents(self) -> DocumentRepository:
        return SqlDocumentRepository(self._session)

    @property
    def search(self) -> SearchIndex:
        return SqlSearchIndex(self._session)

    @property
    def vectors(self) -> VectorIndex:
        return SqlVectorIndex(self._session, self._cache)


class SqlTransaction(SqlReadTransaction, Transaction):
    @property
    def keys(self) -> IdempotencyKeys:
        return SqlIdempotencyKeys(self._session)

    @property
    def ledger(self) -> UsageLedger:
        return SqlUsageLedger(self._session)

    async def commit(self) -> None:
        await self._session.commit()

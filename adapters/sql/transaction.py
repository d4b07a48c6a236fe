"""The transactions that use cases are given."""

from adapters.sql.api_keys import SqlApiKeyRepository
from adapters.sql.approvals import SqlApprovalRepository
from adapters.sql.audit import SqlAuditLog
from adapters.sql.blob_ledger import SqlBlobLedger
from adapters.sql.conversations import SqlConversationRepository
from adapters.sql.documents import SqlDocumentRepository
from adapters.sql.identities import SqlIdentityRepository
from adapters.sql.keys import SqlIdempotencyKeys
from adapters.sql.ledger import SqlUsageLedger
from adapters.sql.logins import SqlInvitationRepository, SqlLoginRepository
from adapters.sql.messages import SqlMessageRepository
from adapters.sql.owned_data import SqlOwnedData
from adapters.sql.runs import SqlRunRepository
from adapters.sql.search_index import SqlSearchIndex
from adapters.sql.session import Session
from adapters.sql.signing_secret import SqlSigningSecret
from adapters.sql.users import SqlUserRepository
from adapters.sql.vector_cache import VectorCache
from adapters.sql.vector_index import SqlVectorIndex
from adapters.sql.vector_stores import SqlVectorStores
from application.ports.api_keys import ApiKeyRepository
from application.ports.approvals import ApprovalRepository
from application.ports.audit import AuditLog
from application.ports.blobs import BlobLedger
from application.ports.documents import DocumentRepository
from application.ports.idempotency import IdempotencyKeys
from application.ports.ledger import UsageLedger
from application.ports.owned_data import OwnedData
from application.ports.search_index import SearchIndex
from application.ports.signing_secret import SigningSecret
from application.ports.storage import (
    ConversationRepository,
    MessageRepository,
    ReadTransaction,
    RunRepository,
    Transaction,
)
from application.ports.users import IdentityRepository, InvitationRepository, LoginRepository, UserRepository
from application.ports.vector_index import VectorIndex
from application.ports.vector_stores import VectorStoreRepository


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
    def vector_stores(self) -> VectorStoreRepository:
        return SqlVectorStores(self._session)

    @property
    def search(self) -> SearchIndex:
        return SqlSearchIndex(self._session)

    @property
    def vectors(self) -> VectorIndex:
        return SqlVectorIndex(self._session, self._cache)

    @property
    def users(self) -> UserRepository:
        return SqlUserRepository(self._session)

    @property
    def logins(self) -> LoginRepository:
        return SqlLoginRepository(self._session)

    @property
    def invitations(self) -> InvitationRepository:
        return SqlInvitationRepository(self._session)

    @property
    def identities(self) -> IdentityRepository:
        return SqlIdentityRepository(self._session)

    @property
    def api_keys(self) -> ApiKeyRepository:
        return SqlApiKeyRepository(self._session)

    @property
    def audit(self) -> AuditLog:
        return SqlAuditLog(self._session)

    @property
    def owned(self) -> OwnedData:
        return SqlOwnedData(self._session)

    @property
    def ledger(self) -> UsageLedger:
        return SqlUsageLedger(self._session)


class SqlTransaction(SqlReadTransaction, Transaction):
    @property
    def blobs(self) -> BlobLedger:
        return SqlBlobLedger(self._session)

    @property
    def keys(self) -> IdempotencyKeys:
        return SqlIdempotencyKeys(self._session)

    @property
    def signing_secret(self) -> SigningSecret:
        return SqlSigningSecret(self._session)

    async def commit(self) -> None:
        await self._session.commit()

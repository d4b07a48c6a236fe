"""A database in the memory of this process, gone when it ends."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from datetime import UTC, datetime
from functools import partial

from adapters.memory.access import MemoryApiKeys, MemoryAuditLog
from adapters.memory.access_tables import AccessDraft, AccessTables
from adapters.memory.approvals import MemoryApprovals
from adapters.memory.blobs import MemoryBlobLedger, MemoryBlobStore
from adapters.memory.conversations import MemoryConversations
from adapters.memory.documents import MemoryDocuments
from adapters.memory.keys import MemoryKeys
from adapters.memory.knowledge import Knowledge, KnowledgeDraft
from adapters.memory.ledger import MemoryLedger
from adapters.memory.messages import MemoryMessages
from adapters.memory.owned_data import MemoryOwnedData
from adapters.memory.run_log import MemoryRunLog
from adapters.memory.runs import MemoryRuns
from adapters.memory.search_index import MemorySearchIndex
from adapters.memory.signing_secret import MemorySigningSecret
from adapters.memory.tables import Draft, Tables
from adapters.memory.users import MemoryIdentities, MemoryInvitations, MemoryLogins, MemoryUsers
from adapters.memory.vector_index import MemoryVectorIndex
from adapters.memory.vector_stores import MemoryVectorStores
from adapters.memory.workers import MemoryWorkers
from application.ports.api_keys import ApiKeyRepository
from application.ports.approvals import ApprovalRepository
from application.ports.audit import AuditLog
from application.ports.blobs import BlobLedger, BlobStore
from application.ports.clock import Now
from application.ports.documents import DocumentRepository
from application.ports.idempotency import IdempotencyKeys
from application.ports.ledger import UsageLedger
from application.ports.owned_data import OwnedData
from application.ports.run_log import RunLog
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
from application.ports.workers import Workers
from domain.errors import StorageUnavailable

wall_clock: Now = partial(datetime.now, UTC)


class MemoryReadTransaction(ReadTransaction):
    """Sees what is committed; a change made in it is seen by nobody else and forgotten."""

    def __init__(self, draft: Draft, knowledge: KnowledgeDraft, access: AccessDraft, now: Now) -> None:
        self._draft, self._knowledge, self._access = draft, knowledge, access
        self._now = now

    @property
    def conversations(self) -> ConversationRepository:
        return MemoryConversations(self._draft, self._knowledge)

    @property
    def messages(self) -> MessageRepository:
        return MemoryMessages(self._draft)

    @property
    def runs(self) -> RunRepository:
        return MemoryRuns(self._draft, self._now)

    @property
    def approvals(self) -> ApprovalRepository:
        return MemoryApprovals(self._draft)

    @property
    def documents(self) -> DocumentRepository:
        return MemoryDocuments(self._draft, self._knowledge)

    @property
    def vector_stores(self) -> VectorStoreRepository:
        return MemoryVectorStores(self._knowledge, MemoryDocuments(self._draft, self._knowledge))

    @property
    def search(self) -> SearchIndex:
        return MemorySearchIndex(self._knowledge)

    @property
    def vectors(self) -> VectorIndex:
        return MemoryVectorIndex(self._knowledge)

    @property
    def users(self) -> UserRepository:
        return MemoryUsers(self._access)

    @property
    def logins(self) -> LoginRepository:
        return MemoryLogins(self._access)

    @property
    def invitations(self) -> InvitationRepository:
        return MemoryInvitations(self._access)

    @property
    def identities(self) -> IdentityRepository:
        return MemoryIdentities(self._access)

    @property
    def api_keys(self) -> ApiKeyRepository:
        return MemoryApiKeys(self._access)

    @property
    def audit(self) -> AuditLog:
        return MemoryAuditLog(self._access)

    @property
    def owned(self) -> OwnedData:
        return MemoryOwnedData(self._draft, self._knowledge, self._access)

    @property
    def ledger(self) -> UsageLedger:
        return MemoryLedger(self._draft)


class MemoryTransaction(MemoryReadTransaction, Transaction):
    """Sees its own changes too; others see them once it has committed."""

    @property
    def blobs(self) -> BlobLedger:
        return MemoryBlobLedger(self._knowledge)

    @property
    def keys(self) -> IdempotencyKeys:
        return MemoryKeys(self._draft, self._now)

    @property
    def signing_secret(self) -> SigningSecret:
        return MemorySigningSecret(self._access)

    async def commit(self) -> None:
        await asyncio.sleep(0)  # where a database would make others wait, others get their turn here too
        self._draft.commit()
        self._knowledge.commit()
        self._access.commit()


class MemoryDatabase:
    """One writer at a time, and readers who never wait: as SQLite has it, with the same refusal of those who wait.

    `now` is the store's clock. A store that the workers of several processes share, as tests have it, is not `alone`.
    """

    def __init__(self, *, busy_seconds: float = 5.0, now: Now = wall_clock, alone: bool = True) -> None:
        self.tables = Tables()
        self.knowledge = Knowledge()
        self.access = AccessTables()
        self.blobs: BlobStore = MemoryBlobStore(self.knowledge)
        self.run_log: RunLog = MemoryRunLog(self.tables, self._writing, now)
        self.workers: Workers = MemoryWorkers(self.tables, self._writing, now, alone)
        self._now = now
        self._busy_seconds = busy_seconds
        self._writer = asyncio.Lock()
        self._open = 0

    @property
    def checked_out(self) -> int:
        """How many transactions are open."""
        return self._open

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        """Raise StorageUnavailable after `busy_seconds` behind other writers."""
        async with self._writing():
            with self._counted():
                yield MemoryTransaction(*self._draft(), self._now)

    @asynccontextmanager
    async def read(self) -> AsyncIterator[ReadTransaction]:
        with self._counted():
            await asyncio.sleep(0)
            yield MemoryReadTransaction(*self._draft(), self._now)

    async def ping(self) -> None:
        """Memory always answers."""

    def describe(self) -> str:
        return "memory (gone when this process ends)"

    async def dispose(self) -> None:
        """There is nothing to close."""

    def _draft(self) -> tuple[Draft, KnowledgeDraft, AccessDraft]:
        return Draft(self.tables), KnowledgeDraft(self.knowledge), AccessDraft(self.access)

    @contextmanager
    def _counted(self) -> Iterator[None]:
        self._open += 1
        try:
            yield
        finally:
            self._open -= 1

    @asynccontextmanager
    async def _writing(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._busy_seconds):
                await self._writer.acquire()
        except TimeoutError as error:
            raise StorageUnavailable from error
        try:
            yield
        finally:
            self._writer.release()

"""The port of stored conversations, messages and runs, and of the short transactions that change them."""

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

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
from application.ports.users import IdentityRepository, InvitationRepository, LoginRepository, UserRepository
from application.ports.vector_index import VectorIndex
from application.ports.vector_stores import VectorStoreRepository
from domain.access import OwnerId
from domain.branching import Link
from domain.citation import DocumentId
from domain.conversation import (
    Conversation,
    ConversationChange,
    ConversationId,
    ConversationKind,
    Message,
    MessageId,
    PromptMessage,
)
from domain.run import Run, RunId, Turn


@dataclass(frozen=True, slots=True)
class NewConversation:
    owner: OwnerId
    user_label: str | None
    title: str
    created_at: datetime
    alias: str | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    kind: ConversationKind = ConversationKind.CHAT
    documents: tuple[DocumentId, ...] = ()


@dataclass(frozen=True, slots=True)
class ConversationFilter:
    """`query` is matched literally and without regard to case, in titles and in messages."""

    user_label: str | None = None
    query: str | None = None
    archived: bool | None = None
    pinned: bool | None = None
    kind: ConversationKind = ConversationKind.CHAT


class ConversationRepository(Protocol):
    """Every method takes the owner: what belongs to another is not found."""

    @abstractmethod
    async def add(self, new: NewConversation) -> Conversation:
        """Store it under a fresh id, higher than every id before it.

        If its owner has one of its alias already, that one comes back as it is; of any number of simultaneous callers
        exactly one adds it. Raise DocumentNotFound for a document that is not the owner's.
        """

    @abstractmethod
    async def get(self, id: ConversationId, *, owner: OwnerId) -> Conversation:
        """Raise ConversationNotFound, also when somebody else owns it."""

    @abstractmethod
    async def find(self, alias: str, *, owner: OwnerId) -> Conversation | None:
        """The owner's conversation of this alias, if there is one."""

    @abstractmethod
    async def page(
        self, *, owner: OwnerId, filter: ConversationFilter, before: ConversationId | None, limit: int
    ) -> list[Conversation]:
        """Newest id first, only ids below `before`, at most `limit` (a keyset page)."""

    @abstractmethod
    async def change(
        self, id: ConversationId, change: ConversationChange, *, owner: OwnerId, at: datetime
    ) -> Conversation:
        """The conversation as it is afterwards. Raise ConversationNotFound, or DocumentNotFound for one to attach."""

    @abstractmethod
    async def retitle(self, id: ConversationId, *, owner: OwnerId, old: str, new: str) -> None:
        """Give it the title `new` if it still has the title `old`; `updated_at` stays."""

    @abstractmethod
    async def delete(self, id: ConversationId, *, owner: OwnerId) -> None:
        """With its messages, runs, events and usage links. Raise ConversationNotFound."""


class MessageRepository(Protocol):
    @abstractmethod
    async def branch(
        self, conversation: Conversation, *, before: MessageId | None = None, tip: MessageId | None = None, limit: int
    ) -> list[Message]:
        """The last `limit` messages on the path from `tip` (the head when None) to the root, oldest first.

        With `before`, only those above that message on the path. The cost depends on `limit` alone, not on the
        length of the conversation. Raise MessageNotFound when `before` or `tip` is not a message of this conversation.
        """

    @abstractmethod
    async def onwards(self, conversation: Conversation, *, after: MessageId | None = None, limit: int) -> list[Message]:
        """The first `limit` messages on the path from the root to the head, oldest first; only ids above `after`.

        The cost grows with what comes after them. Raise MessageNotFound when `after` is not a message of this
        conversation.
        """

    @abstractmethod
    async def links(self, conversation: Conversation) -> list[Link]:
        """Each message of the conversation with its parent, on every branch, in any order. The cost grows with all of
        them, but of each only two numbers are read."""

    @abstractmethod
    async def move_head(self, conversation: Conversation, to: MessageId) -> None:
        """Raise MessageNotFound when it is not a message of this conversation, which does not become newer by it."""

    @abstractmethod
    async def find(self, ids: Sequence[MessageId], *, owner: OwnerId) -> list[Message]:
        """Those of these messages that are there and the owner's, in whichever conversations; in any order."""

    @abstractmethod
    async def add(self, conversation: Conversation, said: Sequence[PromptMessage], *, at: datetime) -> list[Message]:
        """Store them (completed) as a chain below the head, which moves to the last of them; ids rise along it.

        The conversation is as it was read in this transaction, and no run is active in it.
        """

    @abstractmethod
    async def restore(self, conversation: Conversation, messages: Sequence[Message], *, head: MessageId | None) -> None:
        """Store copies of messages that were in another conversation, each after its parent, under fresh rising ids.

        `parent_id` and `head` name them by the ids that they had. Runs are left behind, and `updated_at` stays. The
        conversation is empty, as it was read or added in this transaction.
        """

    @abstractmethod
    async def delete(self, conversation: Conversation, id: MessageId) -> None:
        """What is below it goes below its parent, to which the head moves if it was here. An answer's run goes too.

        The conversation is as it was read in this transaction, and no run is active in it. Raise MessageNotFound.
        """


class RunRepository(Protocol):
    @abstractmethod
    async def open(self, turn: Turn) -> Run:
        """Store the input (completed), a place for the answer (in progress, no parts) and a run (fence 1).

        The messages of the input are a chain below `parent_id`, the answer below the last of them; ids rise along it.
        The head of the conversation moves to the answer and its `updated_at` to `asked_at`.
        With a worker the run is running, at its first attempt: raise ReplyInProgress, naming the run, when the
        conversation has an active run; of any number of simultaneous callers exactly one gets through. Without one
        the run is queued, at no attempt yet, whatever else is active. Raise ConversationNotFound when it is gone.
        """

    @abstractmethod
    async def get(self, id: RunId, *, owner: OwnerId) -> Run:
        """Raise RunNotFound, also when somebody else owns it."""

    @abstractmethod
    async def request_cancel(self, id: RunId, *, owner: OwnerId) -> Run:
        """Leave word that the run is to be cancelled, if it is active; the run as it was. Raise RunNotFound."""

    @abstractmethod
    async def delete(self, id: RunId, *, owner: OwnerId) -> None:
        """Forget a run that has ended, and its events. What was asked and answered stays, and so does its usage.

        Raise RunNotFound, or ReplyInProgress while it is active.
        """

    @abstractmethod
    async def suspend(self, run: Run) -> bool:
        """Make it wait, without a worker, if it is paused or has pending approvals; say whether it waits now.

        Once it is woken its attempts count anew. Raise RunLost when it is not running under the run's fence any more.
        """

    @abstractmethod
    async def wake(self, id: RunId) -> bool:
        """Let any worker go on with a waiting run that has nothing to wait for; say whether it was one."""

    @abstractmethod
    async def pause(self, id: RunId, *, owner: OwnerId, paused: bool) -> Run:
        """Set or clear the mark, if the run is active; the run as it is then. Raise RunNotFound."""

    @abstractmethod
    async def is_awaited(self, run: Run) -> bool:
        """Whether another run is queued in its conversation."""

    @abstractmethod
    async def queued(self, *, owner: OwnerId | None = None) -> int:
        """How many runs are queued: the owner's, or all, whosever they are."""

    @abstractmethod
    async def in_flight(self, *, limit: int) -> list[Run]:
        """The oldest runs that have not ended, whosever they are."""

    @abstractmethod
    async def active(self, conversation_id: ConversationId, *, owner: OwnerId) -> Run | None:
        """The conversation's active run, if it has one."""


class ReadTransaction(Protocol):
    """One short transaction for looking only: nothing done in it lasts, and a store may refuse a change in it.

    Inside it only its own repositories may be awaited (tests/architecture holds this).
    """

    @property
    @abstractmethod
    def conversations(self) -> ConversationRepository: ...

    @property
    @abstractmethod
    def messages(self) -> MessageRepository: ...

    @property
    @abstractmethod
    def runs(self) -> RunRepository: ...

    @property
    @abstractmethod
    def approvals(self) -> ApprovalRepository: ...

    @property
    @abstractmethod
    def documents(self) -> DocumentRepository: ...

    @property
    @abstractmethod
    def vector_stores(self) -> VectorStoreRepository: ...

    @property
    @abstractmethod
    def search(self) -> SearchIndex: ...

    @property
    @abstractmethod
    def vectors(self) -> VectorIndex: ...

    @property
    @abstractmethod
    def users(self) -> UserRepository: ...

    @property
    @abstractmethod
    def logins(self) -> LoginRepository: ...

    @property
    @abstractmethod
    def invitations(self) -> InvitationRepository: ...

    @property
    @abstractmethod
    def identities(self) -> IdentityRepository: ...

    @property
    @abstractmethod
    def api_keys(self) -> ApiKeyRepository: ...

    @property
    @abstractmethod
    def audit(self) -> AuditLog: ...

    @property
    @abstractmethod
    def owned(self) -> OwnedData: ...

    @property
    @abstractmethod
    def ledger(self) -> UsageLedger: ...


class Transaction(ReadTransaction, Protocol):
    """One short transaction: it ends in a rollback unless `commit` was awaited, also when cancelled."""

    @property
    @abstractmethod
    def blobs(self) -> BlobLedger: ...

    @property
    @abstractmethod
    def keys(self) -> IdempotencyKeys: ...

    @property
    @abstractmethod
    def signing_secret(self) -> SigningSecret: ...

    @abstractmethod
    async def commit(self) -> None:
        """What was done is durable when this returns. Raise StorageUnavailable when that is not certain."""


BeginTransaction = Callable[[], AbstractAsyncContextManager[Transaction]]
"""Begin a transaction. Entering raises StorageUnavailable when the store does not answer within its time limit."""

BeginRead = Callable[[], AbstractAsyncContextManager[ReadTransaction]]
"""Begin looking, which never waits for those who write. Entering raises StorageUnavailable like `BeginTransaction`."""

"""What somebody asks in a conversation."""

from dataclasses import dataclass

from domain.citation import DocumentId
from domain.conversation import ConversationId
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """`conversation_id` None begins a conversation, labelled `user_label` within the caller's own.

    `documents` are attached to it in the place of those before; None leaves them as they are. `server_tools` are those
    that an agent may use to answer; without any it is a plain reply.
    """

    message: str
    conversation_id: ConversationId | None = None
    user_label: str | None = None
    documents: tuple[DocumentId, ...] | None = None
    server_tools: tuple[str, ...] = ()
    model: str | None = None
    if_busy: IfBusy = IfBusy.REJECT
    key: IdempotencyKey | None = None

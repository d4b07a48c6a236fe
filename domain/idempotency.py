"""The same request sent again is the same request, for as long as its key is kept."""

from dataclasses import dataclass

from domain.access import OwnerId
from domain.conversation import ConversationId
from domain.run import RunId, WorkerId

KEPT_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class IdempotencyKey:
    """A caller's key, and the fingerprint of the request that came with it: its route and its body."""

    owner: OwnerId
    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """What was answered, to be answered again."""

    status: int
    media_type: str
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUse:
    """What a key was used for: a run, a conversation or an answer; or `worker_id` is still at work on the answer."""

    run_id: RunId | None = None
    conversation_id: ConversationId | None = None
    answer: StoredAnswer | None = None
    worker_id: WorkerId | None = None

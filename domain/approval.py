"""Approvals: a question to a person about one call of a tool, which exactly one decision answers."""

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import NewType

from domain.access import OwnerId
from domain.conversation import ConversationId

ApprovalId = NewType("ApprovalId", int)

COMMENT_CHARACTERS = 2_000


class ApprovalReason(StrEnum):
    """Why a person is asked: the tool wants it, or the call may have been carried out already and nobody knows."""

    REQUIRED = "required"
    UNKNOWN_OUTCOME = "unknown_outcome"


class ApprovalStatus(StrEnum):
    PENDING = "pending"
    APPROVED = "approved"
    REJECTED = "rejected"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class ApprovalRequest:
    """The question: may `tool`, as `fingerprint` defines it, be called with `arguments` (JSON)?"""

    owner: OwnerId
    run_id: int
    call_id: str
    tool: str
    arguments: str
    fingerprint: str
    reason: ApprovalReason
    requested_at: datetime
    expires_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """`arguments` take the place of those that the model wrote; None approves them as they are."""

    approved: bool
    by: str
    at: datetime
    arguments: str | None = None
    comment: str | None = None

    @property
    def status(self) -> ApprovalStatus:
        return ApprovalStatus.APPROVED if self.approved else ApprovalStatus.REJECTED


@dataclass(frozen=True, slots=True, kw_only=True)
class Approval:
    """A request and, once there is one, its decision. It is void when its run has ended (`is_void`)."""

    id: ApprovalId
    request: ApprovalRequest
    conversation_id: ConversationId
    status: ApprovalStatus = ApprovalStatus.PENDING
    decision: Decision | None = None
    is_void: bool = False

    @property
    def arguments_hash(self) -> str:
        """What a decision is bound to: it may name the hash of the arguments that the person was shown."""
        return hashlib.sha256(self.request.arguments.encode("utf-8", "surrogatepass")).hexdigest()

    def how_closed(self, now: datetime) -> str:
        """Why no decision can be taken any more, as the rest of a sentence."""
        if self.decision:
            return f"{self.status} by {self.decision.by} at {self.decision.at.isoformat(timespec='seconds')}"
        if self.status is ApprovalStatus.EXPIRED or self.has_expired(now):
            return f"not decided by {self.request.expires_at}"
        return "given up, because its run has ended"

    def has_expired(self, now: datetime) -> bool:
        expires_at = self.request.expires_at
        return self.status is ApprovalStatus.PENDING and expires_at is not None and expires_at <= now

"""The port of approvals: rows that outlive every process."""

from abc import abstractmethod
from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from domain.access import OwnerId
from domain.approval import Approval, ApprovalId, ApprovalRequest, ApprovalStatus, Decision
from domain.run import RunId


class ApprovalRepository(Protocol):
    """What belongs to another is not found. An approval goes when its run is deleted, and is void when that has ended.

    An approval whose time is up counts as expired from that moment on.
    """

    @abstractmethod
    async def request(self, requests: Sequence[ApprovalRequest]) -> list[Approval]:
        """Store them, pending, under fresh rising ids."""

    @abstractmethod
    async def get(self, id: ApprovalId, *, owner: OwnerId) -> Approval:
        """Raise ApprovalNotFound."""

    @abstractmethod
    async def page(
        self, *, owner: OwnerId, status: ApprovalStatus | None, before: ApprovalId | None, limit: int
    ) -> list[Approval]:
        """Newest first, only ids below `before`. Of the pending ones, only those that are not void."""

    @abstractmethod
    async def of_run(self, run_id: RunId) -> list[Approval]:
        """All of one run, oldest first."""

    @abstractmethod
    async def decide(self, id: ApprovalId, decision: Decision, *, owner: OwnerId) -> Approval:
        """The approval with its decision; of simultaneous callers exactly one gets through.

        Raise ApprovalNotFound, or ApprovalClosed when it was decided, has expired by `decision.at`, or is void.
        """

    @abstractmethod
    async def expire(self, now: datetime, *, limit: int) -> list[RunId]:
        """Close at most `limit` pending ones whose time is up; their runs, each once."""

    @abstractmethod
    async def due_notices(self, now: datetime, *, retry_at: datetime, limit: int) -> list[tuple[Approval, int]]:
        """Pending ones, not void, of which nobody was told yet and whose turn it is, oldest first; each with how often
        it was tried before.

        Until `retry_at` no other caller gets them.
        """

    @abstractmethod
    async def noticed(self, id: ApprovalId, *, retry_at: datetime | None) -> None:
        """Somebody was told (`retry_at` None), or is to be told again then."""

    @abstractmethod
    async def trusted(self, owner: OwnerId, *, fingerprints: Sequence[str]) -> set[str]:
        """Those of the tool definitions for which the owner has approved a call before."""

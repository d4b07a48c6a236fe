"""A page of the questions that were put to the caller."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.approval import Approval, ApprovalId, ApprovalStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApprovals:
    read: BeginRead

    async def __call__(
        self, principal: Principal, *, status: ApprovalStatus | None, before: ApprovalId | None, limit: int
    ) -> tuple[list[Approval], bool]:
        """Newest first, at most `limit`, and whether there are more. Pending ones only while their runs wait."""
        async with self.read() as tx:
            page = await tx.approvals.page(owner=principal.owner, status=status, before=before, limit=limit + 1)
        return page[:limit], len(page) > limit

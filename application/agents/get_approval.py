"""Look at one approval."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.approval import Approval, ApprovalId


@dataclass(frozen=True, slots=True, kw_only=True)
class GetApproval:
    read: BeginRead

    async def __call__(self, principal: Principal, id: ApprovalId) -> Approval:
        """Raise ApprovalNotFound."""
        async with self.read() as tx:
            return await tx.approvals.get(id, owner=principal.owner)

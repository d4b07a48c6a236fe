"""Approvals in memory."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import islice

from adapters.memory.tables import Draft, Notice
from application.ports.approvals import ApprovalRepository
from domain.access import OwnerId
from domain.approval import Approval, ApprovalId, ApprovalRequest, ApprovalStatus, Decision
from domain.errors import ApprovalClosed, ApprovalNotFound
from domain.run import RunId


@dataclass(frozen=True, slots=True)
class MemoryApprovals(ApprovalRepository):
    """Approvals have no part that could be changed in place, so they go in and out as they are."""

    draft: Draft

    async def request(self, requests: Sequence[ApprovalRequest]) -> list[Approval]:
        return [self._add(request) for request in requests]

    async def get(self, id: ApprovalId, *, owner: OwnerId) -> Approval:
        approval = self.draft.approvals.get(id)
        if approval is None or approval.request.owner != owner or not (seen := self._seen(approval)):
            raise ApprovalNotFound(id)
        return seen

    async def page(
        self, *, owner: OwnerId, status: ApprovalStatus | None, before: ApprovalId | None, limit: int
    ) -> list[Approval]:
        matching = (
            seen
            for approval in self.draft.approvals.newest_first()
            if approval.request.owner == owner
            and (before is None or approval.id < before)
            and (status is None or approval.status is status)
            and (seen := self._seen(approval))
            and not (status is ApprovalStatus.PENDING and seen.is_void)
        )
        return list(islice(matching, limit))

    async def of_run(self, run_id: RunId) -> list[Approval]:
        newest_first = [a for a in self.draft.approvals.newest_first() if a.request.run_id == run_id]
        return [seen for approval in reversed(newest_first) if (seen := self._seen(approval))]

    async def decide(self, id: ApprovalId, decision: Decision, *, owner: OwnerId) -> Approval:
        approval = await self.get(id, owner=owner)
        closed = approval.status is not ApprovalStatus.PENDING
        if closed or approval.is_void or approval.has_expired(decision.at):
            raise ApprovalClosed(id, approval.how_closed(decision.at))
        decided = replace(approval, status=decision.status, decision=decision)
        self.draft.approvals.put(id, decided)
        return decided

    async def expire(self, now: datetime, *, limit: int) -> list[RunId]:
        due = [a for a in self.draft.approvals.newest_first() if a.has_expired(now)][::-1][:limit]
        for approval in due:
            self.draft.approvals.put(approval.id, replace(approval, status=ApprovalStatus.EXPIRED))
        return sorted({RunId(approval.request.run_id) for approval in due})

    async def due_notices(self, now: datetime, *, retry_at: datetime, limit: int) -> list[tuple[Approval, int]]:
        oldest_first = list(self.draft.approvals.newest_first())[::-1]
        pending = [seen for a in oldest_first if a.status is ApprovalStatus.PENDING and (seen := self._seen(a))]
        due = [(a, self.draft.notices.get(a.id)) for a in pending if not a.is_void]
        told = [(a, notice) for a, notice in due if notice and notice.at and notice.at <= now][:limit]
        for approval, notice in told:
            self.draft.notices.put(approval.id, Notice(notice.tries + 1, retry_at))
        return [(approval, notice.tries) for approval, notice in told]

    async def noticed(self, id: ApprovalId, *, retry_at: datetime | None) -> None:
        if notice := self.draft.notices.get(id):
            self.draft.notices.put(id, Notice(notice.tries, retry_at))

    async def trusted(self, owner: OwnerId, *, fingerprints: Sequence[str]) -> set[str]:
        return {
            approval.request.fingerprint
            for approval in self.draft.approvals.newest_first()
            if approval.request.owner == owner and approval.status is ApprovalStatus.APPROVED
        } & set(fingerprints)

    def _add(self, request: ApprovalRequest) -> Approval:
        run = self.draft.runs.get(RunId(request.run_id))
        if run is None:
            raise ValueError("an approval is about a run")
        id = ApprovalId(next(self.draft.tables.approval_ids))
        approval = Approval(id=id, request=request, conversation_id=run.conversation_id)
        self.draft.approvals.put(id, approval)
        self.draft.notices.put(id, Notice(0, request.requested_at))
        return approval

    def _seen(self, approval: Approval) -> Approval | None:
        """As it is now that its run may have ended; None when that is gone."""
        run = self.draft.runs.get(RunId(approval.request.run_id))
        if run is None or self.draft.conversations.get(run.conversation_id) is None:
            return None
        is_void = approval.status is ApprovalStatus.PENDING and not run.status.is_active
        return replace(approval, is_void=is_void)

"""Approvals in SQL."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime, Words
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import approvals, runs
from application.ports.approvals import ApprovalRepository
from domain.access import OwnerId
from domain.approval import Approval, ApprovalId, ApprovalReason, ApprovalRequest, ApprovalStatus, Decision
from domain.errors import ApprovalClosed, ApprovalNotFound
from domain.run import RunId

a = approvals.c
PENDING = a.status == ApprovalStatus.PENDING.value
AT = sa.bindparam("at", type_=UtcDateTime)
IS_ACTIVE: sa.ColumnElement[bool] = sa.literal_column("runs.status IN ('queued', 'running', 'waiting')", sa.Boolean())
OF_ACTIVE = sa.exists().where(runs.c.id == a.run_id, IS_ACTIVE)
IN_TIME = sa.or_(a.expires_at.is_(None), a.expires_at > AT)
SELECT = sa.select(approvals, runs.c.conversation_id, (~IS_ACTIVE).label("is_void")).join(runs, runs.c.id == a.run_id)
WHICH = sa.bindparam("which", type_=Id)
GET = SELECT.where(a.id == WHICH, a.owner == sa.bindparam("whose", type_=Words))
OF_RUN = SELECT.where(a.run_id == WHICH).order_by(a.id)
INSERT = sa.insert(approvals).returning(a.id, sort_by_parameter_order=True)
# Whoever suspends or ends the run holds its row, so a decision is either seen by that or comes after it.
HOLD_RUN = sa.select(runs.c.id).where(runs.c.id == WHICH).with_for_update(key_share=True)
DECIDE = (
    sa.update(approvals)
    .where(a.id == WHICH, PENDING, IN_TIME, OF_ACTIVE)
    .values(
        status=sa.bindparam("outcome"),
        decided_at=AT,
        decided_by=sa.bindparam("by"),
        decided_arguments=sa.bindparam("words"),
        comment=sa.bindparam("said"),
    )
)
DUE = sa.select(a.id).where(PENDING, a.expires_at <= AT).order_by(a.id).limit(sa.bindparam("most", type_=sa.Integer))
EXPIRE = (
    sa.update(approvals)
    .where(PENDING, a.id.in_(DUE.scalar_subquery()))
    .values(status=ApprovalStatus.EXPIRED.value, decided_at=AT)
    .returning(a.run_id)
)
UNTOLD = (
    sa.select(a.id)
    .where(PENDING, a.notice_at <= AT, OF_ACTIVE)
    .order_by(a.id)
    .limit(sa.bindparam("most", type_=sa.Integer))
    .with_for_update(skip_locked=True, of=approvals)
)
TAKE_NOTICES = (
    sa.update(approvals)
    .where(a.id.in_(sa.bindparam("these", expanding=True)))
    .values(notice_tries=a.notice_tries + 1, notice_at=sa.bindparam("then", type_=UtcDateTime))
)
NOTICED = sa.update(approvals).where(a.id == WHICH).values(notice_at=sa.bindparam("then", type_=UtcDateTime))
APPROVED = a.status == ApprovalStatus.APPROVED.value


class SqlApprovalRepository(Repository, ApprovalRepository):
    @in_session(writes=True)
    def request(self, connection: sa.Connection, requests: Sequence[ApprovalRequest]) -> list[Approval]:
        ids = [connection.execute(INSERT, _to_row(request)).scalar_one() for request in requests]
        rows = connection.execute(SELECT.where(a.id.in_(ids)).order_by(a.id)).all()
        return [_from_row(row) for row in rows]

    @in_session()
    def get(self, connection: sa.Connection, id: ApprovalId, *, owner: OwnerId) -> Approval:
        return self._get(connection, id, owner)

    @in_session(slow=True)
    def page(
        self,
        connection: sa.Connection,
        *,
        owner: OwnerId,
        status: ApprovalStatus | None,
        before: ApprovalId | None,
        limit: int,
    ) -> list[Approval]:
        statement = SELECT.where(a.owner == owner).order_by(a.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(a.id < before)
        if status is not None:
            statement = statement.where(a.status == status.value)
        if status is ApprovalStatus.PENDING:
            statement = statement.where(IS_ACTIVE)
        return [_from_row(row) for row in connection.execute(statement)]

    @in_session()
    def of_run(self, connection: sa.Connection, run_id: RunId) -> list[Approval]:
        return [_from_row(row) for row in connection.execute(OF_RUN, {"which": run_id})]

    @in_session(writes=True)
    def decide(self, connection: sa.Connection, id: ApprovalId, decision: Decision, *, owner: OwnerId) -> Approval:
        connection.execute(HOLD_RUN, {"which": self._get(connection, id, owner).request.run_id})
        values = {
            "which": id,
            "at": decision.at,
            "outcome": decision.status.value,
            "by": decision.by,
            "words": decision.arguments,
            "said": decision.comment,
        }
        decided = connection.execute(DECIDE, values).rowcount
        approval = self._get(connection, id, owner)
        if not decided:
            raise ApprovalClosed(id, approval.how_closed(decision.at))
        return approval

    @in_session(writes=True)
    def expire(self, connection: sa.Connection, now: datetime, *, limit: int) -> list[RunId]:
        return sorted(set(connection.execute(EXPIRE, {"at": now, "most": limit}).scalars()))

    @in_session(writes=True)
    def due_notices(
        self, connection: sa.Connection, now: datetime, *, retry_at: datetime, limit: int
    ) -> list[tuple[Approval, int]]:
        these = list(connection.execute(UNTOLD, {"at": now, "most": limit}).scalars())
        if not these:
            return []
        connection.execute(TAKE_NOTICES, {"these": these, "then": retry_at})
        rows = connection.execute(SELECT.where(a.id.in_(these)).order_by(a.id))
        return [(_from_row(row), row.notice_tries - 1) for row in rows]

    @in_session(writes=True)
    def noticed(self, connection: sa.Connection, id: ApprovalId, *, retry_at: datetime | None) -> None:
        connection.execute(NOTICED, {"which": id, "then": retry_at})

    @in_session()
    def trusted(self, connection: sa.Connection, owner: OwnerId, *, fingerprints: Sequence[str]) -> set[str]:
        statement = sa.select(a.fingerprint).where(a.owner == owner, APPROVED, a.fingerprint.in_(fingerprints))
        return set(connection.execute(statement.distinct()).scalars())

    def _get(self, connection: sa.Connection, id: ApprovalId, owner: OwnerId) -> Approval:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise ApprovalNotFound(id)
        return _from_row(row)


def _to_row(request: ApprovalRequest) -> dict[str, Any]:
    return {
        "owner": request.owner,
        "run_id": request.run_id,
        "call_id": request.call_id,
        "tool": request.tool,
        "arguments": request.arguments,
        "fingerprint": request.fingerprint,
        "reason": request.reason.value,
        "status": ApprovalStatus.PENDING.value,
        "requested_at": request.requested_at,
        "expires_at": request.expires_at,
        "notice_tries": 0,
        "notice_at": request.requested_at,
    }


def _from_row(row: sa.Row[Any]) -> Approval:
    request = ApprovalRequest(
        owner=row.owner,
        run_id=row.run_id,
        call_id=row.call_id,
        tool=row.tool,
        arguments=row.arguments,
        fingerprint=row.fingerprint,
        reason=ApprovalReason(row.reason),
        requested_at=row.requested_at,
        expires_at=row.expires_at,
    )
    status, decision = ApprovalStatus(row.status), None
    if row.decided_by is not None:
        decision = Decision(
            approved=status is ApprovalStatus.APPROVED,
            by=row.decided_by,
            at=row.decided_at,
            arguments=row.decided_arguments,
            comment=row.comment,
        )
    return Approval(
        id=row.id,
        request=request,
        conversation_id=row.conversation_id,
        status=status,
        decision=decision,
        is_void=bool(row.is_void) and status is ApprovalStatus.PENDING,
    )

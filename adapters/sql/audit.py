"""The audit log in SQL."""

from datetime import datetime

import sqlalchemy as sa

from adapters.sql.access_tables import audit_log
from adapters.sql.session import Repository, in_session
from application.ports.audit import AuditLog
from domain.user import AuditEntry, AuditId

a = audit_log.c


class SqlAuditLog(Repository, AuditLog):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, entry: AuditEntry) -> None:
        row = {
            "at": entry.at,
            "who": entry.who,
            "by_owner": entry.owner,
            "action": entry.action,
            "target": entry.target,
            "address": entry.address,
            "outcome": entry.outcome,
        }
        connection.execute(sa.insert(audit_log), row)

    @in_session(slow=True)
    def page(
        self, connection: sa.Connection, *, action: str | None, who: str | None, before: AuditId | None, limit: int
    ) -> list[AuditEntry]:
        statement = sa.select(audit_log).order_by(a.id.desc()).limit(limit)
        if action is not None:
            statement = statement.where(a.action == action)
        if who is not None:
            statement = statement.where(a.by_owner == who)
        if before is not None:
            statement = statement.where(a.id < before)
        return [
            AuditEntry(
                id=row.id,
                at=row.at,
                who=row.who,
                owner=row.by_owner,
                action=row.action,
                target=row.target,
                address=row.address,
                outcome=row.outcome,
            )
            for row in connection.execute(statement)
        ]

    @in_session(writes=True, slow=True)
    def forget(self, connection: sa.Connection, before: datetime, *, limit: int) -> int:
        old = sa.select(a.id).where(a.at < before).order_by(a.at).limit(limit)
        return connection.execute(sa.delete(audit_log).where(a.id.in_(old))).rowcount

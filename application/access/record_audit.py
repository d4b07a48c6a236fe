"""Write down who did what."""

from dataclasses import dataclass
from datetime import timedelta

from application.ports.clock import Now
from application.ports.storage import BeginTransaction
from domain.access import OwnerId
from domain.user import AuditEntry

FORGET_AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordAudit:
    begin: BeginTransaction
    now: Now
    kept_seconds: float

    async def __call__(
        self, *, who: str, owner: OwnerId | None, action: str, target: str, address: str, outcome: str
    ) -> None:
        """With every entry some of those go that are older than `kept_seconds`, so their number is bounded."""
        at = self.now()
        entry = AuditEntry(at=at, who=who, owner=owner, action=action, target=target, address=address, outcome=outcome)
        async with self.begin() as tx:
            await tx.audit.add(entry)
            await tx.audit.forget(at - timedelta(seconds=self.kept_seconds), limit=FORGET_AT_ONCE)
            await tx.commit()

"""Look at who did what."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.user import AuditEntry, AuditId


@dataclass(frozen=True, slots=True, kw_only=True)
class ListAudit:
    read: BeginRead

    async def __call__(
        self, *, action: str | None, who: str | None, before: AuditId | None, limit: int
    ) -> tuple[list[AuditEntry], bool]:
        """Newest first, at most `limit`, and whether there are more."""
        async with self.read() as tx:
            page = await tx.audit.page(action=action, who=who, before=before, limit=limit + 1)
        return page[:limit], len(page) > limit

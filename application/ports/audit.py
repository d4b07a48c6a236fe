"""The port of the audit log."""

from abc import abstractmethod
from datetime import datetime
from typing import Protocol

from domain.user import AuditEntry, AuditId


class AuditLog(Protocol):
    @abstractmethod
    async def add(self, entry: AuditEntry) -> None:
        """Write it down, under the next id."""

    @abstractmethod
    async def page(
        self, *, action: str | None, who: str | None, before: AuditId | None, limit: int
    ) -> list[AuditEntry]:
        """Newest first, only ids below `before`."""

    @abstractmethod
    async def forget(self, before: datetime, *, limit: int) -> int:
        """Drop at most `limit` of the entries that are older; how many it was."""

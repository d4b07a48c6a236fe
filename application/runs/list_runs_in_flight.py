"""Look at what is at work or waits, whosever it is."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class ListRunsInFlight:
    read: BeginRead

    async def __call__(self, *, limit: int) -> list[Run]:
        """The oldest first. It is for admins alone."""
        async with self.read() as tx:
            return await tx.runs.in_flight(limit=limit)

"""The ledger's lines, one by one: what an invoice is held against."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.storage import BeginRead
from application.usage.usage_recorder import UsageRecorder
from application.usage.wanted import Wanted, account_for
from domain.access import Principal
from domain.usage import LedgerEntry


@dataclass(frozen=True, slots=True, kw_only=True)
class ListCalls:
    read: BeginRead
    recorder: UsageRecorder
    now: Now

    async def __call__(
        self, principal: Principal, wanted: Wanted, *, below: int | None = None, limit: int = 50
    ) -> tuple[list[LedgerEntry], bool]:
        """A page, newest id first, only ids below `below`; and whether there are more.

        Raise Forbidden, InvalidInput (`from`, `to`) or StorageUnavailable.
        """
        account, (since, before) = account_for(principal, wanted), wanted.span(self.now())
        await self.recorder.flush()
        async with self.read() as tx:
            lines = await tx.ledger.page(account, since=since, before=before, below=below, limit=limit + 1)
        return lines[:limit], len(lines) > limit

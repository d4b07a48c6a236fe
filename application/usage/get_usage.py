"""What calls of providers add up to, told apart by day, model, user or key."""

from dataclasses import dataclass

from application.ports.clock import Now
from application.ports.ledger import Group
from application.ports.storage import BeginRead
from application.usage.usage_recorder import UsageRecorder
from application.usage.wanted import Wanted, account_for
from domain.access import Principal
from domain.usage import NOTHING_SPENT, GroupBy, Spending


@dataclass(frozen=True, slots=True)
class UsageReport:
    """`total` is the sum of the groups, and so of the ledger's lines."""

    groups: list[tuple[Group, Spending]]
    total: Spending


@dataclass(frozen=True, slots=True, kw_only=True)
class GetUsage:
    read: BeginRead
    recorder: UsageRecorder
    now: Now

    async def __call__(self, principal: Principal, wanted: Wanted, *, by: GroupBy = GroupBy.DAY) -> UsageReport:
        """The caller's own; an admin's question may be about any user, or about all. What this process has heard of by
        now is in it.

        Raise Forbidden, InvalidInput (`from`, `to`) or StorageUnavailable.
        """
        account, (since, before) = account_for(principal, wanted), wanted.span(self.now())
        await self.recorder.flush()
        async with self.read() as tx:
            groups = await tx.ledger.totals(account, by=by, since=since, before=before)
        return UsageReport(groups, sum((spending for _, spending in groups), NOTHING_SPENT))

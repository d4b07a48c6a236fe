"""Tell a bridge of every open question, until it has taken each of them."""

import asyncio
import logging
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

from application.ports.approval_notifier import ApprovalNotifier, NoticeNotTaken
from application.ports.clock import Now
from application.ports.signals import NOTICES, Signals
from application.ports.storage import BeginTransaction
from domain.approval import Approval
from domain.errors import StorageUnavailable

log = logging.getLogger(__name__)

AT_ONCE = 20
LEASE_SECONDS = 60.0
FIRST_RETRY_SECONDS, LONGEST_RETRY_SECONDS = 5.0, 3600.0
LOOK_EVERY_SECONDS = 5.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NotifyApprovals:
    begin: BeginTransaction
    signals: Signals
    now: Now
    notifier: ApprovalNotifier

    async def __call__(self) -> int:
        """Tell of what is due, and say of how many. What is not taken is told again, each time after twice the pause.

        When cancelled, what was not taken is told again after a minute. Raise StorageUnavailable.
        """
        async with self.begin() as tx:
            retry_at = self.now() + timedelta(seconds=LEASE_SECONDS)
            due = await tx.approvals.due_notices(self.now(), retry_at=retry_at, limit=AT_ONCE)
            await tx.commit()
        async with asyncio.TaskGroup() as group:
            for approval, tries in due:
                group.create_task(self._tell(approval, tries))
        return len(due)

    async def run_forever(self) -> None:
        """Tell of each question as soon as it is asked, until cancelled."""
        with self.signals.subscribe(NOTICES) as notices:
            while True:
                with suppress(StorageUnavailable):
                    while await self():
                        pass
                await notices.wait(LOOK_EVERY_SECONDS)

    async def _tell(self, approval: Approval, tries: int) -> None:
        try:
            await self.notifier.notify(approval)
            retry_at = None
        except NoticeNotTaken as refusal:
            pause = min(FIRST_RETRY_SECONDS * 2 ** min(tries, 16), LONGEST_RETRY_SECONDS)
            log.warning("approval %d is told again in %g s: %s", approval.id, pause, refusal)
            retry_at = self.now() + timedelta(seconds=pause)
        with suppress(StorageUnavailable):  # then it is told again when its turn comes
            async with self.begin() as tx:
                await tx.approvals.noticed(approval.id, retry_at=retry_at)
                await tx.commit()

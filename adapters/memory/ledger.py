"""The usage ledger in memory."""

from dataclasses import dataclass
from datetime import datetime

from adapters.memory.copies import copied_usage
from adapters.memory.tables import Draft, Spent
from application.ports.storage import UsageLedger
from domain.access import OwnerId
from domain.usage import Usage


@dataclass(frozen=True, slots=True)
class MemoryLedger(UsageLedger):
    draft: Draft

    async def add(self, usage: Usage, *, owner: OwnerId, model: str, at: datetime) -> None:
        self.draft.ledger.append(Spent(owner, model, copied_usage(usage), at, None))

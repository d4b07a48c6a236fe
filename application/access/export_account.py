"""Take out everything that one has."""

from collections.abc import AsyncGenerator
from dataclasses import dataclass

from application.access.delete_account import Settle, nothing_to_settle
from application.ports.owned_data import OwnedRecord
from application.ports.storage import BeginRead
from domain.access import Principal

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportAccount:
    read: BeginRead
    settle: Settle = nothing_to_settle

    async def __call__(self, principal: Principal) -> AsyncGenerator[list[OwnedRecord], None]:
        """Page by page, each in a transaction of its own; what is changed meanwhile may be in it or not."""
        await self.settle()
        async with self.read() as tx:
            kinds = await tx.owned.kinds()
        return self._pages(principal, kinds)

    async def _pages(self, principal: Principal, kinds: list[str]) -> AsyncGenerator[list[OwnedRecord], None]:
        for kind in kinds:
            skip = 0
            while page := await self._page(principal, kind, skip):
                yield page
                skip += len(page)
                if len(page) < PAGE:
                    break

    async def _page(self, principal: Principal, kind: str, skip: int) -> list[OwnedRecord]:
        async with self.read() as tx:
            return await tx.owned.page(kind, owner=principal.owner, skip=skip, limit=PAGE)

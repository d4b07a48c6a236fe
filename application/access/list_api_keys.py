"""Look at one's API keys."""

from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import KeyId, Principal
from domain.user import ApiKey


@dataclass(frozen=True, slots=True, kw_only=True)
class ListApiKeys:
    read: BeginRead

    async def __call__(self, principal: Principal, *, before: KeyId | None, limit: int) -> tuple[list[ApiKey], bool]:
        """Newest first, at most `limit`, and whether there are more; never their secrets."""
        async with self.read() as tx:
            page = await tx.api_keys.page(owner=principal.owner, before=before, limit=limit + 1)
        return page[:limit], len(page) > limit

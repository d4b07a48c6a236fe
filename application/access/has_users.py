"""Say whether anybody is registered yet."""

from dataclasses import dataclass

from application.ports.storage import BeginRead


@dataclass(frozen=True, slots=True, kw_only=True)
class HasUsers:
    read: BeginRead

    async def __call__(self) -> bool:
        async with self.read() as tx:
            return bool(await tx.users.page(after=None, limit=1))

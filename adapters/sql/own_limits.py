"""The limits of users and keys in SQL."""

import json
from collections.abc import Mapping
from dataclasses import dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.access_tables import api_keys, users
from adapters.sql.backend import Backend
from adapters.sql.limit_tables import own_limits
from application.ports.own_limits import OwnLimits
from domain.access import KeyId, UserId
from domain.errors import KeyNotFound, UserNotFound
from domain.limits import Limits, limits_of

o = own_limits.c
GET = sa.select(o.limits).where(o.subject == sa.bindparam("subject"))
SET = insert(own_limits)
SET = SET.on_conflict_do_update(index_elements=[o.subject], set_={"limits": SET.excluded.limits})


@dataclass(frozen=True, slots=True)
class SqlOwnLimits(OwnLimits):
    backend: Backend

    async def of_user(self, id: UserId) -> Limits | None:
        return await self._of(f"user_{id}")

    async def of_key(self, id: KeyId) -> Limits | None:
        return await self._of(f"key_{id}")

    async def give_user(self, id: UserId, limits: Limits | None) -> None:
        exists = sa.select(users.c.id).where(users.c.id == id)
        if not await self._give({"subject": f"user_{id}", "user_id": id}, exists, limits):
            raise UserNotFound(id)

    async def give_key(self, id: KeyId, limits: Limits | None) -> None:
        exists = sa.select(api_keys.c.id).where(api_keys.c.id == id)
        if not await self._give({"subject": f"key_{id}", "key_id": id}, exists, limits):
            raise KeyNotFound(id)

    async def _of(self, subject: str) -> Limits | None:
        async with self.backend.read() as session:
            found = await session.run(
                lambda connection: connection.execute(GET, {"subject": subject}).scalar_one_or_none(), slow=False
            )
        return None if found is None else limits_of(json.loads(found))

    async def _give(self, whose: Mapping[str, object], exists: sa.Select[tuple[int]], limits: Limits | None) -> bool:
        def give(connection: sa.Connection) -> bool:
            if connection.execute(exists).scalar_one_or_none() is None:
                return False
            if limits is None:
                connection.execute(sa.delete(own_limits).where(o.subject == whose["subject"]))
            else:
                kept = json.dumps({name: str(value) for name, value in limits.given().items()})
                connection.execute(SET, {**whose, "limits": kept})
            return True

        async with self.backend.begin() as session:
            found = await session.run(give, slow=False)
            await session.commit()
        return found

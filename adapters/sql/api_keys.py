"""API keys in SQL."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.access_tables import api_keys
from adapters.sql.columns import Id
from adapters.sql.session import Repository, in_session
from application.ports.api_keys import ApiKeyRepository, NewApiKey
from domain.access import KeyId, OwnerId, Scope
from domain.errors import KeyNotFound
from domain.user import ApiKey

k = api_keys.c
FIND = sa.select(api_keys).where(k.secret_hash == sa.bindparam("hash"))
GET = sa.select(api_keys).where(k.id == sa.bindparam("which", type_=Id), k.owner == sa.bindparam("whose"))


class SqlApiKeyRepository(Repository, ApiKeyRepository):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, new: NewApiKey) -> ApiKey:
        row = {
            "owner": new.owner,
            "user_id": new.user_id,
            "name": new.name,
            "prefix": new.prefix,
            "secret_hash": new.secret_hash,
            "scopes": " ".join(sorted(new.scopes)),
            "created_at": new.created_at,
            "expires_at": new.expires_at,
        }
        return _from_row(connection.execute(sa.insert(api_keys).returning(*k), row).one())

    @in_session()
    def find(self, connection: sa.Connection, secret_hash: str) -> ApiKey | None:
        row = connection.execute(FIND, {"hash": secret_hash}).one_or_none()
        return None if row is None else _from_row(row)

    @in_session()
    def get(self, connection: sa.Connection, id: KeyId, *, owner: OwnerId) -> ApiKey:
        return self._get(connection, id, owner)

    @in_session(slow=True)
    def page(self, connection: sa.Connection, *, owner: OwnerId, before: KeyId | None, limit: int) -> list[ApiKey]:
        statement = sa.select(api_keys).where(k.owner == owner).order_by(k.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(k.id < before)
        return [_from_row(row) for row in connection.execute(statement)]

    @in_session()
    def count(self, connection: sa.Connection, *, owner: OwnerId) -> int:
        statement = sa.select(sa.func.count()).select_from(api_keys).where(k.owner == owner, k.revoked_at.is_(None))
        return connection.execute(statement).scalar_one()

    @in_session(writes=True)
    def revoke(self, connection: sa.Connection, id: KeyId, *, owner: OwnerId, at: datetime) -> ApiKey:
        these = sa.and_(k.id == id, k.owner == owner, k.revoked_at.is_(None))
        connection.execute(sa.update(api_keys).where(these).values(revoked_at=at))
        return self._get(connection, id, owner)

    def _get(self, connection: sa.Connection, id: KeyId, owner: OwnerId) -> ApiKey:
        row = connection.execute(GET, {"which": id, "whose": owner}).one_or_none()
        if row is None:
            raise KeyNotFound(id)
        return _from_row(row)


def _from_row(row: sa.Row[Any]) -> ApiKey:
    return ApiKey(
        id=row.id,
        owner=row.owner,
        user_id=row.user_id,
        name=row.name,
        prefix=row.prefix,
        secret_hash=row.secret_hash,
        scopes=frozenset(map(Scope, row.scopes.split())),
        created_at=row.created_at,
        expires_at=row.expires_at,
        revoked_at=row.revoked_at,
    )

"""Users in SQL."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.access_tables import users
from adapters.sql.columns import Id
from adapters.sql.session import Repository, in_session
from application.ports.users import UserChange, UserRepository
from domain.access import UserId
from domain.errors import NameTaken, UserNotFound
from domain.user import User

USERS_LOCK = 0x7573657273  # "users"
HOLD = sa.select(sa.func.pg_advisory_xact_lock(USERS_LOCK))

u = users.c
WHICH = sa.bindparam("which", type_=Id)
INSERT = insert(users).on_conflict_do_nothing(index_elements=[u.name]).returning(*u)
GET = sa.select(users).where(u.id == WHICH)
FIND = sa.select(users).where(u.name == sa.bindparam("called"))
COUNT = sa.select(sa.func.count()).select_from(users)


class SqlUserRepository(Repository, UserRepository):
    @in_session(writes=True)
    def hold(self, connection: sa.Connection) -> int:
        if connection.dialect.name == "postgresql":  # on SQLite whoever writes holds everything
            connection.execute(HOLD)
        return connection.execute(COUNT).scalar_one()

    @in_session(writes=True)
    def add(self, connection: sa.Connection, name: str, password_hash: str, *, is_admin: bool, at: datetime) -> User:
        row = {"name": name, "password_hash": password_hash, "is_admin": is_admin, "enabled": True, "created_at": at}
        added = connection.execute(INSERT, row).one_or_none()
        if added is None:
            raise NameTaken
        return _from_row(added)

    @in_session()
    def get(self, connection: sa.Connection, id: UserId) -> User:
        return _from_row(self._row(connection, id))

    @in_session()
    def find(self, connection: sa.Connection, name: str) -> User | None:
        row = connection.execute(FIND, {"called": name}).one_or_none()
        return None if row is None else _from_row(row)

    @in_session(slow=True)
    def page(self, connection: sa.Connection, *, after: UserId | None, limit: int) -> list[User]:
        statement = sa.select(users).where(u.id > (after or 0)).order_by(u.id).limit(limit)
        return [_from_row(row) for row in connection.execute(statement)]

    @in_session(writes=True)
    def change(self, connection: sa.Connection, id: UserId, change: UserChange) -> User:
        named = {"password_hash": change.password_hash, "is_admin": change.is_admin, "enabled": change.enabled}
        values = {name: value for name, value in named.items() if value is not None}
        if values:
            connection.execute(sa.update(users).where(u.id == id).values(**values))
        return _from_row(self._row(connection, id))

    @in_session(writes=True)
    def delete(self, connection: sa.Connection, id: UserId) -> None:
        if connection.execute(sa.delete(users).where(u.id == id)).rowcount == 0:
            raise UserNotFound(id)

    def _row(self, connection: sa.Connection, id: UserId) -> sa.Row[Any]:
        row = connection.execute(GET, {"which": id}).one_or_none()
        if row is None:
            raise UserNotFound(id)
        return row


def _from_row(row: sa.Row[Any]) -> User:
    return User(
        id=row.id,
        name=row.name,
        password_hash=row.password_hash,
        is_admin=row.is_admin,
        enabled=row.enabled,
        created_at=row.created_at,
    )

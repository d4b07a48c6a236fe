"""Logins and invitations in SQL."""

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.access_tables import invitations, logins
from adapters.sql.session import Repository, in_session
from application.ports.users import InvitationRepository, LoginRepository
from domain.access import LoginId, UserId
from domain.errors import InvitationNotFound
from domain.user import Invitation, InvitationId, Login

n, i = logins.c, invitations.c
GET = sa.select(logins).where(n.id == sa.bindparam("which"))
FIND = sa.select(invitations).where(i.code_hash == sa.bindparam("code"))
NEWEST = sa.select(n.id).where(n.user_id == sa.bindparam("whose")).order_by(n.created_at.desc(), n.id.desc())
ROTATE = (
    sa.update(logins)
    .where(n.id == sa.bindparam("which"))
    .values(refresh_hash=sa.bindparam("hash"), rotated_at=sa.bindparam("moment"))
)


class SqlLoginRepository(Repository, LoginRepository):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, login: Login, *, most: int) -> None:
        connection.execute(sa.delete(logins).where(n.user_id == login.user_id, n.expires_at <= login.created_at))
        row = {
            "id": login.id,
            "user_id": login.user_id,
            "refresh_hash": login.refresh_hash,
            "created_at": login.created_at,
            "expires_at": login.expires_at,
        }
        connection.execute(sa.insert(logins), row)
        ids = list(connection.execute(NEWEST, {"whose": login.user_id}).scalars())
        if ids[most:]:
            connection.execute(sa.delete(logins).where(n.id.in_(ids[most:])))

    @in_session()
    def get(self, connection: sa.Connection, id: LoginId) -> Login | None:
        statement = GET.with_for_update() if self._session.writable else GET
        row = connection.execute(statement, {"which": id}).one_or_none()
        if row is None:
            return None
        return Login(
            id=row.id,
            user_id=row.user_id,
            refresh_hash=row.refresh_hash,
            created_at=row.created_at,
            expires_at=row.expires_at,
            rotated_at=row.rotated_at,
        )

    @in_session(writes=True)
    def rotate(self, connection: sa.Connection, id: LoginId, *, refresh_hash: str, at: datetime) -> None:
        connection.execute(ROTATE, {"which": id, "hash": refresh_hash, "moment": at})

    @in_session(writes=True)
    def end(self, connection: sa.Connection, id: LoginId) -> None:
        connection.execute(sa.delete(logins).where(n.id == id))

    @in_session(writes=True)
    def end_all(self, connection: sa.Connection, user_id: UserId, *, but: LoginId | None = None) -> None:
        connection.execute(sa.delete(logins).where(n.user_id == user_id, n.id != (but or "")))


class SqlInvitationRepository(Repository, InvitationRepository):
    @in_session(writes=True)
    def add(
        self, connection: sa.Connection, code_hash: str, *, makes_admin: bool, at: datetime, expires_at: datetime
    ) -> Invitation:
        connection.execute(sa.delete(invitations).where(i.expires_at <= at, i.used_by.is_(None)))
        row = {"code_hash": code_hash, "makes_admin": makes_admin, "created_at": at, "expires_at": expires_at}
        return _from_row(connection.execute(sa.insert(invitations).returning(*i), row).one())

    @in_session()
    def find(self, connection: sa.Connection, code_hash: str) -> Invitation | None:
        statement = FIND.with_for_update() if self._session.writable else FIND
        row = connection.execute(statement, {"code": code_hash}).one_or_none()
        return None if row is None else _from_row(row)

    @in_session(writes=True)
    def use(self, connection: sa.Connection, id: InvitationId, *, by: UserId) -> None:
        connection.execute(sa.update(invitations).where(i.id == id).values(used_by=by))

    @in_session(slow=True)
    def page(self, connection: sa.Connection, *, before: InvitationId | None, limit: int) -> list[Invitation]:
        statement = sa.select(invitations).order_by(i.id.desc()).limit(limit)
        if before is not None:
            statement = statement.where(i.id < before)
        return [_from_row(row) for row in connection.execute(statement)]

    @in_session(writes=True)
    def delete(self, connection: sa.Connection, id: InvitationId) -> None:
        if connection.execute(sa.delete(invitations).where(i.id == id)).rowcount == 0:
            raise InvitationNotFound(id)


def _from_row(row: sa.Row[Any]) -> Invitation:
    return Invitation(
        id=row.id,
        code_hash=row.code_hash,
        makes_admin=row.makes_admin,
        created_at=row.created_at,
        expires_at=row.expires_at,
        used_by=row.used_by,
    )

"""Who people are at providers of OpenID Connect, in SQL."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.access_tables import identities
from adapters.sql.session import Repository, in_session
from application.ports.users import IdentityRepository
from domain.access import UserId
from domain.errors import NameTaken
from domain.user import Identity

i = identities.c
INSERT = insert(identities).on_conflict_do_nothing(index_elements=[i.issuer, i.subject]).returning(i.user_id)
FIND = sa.select(i.user_id).where(i.issuer == sa.bindparam("by"), i.subject == sa.bindparam("called"))


class SqlIdentityRepository(Repository, IdentityRepository):
    @in_session()
    def find(self, connection: sa.Connection, issuer: str, subject: str) -> UserId | None:
        found: UserId | None = connection.execute(FIND, {"by": issuer, "called": subject}).scalar_one_or_none()
        return found

    @in_session(writes=True)
    def add(self, connection: sa.Connection, identity: Identity) -> None:
        row = {
            "issuer": identity.issuer,
            "subject": identity.subject,
            "user_id": identity.user_id,
            "created_at": identity.created_at,
        }
        if connection.execute(INSERT, row).one_or_none() is None:
            raise NameTaken

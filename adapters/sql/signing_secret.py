"""The fingerprint of the secret that signs tokens, in SQL: one row."""

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import insert  # SQLite understands what it makes

from adapters.sql.access_tables import signing_secret
from adapters.sql.session import Repository, in_session
from application.ports.signing_secret import SigningSecret

INSERT = insert(signing_secret)
KEPT = sa.select(signing_secret.c.fingerprint)


class SqlSigningSecret(Repository, SigningSecret):
    @in_session(writes=True)
    def kept(self, connection: sa.Connection, fingerprint: str) -> str:
        row = {"id": 1, "fingerprint": fingerprint}
        connection.execute(INSERT.on_conflict_do_nothing(index_elements=["id"]), row)
        return str(connection.execute(KEPT).scalar_one())

    @in_session(writes=True)
    def replace(self, connection: sa.Connection, fingerprint: str) -> None:
        values = {"fingerprint": fingerprint}
        connection.execute(INSERT.on_conflict_do_update(index_elements=["id"], set_=values), {"id": 1, **values})

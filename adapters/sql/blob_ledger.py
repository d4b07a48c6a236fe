"""The ledger of blobs in SQL."""

from datetime import datetime

import sqlalchemy as sa

from adapters.sql.columns import Id, UtcDateTime
from adapters.sql.knowledge_tables import blob_parts, blobs
from adapters.sql.session import Repository, in_session
from application.ports.blobs import BlobLedger
from domain.access import OwnerId
from domain.blob import BlobId
from domain.knowledge import DocumentId

b, p = blobs.c, blob_parts.c
THIS = b.id == sa.bindparam("blob")
OF_DOCUMENT = b.document_id == sa.bindparam("document", type_=Id)
UNUSED = sa.text("document_id IS NULL")
EXPECT = sa.insert(blobs)
TAKE = sa.update(blobs).where(THIS, b.document_id.is_(None), ~b.to_erase).values(document_id=sa.bindparam("document"))
BLOB_OF = sa.select(b.id).where(OF_DOCUMENT)
RELEASE = sa.update(blobs).where(THIS, UNUSED).values(to_erase=True)
RELEASE_OLD = (
    sa.update(blobs)
    .where(UNUSED, b.expected_at < sa.bindparam("before", type_=UtcDateTime), ~b.to_erase)
    .values(to_erase=True)
)
TO_ERASE = sa.select(b.id).where(UNUSED, b.to_erase).order_by(b.expected_at).limit(sa.bindparam("most"))
STRIKE_OUT = sa.delete(blobs).where(THIS, UNUSED)
DROP_PARTS = sa.delete(blob_parts).where(p.blob_id.in_(sa.select(b.id).where(OF_DOCUMENT)))
RELEASE_OF = sa.update(blobs).where(OF_DOCUMENT).values(document_id=None, to_erase=True)


def release_of(connection: sa.Connection, id: DocumentId) -> None:
    """The document is about to go: its bytes that are in this database go now, others are to be erased."""
    for statement in (DROP_PARTS, RELEASE_OF):
        connection.execute(statement, {"document": id})


class SqlBlobLedger(Repository, BlobLedger):
    @in_session(writes=True)
    def expect(self, connection: sa.Connection, id: BlobId, *, owner: OwnerId, at: datetime) -> None:
        connection.execute(EXPECT, {"id": id, "owner": owner, "expected_at": at, "to_erase": False})

    @in_session(writes=True)
    def release(self, connection: sa.Connection, id: BlobId) -> bool:
        return connection.execute(RELEASE, {"blob": id}).rowcount > 0

    @in_session(writes=True, slow=True)
    def to_erase(self, connection: sa.Connection, *, expected_before: datetime, limit: int) -> list[BlobId]:
        connection.execute(RELEASE_OLD, {"before": expected_before})
        return [BlobId(id) for id in connection.execute(TO_ERASE, {"most": limit}).scalars()]

    @in_session(writes=True, slow=True)
    def strike_out(self, connection: sa.Connection, id: BlobId) -> None:
        connection.execute(STRIKE_OUT, {"blob": id})

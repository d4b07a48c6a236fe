"""All that a store has, as the ports show it."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import cast

import sqlalchemy as sa

from adapters.memory.database import MemoryDatabase
from adapters.sql.database import SqlDatabase
from adapters.sql.tables import conversations, messages, runs
from domain.access import OwnerId
from domain.conversation import Conversation, ConversationId, Message, MessageId
from domain.run import NumberedEvent, Run, RunId
from domain.usage import LedgerEntry
from tests.support.databases import Database, ledger


@dataclass(frozen=True)
class Everything:
    conversations: dict[ConversationId, Conversation]
    messages: dict[MessageId, Message]
    runs: dict[RunId, Run]
    logs: dict[RunId, list[NumberedEvent]]
    ledger: list[LedgerEntry]


@dataclass(frozen=True)
class Ids:
    """What there is, and whose."""

    conversations: list[tuple[ConversationId, OwnerId]]
    messages: list[tuple[MessageId, ConversationId]]
    runs: list[tuple[RunId, OwnerId]]


async def everything(database: Database) -> Everything:
    """One look at it all, while nobody changes it: memory does not even let anybody in between."""
    async with database.read() as tx:
        ids = await _ids(database)
        of = {id: await tx.conversations.get(id, owner=owner) for id, owner in ids.conversations}
        said: Iterable[list[Message]] = [await tx.messages.branch(of[c], tip=m, limit=1) for m, c in ids.messages]
        found = {id: await tx.runs.get(id, owner=owner) for id, owner in ids.runs}
    logs = {id: await database.run_log.read(id, after=0, limit=1_000_000) for id in found}
    return Everything(of, {message.id: message for [message] in said}, found, logs, await ledger(database))


async def _ids(database: Database) -> Ids:
    if isinstance(database, MemoryDatabase):
        tables = database.tables
        return Ids(
            [(c.id, c.owner) for c in tables.conversations.values()],
            [(m.id, m.conversation_id) for m in tables.messages.values()],
            [(r.id, r.owner) for r in tables.runs.values()],
        )
    async with cast(SqlDatabase, database).backend.read() as session:
        return await session.run(_ids_in, slow=True)


def _ids_in(connection: sa.Connection) -> Ids:
    return Ids(
        [(row.id, row.owner) for row in connection.execute(sa.select(conversations))],
        [(row.id, row.conversation_id) for row in connection.execute(sa.select(messages))],
        [(row.id, row.owner) for row in connection.execute(sa.select(runs))],
    )

"""What a turn and a page of messages cost in a conversation of 10 and of 100,000 messages.

    python -m tests.bench.long_conversation [--database postgresql://...] [--rounds 200]

Prints medians in ms, interleaved rounds, and the ratio. The database is a fresh SQLite file, or one given that may be
written to.
"""

import argparse
import asyncio
import statistics
import tempfile
import time
from datetime import UTC, datetime
from functools import partial

import sqlalchemy as sa

from adapters.sql.database import SqlDatabase
from adapters.sql.tables import conversations, messages
from tests.support.app import Parley, parley

SIZES = (10, 100_000)
BATCH = 10_000
SET_SEQUENCE = "SELECT setval(pg_get_serial_sequence('messages', 'id'), (SELECT max(id) FROM messages))"


def write_branch(connection: sa.Connection, conversation_id: int, size: int) -> None:
    """Make the conversation `size` messages long, by rows, in one branch."""
    now, parent = datetime.now(UTC), None
    newest = connection.execute(sa.select(sa.func.max(messages.c.id))).scalar() or 0
    rows = []
    for i in range(size):
        id = newest + 1 + i
        role = "assistant" if i % 2 else "user"
        rows.append(
            {
                "id": id,
                "conversation_id": conversation_id,
                "parent_id": parent,
                "role": role,
                "content": f"message {i}",
                "status": "completed",
                "created_at": now,
            }
        )
        parent = id
    for first in range(0, size, BATCH):
        connection.execute(sa.insert(messages), rows[first : first + BATCH])
    connection.execute(sa.update(conversations).where(conversations.c.id == conversation_id).values(head_id=parent))
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql(SET_SEQUENCE)


async def fill(database: SqlDatabase, conversation_id: int, size: int) -> None:
    write = partial(write_branch, conversation_id=conversation_id, size=size)
    async with database.backend.begin() as session:
        await session.run(write, slow=True)
        await session.commit()


async def once(app: Parley, id: int) -> tuple[float, float]:
    """Milliseconds of one turn, and of one page of messages."""
    began = time.perf_counter()
    (await app.http.post("/chat", json={"message": "hi", "conversation_id": id})).raise_for_status()
    turn = time.perf_counter()
    (await app.http.get(f"/conversations/{id}/messages", params={"limit": 50})).raise_for_status()
    return (turn - began) * 1e3, (time.perf_counter() - turn) * 1e3


async def main(database_url: str, rounds: int) -> None:
    async with parley(database_url=database_url) as app:
        ids = []
        database = app.container.database()
        assert isinstance(database, SqlDatabase)
        for size in SIZES:
            id = (await app.http.post("/conversations")).json()["id"]
            await fill(database, id, size)
            ids.append(id)
        times: list[list[tuple[float, float]]] = [[] for _ in SIZES]
        for i in range(rounds + 20):
            for figures, id in zip(times, ids, strict=True):
                figures.append(await once(app, id))
            if i == 20:
                times = [figures[-1:] for figures in times]
        medians = [[statistics.median(column) for column in zip(*figures, strict=True)] for figures in times]
        print(app.container.database().describe(), f"{rounds} rounds, medians in ms")
        for name, k in (("turn", 0), ("page of 50", 1)):
            short, long = medians[0][k], medians[1][k]
            print(f"{name:>10}: {short:.2f} at {SIZES[0]} messages, {long:.2f} at {SIZES[1]:,}: x{long / short:.2f}")


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    with tempfile.TemporaryDirectory() as folder:
        parser.add_argument("--database", default=f"sqlite:///{folder}/bench.db")
        parser.add_argument("--rounds", type=int, default=200)
        given = parser.parse_args()
        asyncio.run(main(given.database, given.rounds))

"""The hot queries find their rows by keys: their cost does not grow with the tables."""

import re
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from adapters.sql.conversations import FIND, GET, SELECT
from adapters.sql.database import SqlDatabase
from adapters.sql.forgetting import LOOK as LOOK_FOR_OLD
from adapters.sql.forgetting import OLD_RUNS
from adapters.sql.keys import FIND as FIND_KEY
from adapters.sql.knowledge_tables import conversation_documents, documents
from adapters.sql.messages import ONWARDS, UPWARDS
from adapters.sql.run_log import READ, WRITTEN
from adapters.sql.runs import COUNT_QUEUED, GET_ACTIVE, IN_THE_WAY
from adapters.sql.runs import GET as GET_RUN
from adapters.sql.tables import conversations, idempotency_keys, messages, metadata, run_events, runs, usage
from adapters.sql.workers import HOLD, LOOK
from tests.support.builders import ALICE, NOON

ROWS = 3_000
c = conversations.c
PAGE = SELECT.where(c.owner == "alice", c.id < 50).order_by(c.id.desc()).limit(20)
LABELLED = SELECT.where(c.owner == "alice", c.user_label == "ann", c.id < 50).order_by(c.id.desc()).limit(20)
CLAIM = {"me": "worker", "executing": [1, 2, 3], "lease": 10.0, "alone": False}
SORT_FEW = (UPWARDS, ONWARDS, GET_ACTIVE, IN_THE_WAY, HOLD)  # the messages asked for, or the active runs
QUERIES: dict[str, tuple[Any, dict[str, Any]]] = {
    "a conversation": (GET, {"which": 7, "whose": "alice"}),
    "a conversation by its alias": (FIND, {"which": "chat 7", "whose": "alice"}),
    "a page of conversations": (PAGE, {}),
    "a page of one label": (LABELLED, {}),
    "a branch": (UPWARDS, {"start": ROWS, "conversation": 7, "steps": 20}),
    "a branch from a cursor on": (ONWARDS, {"start": ROWS, "conversation": 7, "after": ROWS - 90, "most": 20}),
    "a run": (GET_RUN, {"which": 7, "whose": "alice"}),
    "the active run": (GET_ACTIVE, {"where": 7, "whose": "alice"}),
    "the run in the way": (IN_THE_WAY, {"where": 7, "whose": "alice"}),
    "how many are queued": (COUNT_QUEUED, {}),
    "whether anything is to be claimed": (LOOK, CLAIM),
    "what is to be claimed": (HOLD, CLAIM | {"most": 100, "most_of_owner": 50}),
    "whether anything is old": (LOOK_FOR_OLD, {"age": 3600.0}),
    "the runs that ended long ago": (OLD_RUNS, {"age": 3600.0, "most": 20}),
    "an idempotency key": (FIND_KEY, {"whose": "alice", "which": "key 7", "lease": 10.0}),
    "the log from a cursor": (READ, {"which": 7, "after": 5, "most": 100}),
    "an entry written before": (WRITTEN, {"which": 7, "start": 5, "fence": 1}),
}


def fill(connection: sa.Connection) -> None:
    """Enough rows that a planner would rather use an index, all of one owner and one conversation after another."""
    at = {"created_at": NOON, "updated_at": NOON}
    of = {"owner": ALICE, "title": "A title", "user_label": "ann", "pinned": False, "archived": False, "kind": "chat"}
    connection.execute(sa.insert(conversations), [of | at | {"alias": f"chat {n}"} for n in range(ROWS)])
    said = {"conversation_id": 7, "role": "user", "content": "word " * 20, "status": "completed", "created_at": NOON}
    connection.execute(sa.insert(messages), [said | {"parent_id": n or None} for n in range(ROWS)])
    run = {"owner": ALICE, "kind": "reply", "conversation_id": 7, "model": "m", "status": "completed", "fence": 1}
    run |= {"attempts": 1, "created_at": NOON, "claimed_at": NOON, "finished_at": NOON, "last_event": 9}
    run |= {"cancel_requested": False, "paused": False, "question_id": 1, "answer_id": 2}
    connection.execute(sa.insert(runs), [run for _ in range(ROWS)])
    today = datetime.now(UTC)
    key = {"owner": ALICE, "fingerprint": "a request", "status": 200, "media_type": "text/plain", "body": b"words"}
    connection.execute(
        sa.insert(idempotency_keys), [key | {"key": f"key {n}", "created_at": today} for n in range(ROWS)]
    )
    event = {"events": '[{"type":"text","text":"word"}]'}
    rows = [event | {"run_id": 7 + n % 3, "first": 1 + n // 3, "last": 1 + n // 3} for n in range(ROWS)]
    connection.execute(sa.insert(run_events), rows)
    counts = {column.name: 1 for column in usage.c if column.name.endswith("_tokens")}
    cost = {"owner": ALICE, "model": "m", **counts, "raw": "{}", "created_at": NOON}
    connection.execute(sa.insert(usage), [cost | {"run_id": 1 + n} for n in range(ROWS)])
    same: dict[str, Any] = dict.fromkeys(("size_bytes", "pages", "version", "first", "chunks", "indexed", "words"), 1)
    same |= {"owner": ALICE, "filename": "a", "status": "ready", "title": "", "language": "en", "strategy": ""}
    same |= {"created_at": NOON, "updated_at": NOON}
    connection.execute(sa.insert(documents), [same | {"digest": f"digest {n}"} for n in range(ROWS)])
    of_it = [{"conversation_id": 1 + n, "document_id": 1 + n} for n in range(ROWS)]
    connection.execute(sa.insert(conversation_documents), of_it)
    connection.execute(sa.text("ANALYZE"))


def plan_of(query: sa.Select[Any], values: dict[str, Any]) -> Callable[[sa.Connection], str]:
    def explain(connection: sa.Connection) -> str:
        how = "EXPLAIN" if connection.dialect.name == "postgresql" else "EXPLAIN QUERY PLAN"
        compiled = query.params(**values).compile(connection, compile_kwargs={"literal_binds": True})
        return "\n".join(str(row[-1]) for row in connection.exec_driver_sql(f"{how} {compiled}"))

    return explain


async def test_no_table_is_read_from_end_to_end_and_nothing_is_sorted(sql: SqlDatabase) -> None:
    await sql.backend.change_schema(fill)
    async with sql.backend.read() as session:
        plans = {name: await session.run(plan_of(*query), slow=False) for name, query in QUERIES.items()}
    tables = "|".join(set(metadata.tables) - {"workers"})
    whole = re.compile(rf"Seq Scan on ({tables})|SCAN ({tables})\b")
    active = re.compile(r"SCAN runs\S* USING (COVERING )?INDEX runs_active")
    assert {name: plan for name, plan in plans.items() if whole.search(active.sub("all that is active", plan))} == {}
    few = {name for name, (query, _) in QUERIES.items() if any(query is one for one in SORT_FEW)}
    sorted_ = {name: plan for name, plan in plans.items() if re.search(r"Sort Key|USE TEMP B-TREE", plan)}
    assert sorted_.keys() <= few, sorted_

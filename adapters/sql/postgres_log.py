"""The group commit on Postgres: one statement, whatever the size of the group."""

from collections.abc import Sequence

from adapters.sql.codec import events_to_json, to_json
from adapters.sql.postgres_connection import OwnConnection
from adapters.sql.run_log import calls_to_rows, ending_to_row
from application.ports.run_log import LogEntry
from domain.run import RunId

# The lock on the run's row makes the check of its fence hold until the commit.
STORED = """
WITH owned AS (
    SELECT entry.* FROM runs
    JOIN unnest($1::bigint[], $2::bigint[], $3::bigint[], $4::bigint[], $5::text[])
        AS entry (run_id, fence, first, last, events) ON runs.id = entry.run_id AND runs.fence = entry.fence
    WHERE runs.status IN ('queued', 'running', 'waiting') ORDER BY runs.id FOR NO KEY UPDATE OF runs
), stored AS (
    INSERT INTO run_events (run_id, first, last, events) SELECT run_id, first, last, events FROM owned
    WHERE first = 1 + coalesce(
        (SELECT e.last FROM run_events e WHERE e.run_id = owned.run_id ORDER BY e.first DESC LIMIT 1), 0)
    ON CONFLICT DO NOTHING RETURNING run_id
)"""
CALLED = """, spent AS (
    INSERT INTO usage (run_id, owner, model, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, raw, created_at, user_id, key_id, asked, purpose, outcome, estimated, cost_nanos, currency,
        price_version)
    SELECT run_id, owner, model, input_tokens, output_tokens, cached_tokens, cache_write_tokens,
        reasoning_tokens, raw, created_at, user_id, key_id, asked, purpose, outcome, estimated, cost_nanos, currency,
        price_version
    FROM jsonb_to_recordset($6::text::jsonb) AS call (run bigint, owner text, model text, input_tokens bigint,
        output_tokens bigint, cached_tokens bigint, cache_write_tokens bigint, reasoning_tokens bigint, raw text,
        created_at timestamptz, user_id bigint, key_id bigint, asked text, purpose text, outcome text,
        estimated boolean, cost_nanos bigint, currency text, price_version text)
    JOIN stored ON stored.run_id = call.run
)"""
ENDED = """, ending AS (
    SELECT entry.* FROM stored
    JOIN unnest($7::bigint[], $8::bigint[], $9::timestamptz[], $10::text[], $11::text[], $12::text[], $13::text[],
            $14::text[], $15::text[], $16::text[], $17::text[], $18::text[])
        AS entry (run_id, answer_id, at, outcome, reason, code, message, words, parts, by, left_out, total)
        USING (run_id)
), ended AS (
    UPDATE runs SET status = outcome, finished_at = at, finish_reason = reason, problem_code = code,
        problem_message = message, answered_by = by, dropped = left_out, usage = total
    FROM ending WHERE runs.id = ending.run_id
), sealed AS (
    UPDATE messages SET content = words, parts = ending.parts, status = outcome
    FROM ending WHERE messages.id = ending.answer_id
)"""
ANSWER = " SELECT run_id FROM stored"
APPEND = "".join((STORED, ANSWER))
APPEND_CALLS = "".join((STORED, CALLED, ANSWER))
APPEND_AND_END = "".join((STORED, CALLED, ENDED, ANSWER))


async def append(connection: OwnConnection, entries: Sequence[LogEntry]) -> set[RunId]:
    """As Backend.append."""
    columns: list[object] = [list(column) for column in zip(*map(_event_columns, entries), strict=True)]
    endings = [tuple(ending_to_row(e.run, e.ending).values()) for e in entries if e.ending]
    calls, statement = calls_to_rows(entries), APPEND
    if calls or endings:
        columns.append(to_json(calls))
        statement = APPEND_CALLS
    if endings:
        columns += [list(column) for column in zip(*endings, strict=True)]
        statement = APPEND_AND_END
    return {row[0] for row in await connection.fetch(statement, *columns)}


def _event_columns(entry: LogEntry) -> tuple[object, ...]:
    return entry.run.id, entry.run.fence, entry.first, entry.last, events_to_json(entry.events)

"""The usage ledger in SQL; a run's own line is written by the run log."""

from datetime import datetime

import sqlalchemy as sa

from adapters.sql.codec import to_json
from adapters.sql.session import Repository, in_session
from adapters.sql.tables import usage as lines
from application.ports.storage import UsageLedger
from domain.access import OwnerId
from domain.usage import Usage


class SqlUsageLedger(Repository, UsageLedger):
    @in_session(writes=True)
    def add(self, connection: sa.Connection, usage: Usage, *, owner: OwnerId, model: str, at: datetime) -> None:
        row = {
            "owner": owner,
            "model": model,
            "input_tokens": usage.input_tokens,
            "output_tokens": usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "cache_write_tokens": usage.cache_write_tokens,
            "reasoning_tokens": usage.reasoning_tokens,
            "raw": to_json(usage.raw),
            "created_at": at,
        }
        connection.execute(sa.insert(lines), row)

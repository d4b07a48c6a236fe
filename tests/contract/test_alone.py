"""Workers over a store that one process has to itself: whoever had it before is dead."""

import pytest

from tests.support.builders import ONE, TWO, add_conversation, ask
from tests.support.databases import ALONE, Database

pytestmark = pytest.mark.parametrize("migrated_url", ALONE, indirect=True)


async def test_the_runs_of_every_other_worker_are_taken_at_once(database: Database) -> None:
    await database.workers.beat(TWO)
    run = await ask(database, await add_conversation(database), "question", worker=TWO)
    await database.workers.beat(ONE)
    taken = await database.workers.claim(ONE, executing=(), limit=10, lease_seconds=60)
    assert [(run.id, run.fence, run.attempts) for run in taken.runs] == [(run.id, 2, 2)]


async def test_ones_own_are_not(database: Database) -> None:
    await database.workers.beat(ONE)
    await ask(database, await add_conversation(database), "question", worker=ONE)
    taken = await database.workers.claim(ONE, executing=(), limit=10, lease_seconds=60)
    assert taken.runs == ()

"""What calls that are no run's have cost is written in groups, kept while the store is away, and bounded."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest

from adapters.memory.database import MemoryDatabase
from application.ports.storage import Transaction
from application.usage.usage_recorder import MOST_WAITING, UsageRecorder
from domain.errors import StorageUnavailable
from domain.usage import LedgerEntry, Purpose, Usage
from tests.support.builders import ALICE, NOON
from tests.support.databases import ledger

LINE = LedgerEntry(owner=ALICE, asked="m", model="x:m", purpose=Purpose.REPLY, usage=Usage(1, 2), at=NOON)


class Away:
    """A store that does not answer while it is away, and counts its transactions."""

    def __init__(self) -> None:
        self.database, self.is_away, self.begun = MemoryDatabase(), False, 0

    @asynccontextmanager
    async def begin(self) -> AsyncIterator[Transaction]:
        self.begun += 1
        if self.is_away:
            raise StorageUnavailable
        async with self.database.begin() as tx:
            yield tx


async def test_what_waits_goes_into_one_commit() -> None:
    store = Away()
    recorder = UsageRecorder(store.begin)
    for _ in range(50):
        recorder.keep(LINE)
    await asyncio.gather(recorder.flush(), recorder.flush())
    assert (len(await ledger(store.database)), store.begun) == (50, 1)


async def test_nothing_is_lost_while_the_store_is_away() -> None:
    store = Away()
    recorder = UsageRecorder(store.begin, gather_seconds=0, pause_seconds=0)
    task = asyncio.create_task(recorder.run_forever())
    store.is_away = True
    recorder.keep(LINE)
    async with asyncio.timeout(20):
        while store.begun < 3:  # noqa: ASYNC110  # there is nothing to wait for but its tries
            await asyncio.sleep(0)
    with pytest.raises(StorageUnavailable):
        await recorder.flush()
    store.is_away = False
    await recorder.stop(task, seconds=20)
    assert len(await ledger(store.database)) == 1


async def test_more_is_refused_when_too_much_waits() -> None:
    recorder = UsageRecorder(Away().begin)
    recorder.admit()
    for _ in range(MOST_WAITING):
        recorder.keep(LINE)
    with pytest.raises(StorageUnavailable):
        recorder.admit()

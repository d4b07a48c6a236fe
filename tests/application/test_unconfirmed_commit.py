"""A turn whose commit was never confirmed is stored or not; if it is, it is answered, and its key finds it."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace

import pytest

from application.ports.storage import Transaction
from domain.errors import StorageUnavailable
from domain.run import RunStatus
from tests.support.builders import key
from tests.support.core import LEASE_SECONDS, Core, text_of
from tests.support.scripted_model import whole


@pytest.fixture
def doubtful(core: Core) -> Core:
    """The store commits the next questions and does not say so."""

    @asynccontextmanager
    async def begin() -> AsyncIterator[Transaction]:
        async with core.database.begin() as tx:
            yield tx
        raise StorageUnavailable

    core.model.script = whole("Because.")
    core.ask_question = replace(core.ask_question, turns=replace(core.turns, begin=begin))
    return core


async def test_it_is_answered_after_all(doubtful: Core) -> None:
    with pytest.raises(StorageUnavailable):
        await doubtful.ask()
    [run] = doubtful.database.tables.runs.values()
    await doubtful.loop.look()
    assert doubtful.worker.live(run.id) is None
    doubtful.clock.move(LEASE_SECONDS)
    await doubtful.loop.look()
    assert text_of(await doubtful.follow(run.id)) == "Because."
    stored = await doubtful.stored_run(run.id)
    assert (stored.status, stored.attempts) == (RunStatus.COMPLETED, 2)


async def test_who_sends_it_again_under_its_key_finds_its_run(doubtful: Core) -> None:
    with pytest.raises(StorageUnavailable):
        await doubtful.ask(key=key())
    doubtful.ask_question = replace(doubtful.ask_question, turns=doubtful.turns)
    again = await doubtful.ask(key=key())
    reader = asyncio.create_task(doubtful.follow(again.id))
    doubtful.clock.move(LEASE_SECONDS)
    await doubtful.loop.look()
    assert text_of(await reader) == "Because."
    assert len(doubtful.model.requests) == len(doubtful.database.tables.runs) == 1

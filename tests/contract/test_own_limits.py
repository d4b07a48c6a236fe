"""The limits that users and keys have of their own."""

from decimal import Decimal
from typing import cast

import pytest

from adapters.memory.database import MemoryDatabase
from adapters.memory.own_limits import MemoryOwnLimits
from adapters.sql.database import SqlDatabase
from application.ports.own_limits import OwnLimits
from domain.access import UserId
from domain.errors import UserNotFound
from domain.limits import Limits
from tests.support.builders import NOON
from tests.support.databases import Database

SOME = Limits(requests_per_minute=7, cost_per_day=Decimal("0.25"))


@pytest.fixture
def own(database: Database) -> OwnLimits:
    if isinstance(database, MemoryDatabase):
        return MemoryOwnLimits(database.read)
    return cast(SqlDatabase, database).own_limits


async def add_user(database: Database) -> UserId:
    async with database.begin() as tx:
        user = await tx.users.add("ann", "hash", is_admin=False, at=NOON)
        await tx.commit()
    return user.id


async def test_they_are_kept_changed_and_taken_away(database: Database, own: OwnLimits) -> None:
    ann = await add_user(database)
    assert await own.of_user(ann) is None
    for limits in (SOME, Limits(streams=1), Limits(), None):
        await own.give_user(ann, limits)
        assert await own.of_user(ann) == limits


async def test_who_is_not_there_gets_none(database: Database, own: OwnLimits) -> None:
    with pytest.raises(UserNotFound):
        await own.give_user(UserId(7), SOME)
    assert await own.of_user(UserId(7)) is None

"""A database without room is told of for a while, and then given another chance."""

import pytest

from adapters.sql.room import REMEMBERED_SECONDS, Room
from domain.errors import StorageFull, StorageUnavailable


def test_no_room_is_remembered_for_a_while() -> None:
    now = 0.0
    place = Room(lambda: now)
    place.check()
    for refusal, is_full in ((StorageUnavailable, False), (StorageFull, True)):
        with pytest.raises(refusal), place.noticed():
            raise refusal
        if not is_full:
            place.check()
    with pytest.raises(StorageFull):
        place.check()
    now = REMEMBERED_SECONDS
    place.check()

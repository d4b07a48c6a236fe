"""One connection in use, and how the methods of the repositories run on it."""

from collections.abc import Callable, Coroutine
from functools import wraps
from typing import Any, Concatenate, ParamSpec, Protocol, TypeVar

import sqlalchemy as sa

from domain.idempotency import IdempotencyKey

P = ParamSpec("P")
T = TypeVar("T")


class Session(Protocol):
    """A connection of one of the backends, inside its `begin` or its `read`."""

    writable: bool

    async def run(self, work: Callable[[sa.Connection], T], *, slow: bool) -> T:
        """Do the work in one go; `slow` says that it may touch any number of rows, not a few by their keys.

        Raise StorageUnavailable. When cancelled, what was under way is rolled back at the end of the session.
        """

    async def commit(self) -> None:
        """Raise StorageUnavailable when it is not certain that everything is stored."""

    def insert_turn(self, connection: sa.Connection, turn: dict[str, Any]) -> sa.Row[Any] | None:
        """Insert run, input and answer and move the head: the ids of run, question and answer.

        None, and nothing is inserted, when the run could not be.
        """

    def message_ids(self, connection: sa.Connection, count: int) -> list[int]:
        """So many fresh ids, rising."""

    def hold_key(self, connection: sa.Connection, key: IdempotencyKey) -> None:
        """Go on when nobody else has this key in hand; they wait until this session ends."""

    def contains(self, column: sa.ColumnElement[str], words: str) -> sa.ColumnElement[bool]:
        """Whether the column has the words in it, whatever their case; no character of them is special."""


class Repository:
    def __init__(self, session: Session) -> None:
        self._session = session


R = TypeVar("R", bound=Repository)
Work = Callable[Concatenate[R, sa.Connection, P], T]
Method = Callable[Concatenate[R, P], Coroutine[Any, Any, T]]


def in_session(*, writes: bool = False, slow: bool = False) -> Callable[[Work[R, P, T]], Method[R, P, T]]:
    """Make an awaitable method of a synchronous one, which is handed the session's connection when it runs."""

    def decorate(work: Work[R, P, T]) -> Method[R, P, T]:
        @wraps(work)
        async def method(self: R, /, *args: P.args, **kwargs: P.kwargs) -> T:
            session = self._session
            if writes and not session.writable:
                raise RuntimeError(f"{work.__qualname__} was called in a transaction that is for looking only")
            return await session.run(lambda connection: work(self, connection, *args, **kwargs), slow=slow)

        return method

    return decorate

"""What was revoked in another process is noticed by the timer, whatever is open."""

import asyncio

from domain.access import CallerKind, KeyId, LoginId, OwnerId, Principal
from domain.errors import StorageUnavailable
from entrypoints.http.open_connections import Connection, OpenConnections
from tests.support.app import until

ANN = Principal(OwnerId("ann"), CallerKind.USER, login_id=LoginId("one"))
BEN = Principal(OwnerId("ben"), CallerKind.KEY, key_id=KeyId(1))
OPERATOR = Principal(OwnerId("local"), CallerKind.KEY, is_admin=True)


class Store:
    """Says which principals are good, and how often it was asked."""

    def __init__(self) -> None:
        self.revoked: set[Principal] = set()
        self.asked: list[Principal] = []
        self.answers = True

    async def still(self, principal: Principal) -> bool:
        self.asked.append(principal)
        if not self.answers:
            raise StorageUnavailable
        return principal not in self.revoked


async def opened(connections: OpenConnections, principal: Principal) -> "asyncio.Task[bool]":
    """Something that is open until it is ended; says whether it was."""
    entered: asyncio.Future[Connection | None] = asyncio.get_running_loop().create_future()

    async def stay() -> bool:
        connection = connections.enter(principal)
        entered.set_result(connection)
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            return bool(connection and connection.ended)
        finally:
            if connection:
                connections.leave(connection)
        return False

    task = asyncio.create_task(stay())
    await entered
    return task


async def test_the_timer_ends_what_was_revoked_elsewhere_and_nothing_else() -> None:
    store = Store()
    connections = OpenConnections(store.still, every_seconds=0.005)
    anns, bens = [await opened(connections, ANN) for _ in range(3)], await opened(connections, BEN)
    store.answers = False
    store.revoked.add(ANN)
    await until(lambda: len(store.asked) > 3, seconds=20)
    assert not any(task.done() for task in (*anns, bens))  # nobody can say, so nobody is thrown out

    store.answers = True
    await until(lambda: all(task.done() for task in anns), seconds=20)
    assert [task.result() for task in anns] == [True, True, True]
    assert not bens.done()
    bens.cancel()
    assert await bens is False


async def test_a_look_asks_about_each_principal_once_and_with_nothing_open_there_is_none() -> None:
    store = Store()
    connections = OpenConnections(store.still, every_seconds=60)
    tasks = [await opened(connections, each) for each in (ANN, ANN, BEN, BEN, OPERATOR)]
    connections.look_now()
    await until(lambda: len(store.asked) == 2, seconds=20)
    assert set(store.asked) == {ANN, BEN}
    for task in tasks:
        task.cancel()
    await asyncio.gather(*tasks)
    connections.look_now()
    assert connections._timer is None

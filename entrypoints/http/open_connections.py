"""The requests and sockets that are open, so that they end soon after what they were let in with is revoked."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from domain.access import Principal
from domain.errors import StorageUnavailable

EVERY_SECONDS = 20.0


@dataclass(slots=True, eq=False)
class Connection:
    principal: Principal
    task: "asyncio.Task[None]"
    ended: bool = False

    def end(self) -> None:
        """Cancel it; whoever has let it in tells the client why."""
        self.ended = True
        self.task.cancel()


@dataclass(slots=True, eq=False)
class OpenConnections:
    """Looks every `every_seconds`, for as long as something is open, whether each principal is `still` good; and at
    once when something was revoked in this process. Each principal is asked about once, however many it has open.
    """

    still: Callable[[Principal], Awaitable[bool]]
    every_seconds: float = EVERY_SECONDS
    _open: set[Connection] = field(default_factory=set)
    _timer: asyncio.TimerHandle | None = None
    _looking: "asyncio.Task[None] | None" = None

    def enter(self, principal: Principal) -> Connection | None:
        """To be ended in time, in the current task; None for a principal of which nothing can be revoked."""
        task = asyncio.current_task()
        if task is None or (principal.key_id is None and principal.login_id is None):
            return None
        connection = Connection(principal, task)
        self._open.add(connection)
        if self._timer is None:
            self._timer = asyncio.get_running_loop().call_later(self.every_seconds, self._look)
        return connection

    def leave(self, connection: Connection) -> None:
        self._open.discard(connection)

    def look_now(self) -> None:
        if self._timer:
            self._timer.cancel()
            self._look()

    def _look(self) -> None:
        self._timer = None
        if self._open:
            self._timer = asyncio.get_running_loop().call_later(self.every_seconds, self._look)
            self._looking = asyncio.get_running_loop().create_task(self._end_what_is_revoked())

    async def _end_what_is_revoked(self) -> None:
        for principal in {connection.principal for connection in self._open}:
            try:
                if await self.still(principal):
                    continue
            except StorageUnavailable:
                return  # nobody can say now; the next look will
            for connection in [each for each in self._open if each.principal == principal]:
                connection.end()

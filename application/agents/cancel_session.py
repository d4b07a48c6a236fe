"""Stop whatever an agent is doing."""

from dataclasses import dataclass

from application.agents.sessions import SessionId, Sessions, find_session
from application.ports.storage import BeginRead
from application.runs.run_stopper import RunStopper
from domain.access import Principal
from domain.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class CancelSession:
    read: BeginRead
    sessions: Sessions
    stopper: RunStopper

    async def __call__(self, principal: Principal, id: SessionId) -> list[Run]:
        """The runs that were stopped, the queued ones too; none when nothing was active. Raise SessionNotFound."""
        stopped = list[Run]()
        while run := await self._active(principal, id):
            if run.id in {other.id for other in stopped}:
                break  # it does not end in time; word is left that it shall
            await self.stopper.stop(run.id, principal.owner)
            stopped.append(run)
        return stopped

    async def _active(self, principal: Principal, id: SessionId) -> Run | None:
        async with self.read() as tx:
            session = await find_session(tx, id, owner=principal.owner, idle_since=self.sessions.idle_since())
            return await tx.runs.active(session.id, owner=principal.owner)

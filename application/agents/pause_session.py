"""Let an agent stop after its step, and go on later."""

from dataclasses import dataclass

from application.agents.sessions import SessionId, Sessions, find_session
from application.ports.signals import WORK, Signals
from application.ports.storage import BeginTransaction
from domain.access import Principal
from domain.run import Run


@dataclass(frozen=True, slots=True, kw_only=True)
class PauseSession:
    begin: BeginTransaction
    sessions: Sessions
    signals: Signals

    async def __call__(self, principal: Principal, id: SessionId, *, paused: bool) -> Run | None:
        """The active run as it is then, None when there is none. Idempotent.

        A paused run ends the step that it is in, and then waits, without a process, until it is resumed. Raise
        SessionNotFound.
        """
        async with self.begin() as tx:
            session = await find_session(tx, id, owner=principal.owner, idle_since=self.sessions.idle_since())
            run = await tx.runs.active(session.id, owner=principal.owner)
            if run is None:
                return None
            await tx.runs.pause(run.id, owner=principal.owner, paused=paused)
            if not paused:
                await tx.runs.wake(run.id)
            run = await tx.runs.get(run.id, owner=principal.owner)
            await tx.commit()
        if not paused:
            self.signals.send(WORK)
        return run

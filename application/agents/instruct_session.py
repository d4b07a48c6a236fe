"""Say something to an agent: it begins a run, or is seen by the one under way at its next step."""

from dataclasses import dataclass
from functools import partial

from application.agents.sessions import SessionId, Sessions, find_session, kept_in
from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.storage import BeginRead, Transaction
from domain.access import Principal
from domain.conversation import PromptMessage, Role, Text, checked_text
from domain.idempotency import IdempotencyKey
from domain.run import IfBusy, Run, RunKind


@dataclass(frozen=True, slots=True, kw_only=True)
class InstructSession:
    read: BeginRead
    turns: TurnOpener
    sessions: Sessions

    async def __call__(
        self, principal: Principal, id: SessionId, message: str, *, key: IdempotencyKey | None = None
    ) -> Run:
        """The run that answers the message. It is queued while another is under way, which makes way after its step.

        Raise SessionNotFound, InvalidInput (`message`), and what TurnOpener.open raises.
        """
        asked = PromptMessage(Role.USER, (Text(checked_text(message, field="message")),))
        async with self.read() as tx:
            tools, model = kept_in(
                await find_session(tx, id, owner=principal.owner, idle_since=self.sessions.idle_since())
            )
        wish = TurnWish(
            find_place=partial(self._place, principal, id, asked),
            model=model,
            settings=await self.sessions.settings(tools),
            if_busy=IfBusy.QUEUE,
            key=key,
            kind=RunKind.AGENT,
        )
        return await self.turns.open(principal, wish)

    async def _place(self, principal: Principal, id: SessionId, asked: PromptMessage, tx: Transaction) -> Place:
        session = await find_session(tx, id, owner=principal.owner, idle_since=self.sessions.idle_since())
        return Place(session, session.head_id, (asked,))

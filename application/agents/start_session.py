"""Begin an agent's session, with a first task or without."""

from dataclasses import dataclass
from functools import partial

from application.agents.sessions import MODEL, TOOLS, SessionId, Sessions
from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import BeginTransaction, NewConversation, Transaction
from domain.access import Principal
from domain.conversation import Conversation, ConversationKind, PromptMessage, Role, Text, checked_text
from domain.idempotency import IdempotencyKey
from domain.run import RunKind
from domain.title import UNTITLED, title_from


@dataclass(frozen=True, slots=True, kw_only=True)
class StartSession:
    begin: BeginTransaction
    turns: TurnOpener
    sessions: Sessions
    now: Now

    async def __call__(
        self,
        principal: Principal,
        *,
        prompt: str | None,
        tools: tuple[str, ...] | None = None,
        model: str | None = None,
        key: IdempotencyKey | None = None,
    ) -> SessionId:
        """With a `prompt` its first run is under way when this returns. `tools` None allows all there are.

        Raise InvalidInput (`initial_prompt`, `tools`), and what TurnOpener.open raises.
        """
        settings = await self.sessions.settings(tools)
        kept = {TOOLS: " ".join(tools)} if tools is not None else {}
        title = UNTITLED if prompt is None else title_from(checked_text(prompt, field="initial_prompt"))
        new = NewConversation(
            owner=principal.owner,
            user_label=None,
            title=title,
            created_at=self.now(),
            metadata=kept | ({MODEL: model} if model else {}),
            kind=ConversationKind.SESSION,
        )
        if prompt is None:
            return SessionId((await self._add(new)).id)
        asked = PromptMessage(Role.USER, (Text(prompt),))
        wish = TurnWish(
            find_place=partial(self._place, new, asked), model=model, settings=settings, key=key, kind=RunKind.AGENT
        )
        run = await self.turns.open(principal, wish)
        return SessionId(run.conversation_id)

    async def _add(self, new: NewConversation) -> Conversation:
        async with self.begin() as tx:
            conversation = await tx.conversations.add(new)
            await tx.commit()
        return conversation

    async def _place(self, new: NewConversation, asked: PromptMessage, tx: Transaction) -> Place:
        return Place(await tx.conversations.add(new), None, (asked,))

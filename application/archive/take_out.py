"""Take out conversations whole: every branch, part and citation."""

from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass

from application.ports.storage import BeginRead, ConversationFilter
from domain.access import Principal
from domain.archive import WholeConversation
from domain.conversation import ConversationId, Message
from domain.errors import ConversationNotFound

PAGE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class TakeOut:
    read: BeginRead

    async def __call__(
        self, principal: Principal, only: ConversationId | None = None
    ) -> AsyncGenerator[WholeConversation, None]:
        """The oldest first, each read in a transaction of its own; one that is deleted meanwhile is left out.

        Raise ConversationNotFound for `only` one that is not the caller's.
        """
        return self._each(principal, await self._ids(principal, only))

    async def _each(
        self, principal: Principal, ids: Sequence[ConversationId]
    ) -> AsyncGenerator[WholeConversation, None]:
        for id in ids:
            try:
                yield await self._whole(principal, id)
            except ConversationNotFound:
                continue

    async def _ids(self, principal: Principal, only: ConversationId | None) -> list[ConversationId]:
        async with self.read() as tx:
            if only is not None:
                return [(await tx.conversations.get(only, owner=principal.owner)).id]
        ids: list[ConversationId] = []
        while True:
            before = ids[-1] if ids else None
            async with self.read() as tx:
                page = await tx.conversations.page(
                    owner=principal.owner, filter=ConversationFilter(), before=before, limit=PAGE
                )
            ids += [each.id for each in page]
            if len(page) < PAGE:
                return ids[::-1]

    async def _whole(self, principal: Principal, id: ConversationId) -> WholeConversation:
        async with self.read() as tx:
            conversation = await tx.conversations.get(id, owner=principal.owner)
            ids = sorted(each for each, _ in await tx.messages.links(conversation))
            messages: list[Message] = []
            for start in range(0, len(ids), PAGE):
                messages += await tx.messages.find(ids[start : start + PAGE], owner=principal.owner)
        return WholeConversation(conversation, tuple(sorted(messages, key=lambda each: each.id)))

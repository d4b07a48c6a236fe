"""Look up messages by their ids, in whichever conversations they are."""

from collections.abc import Sequence
from dataclasses import dataclass

from application.ports.storage import BeginRead
from domain.access import Principal
from domain.conversation import Message, MessageId


@dataclass(frozen=True, slots=True, kw_only=True)
class FindMessages:
    read: BeginRead

    async def __call__(self, principal: Principal, ids: Sequence[MessageId]) -> dict[MessageId, Message]:
        """Those that are there."""
        async with self.read() as tx:
            found = await tx.messages.find(ids, owner=principal.owner)
        return {message.id: message for message in found}

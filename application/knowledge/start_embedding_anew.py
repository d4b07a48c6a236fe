"""Begin to replace the vectors of a model that is not the configured one any more."""

from dataclasses import dataclass
from functools import partial

from application.chat.turn_opener import Place, TurnOpener, TurnWish
from application.ports.clock import Now
from application.ports.storage import BeginRead, NewConversation, Transaction
from domain.access import OwnerId, Principal
from domain.conversation import ConversationKind, PromptMessage, Role, Text
from domain.errors import ReplyInProgress
from domain.run import Run, RunKind

SERVER = OwnerId("server")
"""Who owns what is done for everybody's documents: nobody can log in as that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StartEmbeddingAnew:
    """One run at a time does it for all processes: its conversation has one name, and takes one run."""

    read: BeginRead
    turns: TurnOpener
    now: Now
    model: str

    async def __call__(self) -> Run | None:
        """The run; None when there is nothing to do, or when it is being done. Raise what TurnOpener.open raises."""
        async with self.read() as tx:
            generations = await tx.vectors.generations()
        if not generations or (len(generations) == 1 and generations[0].model == self.model):
            return None
        new = NewConversation(
            SERVER, None, "Vectors", self.now(), alias=f"vectors of {self.model}", kind=ConversationKind.INGESTION
        )
        wish = TurnWish(find_place=partial(self._place, new), model=self.model, kind=RunKind.INGESTION)
        try:
            return await self.turns.open(Principal(SERVER), wish)
        except ReplyInProgress:
            return None

    async def _place(self, new: NewConversation, tx: Transaction) -> Place:
        asked = PromptMessage(Role.USER, (Text(f"Embed all chunks with {self.model}"),))
        return Place(await tx.conversations.add(new), None, (asked,))

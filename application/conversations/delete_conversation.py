"""Delete a conversation with everything in it."""

from dataclasses import dataclass

from application.ports.signals import Signals, run_topic
from application.ports.storage import BeginTransaction
from application.runs.worker import Worker
from domain.access import Principal
from domain.conversation import ConversationId


@dataclass(frozen=True, slots=True, kw_only=True)
class DeleteConversation:
    begin: BeginTransaction
    worker: Worker
    signals: Signals

    async def __call__(self, principal: Principal, id: ConversationId) -> None:
        """A run that is answering in it is stopped: here at once, elsewhere when it next writes, in vain.

        Raise ConversationNotFound.
        """
        async with self.begin() as tx:
            run = await tx.runs.active(id, owner=principal.owner)
            await tx.conversations.delete(id, owner=principal.owner)
            await tx.commit()
        if run:
            self.worker.cancel(run.id)
            self.signals.send(run_topic(run.id))

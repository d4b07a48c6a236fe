"""Titles are found beside the answers: one at a time, and none when there are too many to find."""

import asyncio
import logging
from dataclasses import dataclass, field

from application.chat.title_conversation import TitleConversation
from domain.errors import Refusal
from domain.run import Run

log = logging.getLogger(__name__)

MOST_WAITING = 100


@dataclass(slots=True, eq=False)
class Titles:
    """Does nothing when there is no model for it."""

    title: TitleConversation | None
    _waiting: asyncio.Queue[tuple[Run, str]] = field(default_factory=lambda: asyncio.Queue(MOST_WAITING))
    _task: asyncio.Task[None] | None = None

    def offer(self, run: Run, question: str) -> None:
        """Have the run's conversation named when there is time; never waits, and drops what is too much."""
        if self.title and not self._waiting.full():
            self._waiting.put_nowait((run, question))
            if self._task is None:
                self._task = asyncio.create_task(self._name_forever(self.title), name="titles")

    async def stop(self) -> None:
        """What was not named keeps its first title."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _name_forever(self, title: TitleConversation) -> None:
        while True:
            run, question = await self._waiting.get()
            try:
                await title(run, question)
            except Refusal as refusal:
                log.warning("conversation %d keeps its first title: %s", run.conversation_id, refusal)

"""The use cases of a stored turn over the memory adapter and a scripted model: one process, without its entrypoints."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.memory.database import MemoryDatabase
from application.chat.ask_question import AskQuestion, Question
from application.conversations.delete_conversation import DeleteConversation
from application.runs.appender import Appender
from application.runs.cancel_run import CancelRun
from application.runs.execute_run import ExecuteRun
from application.runs.follow_run import FollowRun
from application.runs.live_run import LiveRun
from application.runs.worker import Worker
from domain.access import Principal
from domain.conversation import Context, ContextBudget, ConversationId, Message
from domain.run import NumberedEvent, Run, RunEvent, RunId, TextDelta
from tests.support.builders import ALICE, NOON, stored_messages, stored_run
from tests.support.gated_run_log import GatedRunLog
from tests.support.scripted_model import ScriptedModel

ANN = Principal(ALICE)


@dataclass
class Core:
    """One process over `database`; two of them over one database are two replicas."""

    database: MemoryDatabase = field(default_factory=MemoryDatabase)
    model: ScriptedModel = field(default_factory=ScriptedModel)
    most_runs: int = 100

    def __post_init__(self) -> None:
        self.log = GatedRunLog(self.database.run_log)
        appender = Appender(self.log, longest_pause_seconds=0.001)
        self.worker = Worker(ExecuteRun(model=self.model), appender, lambda: NOON, self.most_runs)
        self.ask_question = AskQuestion(
            begin=self.database.begin,
            worker=self.worker,
            now=lambda: NOON,
            context=Context("Be brief.", ContextBudget(messages=10, tokens=1_000)),
            default_model="scripted:model",
        )
        self.follow_run = FollowRun(read=self.database.read, log=self.log, worker=self.worker, poll_seconds=0.001)
        self.cancel_run = CancelRun(read=self.database.read, worker=self.worker)
        self.delete_conversation = DeleteConversation(begin=self.database.begin, worker=self.worker)

    async def ask(self, message: str = "Why?", conversation_id: ConversationId | None = None) -> LiveRun:
        return await self.ask_question(ANN, Question(message=message, conversation_id=conversation_id))

    async def follow(self, run_id: RunId, after: int = 0) -> list[NumberedEvent]:
        """What a reader sees from `after` to the end."""
        _, batches = await self.follow_run(ANN, run_id, after=after)
        return [numbered async for batch in batches for numbered in batch]

    async def stored_log(self, run_id: RunId) -> list[NumberedEvent]:
        return await self.database.run_log.read(run_id, after=0, limit=100_000)

    async def stored_run(self, run_id: RunId) -> Run:
        return await stored_run(self.database, run_id)

    async def stored_answer(self, run: Run) -> Message:
        (answer,) = [m for m in await stored_messages(self.database, run.conversation_id) if m.id == run.answer_id]
        return answer


@asynccontextmanager
async def running(core: Core) -> AsyncIterator[Core]:
    """The process is up; at the end no run and no provider connection is left."""
    await core.worker.start()
    try:
        async with asyncio.timeout(20):
            yield core
    finally:
        await core.worker.stop(drain_seconds=0)
    assert core.model.open_streams == 0
    assert core.database.checked_out == 0


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(5):
        while not condition():  # noqa: ASYNC110  # any condition, without an event of its own
            await asyncio.sleep(0)


def text_of(events: list[NumberedEvent] | list[RunEvent]) -> str:
    plain = [event.event if isinstance(event, NumberedEvent) else event for event in events]
    return "".join(event.text for event in plain if isinstance(event, TextDelta))

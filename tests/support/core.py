"""The use cases of a stored turn over the memory adapter and a scripted model: one process, without its entrypoints."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from adapters.memory.database import MemoryDatabase
from adapters.memory.signals import LocalSignals
from adapters.schemas.json_schema import schema_mismatch
from adapters.stemming.snowball import SnowballStemmer
from application.agents.ask_person import AskPersons
from application.agents.call_tools import CallTools
from application.agents.cancel_session import CancelSession
from application.agents.decide_approval import DecideApproval
from application.agents.expire_approvals import ExpireApprovals
from application.agents.get_session import GetSession
from application.agents.instruct_session import InstructSession
from application.agents.list_approvals import ListApprovals
from application.agents.model_step import ModelStep
from application.agents.pause_session import PauseSession
from application.agents.run_agent import RunAgent
from application.agents.sessions import Sessions
from application.agents.start_session import StartSession
from application.chat.ask_question import AskQuestion
from application.chat.edit_question import EditQuestion
from application.chat.question import Question
from application.chat.regenerate_answer import RegenerateAnswer
from application.chat.take_turn import TakeTurn
from application.chat.titles import Titles
from application.chat.turn_opener import TurnOpener
from application.conversations.delete_conversation import DeleteConversation
from application.knowledge.answer_from_documents import AnswerFromDocuments
from application.knowledge.ask_documents import AskDocuments
from application.knowledge.check_citations import CheckCitations
from application.knowledge.cite_found import CiteFound
from application.knowledge.find_sources import FindSources
from application.knowledge.models_in_time import ModelsInTime
from application.knowledge.rewrite_question import RewriteQuestion
from application.knowledge.search_documents import SearchDocuments
from application.ports.signals import Signals
from application.runs.appender import Appender
from application.runs.cancel_run import CancelRun
from application.runs.delete_run import DeleteRun
from application.runs.execute_run import ExecuteRun
from application.runs.follow_run import FollowRun
from application.runs.live_run import LiveRun
from application.runs.perform_run import PerformRun
from application.runs.resume_run import ResumeRun
from application.runs.run_reader import RunReader
from application.runs.run_stopper import RunStopper
from application.runs.worker import Worker
from application.runs.worker_loop import WorkerLoop
from application.usage.count_lost_calls import CountLostCalls
from application.usage.meter import Meter
from application.usage.usage_recorder import UsageRecorder
from application.workflows.run_workflow import RunWorkflow
from application.workflows.take_step import TakeStep
from domain.access import Principal
from domain.conversation import ConversationId, Message
from domain.idempotency import IdempotencyKey
from domain.price import PriceList
from domain.prompt import Context, ContextBudget
from domain.run import IfBusy, NumberedEvent, Run, RunEvent, RunId, RunKind, TextDelta, WorkerId
from tests.support.builders import ALICE, ONE, stored_messages, stored_run
from tests.support.clock import Clock
from tests.support.cut_off_workers import CutOffWorkers
from tests.support.gated_run_log import GatedRunLog
from tests.support.metering import MeteredByFullName
from tests.support.scripted_model import ScriptedModel, words
from tests.support.scripted_tools import ScriptedTools

ANN = Principal(ALICE)
CONTEXT = Context("Be brief.", ContextBudget(messages=10, tokens=1_000))
LEASE_SECONDS = 10.0


@dataclass
class Core:
    """One process, with all that it shares with its replicas: `clock`, `database` and `signals`."""

    clock: Clock = field(default_factory=Clock)
    database: MemoryDatabase = None  # type: ignore[assignment]  # of the clock
    signals: Signals = field(default_factory=LocalSignals)
    model: ScriptedModel = field(default_factory=ScriptedModel)
    id: WorkerId = ONE
    most_runs: int = 100
    most_queued: int = 100
    most_attempts: int = 3
    retention_seconds: float = 600.0
    poll_seconds: float = 0.001
    tools: ScriptedTools = field(default_factory=ScriptedTools)
    agent_steps: int = 10
    agent_tokens: int = 100_000
    approval_seconds: float = 3600.0
    session_idle_seconds: float | None = None
    whole_tokens: int = 0
    rewrite_seconds: float = 10.0

    def __post_init__(self) -> None:
        self.database = self.database or MemoryDatabase(now=self.clock, alone=False)
        self.log = GatedRunLog(self.database.run_log)
        self.workers = CutOffWorkers(self.database.workers)
        begin, read, signals = self.database.begin, self.database.read, self.signals
        appender = Appender(self.log, signals, longest_pause_seconds=self.poll_seconds)
        self.recorder = UsageRecorder(begin, gather_seconds=0)
        self.worker = Worker(self.id, appender, self.clock, self.most_runs, recorder=self.recorder)
        meter = Meter(prices=PriceList(), now=self.clock, keep=self.recorder.keep, admit=self.recorder.admit)
        self.metered = MeteredByFullName(self.model, meter)
        execute = ExecuteRun(model=self.metered)
        stemmer = SnowballStemmer()
        check = CheckCitations(read=read, stemmer=stemmer)
        agent = RunAgent(
            toolbox=self.tools,
            step=ModelStep(execute=execute, cite=CiteFound(read=read, stemmer=stemmer, check=check)),
            call=CallTools(toolbox=self.tools),
            persons=AskPersons(
                begin=begin, read=read, signals=signals, now=self.clock, approval_seconds=self.approval_seconds
            ),
            schema_mismatch=schema_mismatch,
            most_steps=self.agent_steps,
            most_tokens=self.agent_tokens,
        )
        take_step = TakeStep(model=self.metered, schema_mismatch=schema_mismatch)
        workflow = RunWorkflow(take_step=take_step, persons=agent.persons)
        search = SearchDocuments(read=read, stemmer=stemmer, models=ModelsInTime())
        from_documents = AnswerFromDocuments(
            execute=execute,
            rewrite=RewriteQuestion(model=self.model, seconds=self.rewrite_seconds),
            find=FindSources(read=read, search=search, whole_tokens=self.whole_tokens),
            check=check,
            stemmer=stemmer,
        )
        perform = PerformRun(
            reply=execute, agent=agent, from_documents=from_documents, of_kind={RunKind.WORKFLOW: workflow}
        )
        self.resume = ResumeRun(
            read=read,
            log=self.log,
            perform=perform,
            context=CONTEXT,
            most_attempts=self.most_attempts,
            pause_seconds=self.poll_seconds,
            count_lost_calls=CountLostCalls(begin=begin, prices=PriceList(), now=self.clock, full_name=str),
        )
        self.loop = WorkerLoop(
            worker=self.worker,
            workers=self.workers,
            resume=self.resume,
            log=self.log,
            signals=signals,
            expire_approvals=ExpireApprovals(begin=begin, signals=signals, now=self.clock),
            lease_seconds=LEASE_SECONDS,
            retention_seconds=self.retention_seconds,
        )
        self.reader = RunReader(
            read=read, log=self.log, worker=self.worker, signals=signals, poll_seconds=self.poll_seconds
        )
        self.stopper = RunStopper(
            begin=begin, log=self.log, worker=self.worker, reader=self.reader, signals=signals, now=self.clock
        )
        self.turns = TurnOpener(
            begin=begin,
            worker=self.worker,
            perform=perform,
            stopper=self.stopper,
            signals=signals,
            now=self.clock,
            context=CONTEXT,
            default_model="scripted:model",
            most_queued=self.most_queued,
            lease_seconds=LEASE_SECONDS,
            titles=Titles(None),
        )
        self.ask_question = AskQuestion(turns=self.turns, now=self.clock)
        self.ask_documents = AskDocuments(turns=self.turns, now=self.clock)
        self.take_turn = TakeTurn(turns=self.turns, now=self.clock)
        self.edit_question = EditQuestion(turns=self.turns)
        self.regenerate_answer = RegenerateAnswer(turns=self.turns)
        self.follow_run = FollowRun(read=read, worker=self.worker, reader=self.reader)
        self.cancel_run = CancelRun(read=read, stopper=self.stopper)
        self.delete_run = DeleteRun(begin=begin, stopper=self.stopper)
        sessions = Sessions(toolbox=self.tools, now=self.clock, idle_seconds=self.session_idle_seconds)
        self.start_session = StartSession(begin=begin, turns=self.turns, sessions=sessions, now=self.clock)
        self.get_session = GetSession(read=read, sessions=sessions)
        self.instruct_session = InstructSession(read=read, turns=self.turns, sessions=sessions)
        self.pause_session = PauseSession(begin=begin, sessions=sessions, signals=signals)
        self.cancel_session = CancelSession(read=read, sessions=sessions, stopper=self.stopper)
        self.list_approvals = ListApprovals(read=read)
        self.decide_approval = DecideApproval(
            begin=begin,
            read=read,
            toolbox=self.tools,
            schema_mismatch=schema_mismatch,
            signals=signals,
            now=self.clock,
        )
        self.delete_conversation = DeleteConversation(begin=begin, worker=self.worker, signals=signals)

    def replica(self, name: str = "worker two", **different: object) -> "Core":
        """Another process over the same store."""
        shared = {"clock": self.clock, "database": self.database, "signals": self.signals}
        return Core(**{**shared, "id": WorkerId(name), **different})  # type: ignore[arg-type]

    async def ask(
        self,
        message: str = "Why?",
        conversation_id: ConversationId | None = None,
        *,
        if_busy: IfBusy = IfBusy.REJECT,
        key: IdempotencyKey | None = None,
    ) -> Run:
        question = Question(message=message, conversation_id=conversation_id, if_busy=if_busy, key=key)
        return await self.ask_question(ANN, question)

    async def follow(self, run_id: RunId, after: int = 0) -> list[NumberedEvent]:
        """What a reader sees from `after` to the end."""
        _, batches = await self.follow_run(ANN, run_id, after=after)
        return [numbered async for batch in batches for numbered in batch]

    def live(self, run: Run) -> LiveRun:
        """The live end of a run that executes here."""
        live = self.worker.live(run.id)
        assert live
        return live

    def said(self, run: Run) -> str:
        """The durable words of a run that executes here."""
        live = self.worker.live(run.id)
        return text_of(live.events) if live else ""

    async def until_said(self, run: Run, text: str) -> None:
        await until(lambda: self.said(run) == text)

    async def until_gone(self, run: Run) -> None:
        """Until the run no longer executes here."""
        await until(lambda: self.worker.live(run.id) is None)

    async def stored_log(self, run_id: RunId) -> list[NumberedEvent]:
        return await self.database.run_log.read(run_id, after=0, limit=100_000)

    async def stored_run(self, run_id: RunId) -> Run:
        return await stored_run(self.database, run_id)

    async def stored_answer(self, run: Run) -> Message:
        async with self.database.read() as tx:
            conversation = await tx.conversations.get(run.conversation_id, owner=run.owner)
            [answer] = await tx.messages.branch(conversation, tip=run.answer_id, limit=1)
        return answer

    async def texts(self, conversation_id: ConversationId) -> list[str]:
        """What was said on the branch that the conversation's head ends."""
        return [message.text for message in await stored_messages(self.database, conversation_id)]


@asynccontextmanager
async def running(core: Core) -> AsyncIterator[Core]:
    """The process is up; at the end no run and no provider connection is left."""
    await core.loop.start()
    try:
        async with asyncio.timeout(20):
            yield core
    finally:
        await core.loop.stop(drain_seconds=0)
        await core.recorder.flush()
    assert core.model.open_streams == 0
    assert core.database.checked_out == 0


async def busy(core: Core, *said: str) -> Run:
    """A conversation whose run has said so much and waits for ever."""
    core.model.script = [*words(*said), asyncio.Event()]
    run = await core.ask()
    await core.until_said(run, "".join(said))
    return run


async def until(condition: Callable[[], object]) -> None:
    """Let the loop turn until the condition holds."""
    async with asyncio.timeout(30):
        while not condition():  # noqa: ASYNC110  # any condition, without an event of its own
            await asyncio.sleep(0)


async def turns(count: int) -> None:
    """Let the loop turn so often."""
    for _ in range(count):
        await asyncio.sleep(0)


def text_of(events: Iterable[NumberedEvent | RunEvent]) -> str:
    plain = [event.event if isinstance(event, NumberedEvent) else event for event in events]
    return "".join(event.text for event in plain if isinstance(event, TextDelta))

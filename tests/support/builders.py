"""Conversations and turns for tests, in few words."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from application.ports.run_log import LogEntry
from application.ports.storage import NewConversation
from domain.access import OwnerId
from domain.conversation import (
    Conversation,
    ConversationId,
    Message,
    MessageId,
    Part,
    PromptMessage,
    Reasoning,
    Role,
    Text,
)
from domain.idempotency import IdempotencyKey, KeyUse
from domain.run import DEFAULTS, Ending, Run, RunFinished, RunId, RunSettings, RunStatus, TextDelta, Turn, WorkerId
from domain.usage import LedgerEntry, Purpose, Usage
from tests.support.databases import Database

ALICE = OwnerId("alice")
BOB = OwnerId("bob")
NOON = datetime(2026, 1, 2, 12, 0, 0, 123456, tzinfo=UTC)
LATER = NOON + timedelta(minutes=5, microseconds=7)
ONE, TWO = WorkerId("worker one"), WorkerId("worker two")
USAGE = Usage(
    12,
    34,
    raw={"prompt_tokens": 12, "details": {"cached": [1, None, 2.5]}, "π": "🙂"},
    cached_tokens=5,
    cache_write_tokens=4,
    reasoning_tokens=3,
)

ODD_TEXTS = {
    "emoji": "👩‍👩‍👧‍👦 🏳️‍🌈 🇺🇳 é (e\u0301) ﷽",
    "right to left": "שלום \u202eעולם\u202c مرحبا",
    "quotes": """'single' "double" `back` ''two'' $1 :name %s {x} [y] -- ; DROP TABLE runs;""",
    "backslashes": "\\ \\\\ \\n \\u0000 \\x00 C:\\new\\table",
    "lines": "one\ntwo\r\nthree\rfour\u2028five\u2029six\n\n",
    "control characters": "\x01\x02\t\x0b\x1b[31m\x7f\x85\ufeff\ufffd\uffff",
    "JSON": '{"text": "not parsed", "a": [1, null]}',
    "edge spaces": "  around  \n",
}


def new_conversation(
    title: str = "A title", *, owner: OwnerId = ALICE, user_label: str | None = None, at: datetime = NOON
) -> NewConversation:
    return NewConversation(owner=owner, user_label=user_label, title=title, created_at=at)


async def add_conversation(
    database: Database, title: str = "A title", *, owner: OwnerId = ALICE, user_label: str | None = None
) -> Conversation:
    async with database.begin() as tx:
        conversation = await tx.conversations.add(new_conversation(title, owner=owner, user_label=user_label))
        await tx.commit()
    return conversation


def said(role: Role, *parts: Part | str) -> PromptMessage:
    return PromptMessage(role, tuple(Text(part) if isinstance(part, str) else part for part in parts))


def turn(
    conversation: Conversation,
    *question: Part | str,
    parent_id: MessageId | None = None,
    at: datetime = NOON,
    model: str = "demo:parrot",
    worker: WorkerId | None = ONE,
    settings: RunSettings = DEFAULTS,
) -> Turn:
    return Turn(
        owner=conversation.owner,
        conversation_id=conversation.id,
        parent_id=parent_id,
        input=(said(Role.USER, *question or ("A question",)),),
        model=model,
        asked_at=at,
        worker_id=worker,
        settings=settings,
    )


def again(conversation: Conversation, question_id: MessageId, *, worker: WorkerId | None = ONE) -> Turn:
    """Another answer to a question that is there."""
    return replace(turn(conversation, parent_id=question_id, worker=worker), input=())


async def opened(database: Database, turn: Turn) -> Run:
    async with database.begin() as tx:
        run = await tx.runs.open(turn)
        await tx.commit()
    return run


async def ask(
    database: Database,
    conversation: Conversation,
    *question: Part | str,
    parent_id: MessageId | None = None,
    worker: WorkerId | None = ONE,
) -> Run:
    """Store a question as the next turn below `parent_id`; its run is running, or queued without a worker."""
    return await opened(database, turn(conversation, *question, parent_id=parent_id, worker=worker))


async def queue(database: Database, conversation: Conversation, *question: Part | str) -> Run:
    return await ask(database, conversation, *question, worker=None)


def key(name: str = "a key", fingerprint: str = "a request", *, owner: OwnerId = ALICE) -> IdempotencyKey:
    return IdempotencyKey(owner, name, fingerprint)


def ending(
    run: Run,
    *answer: Part | str,
    status: RunStatus = RunStatus.COMPLETED,
    first: int | None = None,
    usage: Usage | None = USAGE,
    at: datetime = LATER,
) -> LogEntry:
    """The last entry of a run's log, with the words of the answer."""
    parts = said(Role.ASSISTANT, *answer).parts
    outcome = RunFinished(status, "stop", usage=usage)
    words = [TextDelta(part.text) for part in parts if isinstance(part, (Text, Reasoning))]
    calls = (call_of(run, usage, at=at),) if usage else ()
    return LogEntry(run, first or run.last_event + 1, (*words, outcome), Ending(outcome, parts, at), calls)


def call_of(run: Run, usage: Usage = USAGE, *, at: datetime = LATER, model: str | None = None) -> LedgerEntry:
    """The line that a call of the run has in the ledger."""
    return LedgerEntry(
        owner=run.owner,
        asked=run.model,
        model=model or run.model,
        purpose=Purpose.REPLY,
        usage=usage,
        at=at,
        run_id=run.id,
    )


async def exchange(
    database: Database, conversation: Conversation, question: str, answer: str, *, parent_id: MessageId | None = None
) -> Run:
    """A whole turn: the question is asked and answered."""
    run = await ask(database, conversation, question, parent_id=parent_id)
    assert await database.run_log.write([ending(run, answer)]) == set()
    return run


async def stored_conversation(database: Database, id: ConversationId, *, owner: OwnerId = ALICE) -> Conversation:
    async with database.read() as tx:
        return await tx.conversations.get(id, owner=owner)


async def stored_run(database: Database, id: RunId, *, owner: OwnerId = ALICE) -> Run:
    async with database.read() as tx:
        return await tx.runs.get(id, owner=owner)


async def stored_messages(
    database: Database, id: ConversationId, *, owner: OwnerId = ALICE, limit: int = 1_000
) -> list[Message]:
    """The conversation's branch from the root to its head."""
    async with database.read() as tx:
        conversation = await tx.conversations.get(id, owner=owner)
        return await tx.messages.branch(conversation, limit=limit)


async def find_use(database: Database, key: IdempotencyKey, *, lease_seconds: float = 60) -> KeyUse | None:
    async with database.begin() as tx:
        return await tx.keys.find(key, lease_seconds=lease_seconds)


async def keep_use(database: Database, key: IdempotencyKey, use: KeyUse) -> None:
    async with database.begin() as tx:
        await tx.keys.keep(key, use)
        await tx.commit()

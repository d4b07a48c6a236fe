"""What is committed, and what one transaction sees of it under its own changes."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from itertools import count
from typing import Generic, TypeVar

from application.ports.run_log import LogEntry
from domain.access import NOBODY, OwnerId
from domain.approval import Approval, ApprovalId
from domain.conversation import Conversation, ConversationId, Message, MessageId
from domain.idempotency import KeyUse
from domain.run import Run, RunId, RunStatus, WorkerId
from domain.usage import LedgerEntry

K = TypeVar("K")
V = TypeVar("V")
KeyName = tuple[OwnerId, str]
AliasName = tuple[OwnerId, str]


@dataclass(frozen=True, slots=True)
class Lease:
    """Whose an active run is, and since when; nobody's while it is queued or handed over."""

    worker: WorkerId | None
    since: datetime


@dataclass(frozen=True, slots=True)
class Notice:
    """How often somebody was to be told of an approval, and when to try again; None once they were told."""

    tries: int
    at: datetime | None


@dataclass(frozen=True, slots=True)
class KeptKey:
    fingerprint: str
    use: KeyUse
    first_used: datetime


def nobodys(line: LedgerEntry) -> LedgerEntry:
    """What is left of a line when its owner's account is deleted: numbers of a day, so that the sums stay."""
    day = line.at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    usage = replace(line.usage, raw={})
    return replace(line, owner=NOBODY, user_id=None, key_id=None, run_id=None, usage=usage, at=day)


@dataclass(slots=True)
class Tables:
    """The committed rows. Ids rise and are never reused, so each dict is in the order of its ids."""

    conversations: dict[ConversationId, Conversation] = field(default_factory=dict)
    aliases: dict[AliasName, ConversationId] = field(default_factory=dict)
    messages: dict[MessageId, Message] = field(default_factory=dict)
    runs: dict[RunId, Run] = field(default_factory=dict)
    active: dict[ConversationId, tuple[RunId, ...]] = field(default_factory=dict)
    leases: dict[RunId, Lease] = field(default_factory=dict)
    beats: dict[WorkerId, datetime] = field(default_factory=dict)
    keys: dict[KeyName, KeptKey] = field(default_factory=dict)
    entries: dict[RunId, list[LogEntry]] = field(default_factory=dict)
    ledger: list[LedgerEntry] = field(default_factory=list)
    ledger_ids: Iterator[int] = field(default_factory=lambda: count(1))
    messages_of: dict[ConversationId, list[MessageId]] = field(default_factory=dict)
    runs_of: dict[ConversationId, list[RunId]] = field(default_factory=dict)
    conversation_ids: Iterator[int] = field(default_factory=lambda: count(1))
    message_ids: Iterator[int] = field(default_factory=lambda: count(1))
    run_ids: Iterator[int] = field(default_factory=lambda: count(1))
    approvals: dict[ApprovalId, Approval] = field(default_factory=dict)
    notices: dict[ApprovalId, Notice] = field(default_factory=dict)
    approval_ids: Iterator[int] = field(default_factory=lambda: count(1))

    def active_runs(self) -> list[Run]:
        """Oldest first."""
        return [self.runs[id] for id in sorted(id for ids in self.active.values() for id in ids)]

    def retire(self, run: Run) -> None:
        """The run is nobody's any more, and in nobody's way."""
        rest = tuple(id for id in self.active[run.conversation_id] if id != run.id)
        if rest:
            self.active[run.conversation_id] = rest
        else:
            del self.active[run.conversation_id]
        del self.leases[run.id]

    def forget(self, id: ConversationId) -> None:
        """Remove a conversation and all that hangs on it."""
        del self.conversations[id]
        self.active.pop(id, None)
        for message_id in self.messages_of.pop(id, ()):
            del self.messages[message_id]
        self._forget_runs(set(self.runs_of.pop(id, ())))

    def forget_message(self, id: MessageId) -> None:
        self.messages_of[self.messages.pop(id).conversation_id].remove(id)

    def forget_run(self, id: RunId) -> None:
        self.runs_of[self.runs[id].conversation_id].remove(id)
        self._forget_runs({id})

    def _forget_runs(self, gone: set[RunId]) -> None:
        """What was spent stays in the ledger, without its run."""
        for run_id in gone:
            del self.runs[run_id]
            self.leases.pop(run_id, None)
            self.entries.pop(run_id, None)
        for id in [id for id, approval in self.approvals.items() if approval.request.run_id in gone]:
            del self.approvals[id], self.notices[id]
        self.ledger[:] = [replace(line, run_id=None) if line.run_id in gone else line for line in self.ledger]

    def spend(self, entry: LedgerEntry) -> None:
        self.ledger.append(replace(entry, id=next(self.ledger_ids)))


class Overlay(Generic[K, V]):
    """A dict seen through changes that may yet be forgotten; None stands for a row that was removed."""

    def __init__(self, rows: dict[K, V]) -> None:
        self.rows = rows
        self.changes: dict[K, V | None] = {}

    def get(self, key: K) -> V | None:
        return self.changes[key] if key in self.changes else self.rows.get(key)

    def put(self, key: K, value: V) -> None:
        self.changes[key] = value

    def drop(self, key: K) -> None:
        self.changes[key] = None

    def dropped(self) -> list[K]:
        return [key for key, value in self.changes.items() if value is None and key in self.rows]

    def newest_first(self) -> Iterator[V]:
        new = [key for key in self.changes if key not in self.rows]
        for key in (*reversed(new), *reversed(self.rows)):
            if (value := self.get(key)) is not None:
                yield value

    def apply(self) -> list[K]:
        """Make the puts part of the rows, and return the new keys; removing is for the caller, who knows more."""
        puts = {key: value for key, value in self.changes.items() if value is not None}
        new = [key for key in puts if key not in self.rows]
        self.rows.update(puts)
        self.changes.clear()
        return new


class Draft:
    """The tables as one transaction sees them; its cost is that of its changes, whatever the size of the tables."""

    def __init__(self, tables: Tables) -> None:
        self.tables = tables
        self.conversations = Overlay(tables.conversations)
        self.aliases = Overlay(tables.aliases)
        self.messages = Overlay(tables.messages)
        self.runs = Overlay(tables.runs)
        self.active = Overlay(tables.active)
        self.leases = Overlay(tables.leases)
        self.keys = Overlay(tables.keys)
        self.approvals = Overlay(tables.approvals)
        self.notices = Overlay(tables.notices)
        self.ledger: list[LedgerEntry] = []
        self.erased: set[OwnerId] = set()

    def messages_in(self, id: ConversationId) -> Iterator[Message]:
        new = [key for key in self.messages.changes if key not in self.tables.messages]
        for key in (*self.tables.messages_of.get(id, ()), *new):
            if (message := self.messages.get(key)) and message.conversation_id == id:
                yield message

    def active_in(self, id: ConversationId) -> Run | None:
        """The conversation's run that is running or waiting, else the oldest that is queued."""
        runs = [run for run_id in self.active.get(id) or () if (run := self.runs.get(run_id))]
        return min(runs, key=lambda run: (run.status is RunStatus.QUEUED, run.id), default=None)

    def all_spent(self) -> Iterator[LedgerEntry]:
        """Oldest first."""
        yield from self.tables.ledger
        yield from self.ledger

    def forget(self, id: ConversationId) -> None:
        if (gone := self.conversations.get(id)) and gone.alias is not None:
            self.aliases.drop((gone.owner, gone.alias))
        self.conversations.drop(id)
        self.active.drop(id)
        for key in [key for key, message in self.messages.changes.items() if message and message.conversation_id == id]:
            del self.messages.changes[key]
        for run_id in [key for key, run in self.runs.changes.items() if run and run.conversation_id == id]:
            del self.runs.changes[run_id]
            self.leases.changes.pop(run_id, None)

    def commit(self) -> None:
        tables = self.tables
        forgotten = self.conversations.dropped()
        for name in self.keys.dropped():
            del tables.keys[name]
        for alias in self.aliases.dropped():
            del tables.aliases[alias]
        for message_id in self.messages.dropped():
            tables.forget_message(message_id)
        for run_id in self.runs.dropped():
            tables.forget_run(run_id)
        for overlay in (
            self.conversations,
            self.aliases,
            self.active,
            self.leases,
            self.keys,
            self.approvals,
            self.notices,
        ):
            overlay.apply()
        for message_id in self.messages.apply():
            tables.messages_of.setdefault(tables.messages[message_id].conversation_id, []).append(message_id)
        for run_id in self.runs.apply():
            tables.runs_of.setdefault(tables.runs[run_id].conversation_id, []).append(run_id)
        for entry in self.ledger:
            tables.spend(entry)
        self.ledger.clear()
        for id in forgotten:
            tables.forget(id)
        if self.erased:
            tables.ledger = [nobodys(line) if line.owner in self.erased else line for line in tables.ledger]
